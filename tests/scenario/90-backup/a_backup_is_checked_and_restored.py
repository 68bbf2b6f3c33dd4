"""A backup of the running hub is only done when it was checked; what it makes is the hub as it was."""
import json
import os
import shutil
import signal
import unittest

from county import BIN, VILLAGES, County, main, run, until


def tally(sequence, count=1):
    return {"sequence": str(sequence), "occurredAt": "2020-08-19T04:00:00Z", "unit": VILLAGES[sequence % 8],
            "publicityTallied": {"day": "2020-08-19", "item": "LEAFLETS", "count": count}}


class ABackupIsCheckedAndRestored(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.dir = self.county.folder / "backups"

    def publish(self, first, count):
        return self.county.publish("governance", *[{**tally(n), "source": "governance-test"}
                                                   for n in range(first, first + count)])

    def backup(self, **options):
        return self.county.ask("backup", self.dir, **options)

    def digest(self):
        return self.county.ctl("digest").split()

    def rebuilt(self, data):
        return json.loads(run(BIN / "sanlingctl", "--json", "rebuild", "--data", data).stdout)

    def lose_the_data(self):
        self.county.stop_hub()
        kept = self.county.folder / "log.key"
        shutil.copy(self.county.data / "log.key", kept)
        shutil.rmtree(self.county.data)
        return kept

    def test_what_is_restored_is_the_hub_as_it_was(self):
        county = self.county
        self.publish(1, 300)
        county.publish("governance", {**tally(301), "unit": "140322999999", "source": "governance-test"}, expect=1)
        writer = county.start_publisher("stream", count=100000000, batch=20, window=4, pause=2)
        until("the stream to run", lambda: len(writer.lines) > 3)
        made = self.backup()
        self.assertTrue(writer.running, "the backup was made while events came")
        writer.signal(signal.SIGTERM)
        self.assertGreaterEqual(int(made["position"]), 300)
        self.assertEqual(made["rejections"], "1")
        self.assertEqual(self.rebuilt(made["backup"])["digest"], made["digest"])
        self.assertFalse((self.county.data / "backup").exists(), "what was laid out is gone")
        names = {path.name for path in (self.dir / "000001").rglob("*")}
        self.assertFalse({"log.key", "hub.key", "operator.key"} & names, "no secret key is in a backup")

        log_key = self.lose_the_data()
        restored = json.loads(run(BIN / "sanlingctl", "--json", "restore", self.dir, "--data", county.data).stdout)
        self.assertEqual((restored["position"], restored["digest"]), (made["position"], made["digest"]))
        county.spawn_hub()
        self.assertEqual(county.hub.wait(), 5)
        self.assertIn("log.key", county.hub.journal)  # it names what is missing
        shutil.move(log_key, county.data / "log.key")
        county.open_hub()
        self.assertEqual(self.digest(), [made["position"], made["digest"]])
        self.assertEqual(self.publish(302, 1)[0]["kind"], "RECORDED")
        run(*county.ctl_command("verify", "--from", self.dir / "000001/tiles/checkpoint"))

    def test_a_digest_of_another_form_is_not_compared_and_one_of_this_form_is(self):
        county = self.county
        self.publish(1, 100)
        made = self.backup()
        self.lose_the_data()
        note_file = self.dir / "000001/backup.json"
        note = json.loads(note_file.read_text())
        self.assertGreater(note["form"], 1)
        note["digest"] = "0" * 64
        note_file.write_text(json.dumps(note))
        same_form = county.folder / "same"
        self.assertIn("[DAMAGED]", run(BIN / "sanlingctl", "restore", self.dir, "--data", same_form, expect=5).stderr)
        del note["form"]  # as versions wrote it that had form 1 only
        note_file.write_text(json.dumps(note))
        told = run(BIN / "sanlingctl", "--json", "restore", self.dir, "--data", county.folder / "older")
        self.assertIn("of form 1, this version's of form", told.stderr)
        self.assertEqual(json.loads(told.stdout)["position"], made["position"])

    def test_the_second_backup_copies_what_is_new(self):
        writer = self.county.start_publisher("many", count=20000, batch=500, window=8)
        self.assertEqual(writer.wait(), 0)
        first = self.backup()
        self.publish(1, 100)
        second = self.backup()
        self.assertEqual(first["newFiles"], first["files"])
        self.assertLess(int(second["newBytes"]), int(first["newBytes"]) // 3)
        self.assertEqual(int(second["position"]), int(first["position"]) + 100)
        for made in (first, second):
            self.assertEqual(self.rebuilt(made["backup"])["digest"], made["digest"])
        for _ in range(3):
            self.backup()
        self.assertEqual(sorted(path.name for path in self.dir.glob("0*")), ["000003", "000004", "000005"])

    def test_nobody_else_makes_one_and_nowhere_else(self):
        county = self.county
        self.assertIn("[NOT_PERMITTED]", county.ctl("backup", self.dir, identity="auditor", expect=4))
        self.assertIn("[NOT_PERMITTED]", county.ctl("backup", self.dir, identity="governance", expect=4))
        self.publish(1, 10)
        made = self.backup()
        self.assertIn("not empty", run(BIN / "sanlingctl", "restore", self.dir, "--data", county.data, expect=2).stderr)
        empty = county.folder / "nothing"
        empty.mkdir()
        self.assertIn("no finished backup", run(BIN / "sanlingctl", "restore", empty, "--data", county.folder / "new",
                                                expect=1).stderr)
        # Another history: the hub is put back to what was, and goes another way.
        self.publish(11, 10)
        self.backup()
        log_key = self.lose_the_data()
        run(BIN / "sanlingctl", "restore", made["backup"], "--data", county.data)
        shutil.move(log_key, county.data / "log.key")
        county.open_hub()
        self.assertIn("put back to an earlier state", county.ctl("backup", self.dir, expect=1))
        county.publish("governance", *[{**tally(n, 7), "source": "governance-test"} for n in range(11, 41)])
        self.assertIn("the past was changed", county.ctl("backup", self.dir, expect=1))
        self.assertEqual(sorted(path.name for path in self.dir.glob("0*")), ["000001", "000002"])

    def test_a_broken_off_or_damaged_one_is_never_taken_for_good(self):
        county = self.county
        self.publish(1, 2000)
        first = self.backup()
        for delay_ms in (5, 40, 150):
            broken = county.start_ctl("broken", "backup", self.dir)
            try:
                broken.process.wait(delay_ms / 1000)
            except Exception:
                broken.kill()
        good = self.backup()
        self.assertFalse((self.dir / "unfinished").exists())
        self.assertEqual(self.rebuilt(good["backup"])["digest"], first["digest"])
        store = max((self.dir / "000001/log").glob("*.sst"), key=lambda path: path.stat().st_size)
        with open(store, "r+b") as file:
            file.seek(store.stat().st_size // 3)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 0x40]))
            file.flush()
        os.utime(store, ns=(store.stat().st_atime_ns, (county.data / "log" / store.name).stat().st_mtime_ns))
        done = run(*county.ctl_command("backup", self.dir), expect=5)
        self.assertIn("[DAMAGED]", done.stderr)
        target = county.folder / "target"
        run(BIN / "sanlingctl", "restore", self.dir / "000001", "--data", target, expect=5)
        self.assertTrue((target / "backup.json").exists(), "it does not pass for restored")


if __name__ == "__main__":
    main()
