"""What users and scripts depend on: help, exit status, JSON alone where it is asked for, tables that line up."""
import json
import subprocess
import tempfile
import unicodedata
import unittest
from pathlib import Path

from county import BIN, COUNTY, POLICIES, TOWN, VILLAGES, County, main, run, until

PROGRAMS = ["sanling-hub", "sanling-petitions", "sanling-safety", "sanling-public-security", "sanlingctl"]
COMMANDS = ["status", "summary", "publish", "replay", "rebuild", "digest", "rejected", "consumers", "sources",
            "units import", "units list", "policy check", "policy adopt", "policy show", "keys new", "access list",
            "access grant", "access revoke", "access history", "proposals", "confirm", "withdraw", "clock show", "clock set", "why", "matters", "petitions", "hazards",
            "accidents", "cases", "mediation", "grid", "overdue", "campaigns", "discrepancies", "attention", "inbox",
            "routes", "figure"]
LISTS = ["why", "matters", "petitions", "hazards", "accidents", "cases", "mediation", "grid", "overdue", "campaigns",
         "discrepancies", "attention", "inbox", "routes", "figure"]


class Usage(unittest.TestCase):
    def test_every_program_and_command_has_help_and_a_version(self):
        for program in PROGRAMS:
            done = run(BIN / program, "--help")
            self.assertIn("Usage:", done.stdout)
            self.assertEqual(done.stderr, "")
            self.assertRegex(run(BIN / program, "--version").stdout, rf"^{program} \d+\.\d+\.\d+\n$")
        for command in COMMANDS:
            done = run(BIN / "sanlingctl", *command.split(), "--help")
            self.assertIn(f"Usage: sanlingctl {command}", done.stdout)
            self.assertEqual(done.stderr, "")
        for command in LISTS:
            self.assertRegex(run(BIN / "sanlingctl", command, "--help").stdout, r"Usage: .*\nExamples:\n")
        for group in ("units", "policy", "keys", "access", "clock"):
            self.assertIn(f"sanlingctl {group} ", run(BIN / "sanlingctl", group, "--help").stdout)
        overview = run(BIN / "sanlingctl", "--help").stdout
        for command in COMMANDS:
            self.assertIn(command, overview)

    def test_wrong_usage_is_2_and_says_what_is_wrong_on_standard_error(self):
        for program in PROGRAMS:
            for words in ([], ["--nonsense"], ["--config"], ["superfluous"]):
                done = run(BIN / program, *words, expect=2)
                self.assertEqual(done.stdout, "", (program, words))
                self.assertIn(f"{program}: ", done.stderr.splitlines()[0])

    def test_wrong_usage_of_a_command_is_one_line(self):
        wrong = [["nonsense"], ["units"], ["status", "--depth"], ["status", "a", "b"], ["status", "--nonsense"],
                 ["publish"], ["rebuild"], ["units", "import"], ["policy", "adopt"], ["keys", "new"],
                 ["keys", "new", "a b"], ["access", "grant", "x"], ["access", "revoke"], ["confirm"], ["withdraw", "x"],
                 ["access", "list", "--known-at", "soon"], ["clock", "set"],
                 ["clock", "set", "tomorrow"], ["replay", "--from", "soon"], ["summary", "--period", "last"],
                 ["matters", "a", "b"], ["matters", "--kind", "x"], ["hazards", "--kind", "hazard"],
                 ["hazards", "--step", "x"], ["matters", "--office", "x"], ["overdue", "a", "b"], ["campaigns", "a", "b"],
                 ["discrepancies", "a", "b"], ["attention"], ["attention", "x"], ["attention", "silent", "a", "b"],
                 ["attention", "silent", "--period", "x"], ["inbox"], ["inbox", "x"], ["inbox", "公安", "--to", "soon"],
                 ["routes", "a"], ["figure"], ["figure", "a", "b", "c"], ["why"], ["why", "a", "--as-of", "today"],
                 ["why", "a", "--known-at", "soon"],
                 ["access", "grant", "x", "--key", "short", "--role", "publisher", "--office", "PETITIONS"]]
        for words in wrong:
            with self.subTest(words):
                done = run(BIN / "sanlingctl", *words, expect=2)
                self.assertEqual((done.stdout, len(done.stderr.splitlines())), ("", 1), done.stderr)
                self.assertRegex(done.stderr, r"^sanlingctl.* \[USAGE\]")

    def test_a_wrong_option_is_named(self):
        for words, said in ((["--nonsense"], "sanlingctl: '--nonsense' is no option"),
                            (["-x"], "sanlingctl: '-x' is no option"),
                            (["-xy", "status"], "sanlingctl: '-xy' is no option"),
                            (["--hub"], "sanlingctl: '--hub' wants ENDPOINT"),
                            (["--json=yes", "status"], "sanlingctl: '--json' takes no value"),
                            (["status", "a", "--nonsense=1", "b"], "sanlingctl status: '--nonsense=1' is no option"),
                            (["summary", "--period"], "sanlingctl summary: '--period' wants YEAR"),
                            (["status", "--h"], "sanlingctl status: '--h' is short for more than one option")):
            with self.subTest(words):
                done = run(BIN / "sanlingctl", *words, expect=2)
                self.assertEqual((done.stdout, done.stderr), ("", said + " [USAGE]; see --help\n"))

    def test_without_a_key_it_says_which_file_it_wants(self):
        environment = {"HOME": "/nonexistent", "SANLING_IDENTITY": "/nonexistent/my.key"}
        done = run(BIN / "sanlingctl", "status", expect=2, environment=environment)
        self.assertIn("/nonexistent/my.key", done.stderr)

    def test_what_is_no_key_file_is_named_with_its_line_and_not_shown(self):
        with tempfile.TemporaryDirectory() as folder:
            run(BIN / "sanlingctl", "keys", "new", "own", "--dir", folder, "--hub-key", "0" * 40)
            own = (Path(folder) / "own.key").read_text()
            self.assertIn("secret-key = ", own)
            path = Path(folder) / "wrong.key"
            for text, line in (("# Title\n\n```sh\nmake\n```\n", 3), ("", 1), ("\x7fELF\x02\n", 1), ("a" * 5000, 1),
                               ("curve\n\tpublic-key = x\n", 2), (own.replace("secret-key = ", "secret-key : "), 10),
                               (own.replace('secret-key = "', 'secret-key = "x'), 10)):
                with self.subTest(text[:20]):
                    path.write_text(text)
                    done = run(BIN / "sanlingctl", "--identity", path, "status", expect=2)
                    self.assertEqual((done.stdout, len(done.stderr.splitlines())), ("", 1), done.stderr)
                    self.assertIn(f"{path}: line {line}: ", done.stderr)
                    self.assertIn(" [USAGE]; this is no key file: make one with sanlingctl keys new NAME\n", done.stderr)
                    self.assertNotIn("```", done.stderr)

    def test_a_policy_is_checked_in_json_too(self):
        done = run(BIN / "sanlingctl", "--json", "policy", "check", POLICIES / "default.yaml")
        self.assertEqual(json.loads(done.stdout), {"version": "default-1", "preset": "default"})

    def test_a_file_without_a_policy_is_refused_with_a_line_and_a_reason(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "policy.yaml"
            for text, said in (("", "line 1: holds nothing"), ("\t- x", "line 1: ")):
                path.write_text(text)
                done = run(BIN / "sanlingctl", "policy", "check", path, expect=2)
                self.assertIn(f"{path}: {said}", done.stderr)


class Keys(unittest.TestCase):
    def test_keys_are_secret_and_never_overwritten(self):
        with County() as county:
            secret = county.key("x")
            self.assertEqual(secret.stat().st_mode & 0o777, 0o600)
            before = secret.read_bytes()
            error = run(BIN / "sanlingctl", "keys", "new", "x", "--dir", secret.parent, expect=2).stderr
            self.assertIn("x.key", error)
            self.assertEqual(secret.read_bytes(), before)
            self.assertNotIn("secret-key", secret.with_suffix(".key.pub").read_text())


def width(text):
    """Columns on the screen."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def starts(line):
    """Column on the screen -> character that begins there."""
    found, at = {}, 0
    for character in line:
        found[at] = character
        at += width(character)
    return found


class Output(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.start()
        at = "2020-08-19T03:00:00Z"
        cls.county.publish("petitions", *(
            {"unit": unit, "occurredAt": at, "matter": "信访-一", "petitionRegistered": {
                "type": "CLAIM", "channel": "VISIT", "scale": "ONE", "levelReceived": "COUNTY", "order": "FIRST",
                "category": "RURAL"}} for unit in (VILLAGES[0], "140322199201")), expect=1)
        if cls.county.start_publisher("oracle", count=20000, batch=500, window=8).wait() != 0:
            raise AssertionError("nothing to read")
        peer = cls.county.peer("auditor")
        peer.hello()
        peer.subscribe(1, 0, name="审计".encode().hex())
        peer.settle()

    def json_commands(self):
        return [["status"], ["status", TOWN, "--depth", "2"], ["summary"], ["replay", "--to", "30"],
                ["replay", "--raw", "--to", "30"], ["digest"], ["rejected"], ["consumers"], ["sources"],
                ["units", "list"], ["policy", "show"], ["access", "list"], ["clock", "show"],
                ["matters"], ["petitions", TOWN], ["hazards"], ["accidents"], ["cases"], ["mediation"], ["grid"],
                ["overdue"], ["overdue", "--soon"], ["campaigns"], ["discrepancies"], ["attention", "silent"],
                ["inbox", "公安"], ["routes"], ["figure", "petitions.registered"], ["why", VILLAGES[0]],
                ["why", VILLAGES[0], "--known-at", "2020-08-20"],
                ["clock", "set", "2020-08-19T12:00:00+08:00"], ["units", "import", self.county.folder / "units.csv"]]

    def test_json_is_all_that_is_printed_where_it_is_asked_for(self):
        for command in self.json_commands():
            with self.subTest(command):
                done = run(*self.county.ctl_command("--json", *command))
                for line in done.stdout.splitlines():
                    self.assertIsInstance(json.loads(line), dict)
                self.assertEqual(done.stderr, "")
                after = run(*self.county.ctl_command(*command, "--json"))
                self.assertEqual(len(after.stdout.splitlines()), len(done.stdout.splitlines()), "wherever it stands")
        done = run(*self.county.ctl_command("--json", "status", "140322199201"), expect=1)
        self.assertEqual(done.stdout, "")

    def test_policy_and_keys_print_json_too(self):
        policy = self.county.folder / "another.yaml"
        policy.write_text((POLICIES / "yuxian-2020.yaml").read_text().replace("yuxian-2020-1", "yuxian-2020-2"))
        for command in (["policy", "adopt", policy], ["keys", "new", "json", "--dir", self.county.folder],
                        ["proposals"], ["access", "history"], ["access", "revoke", "discipline"]):
            for line in self.county.ctl("--json", *command).splitlines():
                json.loads(line)

    def test_a_demonstration_is_called_one_on_every_screen(self):
        for command in (["status"], ["summary"], ["replay", "--to", "5"], ["rejected"], ["consumers"], ["sources"],
                        ["units", "list"], ["access", "list"], ["routes"], ["clock", "show"], ["inbox", "公安"]):
            self.assertIn("DEMONSTRATION HUB", self.county.ctl(*command).splitlines()[0], command)

    def test_the_units_that_are_listed_as_csv_are_a_units_file(self):
        path = self.county.folder / "listed.csv"
        path.write_text(self.county.ctl("units", "list", "--csv"))
        self.assertTrue(path.read_text().startswith("\ufeff单位编码,类别,名称,上级编码,启用日期"))
        self.assertEqual(len(path.read_text().splitlines()), 1 + len(self.county.ask("units", "list")["units"]))
        self.county.ctl("units", "import", path)

    def test_a_unit_that_is_not_there_is_named_with_the_character_that_is_wrong(self):
        for command in ("status", "why", "overdue", "replay --unit", "units list"):
            for code, said in (("140322199201", "unit: '140322199201' is not in the tree ["),
                               ("14032A102200", "unit: '14032A102200' is not in the tree; character 6: not a digit ["),
                               ("91140322MA90000116", "this code is not in the tree; character 18: ")):
                with self.subTest(command, code=code):
                    self.assertIn(said, self.county.ctl(*command.split(), code, expect=1))

    def test_figures_go_by_both_spellings_of_their_names_and_say_what_is_not_shown(self):
        self.assertEqual(self.county.ask("figure", "petitions.inReview"), self.county.ask("figure", "petitions.in_review"))
        self.assertIn("petitions.registered = 1", self.county.ctl("figure", "petitions.registered"))
        self.assertIn("not for you to see", self.county.ctl("figure", "petitions.registered", identity="governance"))

    def test_tables_line_up_on_the_screen(self):
        tables = {
            "status": ["单位 Unit", "编码 Code", "类别 Kind", "三零 Joint", "零上访 Petitions", "零事故 Accidents"],
            "rejected": ["来源 Source", "代码 Code"],
            "sources": ["来源 Source", "身份 Identity", "部门 Office"],
            "units list": ["名称 Name", "编码 Code", "类别 Kind", "上级 Parent", "启用 Valid from"],
            "access list": ["名称 Name", "角色 Role", "部门 Office", "单位 Unit", "事件 Types", "公钥 Key"],
            "petitions": ["编号 Petition", "单位 Unit", "类型 Type", "步骤 Step", "到期 Due"],
            "attention unverified": ["单位 Unit", "类别 Kind", "零 Zero", "应报部门 Owed by", "缺口自 From"],
            "campaigns": ["编码 Code", "专项行动 Campaign", "牵头 Lead", "状态 State"],
            "routes": ["事件 Event", "发往 To", "类别 Categories", "依据 Ground"],
            "figure petitions.registered": ["日期 Day", "单位 Unit", "编号 Matter"],
        }
        for command, headings in tables.items():
            words = command.split() + ([COUNTY, "--depth", "2"] if command == "status" else [])
            for locale in ("C", "C.UTF-8", "POSIX"):
                with self.subTest(command, locale=locale):
                    done = run(*self.county.ctl_command(*words), environment={"LC_ALL": locale})
                    self.assert_lines_up(done.stdout.splitlines(), headings)

    def assert_lines_up(self, lines, headings):
        at = next(number for number, line in enumerate(lines) if headings[0] in line)
        heading = lines[at]
        end = lines.index("", at) if "" in lines[at:] else len(lines)  # notes stand behind an empty line
        self.assertGreater(end, at + 1)
        for name in headings:
            self.assertIn(name, heading)
            column = width(heading[:heading.index(name)])
            for line in lines[at + 1:end]:
                if width(line) <= column:
                    continue
                begins = starts(line)
                self.assertIn(column, begins, f"{name}: a character lies across column {column} of: {line}")
                if column > 0:
                    self.assertEqual(begins.get(column - 1), " ", f"{name}: at column {column} of: {line}")

    def test_a_closed_pipe_is_quiet(self):
        commands = [["replay"], ["--json", "replay"], ["--json", "replay", "--follow"], ["replay", "--raw"]]
        for command in commands:
            with self.subTest(command), subprocess.Popen(
                    [str(word) for word in self.county.ctl_command(*command)], stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, text=True) as reader:
                self.assertNotEqual(reader.stdout.readline(), "")
                reader.stdout.close()
                until("its end", lambda: reader.poll() is not None)
                self.assertEqual(reader.stderr.read(), "")

    def test_output_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([str(word) for word in self.county.ctl_command("--json", "digest")], stdout=full,
                                  stderr=subprocess.PIPE, text=True, timeout=30, check=False)
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1), done.stderr)

    def test_endpoint_and_identity_may_come_from_the_environment(self):
        environment = {"SANLING_HUB": self.county.endpoint, "SANLING_IDENTITY": str(self.county.key("operator"))}
        done = run(BIN / "sanlingctl", "--json", "digest", environment=environment)
        self.assertIn("digest", json.loads(done.stdout))

    def test_outcomes_are_printed_line_by_line_as_the_events_come(self):
        with subprocess.Popen([str(word) for word in self.county.ctl_command(
                "publish", "--source", "typed", identity="governance")], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True) as publisher:
            for number in range(1, 4):
                event = {"unit": VILLAGES[0], "occurredAt": "2020-08-19T03:00:00Z",
                         "patrolTallied": {"day": "2020-08-19", "rounds": number}}
                publisher.stdin.write(json.dumps(event) + "\n")
                publisher.stdin.flush()
                self.assertIn(f"typed {number}: 已记录 recorded at ", publisher.stdout.readline())
            publisher.stdin.close()
            self.assertEqual(publisher.wait(), 0)


class Rebuild(unittest.TestCase):
    def test_it_claims_to_be_the_same_only_where_it_compared(self):
        with County() as county:
            county.start()
            county.stop_hub()
            self.assertIn("the stored state is the same", county.ctl("rebuild", "--data", county.data))
            state = county.data / "state"
            whole = bytearray(state.read_bytes())
            whole[len(whole) // 2] ^= 1
            state.write_bytes(whole)
            self.assertIn("no stored state was compared", county.ctl("rebuild", "--data", county.data))
            state.unlink()
            rebuilt = county.ask("rebuild", "--data", county.data)
            self.assertEqual((rebuilt["stored"], rebuilt["same"]), (False, False))


class Import(unittest.TestCase):
    def test_units_are_imported_once_in_any_order_of_rows(self):
        with County() as county:
            county.open_hub()
            path = county.write_units(county.folder / "units.csv")
            header, *rows = path.read_text().splitlines()
            path.write_text("\n".join([header, *reversed(rows)]) + "\n")
            county.ctl("units", "import", path)
            first = county.ask("digest")["position"]
            self.assertEqual(int(first), 1 + len(county.access) + len(rows))
            county.ctl("units", "import", path)
            self.assertEqual(county.ask("digest")["position"], first, "what is registered unchanged is left out")

    def test_a_row_that_is_wrong_is_named_and_nothing_is_imported(self):
        with County() as county:
            county.open_hub()
            path = county.write_units(county.folder / "units.csv")
            path.write_text(path.read_text().replace("VILLAGE,示范03村", "VILLAEG,示范03村"))
            error = county.ctl("units", "import", path, expect=2)
            for word in ("units.csv: line 11", "VILLAEG"):
                self.assertIn(word, error)
            self.assertEqual(int(county.ask("digest")["position"]), 1 + len(county.access))


if __name__ == "__main__":
    main()
