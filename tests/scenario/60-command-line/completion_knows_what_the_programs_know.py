"""bash completes commands, options, files, codes, and units by code and by name; no library of completions is needed."""
import os
import pty
import re
import select
import subprocess
import time
import unittest

from county import AGENTS, BIN, SOURCE, TOWN, VILLAGES, County, main, run

COMPLETION = SOURCE / "deploy/completion"
# As readline calls it: the words split at white space, = and :, and the line as it stands.
CALL = """
COMP_LINE=$1 COMP_POINT=${#1}
mapfile -t COMP_WORDS < <(sed -E 's/ +/\\n/g; s/([=:])/\\n\\1\\n/g' <<<"$1" | sed -E '/^$/{$!d}')
COMP_WORDS[0]=$2
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
source "$3"
[[ $(complete -p "$4") == *" -F $5 "* ]] || exit 9
"$5"
((${#COMPREPLY[@]} == 0)) || printf '%s\\n' "${COMPREPLY[@]}"
"""


def complete(line, program=None, environment=None):
    """What is offered with the cursor at the end of the line."""
    name = line.split()[0]
    file, function = ("sanlingctl", "_sanlingctl") if name == "sanlingctl" else ("sanling-hub", "_sanling")
    done = subprocess.run(["bash", "--norc", "-c", CALL, "bash", line, program or BIN / name, COMPLETION / file, name,
                           function], capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})})
    assert done.returncode == 0, (line, done.returncode, done.stderr)
    return done.stdout.splitlines()


class Terminal:
    """A shell as a person has it, with keys and a screen."""

    def __init__(self, environment):
        self.process, self.screen = pty.fork()
        if self.process == 0:
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"],
                       {**os.environ, **environment, "LC_ALL": "C.UTF-8", "TERM": "dumb", "PS1": "$ ",
                        "INPUTRC": "/dev/null", "HISTFILE": ""})
        self.shown = ""

    def type(self, keys, until, seconds=30):
        """Types, and returns what is shown up to the first place that the pattern fits."""
        os.write(self.screen, keys.encode())
        deadline = time.monotonic() + seconds
        while not (found := re.search(until, self.shown)):
            if not select.select([self.screen], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"waited in vain for {until!r}; shown: {self.shown!r}")
            self.shown += os.read(self.screen, 65536).decode(errors="replace").replace("\r", "")
        shown, self.shown = self.shown[:found.end()], self.shown[found.end():]
        return shown

    def close(self):
        os.close(self.screen)
        os.waitpid(self.process, 0)


