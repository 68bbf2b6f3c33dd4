"""What a person reads on a terminal is in the language of the environment; what programs read stays English."""
import json
import os
import pty
import subprocess
import tempfile
import unittest
from pathlib import Path

from county import AGENTS, BIN, County, main, run

PROGRAMS = ["sanling-hub", *(f"sanling-{office}" for office in AGENTS), "sanling-leadership", "sanlingctl", "sanling-demo"]
NO_LANGUAGE = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "", "LANGUAGE": "", "JOURNAL_STREAM": ""}
CHINESE = {**NO_LANGUAGE, "LANG": "zh_CN.UTF-8"}


def said(*command, environment, expect=2):
    return run(*command, expect=expect, environment={**NO_LANGUAGE, **environment}).stderr


class Language(unittest.TestCase):
    def test_the_language_of_the_environment_is_spoken_also_where_its_locale_is_not_installed(self):
        for chinese, environment in (
                (True, {"LANG": "zh_CN.UTF-8"}), (True, {"LANG": "zh_CN"}), (True, {"LANG": "zh_CN.GB18030"}),
                (True, {"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}), (True, {"LC_MESSAGES": "zh_CN.UTF-8"}),
                (True, {"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}), (True, {"LANGUAGE": "zh_CN"}),
                (True, {"LANG": "C.UTF-8", "LANGUAGE": "zh_CN"}),
                (False, {}), (False, {"LANG": "C"}), (False, {"LANG": "C.UTF-8"}), (False, {"LANG": "en_US.UTF-8"}),
                (False, {"LANG": "de_DE.UTF-8"}), (False, {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}),
                (False, {"LANG": "C", "LANGUAGE": "zh_CN"}), (False, {"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "POSIX"})):
            with self.subTest(environment):
                expected = ("sanlingctl：没有选项“--nonsense” [USAGE]；用法见 --help\n" if chinese else
                            "sanlingctl: '--nonsense' is no option [USAGE]; see --help\n")
                self.assertEqual(said(BIN / "sanlingctl", "--nonsense", environment=environment), expected)

    def test_every_program_speaks_it(self):
        for program in PROGRAMS:
            with self.subTest(program):
                self.assertEqual(said(BIN / program, "--nonsense", environment=CHINESE),
                                 f"{program}：没有选项“--nonsense” [USAGE]；用法见 --help\n")
                self.assertEqual(said(BIN / program, "--nonsense", environment={}),
                                 f"{program}: '--nonsense' is no option [USAGE]; see --help\n")
                helped = run(BIN / program, "--help", environment=CHINESE).stdout
                self.assertRegex(helped, rf"^用法： {program} .*\n(?:  或：.*\n)*示例：\n  {program} ")
                self.assertIn("显示本帮助", helped)
                self.assertRegex(run(BIN / program, "-h", environment=NO_LANGUAGE).stdout,
                                 rf"^Usage: {program} .*\n(?:  or: .*\n)*Examples:\n  {program} ")

    def test_a_hub_that_is_not_reached_is_said_as_promised(self):
        with tempfile.TemporaryDirectory() as folder:
            run(BIN / "sanlingctl", "keys", "new", "own", "--dir", folder, "--hub-key", "0" * 40)
            command = [BIN / "sanlingctl", "--hub", "tcp://127.0.0.1:9", "--identity", f"{folder}/own.key"]
            lines = {
                (): "sanlingctl：5 秒内未连上 tcp://127.0.0.1:9 [UNREACHABLE]；请查看：systemctl status sanling-hub\n",
                ("--json",): "sanlingctl: hub not reached at tcp://127.0.0.1:9 in 5 s [UNREACHABLE]; "
                             "try: systemctl status sanling-hub\n"}
            started = [(subprocess.Popen([*command, *words, "status"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                         text=True, env={**os.environ, **CHINESE}), line)
                       for words, line in lines.items()]
            for program, line in started:
                self.assertEqual((*program.communicate(timeout=30), program.returncode), ("", line, 3))

    def test_a_misspelt_key_is_answered_with_the_one_that_was_meant(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "hub.yaml"
            path.write_text("data: hub\nplain:\n  identity: x\ndemonstration:\n  clok: 2020-01-01T00:00:00Z\n")
            self.assertEqual(said(BIN / "sanling-hub", "--check", "--config", path, environment={}),
                             f"sanling-hub: {path}: line 5: demonstration.clok: unknown key [USAGE]; "
                             "did you mean demonstration.clock?\n")
            self.assertEqual(said(BIN / "sanling-hub", "--check", "--config", path, environment=CHINESE),
                             f"sanling-hub：{path}：第 5 行：demonstration.clok：未知的键 [USAGE]；"
                             "是否想写 demonstration.clock？\n")
            for program, text, wrong, meant in (("sanling-safety", "sorce: x\n", "sorce", "source"),
                                                ("sanling-leadership", "acounts: x\n", "acounts", "accounts"),
                                                ("sanling-hub", "gather: 1\n", "gather", None)):
                path.write_text(text)
                advice = f"; did you mean {meant}?" if meant else ""
                self.assertEqual(said(BIN / program, "--check", "--config", path, environment={}),
                                 f"{program}: {path}: line 1: {wrong}: unknown key [USAGE]{advice}\n")

    def test_the_journal_stays_english(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.yaml"
            for program in PROGRAMS[:-2]:
                with self.subTest(program):
                    self.assertRegex(said(BIN / program, "--config", path, environment=CHINESE),
                                     rf"^{program}: {path}: cannot be read: .* \[USAGE\]\n$")
                    self.assertRegex(said(BIN / program, "--check", "--config", path, environment=CHINESE),
                                     rf"^{program}：{path}：无法读取：.* \[USAGE\]\n$")
            journal = Path(folder) / "journal"
            with journal.open("w") as errors:
                status = os.fstat(errors.fileno())
                stream = {**os.environ, **CHINESE, "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
                subprocess.run([BIN / "sanling-hub", "--nonsense"], stderr=errors, env=stream, check=False)
            self.assertEqual(journal.read_text(), "sanling-hub: '--nonsense' is no option [USAGE]; see --help\n")

    def test_a_hub_and_its_tables_are_the_same_in_each_language_as_json(self):
        with County() as county:
            county.start()
            for words in (["units", "list"], ["status"], ["access", "list"]):
                asked = [run(*county.ctl_command("--json", *words), environment={**NO_LANGUAGE, **environment}).stdout
                         for environment in ({}, CHINESE)]
                self.assertEqual(*asked)
            self.assertEqual(county.hub.journal, county.hub.journal.encode("ascii", "replace").decode())


class Screen(unittest.TestCase):
    def shown(self, *command, environment):
        """What the program writes to a terminal."""
        master, slave = pty.openpty()
        with subprocess.Popen([str(word) for word in command], stdin=slave, stdout=slave, stderr=slave,
                              env={**os.environ, **environment}) as program:
            os.close(slave)
            shown = b""
            try:
                while piece := os.read(master, 65536):
                    shown += piece
            except OSError:  # EIO: the program has closed its end
                pass
            os.close(master)
        self.assertIsNotNone(program.returncode)
        return shown.decode()

    def test_a_terminal_gets_text_without_colours_or_other_sequences(self):
        with County() as county:
            county.start()
            for command in (county.ctl_command("status"), county.ctl_command("units", "list"),
                            county.ctl_command("access", "list"), [BIN / "sanlingctl", "explain"],
                            [BIN / "sanlingctl", "--nonsense"], *([BIN / program, "--help"] for program in PROGRAMS)):
                for environment in ({**CHINESE, "NO_COLOR": "1"}, NO_LANGUAGE):
                    shown = self.shown(*command, environment=environment)
                    self.assertNotEqual(shown, "")
                    self.assertNotIn("\x1b", shown, command)

    def test_help_in_english_keeps_to_80_columns(self):
        for program in PROGRAMS:
            for line in run(BIN / program, "--help", environment=NO_LANGUAGE).stdout.split("Commands (")[0].splitlines():
                self.assertLessEqual(len(line), 80, program)


class Codes(unittest.TestCase):
    def explained(self, *words, language):
        return run(BIN / "sanlingctl", "explain", *words, environment={**NO_LANGUAGE, "LANG": language,
                                                                      "SANLING_HUB": "tcp://127.0.0.1:9"}).stdout

    def test_a_code_is_explained_offline_in_both_languages_the_chosen_one_first(self):
        for language, first, second in (("zh_CN.UTF-8", "谁来处理", "who acts"), ("en_US.UTF-8", "who acts", "谁来处理"),
                                        ("", "谁来处理", "who acts")):
            for code in ("BUSY", "busy", "[BUSY]"):
                text = self.explained(code, language=language)
                self.assertTrue(text.startswith("BUSY  "), text)
                self.assertLess(0, text.index(first))
                self.assertLess(text.index(first), text.index(second))

    def test_all_codes_are_listed_and_are_the_same_in_json_whatever_the_language(self):
        listed = [line.split()[0] for line in self.explained(language="zh_CN.UTF-8").splitlines()]
        entries = json.loads(self.explained("--json", language="zh_CN.UTF-8"))["codes"]
        self.assertEqual(listed, [entry["code"] for entry in entries])
        self.assertEqual(self.explained("--json", language="zh_CN.UTF-8"), self.explained("--json", language=""))
        one = json.loads(self.explained("UNKNOWN_UNIT", "--json", language=""))
        self.assertIn(one, entries)

    def test_a_code_that_nobody_says_is_a_no(self):
        done = run(BIN / "sanlingctl", "explain", "NONSENSE", expect=1, environment=NO_LANGUAGE)
        self.assertEqual((done.stdout, done.stderr),
                         ("", "sanlingctl: no program says the code 'NONSENSE' [NO]; try: sanlingctl explain\n"))


if __name__ == "__main__":
    main()
