"""Every change of access is in the log: who, when, what; asked as of a position; also where the hub was killed between."""
import shutil
import signal
import stat
import unittest

from county import COUNTY, TOWN, County, main, run, until


class Changes(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()

    def head(self):
        return int(self.county.ask("digest")["position"])

    def grant(self, name, unit=COUNTY, role="publisher", office="WORK_SAFETY", **options):
        self.county.ctl("access", "grant", name, "--key", self.county.key(name).with_suffix(".key.pub"), "--role", role,
                        "--office", office, "--unit", unit, **options)

    def names(self, *words, identity="operator"):
        return {entry["name"]: entry.get("unit", "")
                for entry in self.county.ask("access", "list", *words, identity=identity)["entries"]}

    def changes(self, *words):
        return self.county.ask("access", "history", *words)["changes"]

    def test_the_access_file_of_the_first_start_is_recorded(self):
        changes = self.changes()
        self.assertEqual({change["entry"]["name"] for change in changes}, set(self.county.access))
        self.assertEqual({(change["ground"], change.get("by", "")) for change in changes}, {("FILE", "")})
        self.assertEqual([int(change["position"]) for change in changes], list(range(2, 2 + len(changes))),
                         "behind the hub's creation, before everything else")

    def test_who_had_access_is_asked_as_of_a_position(self):
        before = self.head()
        self.grant("mine")
        granted = self.head()
        self.grant("mine", TOWN)
        narrowed = self.head()
        self.county.ctl("access", "revoke", "mine")
        self.assertNotIn("mine", self.names("--known-at", before))
        self.assertEqual(self.names("--known-at", granted)["mine"], COUNTY)
        self.assertEqual(self.names("--known-at", narrowed)["mine"], TOWN)
        self.assertNotIn("mine", self.names())
        self.assertEqual(self.names("--known-at", granted, identity="auditor")["mine"], COUNTY)
        first, second, last = self.changes("mine")
        self.assertEqual([first["endedAt"], second["endedAt"]], [second["position"], last["position"]])
        self.assertEqual({change["by"] for change in (first, second, last)}, {"operator"})
        self.assertTrue(last["revoked"])
        self.assertEqual(int(second["position"]), narrowed)

    def test_the_records_are_for_the_operators_office_alone(self):
        self.grant("mine")
        types = "AccessGranted", "AccessRevoked"
        for identity, seen in (("operator", True), ("auditor", True), ("leader", False), ("safety", False)):
            found = [record for kind in types for record in self.county.replay("--type", kind, identity=identity)]
            self.assertEqual(bool(found), seen, identity)
        self.county.ctl("access", "history", identity="leader", expect=4)
        self.county.ctl("proposals", identity="safety", expect=4)

    def test_a_file_that_was_edited_while_the_hub_was_down_holds_and_is_recorded(self):
        self.county.stop_hub()
        del self.county.access["discipline"]
        self.county.access["town"] = ("publisher", "GOVERNANCE", COUNTY)
        self.county.access["inspector"] = ("auditor", "OPERATOR", "")
        self.county.write_access()
        self.county.open_hub()
        self.county.ctl("rejected", identity="inspector")
        self.county.ctl("status", identity="discipline", expect=4)
        by_file = {change["entry"]["name"]: change for change in self.changes() if int(change["position"]) > 15}
        self.assertEqual(set(by_file), {"discipline", "town", "inspector"})
        self.assertEqual({change["ground"] for change in by_file.values()}, {"FILE"})
        self.assertTrue(by_file["discipline"]["revoked"])
        self.assertEqual(by_file["town"]["entry"]["unit"], COUNTY, "the keeper needs no second operator")
        before = self.head()
        self.county.stop_hub()
        self.county.open_hub()
        self.assertEqual(self.head(), before, "a file that says the same is no change")

    def test_a_file_that_is_read_anew_is_recorded(self):
        before = self.head()
        self.county.access["inspector"] = ("auditor", "OPERATOR", "")
        self.county.write_access()
        self.county.hub.signal(signal.SIGHUP)
        until("the record", lambda: self.head() == before + 1)
        self.assertEqual(self.changes("inspector")[0]["ground"], "FILE")

    def test_a_wrong_file_is_refused_with_its_line_and_changes_nothing(self):
        before = self.head()
        self.county.write_access(extra="  - {name: x, key: short, role: publisher, office: PETITIONS}\n")
        self.county.hub.signal(signal.SIGHUP)
        until("the complaint", lambda: "access not reloaded" in self.county.hub.journal)
        self.assertIn(f"line {2 + len(self.county.access)}", self.county.hub.journal)
        self.assertEqual(self.head(), before)

    def test_the_hub_writes_the_file_for_its_user_alone(self):
        (self.county.folder / "access.yaml").chmod(0o644)
        self.grant("mine")
        mode = (self.county.folder / "access.yaml").stat().st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)

    def test_a_hub_killed_between_file_and_record_records_it_at_its_next_start(self):
        self.county.stop_hub()
        shutil.copytree(self.county.data, self.county.folder / "before")
        self.county.open_hub()
        self.grant("mine")
        self.county.ctl("access", "revoke", "discipline")
        self.county.kill_hub()
        shutil.rmtree(self.county.data)
        (self.county.folder / "before").rename(self.county.data)  # the file was written, the records were not
        self.county.open_hub()
        self.assertEqual(self.names()["mine"], COUNTY)
        self.assertNotIn("discipline", self.names())
        self.county.ctl("status", identity="mine")
        self.county.ctl("status", identity="discipline", expect=4)
        self.assertEqual([change["ground"] for change in self.changes("mine")], ["FILE"])

    def test_file_and_log_say_the_same_wherever_the_hub_is_killed(self):
        for number in range(6):
            name = f"new-{number}"
            command = self.county.ctl_command("access", "grant", name, "--key",
                                              self.county.key(name).with_suffix(".key.pub"), "--role", "publisher",
                                              "--office", "WORK_SAFETY", "--unit", COUNTY)
            change = self.county.start_program(name, *command)
            file = self.county.folder / "access.yaml"
            if number % 2:
                until("the file", lambda: name in file.read_text())
            self.county.kill_hub()
            change.kill()
            self.county.open_hub()
            self.assertEqual(name in self.names(), name in file.read_text(), name)
            self.county.ctl("status", identity=name, expect=0 if name in self.names() else 4)
        self.county.stop_hub()
        run(*self.county.ctl_command("rebuild", "--data", self.county.data))


if __name__ == "__main__":
    main()
