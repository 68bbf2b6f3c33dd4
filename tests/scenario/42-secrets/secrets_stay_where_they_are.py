"""A secret is in its file and in the memory of the program that uses it: in no argument, environment, journal, core file
or folder; and what programs create is for nobody else, with whatever umask they were started."""
import base64
import os
import pathlib
import re
import signal
import stat
import unittest

from county import BIN, VILLAGES, County, main, run, until
from intake import Intake, tally
from page import PASSWORD, Page

PROGRAMS = ("sanling-hub", "sanling-petitions", "sanling-safety", "sanling-public-security", "sanling-governance",
            "sanling-leadership-office", "sanling-leadership", "sanlingctl")
Z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
SECRET_WORD = re.compile(r"--([a-z-]*(?:password|secret|token|key|identity)[a-z-]*)(?:\[?=([^\s\],]+))?")
# What such an option may take: a file's name, a name that is given to something new, a matter's code, a public
# key (KEY, VKEY).
HARMLESS = {"FILE", "NAME", "MATTER", "KEY", "VKEY", None}


def raw_key(text):
    """The 32 bytes of a Z85 key."""
    found = b""
    for at in range(0, len(text), 5):
        value = 0
        for character in text[at:at + 5]:
            value = value * 85 + Z85.index(character)
        found += value.to_bytes(4, "big")
    return found


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def holds(path, secrets):
    """The secrets that stand in a file."""
    text = path.read_bytes()
    return [name for name, values in secrets.items() if any(value in text for value in values)]


class EverythingRuns(unittest.TestCase):
    """Hub, two agents and the page, all started with umask 000, and clients that come and go."""

    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(os.umask, os.umask(0))
        cls.county = cls.enterClassContext(County())
        folder = cls.county.folder
        cls.signing_key = folder / "keys" / "governance.sign"
        cls.county.key("governance")
        public = run(BIN / "sanling-governance", "--new-signing-key", cls.signing_key).stdout.strip()
        cls.county.write_access()
        access = (folder / "access.yaml").read_text()
        (folder / "access.yaml").write_text(
            access.replace("{name: governance,", f"{{name: governance, signing_key: '{public}',"))
        cls.county.start()
        for office in ("safety", "governance"):
            (folder / "office" / office).mkdir(parents=True)
            (folder / "office" / office).chmod(0o750)
        cls.intake = Intake(cls.county)
        cls.intake.settings = {"state": "new/state/governance", "signing_key": cls.signing_key}
        cls.token = cls.intake.new_token("desk", "publish")
        cls.intake.start()
        cls.safety = cls.county.start_agent("safety", state="new/state/safety")
        report = cls.county.drop("safety", "隐患排查.csv", "单位编码,隐患编号", [f"{VILLAGES[0]},H-1"])
        answer = cls.intake.post(cls.token, tally(), wait=30)
        if answer.status != 201:
            raise AssertionError(f"not recorded: {answer.status} {answer.body}")
        cls.page = Page(cls.county).start()
        cls.browser = cls.page.browser("leader")
        if cls.browser.get("/v1/export/units.csv").status not in (200, 404):
            raise AssertionError("no export")
        until("the report", report.exists)
        cls.report = report
        cls.county.ctl("status")
        cls.county.ctl("rejected")
        cls.follower = cls.county.start_ctl("follower", "--json", "replay", "--follow")
        until("the follower's first record", lambda: cls.follower.lines)
        cls.programs = {"hub": cls.county.hub, "governance": cls.intake.agent, "safety": cls.safety,
                        "page": cls.page.program, "follower": cls.follower}
        cls.secrets = cls.find_secrets()

    @classmethod
    def find_secrets(cls):
        """Name -> the forms in which it could stand somewhere."""
        found = {"token": [cls.token.encode()], "password": [PASSWORD.encode()]}
        for path in (cls.county.folder / "keys").glob("*.key"):
            key = re.search(rb'secret-key = "(.{40})"', path.read_bytes())[1]
            found[path.name] = [key, raw_key(key)]
        signing = re.search(rb"^signing_secret: (\S+)", cls.signing_key.read_bytes(), re.MULTILINE)[1]
        found[cls.signing_key.name] = [signing, base64.b64decode(signing)]
        log_key = (cls.county.data / "log.key").read_bytes().strip().split(b"+", 4)[4]
        found["log.key"] = [log_key, base64.b64decode(log_key)[1:]]
        return found

    def test_the_keys_are_looked_for(self):
        self.assertGreaterEqual(set(self.secrets), {"hub.key", "safety.key", "governance.key", "leader.key",
                                                     "governance.sign", "log.key"})
        for name in self.secrets:
            if name.endswith((".key", ".sign")):
                path = next(self.county.folder.rglob(name))
                self.assertIn(name, holds(path, self.secrets), "it is found where it is")

    def test_no_argument_and_no_environment_holds_one(self):
        for name, program in self.programs.items():
            for what in ("cmdline", "environ"):
                try:
                    found = holds(pathlib.Path(f"/proc/{program.process.pid}/{what}"), self.secrets)
                except PermissionError:
                    self.assertEqual(what, "environ")  # not even its own user may look
                    continue
                self.assertEqual(found, [], f"{name}: {what}")

    def test_no_journal_holds_one(self):
        paths = list(self.county.journals.iterdir())
        self.assertGreater(len(paths), 4)
        for path in paths:
            self.assertEqual(holds(path, self.secrets), [], path.name)

    def test_no_folder_holds_one_but_the_key_files(self):
        looked_at = 0
        for path in self.county.folder.rglob("*"):
            own = path.suffix in (".key", ".sign") and path.name
            if path.is_file() and not path.is_symlink():
                looked_at += 1
                self.assertEqual([name for name in holds(path, self.secrets) if name != own], [], path)
        self.assertGreater(looked_at, 20)

    def test_what_is_created_is_for_its_own_user_alone(self):
        folder = self.county.folder
        for root in (folder / "hub", folder / "new"):
            for path in (root, *root.rglob("*")):
                if "tiles" in path.parts or path.suffix == ".pub":  # hashes, and public keys: for everybody
                    self.assertEqual(mode(path) & 0o022, 0, f"{path}: {mode(path):o}")
                    self.assertEqual(mode(path) & 0o044, 0o044, f"{path}: {mode(path):o}")
                    continue
                self.assertEqual(mode(path) & 0o077, 0, f"{path}: {mode(path):o}")
        self.assertEqual(mode(folder / "tokens"), 0o600)
        for path in (*(folder / "keys").glob("*.key"), self.signing_key):
            self.assertEqual(mode(path), 0o600, path)
        for path in (folder / "keys").glob("*.pub"):
            self.assertEqual(mode(path), 0o644, path)
        self.assertEqual(mode(folder / "inbox" / "governance" / "inbox.jsonl"), 0o640)

    def test_the_access_file_that_the_hub_writes_is_its_own(self):
        self.county.ctl("access", "grant", "auditor-2", "--key", self.county.key("auditor-2").with_suffix(".key.pub"),
                        "--role", "auditor", "--office", "OPERATOR")
        self.county.confirm()
        self.assertEqual(mode(self.county.folder / "access.yaml"), 0o600)

    def test_reports_are_for_whom_the_offices_folder_is(self):
        self.assertEqual(mode(self.report.parent), 0o750)
        self.assertEqual(mode(self.report), 0o640)

    def test_no_core_file_can_be_written(self):
        for name, program in self.programs.items():
            limits = pathlib.Path(f"/proc/{program.process.pid}/limits").read_text()
            self.assertRegex(limits, r"Max core file size +0 +0 ", name)


