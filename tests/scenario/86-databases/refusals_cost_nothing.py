"""A server that refuses, is none, or dies in the middle: the report and the journal say once what is wrong and who can do
what, and when it is mended all rows are there, each once."""
import base64
import threading
import unittest

import sheets
from county import BIN, VILLAGES, County, fields, main, run, seeded, until
from database_office import Office, insert
from odd_servers import Liar, OpenGauss, Silent, Sm3, WebServer
from postgres import PASSWORD, Postgres

ROWS = 20
HAZARD_FOUND = 72  # event.proto
GRADES = {1: "GENERAL", 2: "MAJOR"}


class Refused(unittest.TestCase):
    """One hub, one server; each test starts an agent of its own state."""

    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.server = cls.enterClassContext(Postgres())
        cls.county.start()
        cls.office = Office(cls.county, cls.server)
        cls.server.query(insert(1, ROWS))

    def tearDown(self):
        if self.office.agent is not None:
            self.office.agent.kill()

    def assert_said(self, code, *words, zh=()):
        """In the journal once, and in the report in both languages."""
        agent = self.office.agent
        until(f"the journal to say {words}", lambda: all(word in agent.journal[self.before:] for word in words))
        lines = [line for line in agent.journal[self.before:].splitlines() if f"[{code}]" in line]
        self.assertEqual(len(lines), len(set(lines)), lines)
        until("the report", lambda: f"[{code}]" in self.office.report and
              all(word in self.office.report for word in (*zh, "现在读不了", "cannot be read now")))
        self.assertNotIn(PASSWORD, agent.journal + self.office.report)

    def start(self, **keys):
        log = self.county.journals / "safety.log"
        self.before = len(log.read_text()) if log.exists() else 0
        return self.office.start(cursor="[id]", **keys)

    def assert_recovers(self):
        until("the rows", lambda: set(self.office.hazards()) == {f"H-{n}" for n in range(1, ROWS + 1)})
        until("the report", lambda: "cannot be read" not in self.office.report and "unanswered 0" in self.office.report)
        self.assertEqual(len(self.office.hazards()), ROWS)

    def test_a_server_that_answers_something_else_than_it_is_asked(self):
        with Liar() as liar:
            self.start(connection=liar.conninfo)
            self.assert_said("DATABASE_QUERY", "answers something else than it was asked", zh=["不是所问的"])
            self.assertTrue(self.office.agent.running)

    def test_an_inbox_is_not_settled_by_a_server_that_answers_something_else(self):
        with Liar() as liar, County() as county:
            county.start()
            sink = f'\n  - {{kind: postgres, name: liar, connection: "{liar.conninfo}"}}'
            config = county.write_agent_config("public-security", inbox=None, sinks=sink)
            police = county.start_program("public-security", BIN / "sanling-public-security", "--config", config)
            county.start_agent("safety")
            county.drop("safety", "隐患台账.csv", sheets.HAZARDS,
                        [sheets.hazard("L-1", VILLAGES[0], "2020-08-18", explosives=True)])
            until("the journal to say so", lambda: not police.running or "[DATABASE_QUERY]" in police.journal)
            self.assertTrue(police.running)
            lag = next(int(consumer.get("lag", 0)) for consumer in county.ask("consumers")["consumers"]
                       if consumer["name"] == "liar-public-security-yu")
            self.assertGreater(lag, 0)

    def test_a_wrong_password(self):
        passfile = self.server.write_passfile(self.county.folder / "other-passfile", "wrong")
        self.start(connection=self.server.conninfo(passfile=passfile))
        self.assert_said("DATABASE_REFUSED", "28P01", "wrong password", zh=["密码不对"])
        self.server.write_passfile(passfile)
        self.assert_recovers()

    def test_no_password(self):
        self.start(connection=self.server.conninfo(passfile=self.county.folder / "none"))
        self.assert_said("DATABASE_REFUSED", "none was found", zh=["passfile"])

    def test_no_line_in_pg_hba(self):
        self.server.write_hba("host all owner 127.0.0.1/32 trust")
        self.server.query("SELECT pg_reload_conf()")
        try:
            self.start()
            self.assert_said("DATABASE_REFUSED", "28000", "pg_hba.conf", zh=["请管理员在 pg_hba.conf"])
        finally:
            self.server.write_hba("host all all 127.0.0.1/32 scram-sha-256")
            self.server.query("SELECT pg_reload_conf()")
        self.assert_recovers()

    def test_no_such_database(self):
        self.start(connection=self.server.conninfo(passfile=self.office.passfile).replace("dbname=postgres",
                                                                                         "dbname=none"))
        self.assert_said("DATABASE_REFUSED", "3D000", zh=["没有这个数据库"])

    def test_too_many_connections(self):
        self.server.query("ALTER ROLE reader CONNECTION LIMIT 0")
        try:
            self.start()
            self.assert_said("DATABASE_UNREACHABLE", "53300", zh=["连接数已满"])
        finally:
            self.server.query("ALTER ROLE reader CONNECTION LIMIT -1")
        self.assert_recovers()

    def test_no_such_table_then_no_right_then_no_column(self):
        self.server.query("DROP TABLE IF EXISTS desk.later")
        self.start(table="desk.later")
        self.assert_said("DATABASE_QUERY", "42P01", zh=["没有这张表"])
        self.server.query("CREATE TABLE desk.later (id bigint PRIMARY KEY, hazard_no text)")
        self.assert_said("DATABASE_QUERY", '42501', 'run: GRANT SELECT ON desk.later TO "reader";', zh=["没有权限"])
        self.server.query("GRANT SELECT ON desk.later TO reader")
        self.assert_said("DATABASE_QUERY", "there is no column", "hazard_no", zh=["没有映射要的列"])

    def test_a_log_in_of_openGauss_names_the_setting(self):
        for kind in (OpenGauss, Sm3):
            with self.subTest(kind.__name__), kind() as server:
                self.start(connection=server.conninfo)
                self.assert_said("DATABASE_REFUSED", "password_encryption_type", "openGauss",
                                 zh=["请管理员设 password_encryption_type=1", "openGauss"])
                self.office.agent.kill()

    def test_what_is_no_PostgreSQL(self):
        with WebServer() as server:
            self.start(connection=server.conninfo)
            self.assert_said("DATABASE_REFUSED", "no PostgreSQL", zh=["那里不是 PostgreSQL"])

    def test_nobody_there_and_then_a_silent_one_hold_up_nothing(self):
        with Silent() as server:
            self.start(connection=server.conninfo)
            server.await_connections(1)
            report = self.county.drop("safety", "无映射.csv", "a,b", ["1,2"])
            until("a file's report meanwhile", report.exists)
        self.assert_said("DATABASE_UNREACHABLE", "is not reached", zh=["连不上数据库"])

    def test_a_run_that_is_to_end_does_not_wait_for_ever_nor_say_that_all_is_well(self):
        self.office.agent = None
        config = self.office.configure(cursor="[id]")
        run(BIN / "sanling-safety", "--config", config, "--once", expect=0)
        self.assertEqual(len(self.office.hazards()), ROWS)
        self.assertIn("all was taken", self.office.report)


