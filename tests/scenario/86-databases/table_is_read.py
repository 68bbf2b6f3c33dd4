"""A table of the office's PostgreSQL is read like a file that never ends: each row's events once, whatever commits late,
changes, is wrong for a while or is deleted."""
import sqlite3
import unittest

from county import BIN, VILLAGES, County, main, run, until
from database_office import DAY, Office, insert
from postgres import Postgres


class Table(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.server = self.enterContext(Postgres())
        self.county.start()
        self.office = Office(self.county, self.server)

    def until_report(self, *words):
        try:
            until(f"the report to say {words}", lambda: all(word in self.office.report for word in words))
        except AssertionError as failed:
            raise AssertionError(f"{failed}:\n{self.office.report}") from None

    def next_number(self):
        return next(source["nextSequence"] for source in self.county.ask("sources")["sources"]
                    if source["name"] == "safety-yu")


class Cursor(Table):
    def test_rows_become_events_as_cells_of_a_file_do(self):
        self.server.query(insert(1, 2) + f"UPDATE desk.hazards SET fixed = true, fixed_on = '{DAY}' WHERE id = 2;")
        self.office.start(cursor="[id]")
        self.office.await_hazards(2)
        first, second = self.office.events()
        self.assertEqual(first["event"]["unit"], VILLAGES[1])
        self.assertEqual(first["event"]["occurredAt"], f"{DAY}T01:30:00Z")
        self.assertEqual(first["event"]["hazardFound"], {"hazard": "H-1", "category": "FIRE", "grade": "GENERAL",
                                                         "explosives": "NONE"})
        until("the repair", lambda: self.office.hazards("HazardFixedOnSpot") == ["H-2"])
        self.until_report("全部接收", "all was taken", "recorded 3", "unanswered 0")
        self.assertEqual(second["event"]["hazardFound"]["hazard"], "H-2")
        columns = self.server.value("SELECT query FROM pg_stat_activity WHERE usename = 'reader' LIMIT 1")
        self.assertNotIn("photo", columns, "only mapped columns are asked for")

    def test_rows_with_one_time_are_all_read_though_a_chunk_ends_among_them(self):
        self.server.query(insert(1, 150, ", changed_at", f", '{DAY} 10:00+08'") +
                          insert(151, 250, ", changed_at", f", '{DAY} 10:01+08'") +
                          insert(401, 7, ", changed_at", f", '{DAY} 10:02+08'"))
        self.office.start(cursor="[changed_at]", chunk_rows=100, full_read_hours=0)
        self.office.await_hazards(407)
        self.assertEqual(sorted(self.office.hazards()), sorted(f"H-{n}" for n in range(1, 408)))

    def test_a_row_that_commits_late_is_found_in_the_overlap(self):
        late = self.server.session()
        self.addCleanup(late.close)
        late.tell("BEGIN; " + insert(1, 3))
        self.server.query(insert(4, 500))
        self.office.start(cursor="[id]", full_read_hours=0)
        self.office.await_hazards(500)
        self.assertNotIn("H-1", self.office.hazards())
        late.tell("COMMIT;")
        self.office.await_hazards(503)
        self.assertEqual(len(set(self.office.hazards())), 503)

    def test_a_time_in_the_far_future_does_not_hide_what_comes_after_it(self):
        self.server.query(insert(1, 1, ", changed_at", ", '2199-01-01'"))
        self.office.start(cursor="[changed_at, id]", full_read_hours=0)
        self.office.await_hazards(1)
        self.server.query(insert(2, 1))
        self.office.await_hazards(2)

    def test_a_row_that_was_mended_is_taken_and_leaves_the_report(self):
        self.server.query(insert(1, 3) + "UPDATE desk.hazards SET grade = '较大' WHERE id = 2;"
                          "UPDATE desk.hazards SET hazard_no = '11010519491231002X' WHERE id = 3;")
        self.office.start(cursor="[id]")
        self.until_report("rejected rows: 2", "未被接收的行：2", "[BAD_VALUE]", "[PERSONAL_DATA]")
        self.assertIn("H-2", self.office.rejected)
        self.assertNotIn("11010519491231002X", self.office.rejected + self.office.report)
        self.assertEqual(self.office.hazards(), ["H-1"])
        self.server.query("UPDATE desk.hazards SET grade = '重大' WHERE id = 2")
        self.office.await_hazards(2)
        self.until_report("rejected rows: 1")
        self.assertNotIn("H-2", self.office.rejected)

    def test_what_the_hub_rejects_stands_in_the_report_and_is_not_sent_again_unchanged(self):
        self.server.query(insert(1, 2) + "UPDATE desk.hazards SET unit_code = '140322999999' WHERE id = 2;")
        self.office.start(cursor="[id]")
        self.until_report("rejected rows: 1", "[UNKNOWN_UNIT]")
        self.assertIn("H-2", self.office.rejected)
        self.server.query(insert(3, 1))
        self.office.await_hazards(2)
        self.assertEqual(self.next_number(), "4", "three events were numbered")
        self.server.query(f"UPDATE desk.hazards SET unit_code = '{VILLAGES[0]}' WHERE id = 2")
        self.office.await_hazards(3)
        self.until_report("rejected rows: 0")

    def test_rows_without_a_cursor_are_told_of(self):
        self.server.query(insert(1, 2) + "UPDATE desk.hazards SET changed_at = NULL WHERE id = 1;")
        self.office.start(cursor="[changed_at, id]")
        self.office.await_hazards(1)
        self.until_report("游标列是空的", "without a value in the cursor's columns")

    def test_the_session_is_read_only_whatever_the_account_may(self):
        self.server.query("GRANT ALL ON desk.hazards TO reader; CREATE FUNCTION desk.spoil() RETURNS bigint AS "
                          "'DELETE FROM desk.hazards; SELECT 1::bigint' LANGUAGE sql; " + insert(1, 1))
        self.office.start(cursor="[id]", query='"SELECT *, desk.spoil() AS spoilt FROM desk.hazards WHERE desk.spoil() = 1"')
        until("the refusal", lambda: "25006" in self.office.agent.journal)
        self.assertEqual(self.server.value("SELECT count(*) FROM desk.hazards"), "1")


class Changes(Table):
    def setUp(self):
        super().setUp()
        self.server.query(insert(1, 3))

    def test_additions_changes_and_deletions_come_in_order_and_each_once(self):
        self.office.watch_changes(key="hazard_no")
        self.office.start(changes="sanling.hazards_change")
        self.office.await_hazards(3)
        self.server.query("UPDATE desk.hazards SET category = '用电' WHERE id = 1; " + insert(4, 1) +
                          f"UPDATE desk.hazards SET fixed = true, fixed_on = '{DAY}' WHERE id = 2;")
        self.office.await_hazards(4)
        until("the correction", lambda: self.county.replay("--type", "EventCorrected"))
        until("the repair", lambda: self.office.hazards("HazardFixedOnSpot") == ["H-2"])
        self.server.query("DELETE FROM desk.hazards WHERE id = 3; UPDATE desk.hazards SET grade = grade")
        self.until_report("[VANISHED]", "rejected rows: 1")
        self.assertEqual(self.county.replay("--type", "EventRetracted"), [])
        self.assertEqual(len(self.county.replay("--type", "EventCorrected")), 1)
        self.assertEqual(len(self.office.hazards()), 4)
        self.assertIn("H-3", self.office.rejected)
        self.server.query(insert(3, 1))
        self.until_report("rejected rows: 0")

    def test_deletions_of_which_only_another_key_is_known_are_counted(self):
        self.office.watch_changes()
        self.office.start(changes="sanling.hazards_change")
        self.office.await_hazards(3)
        self.server.query("DELETE FROM desk.hazards WHERE id = 3")
        self.until_report("1 rows are gone", "有 1 行已从表中删除")

    def test_a_changed_mapping_sends_only_when_it_is_told_to(self):
        for name, keys in (("changes", {"changes": "sanling.hazards_change"}), ("cursor", {"cursor": "[id]"})):
            with self.subTest(name):
                if name == "changes":
                    self.office.watch_changes()
                self.office.start(**keys)
                self.office.await_hazards(3)
                self.until_report("unanswered 0", "all was taken")
                self.office.agent.stop()
                mapping = self.county.folder / "hazards.yaml"
                was, other = {"changes": ("FIRE", "ELECTRICITY"), "cursor": ("ELECTRICITY", "MACHINERY")}[name]
                mapping.write_text(mapping.read_text().replace(f"{{is: [消防], to: {was}}}",
                                                               f"{{is: [消防], to: {other}}}"))
                before = len(self.county.replay("--type", "EventCorrected"))
                agent = self.office.start(**keys)
                self.server.query("UPDATE desk.hazards SET grade = grade")
                self.until_report("3 rows read otherwise", "--resend database/hazards")
                self.assertEqual(len(self.county.replay("--type", "EventCorrected")), before)
                run(BIN / "sanling-safety", "--config", self.county.folder / "safety.yaml", "--resend",
                    "database/hazards")
                until("the corrections", lambda: len(self.county.replay("--type", "EventCorrected")) == before + 3)
                until("the report", lambda: "held back" not in self.office.report)
                agent.stop()

    def test_a_transaction_that_commits_late_is_waited_for(self):
        self.office.watch_changes()
        late = self.server.session()
        self.addCleanup(late.close)
        late.tell("BEGIN; " + insert(10, 3))
        self.server.query(insert(20, 200))
        self.office.start(changes="sanling.hazards_change")
        until("the first ones", lambda: len(self.office.hazards()) >= 3)
        late.tell("COMMIT;")
        self.office.await_hazards(206)
        self.assertEqual(len(set(self.office.hazards())), 206)

    def test_a_bad_row_holds_up_no_other_and_is_taken_once_it_is_mended(self):
        self.server.query("UPDATE desk.hazards SET found_at = 'infinity' WHERE id = 2")
        self.office.watch_changes()
        self.office.start(changes="sanling.hazards_change")
        self.until_report("rejected rows: 1", "[BAD_VALUE]")
        self.assertEqual(sorted(self.office.hazards()), ["H-1", "H-3"])
        self.server.query(f"UPDATE desk.hazards SET found_at = '{DAY}' WHERE id = 2")
        self.office.await_hazards(3)
        self.until_report("rejected rows: 0", "all was taken")
        self.assertEqual(self.office.rejected, "")

    def test_a_row_that_is_touched_sends_again_what_the_hub_rejected(self):
        self.server.query("UPDATE desk.hazards SET unit_code = '140322102209' WHERE id = 2")
        self.office.watch_changes()
        self.office.start(changes="sanling.hazards_change")
        self.until_report("rejected rows: 1", "[UNKNOWN_UNIT]")
        path = self.county.folder / "more.csv"
        path.write_text("单位编码,类别,名称,上级编码,启用日期\n140322102209,VILLAGE,示范新村,140322102000,2000-01-01\n")
        self.county.ctl("units", "import", path)
        self.server.query("UPDATE desk.hazards SET grade = grade WHERE id = 2")
        self.office.await_hazards(3)
        self.until_report("rejected rows: 0")

    def test_the_server_says_at_once_that_something_changed(self):
        self.office.watch_changes(channel="sanling_hazards")
        self.office.start(changes="sanling.hazards_change", listen="sanling_hazards", poll_seconds=86400)
        self.office.await_hazards(3)
        self.until_report("all was taken")
        self.server.query(insert(4, 1))
        self.office.await_hazards(4, 20)

    def test_an_older_copy_of_the_database_is_read_again_from_its_beginning(self):
        self.office.watch_changes()
        self.office.start(changes="sanling.hazards_change")
        self.office.await_hazards(3)
        self.until_report("unanswered 0")
        self.office.agent.stop()
        self.server.query("SELECT sanling.unwatch('desk.hazards')")
        outbox = sqlite3.connect(self.county.folder / "state/safety/outbox.sqlite")
        with outbox:
            outbox.execute("UPDATE lasting SET place = '[\"999999999\", \"1\"]'")
        outbox.close()
        self.office.watch_changes()
        self.server.query(insert(4, 1))
        self.office.start(changes="sanling.hazards_change")
        self.office.await_hazards(4)
        self.assertIn("older copy", self.office.agent.journal)
        self.assertEqual(len(self.office.hazards()), 4)

    def test_tidying_the_changes_loses_none(self):
        self.office.watch_changes()
        for _ in range(5):
            self.server.query("UPDATE desk.hazards SET grade = grade")
        self.assertEqual(self.server.value("SELECT sanling.tidy('desk.hazards')"), "15")
        self.office.start(changes="sanling.hazards_change")
        self.office.await_hazards(3)


if __name__ == "__main__":
    main()