class Offline(unittest.TestCase):
    """No hub is there: what the program itself knows."""

    def test_commands_are_those_of_the_help(self):
        listed = re.findall(r"^  ([a-z]+(?: [a-z]+)?) +[^ -~]", run(BIN / "sanlingctl", "--help").stdout, re.M)
        self.assertGreater(len(listed), 30)
        self.assertEqual(complete("sanlingctl "), sorted({name.split()[0] for name in listed}))
        for group in {name.split()[0] for name in listed if " " in name}:
            self.assertEqual(complete(f"sanlingctl {group} "), [name.split()[1] for name in listed
                                                               if name.startswith(f"{group} ")])
        self.assertEqual(complete("sanlingctl disc"), ["discrepancies"])
        self.assertEqual(complete("sanlingctl --hub tcp://127.0.0.1:7310 --json access g"), ["grant"])
        self.assertEqual(complete("sanlingctl nonsense "), [])

    def test_options_are_those_of_the_command(self):
        for command in ("status", "replay", "units list", "access grant", "keys new"):
            helped = run(BIN / "sanlingctl", *command.split(), "--help").stdout
            options = re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", helped, re.M)
            self.assertEqual(sorted(complete(f"sanlingctl {command} --")), sorted(options))
        self.assertEqual(complete("sanlingctl replay --fol"), ["--follow"])

    def test_values_are_what_the_program_takes(self):
        for line, some in (("sanlingctl attention ", "unverified  未核实"), ("sanlingctl overdue --office ", "petitions  信访"),
                           ("sanlingctl access grant x --role ", "auditor"), ("sanlingctl overdue --kind=", "hazard  隐患"),
                           ("sanlingctl units list --kind ", "VILLAGE  村"), ("sanlingctl inbox ", "work_safety  安委办")):
            words = line.split()
            offered = complete(line)
            self.assertIn(some, offered)
            for value in (word.split()[0] for word in offered):
                if "--role" in words:
                    words = ["sanlingctl", *words[1:4], "--key", "0" * 40, "--role"]
                taken = [*words[1:-1], words[-1] + value] if line.endswith("=") else [*words[1:], value]
                # Not 2: the value is none that the program knows; it ends because no hub is there, or no key.
                done = run(BIN / "sanlingctl", "--hub", "ipc:///nonexistent/hub", *taken, "--nonsense", expect=2)
                self.assertIn("'--nonsense' is no option", done.stderr, value)
        self.assertEqual(complete("sanlingctl overdue --office 公"), ["public_security"])
        self.assertEqual(complete("sanlingctl overdue --kind=haz"), ["hazard"])
        self.assertEqual(complete("sanlingctl replay --to "), ["end"])

    def test_codes_are_completed_with_what_they_mean(self):
        self.assertEqual(complete("sanlingctl explain unknown_un"), ["UNKNOWN_UNIT"])
        offered = complete("sanlingctl explain SEQ")
        self.assertEqual([line.split()[0] for line in offered], ["SEQUENCE_GAP", "SEQUENCE_REUSED"])
        self.assertIn("序号", offered[0])

    def test_files_and_folders(self):
        folder = SOURCE / "deploy"
        self.assertIn(f"{folder}/policy", complete(f"sanlingctl policy check {folder}/po"))
        self.assertIn(f"{folder}/po", complete(f"sanlingctl rebuild --data {folder}/p"))
        self.assertNotIn(f"{folder}/OPERATIONS.md", complete(f"sanlingctl rebuild --data={folder}/"))
        for program in ("sanling-hub", "sanling-leadership", *(f"sanling-{office}" for office in AGENTS)):
            self.assertIn("--check", complete(f"{program} --ch"))
            self.assertIn(f"{folder}/config", complete(f"{program} -c {folder}/co"))
            self.assertIn(f"{folder}/config", complete(f"{program} --check --config={folder}/co"))
            options = re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", run(BIN / program, "--help").stdout, re.M)
            words = ["attest"] if program.removeprefix("sanling-") in AGENTS else []
            self.assertEqual(complete(f"{program} "), words + options)

    def test_units_of_a_hub_that_is_not_there_are_none_after_two_seconds(self):
        before = time.monotonic()
        self.assertEqual(complete("sanlingctl --hub tcp://127.0.0.1:9 status 14"), [])
        self.assertLess(time.monotonic() - before, 10)


class Units(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.start()
        cls.environment = {"SANLING_HUB": cls.county.endpoint, "SANLING_IDENTITY": str(cls.county.key("operator")),
                           "PATH": f"{BIN}:{os.environ['PATH']}"}

    def complete(self, line):
        return complete(line, environment=self.environment)

    def test_units_are_completed_by_code_with_their_names_and_by_name(self):
        self.assertEqual(self.complete("sanlingctl status 1403221022"), [f"{TOWN[:-3]}200  示范00村"] +
                         [f"{code}  示范{code[-2:]}村" for code in VILLAGES[1:]])
        self.assertEqual(self.complete(f"sanlingctl why {VILLAGES[3][:-1]}3"), [VILLAGES[3]])
        self.assertEqual(self.complete("sanlingctl replay --unit 路家"), [TOWN])
        self.assertEqual(self.complete("sanlingctl replay --unit=路家"), [TOWN])
        self.assertEqual(self.complete("sanlingctl attention unverified 路家村镇"), [TOWN])
        self.assertEqual(self.complete("sanlingctl attention unverified 没有这样的"), [])

    def test_hub_and_identity_of_the_line_are_asked(self):
        line = f"sanlingctl --hub {self.county.endpoint} --identity {self.county.key('town')} status 14032210"
        found = complete(line, environment={"SANLING_HUB": "tcp://127.0.0.1:9"})
        self.assertIn(f"{VILLAGES[0]}  示范00村", found)

    def test_at_a_terminal(self):
        terminal = Terminal(self.environment)
        self.addCleanup(terminal.close)
        terminal.type(f"source {COMPLETION}/sanlingctl\n", r"\$ source .*\n\$ ")
        terminal.type("sanlingctl stat\t", r"sanlingctl status ")
        terminal.type("140322102\t\t", rf"{VILLAGES[1]}  示范01村[\s\S]*\n\$ sanlingctl status 1403221022?0?")
        terminal.type("\x15sanlingctl why 示范05\t", rf"{VILLAGES[5]} ")


if __name__ == "__main__":
    main()
