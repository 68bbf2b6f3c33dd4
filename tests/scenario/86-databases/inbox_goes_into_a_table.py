"""The office's inbox as rows of its own PostgreSQL: each record once, whichever side is killed when; a table that is not
there, or may not be written, is named with the statement that helps."""
import os
import signal
import unittest

import sheets
from county import BIN, SOURCE, VILLAGES, County, main, run, until
from postgres import BIN as POSTGRES_BIN
from postgres import Postgres

DAY = "2020-08-18"
SETUP = SOURCE / "deploy/postgresql/inbox-table.sql"
ROUTED = 40  # of 200 rows


def rows_of(number):
    return [sheets.hazard(f"H-{number}-{row}", VILLAGES[row % 8], DAY, explosives=row % 5 == 0) for row in range(200)]


class InboxTable(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.server = self.enterContext(Postgres())
        self.county.start()
        self.county.start_agent("safety")

    def set_up_table(self):
        done = run(POSTGRES_BIN / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "agent=reader", "-h", self.server.folder, "-p",
                   self.server.port, "-U", "owner", "-d", "postgres", "-f", SETUP)
        self.assertEqual(done.stderr, "")

    def start_police(self):
        passfile = self.server.write_passfile(self.county.folder / "passfile")
        sink = f'\n  - {{kind: postgres, name: register, connection: "{self.server.conninfo(passfile=passfile)}"}}'
        config = self.county.write_agent_config("public-security", inbox=None, sinks=sink)
        return self.county.start_program("public-security", BIN / "sanling-public-security", "--config", config)

    def drop(self, number):
        self.county.drop("safety", f"隐患台账{number}.csv", sheets.HAZARDS, rows_of(number))

    def in_table(self):
        return int(self.server.value("SELECT count(*) FROM sanling_inbox"))

    def routed(self):
        return [record for record in self.county.replay() if "PUBLIC_SECURITY" in record.get("routedTo", [])]

    def lag(self):
        return next((int(consumer.get("lag", 0)) for consumer in self.county.ask("consumers")["consumers"]
                     if consumer["name"] == "register-public-security-yu"), None)

    def test_it_has_each_record_once_across_kills_of_server_session_agent_and_hub(self):
        self.set_up_table()
        police = self.start_police()
        for number in range(8):
            self.drop(number)
            until("some rows", lambda: self.in_table() > ROUTED * number)
            if number in (0, 4):
                self.server.kill()
                self.server.start()
            elif number in (1, 5):
                for backend in self.server.backends():
                    os.kill(backend, signal.SIGKILL)
                self.server.await_start()
            elif number in (2, 6):
                police.kill()
                police = self.start_police()
            else:
                self.county.kill_hub()
                self.county.open_hub()
            until("all of them", lambda: self.in_table() >= ROUTED * (number + 1))
        until("the acknowledgement", lambda: self.lag() == 0)
        routed = self.routed()
        self.assertEqual(len(routed), 8 * ROUTED)
        columns = self.server.query("SELECT position, type, unit, office FROM sanling_inbox ORDER BY position")
        self.assertEqual(columns, [[record["position"], "HazardFound", record["event"]["unit"],
                                    record["publisher"]["office"]] for record in routed])
        same = self.server.value("SELECT count(*) FROM sanling_inbox WHERE (record->>'position')::bigint = position "
                                 "AND (record->>'recordedAt')::timestamptz = recorded_at")
        self.assertEqual(int(same), 8 * ROUTED)

    def test_a_table_that_is_missing_or_may_not_be_written_is_named_with_what_helps(self):
        police = self.start_police()
        self.drop(0)
        until("the statement", lambda: "CREATE TABLE sanling_inbox (position bigint PRIMARY KEY" in police.journal)
        line = next(line for line in police.journal.splitlines() if "CREATE TABLE" in line)
        self.assertIn("42P01", line)
        create, grant, _ = line.partition("run: ")[2].split(";", 2)
        self.server.query(f"{create};")
        until("the grant", lambda: "42501" in police.journal)
        self.assertIn(f"run: {grant.strip()};", police.journal)
        self.server.query(f"{grant};")
        until("the rows", lambda: self.in_table() == ROUTED)
        until("the journal to say so", lambda: "works again" in police.journal)
        self.assertEqual(police.journal.count("[DATABASE_QUERY]"), 2, "each problem is said once")

    def test_what_the_agents_account_may_do_is_no_more_than_it_needs(self):
        self.set_up_table()
        for sql in ("DELETE FROM sanling_inbox", "UPDATE sanling_inbox SET unit = ''", "TRUNCATE sanling_inbox",
                    "DROP TABLE sanling_inbox"):
            self.assertIn("ERROR", self.server.run(sql, user="reader").stderr, sql)
        self.assertEqual(self.server.run("SELECT 1 FROM sanling_inbox", user="reader").returncode, 0)

    def test_a_table_of_another_hub_is_not_taken_for_this_ones(self):
        self.set_up_table()
        self.server.query("INSERT INTO sanling_inbox SELECT n, now(), 'HazardFound', '', '', '', '{}' "
                          "FROM generate_series(1, 3000) AS n")
        police = self.start_police()
        self.drop(0)
        until("the refusal", lambda: "another hub" in police.journal)
        self.assertNotEqual(self.lag(), 0)
        self.server.query("DELETE FROM sanling_inbox")
        until("the rows", lambda: self.in_table() == ROUTED)

    def test_a_server_that_is_away_holds_up_nothing_else(self):
        self.set_up_table()
        self.server.kill()
        police = self.start_police()
        until("the journal to say so", lambda: "[DATABASE_UNREACHABLE]" in police.journal)
        report = self.county.drop("public-security", "案件台账.csv", "不对的表头", ["1"])
        until("the report of a file", report.exists)
        self.drop(0)
        self.server.start()
        until("the rows", lambda: self.in_table() == ROUTED)
        said = [line for line in police.journal.splitlines() if "[DATABASE_UNREACHABLE]" in line]
        self.assertEqual(len(said), len(set(said)), "each problem is said once: away, and perhaps starting up")


if __name__ == "__main__":
    main()