class Configuration(unittest.TestCase):
    """What the configuration may not say is refused with its line, before anything is connected to."""

    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.start()
        (cls.county.folder / "hazards.yaml").write_text("version: 1\n")

    def assert_refused(self, entry, *words, key="databases"):
        config = self.county.write_agent_config("safety", **{key: f"\n  - {{{entry}}}"})
        done = run(BIN / "sanling-safety", "--config", config, "--check", expect=2)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertNotIn("s3cret", done.stderr)

    def test_a_password_is_refused_in_every_form(self):
        for connection in ("host=127.0.0.1 password=s3cret", "postgresql://reader:s3cret@127.0.0.1/desk",
                           "host=127.0.0.1 sslpassword=s3cret"):
            with self.subTest(connection):
                self.assert_refused(f'name: a, connection: "{connection}", table: t, cursor: [id], mapping: hazards.yaml',
                                    "passfile=", "line")
                self.assert_refused(f'kind: postgres, connection: "{connection}"', "passfile=", "line", key="sinks")

    def test_a_host_that_would_have_to_be_looked_up_is_refused(self):
        entry = 'name: a, connection: "%s", table: t, cursor: [id], mapping: hazards.yaml'
        self.assert_refused(entry % "host=db.example", "hostaddr=", "line")
        self.assert_refused(entry % "host=127.0.0.1,db.example", "hostaddr=")
        self.assert_refused(entry % "host=db.example hostaddr=127.0.0.1", "hazards.yaml")  # no further than the mapping

    def test_choices_are_made_once(self):
        start = 'name: a, connection: "host=127.0.0.1", mapping: hazards.yaml'
        self.assert_refused(f"{start}, cursor: [id]", "either table or query")
        self.assert_refused(f"{start}, table: t", "either cursor or changes")
        self.assert_refused(f"{start}, table: t, changes: c, overlap: '5'", "only with cursor")
        self.assert_refused(f"{start}, table: t, cursor: [id], poll_seconds: 0", "poll_seconds")
        self.assert_refused('name: "a b", connection: "x", mapping: m, table: t, cursor: [id]', "name")