class Dying(unittest.TestCase):
    def test_an_abort_leaves_no_core(self):
        with County() as county:
            county.start()
            agent = county.start_agent("safety")
            follower = county.start_ctl("follower", "--json", "replay", "--follow")
            until("the follower's first record", lambda: follower.lines)
            page = Page(county).start()
            for program, number in ((follower, signal.SIGQUIT), (agent, signal.SIGABRT),
                                    (page.program, signal.SIGSEGV), (county.hub, signal.SIGABRT)):
                program.signal(number)
                ended = os.waitid(os.P_PID, program.process.pid, os.WEXITED | os.WNOWAIT)
                self.assertEqual(ended.si_status, number, program.name)
                self.assertEqual(ended.si_code, os.CLD_KILLED, f"{program.name}: not CLD_DUMPED")
                program.wait()


class Options(unittest.TestCase):
    def test_secrets_are_taken_from_files_only(self):
        helps = [run(BIN / program, "--help").stdout for program in PROGRAMS]
        commands = re.findall(r"^  ([a-z]+(?: [a-z]+)?)  +", helps[-1].partition("Commands")[2], re.MULTILINE)
        self.assertGreater(len(commands), 30)
        helps += [run(BIN / "sanlingctl", *command.split(), "--help").stdout for command in commands]
        found = [match for text in helps for match in SECRET_WORD.findall(text)]
        self.assertIn(("identity", "FILE"), found)
        for option, takes in found:
            self.assertIn(takes or None, HARMLESS, f"--{option}={takes}")


if __name__ == "__main__":
    main()
