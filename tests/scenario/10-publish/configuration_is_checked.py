"""A wrong configuration, mapping, access file or policy is named with its line and key; nothing starts with it."""
import os
import shutil
import signal
import unittest

import sheets
from county import AGENTS, BIN, COUNTY, POLICIES, VILLAGES, County, main, run, until
from page import Page


class Configuration(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.start()
        cls.county.stop_hub()

    def assert_refused(self, program, *words, text, named):
        """The program ends with 2 and one line that has all of `named`; it left nothing behind."""
        path = self.county.folder / "wrong.yaml"
        path.write_text(text)
        before = sorted(path for path in self.county.folder.rglob("*"))
        done = run(BIN / program, *words, path, expect=2)
        self.assertEqual((len(done.stderr.splitlines()), done.stdout), (1, ""), done.stderr)
        for word in ("wrong.yaml", *named):
            self.assertIn(word, done.stderr)
        self.assertEqual(sorted(path for path in self.county.folder.rglob("*")), before)

    def test_the_hub_names_line_and_key(self):
        good = self.county.write_hub_config().read_text()
        wrong = {
            "an unknown key": (good + "listne: tcp://127.0.0.1:1\n", ["listne", "line"]),
            "a text for a number": (good.replace("reserve_mib: 1", "reserve_mib: much"), ["reserve_mib", "line"]),
            "a value out of range": (good + "gather_us: 100001\n", ["gather_us"]),
            "no data": (good.replace("data: hub\n", ""), ["data"]),
            "no time": (good.replace("12:00", "noon"), ["clock"]),
            "a key twice": (good + "data: hub\n", ["data"]),
            "no YAML": ("data: [\n", ["line"]),
            "an address of no interface": (good.replace("127.0.0.1", "not-an-address"), ["listen"]),
            "no key": (good.replace("keys/hub.key", "keys/none.key"), ["none.key"]),
            "a key file that is none": (good.replace("keys/hub.key", "bad.key"), ["bad.key: line 2: ", "[USAGE]"]),
            "an access file that is wrong": (good.replace("access.yaml", "bad-access.yaml"), ["bad-access.yaml", "line"]),
        }
        (self.county.folder / "bad-access.yaml").write_text("identities:\n  - {name: x, role: emperor}\n")
        (self.county.folder / "bad.key").write_text("\n```\n")
        for name, (text, named) in wrong.items():
            with self.subTest(name):
                if name in ("an address of no interface", "no key", "a key file that is none",
                            "an access file that is wrong"):
                    self.assert_not_started(text, named)
                else:
                    self.assert_refused("sanling-hub", "--config", text=text, named=named)

    def assert_not_started(self, text, named):
        path = self.county.folder / "wrong.yaml"
        path.write_text(text)
        done = run(BIN / "sanling-hub", "--config", path, expect=2)
        self.assertEqual(done.stdout, "")
        for word in named:
            self.assertIn(word, done.stderr)

    def test_a_configuration_that_is_not_there_is_named(self):
        for program in ("sanling-hub", *(f"sanling-{office}" for office in AGENTS)):
            done = run(BIN / program, "--config", self.county.folder / "absent.yaml", expect=2)
            self.assertIn("absent.yaml", done.stderr)

    def test_the_agents_name_line_and_key(self):
        for office in AGENTS:
            good = self.county.write_agent_config(office).read_text()
            wrong = {
                "an unknown key": (good + "foldre: x\n", ["foldre", "line"]),
                "no source": (good.replace("source:", "# source:"), ["source"]),
                "a source with a space": (good.replace(f"source: {office}-yu", "source: a b"), ["source", "line 3"]),
                "settle_ms out of range": (good.replace("settle_ms: 50", "settle_ms: 5"), ["settle_ms", "line 7"]),
                "a folder that is not there": (good.replace("folder: office", "folder: absent"), ["folder", "line 4"]),
                "a mapping that is not there": (good + "  - absent.yaml\n", ["absent.yaml"]),
            }
            for name, (text, named) in wrong.items():
                with self.subTest(name, office=office):
                    if name == "a mapping that is not there":
                        self.assertIn("absent.yaml", self.run_wrong(office, text).stderr)
                    else:
                        self.assert_refused(f"sanling-{office}", "--config", text=text, named=named)

    def run_wrong(self, office, text):
        path = self.county.folder / "wrong.yaml"
        path.write_text(text)
        return run(BIN / f"sanling-{office}", "--config", path, expect=2)

    def test_a_wrong_mapping_names_line_and_key(self):
        mapping = self.county.folder / "mapping.yaml"
        mapping.write_text("version: 1\nfiles: [x.csv]\nkey: [编号]\nevents:\n  - type: HazardFuond\n"
                           "    fields:\n      - {field: hazard, column: [编号]}\n")
        text = self.county.write_agent_config("safety").read_text() + "  - mapping.yaml\n"
        error = self.run_wrong("safety", text).stderr
        for word in ("mapping.yaml", "line 5", "HazardFuond"):
            self.assertIn(word, error)

    def test_a_wrong_policy_names_line_and_key_and_is_not_adopted(self):
        good = (POLICIES / "yuxian-2020.yaml").read_text()
        wrong = {
            "an unknown key": (good + "preste: x\n", ["preste", "line"]),
            "an unknown event": (good.replace("event: CaseFiled, classes", "event: CaseField, classes"), ["CaseField"]),
            "a number out of range": (good.replace("grace_days: 5", "grace_days: 500"), ["grace_days"]),
            "no day": (good.replace('starts_on: "2019-01-01"', 'starts_on: "2019-02-30"'), ["starts_on"]),
            "an accusation to an office": (good.replace("types: [ACCUSATION], to: [DISCIPLINE]",
                                                        "types: [ACCUSATION], to: [PETITIONS]"), ["DISCIPLINE"]),
            "an accident without a threshold": (good.replace("any_casualty: true, grade_at_least: GENERAL",
                                                             "any_casualty: false"), ["AccidentReported"]),
        }
        self.county.open_hub()
        self.addCleanup(self.county.stop_hub)
        before = self.county.ask("policy", "show")
        for name, (text, named) in wrong.items():
            with self.subTest(name):
                self.assertNotEqual(text, good)
                self.assert_refused("sanlingctl", "policy", "check", text=text, named=named)
                adopt = self.county.ctl_command("policy", "adopt", self.county.folder / "wrong.yaml")
                answer = run(*adopt, expect=1).stdout
                for word in ("POLICY_INVALID", *named):
                    self.assertIn(word, answer)
        self.assertEqual(self.county.ask("policy", "show"), before)
        run(BIN / "sanlingctl", "policy", "check", POLICIES / "yuxian-2020.yaml")

    def test_every_policy_that_is_shipped_passes_its_check(self):
        for path in POLICIES.glob("*.yaml"):
            run(BIN / "sanlingctl", "policy", "check", path)


class Check(unittest.TestCase):
    """--check says 0 or 2 and opens nothing for writing."""

    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.start()
        cls.county.stop_hub()

    def snapshot(self):
        """Every file and folder as it is: what was written, renamed, touched or made would show."""
        found = {}
        for path in sorted(self.county.folder.rglob("*")):
            status = path.lstat()
            found[path] = (status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns,
                           path.read_bytes() if path.is_file() else b"")
        return found

    def assert_checks(self, program, config, wrong):
        """Good as it is, 2 with each of the texts in its place; nothing is changed either way."""
        path = config.parent / "checked.yaml"
        for text, expect in [(config.read_text(), 0), *((text, 2) for text in wrong)]:
            path.write_text(text)
            before = self.snapshot()
            done = run(BIN / program, "--check", "--config", path, expect=expect)
            self.assertEqual(self.snapshot(), before, program)
            self.assertEqual(len(done.stderr.splitlines()), 0 if expect == 0 else 1, done.stderr)
            if expect == 2:
                self.assertIn("[USAGE]", done.stderr)

    def test_of_the_hub(self):
        config = self.county.write_hub_config()
        good = config.read_text()
        self.assert_checks("sanling-hub", config, [
            good + "nonsense: 1\n", good.replace("keys/hub.key", "keys/none.key"),
            good.replace("keys/hub.key", "keys/hub.key.pub")])
        fresh = self.county.folder / "fresh"
        run(BIN / "sanling-hub", "--check", "--data", fresh)
        self.assertFalse(fresh.exists())

    def test_of_the_agents(self):
        for office in AGENTS:
            config = self.county.write_agent_config(office)
            good = config.read_text()
            shutil.rmtree(self.county.folder / "state" / office)
            self.assert_checks(f"sanling-{office}", config, [
                good + "nonsense: 1\n", good.replace("identity: ", "identity: /nonexistent"),
                good.replace("folder: office", "folder: absent")])

    def test_of_the_leadership_page(self):
        config = Page(self.county).write()
        config = config.rename(self.county.folder / "leadership" / "good.yaml")
        good = config.read_text()
        self.assert_checks("sanling-leadership", config, [
            good + "nonsense: 1\n", good.replace("page: page", "page: none"),
            good.replace("accounts.yaml", "none.yaml"), good.replace("127.0.0.1:0", "nowhere")])


class Order(unittest.TestCase):
    def test_options_beat_the_environment_which_beats_the_file(self):
        with County() as county:
            county.start()
            county.write_agent_config("petitions")
            config = county.write_agent_config("petitions", hub="tcp://127.0.0.1:9", identity=county.key("safety"))
            right = {"SANLING_HUB": county.endpoint, "SANLING_IDENTITY": str(county.key("petitions"))}
            wrong = {"SANLING_HUB": "tcp://127.0.0.1:9", "SANLING_IDENTITY": str(county.key("safety"))}
            options = ["--hub", county.endpoint, "--identity", county.key("petitions")]
            for number, (words, environment) in enumerate((([], right), (options, wrong)), 1):
                county.drop("petitions", f"信访登记台账{number}.csv", sheets.PETITIONS, [
                    sheets.petition(f"P-{number}", VILLAGES[0], "2020-08-18")])
                run(BIN / "sanling-petitions", "--config", config, "--once", *words, environment=environment)
                self.assertEqual(len(county.ask("petitions")["matters"]), number)


    def test_of_the_leadership_page_too(self):
        with County() as county:
            county.start()
            config = Page(county, hub="tcp://127.0.0.1:9").write()
            for number, (words, hub) in enumerate((([], county.endpoint), (["--hub", county.endpoint], "tcp://127.0.0.1:9"))):
                page = county.start_program(f"page-of-order-{number}", BIN / "sanling-leadership", "--config", config, *words,
                                            env={**os.environ, "SANLING_HUB": hub})
                until("the hub to be reached", lambda: "connected, position" in page.journal)
                self.assertIn(f"hub at {county.endpoint}", page.journal)
                self.assertEqual(page.stop(), 0)


class AccessFile(unittest.TestCase):
    def test_a_wrong_access_file_keeps_the_old_one_and_a_good_one_holds_at_once(self):
        with County() as county:
            county.start()
            access = county.folder / "access.yaml"
            good = access.read_text()
            access.write_text(good + "  - {name: x, role: emperor}\n")
            county.hub.signal(signal.SIGHUP)
            until("the complaint", lambda: "access not reloaded, the old one holds" in county.hub.journal)
            complaint = county.hub.journal
            self.assertIn("access.yaml", complaint)
            self.assertIn(f"line {len(good.splitlines()) + 1}", complaint)
            county.ctl("status", COUNTY, identity="leader")
            access.write_text(good.replace("name: leader", "name: head"))
            county.hub.signal(signal.SIGHUP)
            until("the new access", lambda: "access reloaded" in county.hub.journal)
            names = [entry["name"] for entry in county.ask("access", "list")["entries"]]
            self.assertIn("head", names)
            self.assertNotIn("leader", names)


if __name__ == "__main__":
    main()
