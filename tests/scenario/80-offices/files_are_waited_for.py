"""Files that are still being copied, swapped, unreadable for a while, or on a share that goes away are waited for: never
forgotten, never read half, and each row is in the log once."""
import os
import shutil
import time
import unittest

import sheets
from county import BIN, VILLAGES, County, main, run, until

DAY = "2020-08-18"
NO_OVERRIDE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]  # else root reads what nobody may


def rows(first, count):
    return [sheets.hazard(f"YH-{row:05d}", VILLAGES[row % 8], DAY) for row in range(first, first + count)]


def sheet(lines, encoding="utf-8"):
    return ("\n".join([sheets.HAZARDS, *lines]) + "\n").encode(encoding)


class WaitedFor(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.folder = self.county.folder / "office/safety"
        self.folder.mkdir(parents=True)

    def report(self, name="隐患台账", saying=""):
        path = self.folder / "reports" / f"{name}.report.txt"
        return until(f"the report on {name}", lambda: path.exists() and saying in path.read_text() and path.read_text(),
                     60)

    def put_off(self, agent):
        until("the agent to put it off", lambda: "cannot be read yet; trying again" in agent.journal)

    def assert_recorded_once(self, count):
        found = [record["event"]["hazardFound"]["hazard"] for record in self.county.replay("--type", "HazardFound")]
        self.assertEqual(sorted(found), [f"YH-{row:05d}" for row in range(count)])

    def next_number(self):
        for source in self.county.ask("sources")["sources"]:
            if source["name"] == "safety-yu":
                return int(source["nextSequence"])
        return 1

    def test_a_slow_copy_is_read_when_it_is_whole(self):
        config = self.county.write_agent_config("safety", settle_ms=400)
        agent = self.county.start_program("safety", BIN / "sanling-safety", "--config", config)
        content = sheet(rows(0, 300), "gb18030")
        with open(self.folder / "隐患台账.csv", "wb") as copy:
            for at in range(0, len(content), 500):
                copy.write(content[at:at + 500])
                copy.flush()
                time.sleep(0.04)  # a slow line: the whole takes several of the agent's looks
                self.assertEqual(list(self.folder.glob("reports/*")), [])
        self.assertIn("data rows: 300;", self.report())
        self.assertEqual(agent.journal.count("隐患台账.csv: 300 rows"), 1)
        self.assert_recorded_once(300)

    def test_a_copy_whose_room_was_made_first_is_read_when_its_bytes_came(self):
        agent = self.county.start_agent("safety")
        content = sheet(rows(0, 50))
        path = self.folder / "隐患台账.csv"
        path.write_bytes(content[:1000] + bytes(len(content) - 1000))
        self.put_off(agent)
        self.assertEqual(self.county.replay("--type", "HazardFound"), [])
        with open(path, "r+b") as copy:
            copy.write(content)
        self.report(saying="data rows: 50;")
        self.assert_recorded_once(50)

    def test_a_file_that_is_cut_within_a_character_is_read_when_the_rest_came(self):
        agent = self.county.start_agent("safety")
        content = sheet(rows(0, 50), "gb18030")
        path = self.folder / "隐患台账.csv"
        path.write_bytes(content[:-2])  # within 已销号
        self.put_off(agent)
        path.write_bytes(content)
        self.report(saying="data rows: 50;")
        self.assert_recorded_once(50)

    def test_a_file_that_may_not_be_read_for_a_while_is_not_forgotten(self):
        path = self.folder / "隐患台账.csv"
        path.write_bytes(sheet(rows(0, 5)))
        path.chmod(0)
        config = self.county.write_agent_config("safety")
        command = [BIN / "sanling-safety", "--config", config]
        agent = self.county.start_program("safety", *(NO_OVERRIDE if os.geteuid() == 0 else []), *command)
        self.put_off(agent)
        path.chmod(0o600)
        self.report(saying="data rows: 5;")
        self.assert_recorded_once(5)

    def test_a_file_that_is_swapped_while_it_is_read_gives_both_its_forms(self):
        self.county.start_agent("safety")
        (self.folder / "隐患台账.csv").write_bytes(sheet(rows(0, 6000)))
        (self.folder / "new.tmp").write_bytes(sheet(rows(3000, 5000)))
        until("a part of it at the hub", lambda: self.next_number() > 1)
        (self.folder / "new.tmp").rename(self.folder / "隐患台账.csv")
        self.assertIn("vanished rows (in the former version, not in this one): 3000\n",
                      self.report(saying="data rows: 5000;"))
        self.assert_recorded_once(8000)

    def test_a_file_that_is_swapped_while_its_agent_is_dead_gives_what_was_read_and_the_new_one(self):
        agent = self.county.start_agent("safety")
        (self.folder / "隐患台账.csv").write_bytes(sheet(rows(0, 9000)))
        until("a part of it at the hub", lambda: self.next_number() > 1)
        agent.kill()
        (self.folder / "new.tmp").write_bytes(sheet(rows(0, 9100)))
        (self.folder / "new.tmp").rename(self.folder / "隐患台账.csv")
        self.county.start_agent("safety")
        self.report(saying="data rows: 9100;")
        self.assert_recorded_once(9100)

    def test_a_folder_that_is_away_comes_back(self):
        agent = self.county.start_agent("safety")
        away = self.folder.with_name("away")
        self.folder.rename(away)
        until("the agent to miss it", lambda: "cannot be read: No such file or directory; trying again" in agent.journal)
        (away / "隐患台账.csv").write_bytes(sheet(rows(0, 5)))
        away.rename(self.folder)
        self.report()
        self.assert_recorded_once(5)

    def test_a_share_that_shows_an_empty_folder_while_it_is_away_loses_nothing(self):
        agent = self.county.start_agent("safety")
        (self.folder / "隐患台账.csv").write_bytes(sheet(rows(0, 9000)))
        until("a part of it at the hub", lambda: self.next_number() > 1)
        agent.kill()
        away = self.folder.with_name("away")
        self.folder.rename(away)
        self.folder.mkdir()  # where it was mounted
        self.county.start_agent("safety")
        self.report(saying="gone while it was read")
        shutil.rmtree(self.folder)
        away.rename(self.folder)
        self.report(saying="data rows: 9000;")
        self.assert_recorded_once(9000)

    def test_a_name_as_long_as_a_folder_takes_is_reported_like_any_other(self):
        long = "隐患台账" + "附" * 79  # 249 bytes, and .csv
        bad = rows(0, 1)[0].replace("YH-00000,", ",")
        (self.folder / f"{long}.csv").write_bytes(sheet([bad, *rows(1, 1)]))
        os.utime(self.folder / f"{long}.csv", (1, 1))
        (self.folder / "隐患台账.csv").write_bytes(sheet(rows(0, 1)))
        config = self.county.write_agent_config("safety")
        run(BIN / "sanling-safety", "--config", config, "--once", expect=1)
        self.report()
        report, = self.folder.glob("reports/*附*.report.txt")
        self.assertIn(f"file: {long}.csv", report.read_text())
        rejected, = self.folder.glob("reports/*附*.rejected.csv")
        (self.folder / rejected.name).write_text(rejected.read_text().replace('\n,', "\nYH-00002,"), encoding="utf-8")
        run(BIN / "sanling-safety", "--config", config, "--once")
        self.assert_recorded_once(3)

    def test_a_report_that_cannot_be_written_holds_up_no_other(self):
        in_the_way = self.folder / "reports/隐患台账1.report.txt"
        (in_the_way / "x").mkdir(parents=True)
        agent = self.county.start_agent("safety")
        (self.folder / "隐患台账1.csv").write_bytes(sheet(rows(0, 1)))
        until("the agent to fail", lambda: "report of 隐患台账1.csv" in agent.journal)
        for number in (2, 3):
            (self.folder / f"隐患台账{number}.csv").write_bytes(sheet(rows(number - 1, 1)))
            self.report(f"隐患台账{number}")
        self.assertEqual(agent.journal.count("report of 隐患台账1.csv"), 1, "it is said once")
        shutil.rmtree(in_the_way)
        self.report("隐患台账1")
        self.assert_recorded_once(3)

    def test_what_is_no_file_of_the_office_is_left_alone(self):
        for name in ("~$隐患台账.csv", ".~隐患台账.csv", "._隐患台账.csv", "隐患台账2.csv.tmp", "Thumbs.db"):
            (self.folder / name).write_bytes(sheet(rows(10, 1)))
        elsewhere = self.county.folder / "elsewhere.csv"
        elsewhere.write_bytes(sheet(rows(20, 1)))
        (self.folder / "隐患台账3.csv").symlink_to(elsewhere)
        os.mkfifo(self.folder / "隐患台账4.csv")
        (self.folder / "隐患台账5.csv").mkdir()
        (self.folder / "隐患台账.csv").write_bytes(sheet(rows(0, 1)))
        run(BIN / "sanling-safety", "--config", self.county.write_agent_config("safety"), "--once")
        self.assertEqual([path.name for path in self.folder.glob("reports/*")], ["隐患台账.report.txt"])
        self.assert_recorded_once(1)


if __name__ == "__main__":
    main()
