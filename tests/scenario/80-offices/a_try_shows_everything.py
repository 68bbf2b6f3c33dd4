"""--try FILE shows all that a file would do, sends nothing and leaves every file as it was; progress is for terminals."""
import collections
import hashlib
import json
import os
import subprocess
import unittest

import sheets
from county import BIN, MAPPINGS, VILLAGES, County, main, run, until

DAY = "2020-08-18"


class Try(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.agent = self.county.start_agent("safety")
        self.rows = [sheets.hazard(f"YH-{row}", VILLAGES[row % 8], DAY) for row in range(4)]
        until("the report", self.county.drop("safety", "隐患台账.csv", sheets.HAZARDS, self.rows).exists)
        self.path = self.county.folder / "try/隐患台账.csv"
        self.path.parent.mkdir()

    def everything(self):
        """Every file of the office and its agent, as a hash; what a running agent keeps beside its outbox comes and goes."""
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest()
                for folder in ("office", "state", "inbox", "try")
                for path in (self.county.folder / folder).rglob("*")
                if path.is_file() and not (self.agent.running and path.name.endswith(("-wal", "-shm")))}

    def try_file(self, rows, *words, expect=1):
        self.path.write_text("\n".join([sheets.HAZARDS, *rows]) + "\n")
        before = self.everything()
        done = run(BIN / "sanling-safety", "--config", self.county.folder / "safety.yaml", "--try", self.path, *words,
                   expect=expect)
        self.assertEqual(self.everything(), before)
        self.assertEqual(len(self.county.replay("--office", "WORK_SAFETY")), 12)
        self.assertEqual(done.stderr, "", "progress is for terminals")
        return done.stdout

    def version(self):
        """YH-0 stays, YH-1 changes, YH-2 goes, YH-3 is spoiled, YH-4 is new."""
        return [self.rows[0], self.rows[1].replace("消防", "用电"), self.rows[3].replace(DAY, "四月"),
                sheets.hazard("YH-4", VILLAGES[0], DAY)]

    def test_each_outcome_is_shown_and_nothing_is_sent_whether_the_agent_runs_or_not(self):
        for running in (True, False):
            if not running:
                self.agent.stop()
            said = self.try_file(self.version())
            self.assertIn("new 3, unchanged 5, corrected 1", said)
            self.assertIn("not in this one): 1", said)
            self.assertIn("\n  YH-2\n", said)
            self.assertIn("  row 4: column 发现日期: ", said)
            self.assertIn("  3 corrected {", said)
            self.assertIn('  5 new {"source":"safety-yu"', said)

    def test_json_lines_have_each_event_and_each_row_that_gives_none(self):
        *lines, = map(json.loads, self.try_file(self.version(), "--json").splitlines())
        outcomes = collections.Counter(line.get("outcome", "file") for line in lines)
        self.assertEqual(outcomes, {"new": 3, "corrected": 1, "file": 1, "rejected": 1, "vanished": 1})
        by = {line["outcome"]: line for line in lines if "outcome" in line}
        self.assertEqual(by["vanished"]["key"], "YH-2")
        self.assertEqual((by["rejected"]["row"], by["rejected"]["code"]), (4, "BAD_VALUE"))
        self.assertEqual(by["new"]["event"]["hazardVerified"]["hazard"], "YH-4")
        file, = (line for line in lines if "file" in line)
        self.assertEqual([file[name] for name in ("new", "unchanged", "corrected", "rejected", "vanished", "held")],
                         [3, 5, 1, 1, 1, 0])

    def test_a_changed_mapping_shows_what_only_a_resend_would_send(self):
        mapping = self.county.folder / "hazards.yaml"
        config = self.county.folder / "safety.yaml"
        mapping.write_text((MAPPINGS / "safety/hazards.yaml").read_text().replace("{is: [消防], to: FIRE}",
                                                                                 "{is: [消防], to: OTHER}"))
        config.write_text(config.read_text().replace(str(MAPPINGS / "safety/hazards.yaml"), str(mapping)))
        said = self.try_file(self.rows, expect=0)
        self.assertIn("new 0, unchanged 8, corrected 0", said)
        self.assertIn("note: 4 rows say what they said", said)
        self.assertEqual(said.count(' held {"source"'), 4)
        self.agent.stop()
        self.county.start_program("changed", BIN / "sanling-safety", "--config", config)
        run(BIN / "sanling-safety", "--config", config, "--resend", "隐患台账.csv")
        until("the corrections", lambda: len(self.county.replay("--type", "EventCorrected")) == 4)

    def test_progress_is_drawn_on_a_terminal(self):
        self.path.write_text("\n".join([sheets.HAZARDS] + [sheets.hazard(f"P-{row}", VILLAGES[row % 8], DAY)
                                                           for row in range(3000)]) + "\n")
        terminal, programs_end = os.openpty()
        with subprocess.Popen([BIN / "sanling-safety", "--config", self.county.folder / "safety.yaml", "--try",
                               self.path], stdout=subprocess.DEVNULL, stderr=programs_end) as tried:
            os.close(programs_end)
            drawn = b""
            try:
                while part := os.read(terminal, 65536):
                    drawn += part
            except OSError:  # how a terminal ends
                pass
            self.assertEqual(tried.wait(), 0)
        os.close(terminal)
        self.assertRegex(drawn.decode(), r"隐患台账\.csv  \d+\.\d%  \d+ rows  \d+ rows/s\x1b\[K\r")
        self.assertTrue(drawn.endswith(b"\x1b[K"), "the line is taken away")


if __name__ == "__main__":
    main()