class Killed(unittest.TestCase):
    def test_ten_thousand_rows_with_late_commits_and_kills_give_just_the_events_of_the_rows(self):
        random = seeded(self)
        county = self.enterContext(County())
        server = self.enterContext(Postgres())
        county.start()
        office = Office(county, server)
        server.query(insert(1, 2000))
        office.watch_changes()
        office.start(changes="sanling.hazards_change")
        failures = []

        def write(first):
            """Transactions that last while others commit: additions, changes and a few that are rolled back."""
            session = server.session()
            try:
                for number in range(first, first + 2000, 100):
                    session.tell("BEGIN; " + insert(number, 100))
                    session.tell(f"UPDATE desk.hazards SET grade = '重大' WHERE hazard_no = 'H-{number + 1}';")
                    session.tell(f"SELECT pg_sleep(0.0{number // 100 % 10});")
                    session.tell("ROLLBACK; BEGIN; " + insert(number, 100) if number % 300 == 1 else "")
                    session.tell("COMMIT;")
            except (AssertionError, OSError, ValueError) as failed:
                failures.append(failed)
            finally:
                session.close()

        writers = [threading.Thread(target=write, args=(first,)) for first in range(2001, 10001, 2000)]
        for writer in writers:
            writer.start()
        kills = 0
        while any(writer.is_alive() for writer in writers) or kills < 8:
            reached = len(office.hazards())
            until("it to go on", lambda: len(office.hazards()) > reached or
                  not any(writer.is_alive() for writer in writers))
            if random.random() < 0.5:
                office.restart(changes="sanling.hazards_change")
            else:
                server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'")
            kills += 1
        for writer in writers:
            writer.join()
        self.assertEqual(failures, [])
        server.query("UPDATE desk.hazards SET category = '用电' WHERE id % 100 = 0")
        server.kill()
        server.start()
        table = {number: ("ELECTRICITY" if category == "用电" else "FIRE", "MAJOR" if grade == "重大" else "GENERAL")
                 for number, category, grade in server.query("SELECT hazard_no, category, grade FROM desk.hazards")}
        until("the log to say what the table says", lambda: self.stands(office) == table, 120)
        self.assertEqual(sorted(office.hazards()), sorted(f"H-{n}" for n in range(1, 10001)))
        until("the report", lambda: "unanswered 0" in office.report and "all was taken" in office.report)

    @staticmethod
    def stands(office):
        """What each hazard's record says after its corrections."""
        found = {record["position"]: record["event"]["hazardFound"] for record in office.events()}
        last = {position: (one["hazard"], one["category"], one["grade"]) for position, one in found.items()}
        for record in office.events("EventCorrected"):
            corrected = record["event"]["eventCorrected"]
            payload = fields(fields(base64.b64decode(corrected["replacement"]))[HAZARD_FOUND][0])
            last[corrected["target"]] = payload[1][0].decode(), payload[2][0].decode(), GRADES[payload[3][0]]
        return {hazard: (category, grade) for hazard, category, grade in last.values()}


if __name__ == "__main__":
    main()
