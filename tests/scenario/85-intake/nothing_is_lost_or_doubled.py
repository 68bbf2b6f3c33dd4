"""Whatever dies between a request and its answer, its events count once: the outbox is durable and keys are for ever."""
import http.client
import sqlite3
import threading
import time
import unittest

from county import BIN, County, main, run, seeded, until
from intake import UNIT, Intake, tally


class NothingIsLostOrDoubled(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.intake = Intake(self.county)
        self.token = self.intake.new_token("app", "publish")

    def wait_for(self, counts):
        until(f"{len(counts)} events in the log", lambda: len(self.intake.recorded()) >= len(counts))
        self.assertEqual(sorted(self.intake.recorded()), sorted(counts))

    def test_events_wait_for_a_hub_that_is_away(self):
        self.intake.start()
        self.county.stop_hub()
        answer = self.intake.post(self.token, tally(1), key="away")
        self.assertEqual(answer.status, 202)
        late = self.intake.post(self.token, tally(2), key="away-too", wait=1)
        self.assertEqual(late.status, 202)
        status = self.intake.ask("GET", answer.headers["Location"], self.token).json
        self.assertEqual((status["waiting"], status["events"][0]["state"]), (1, "WAITING"))
        until("the agent to miss the hub", lambda: not self.intake.ask("GET", "/readyz").json["hub"])
        self.assertTrue(self.intake.ask("GET", "/readyz").json["ready"])
        self.county.open_hub()
        until("the hub's answer",
              lambda: self.intake.ask("GET", answer.headers["Location"], self.token).json["recorded"] == 1)
        self.assertEqual(self.intake.post(self.token, tally(2), key="away-too", wait=20).status, 201)
        self.wait_for([1, 2])

    def test_whoever_waits_is_answered_when_the_agent_ends(self):
        self.intake.start()
        self.county.stop_hub()
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(self.intake.post(self.token, tally(1), wait=60)))
        waiting.start()
        until("the request to be stored", lambda: self.intake.ask("GET", "/readyz").json["waiting"] == 1)
        self.assertEqual(self.intake.agent.stop(), 0)
        waiting.join()
        self.assertEqual(answers[0].status, 202)
        self.county.open_hub()
        self.intake.start()
        self.assertEqual(self.intake.post(self.token, tally(1), wait=20).status, 201)
        self.wait_for([1])

    def post_until_answered(self, connection_of, count):
        """Sends one event under its key until somebody answers 202 or 201, whoever dies meanwhile."""
        def once():
            try:
                return connection_of().post(self.token, tally(count), key=f"key-{count}", wait=1 if count % 2 else None)
            except (OSError, http.client.HTTPException):
                return None
        answer = until(f"an answer for {count}", once)
        self.assertIn(answer.status, (201, 202), answer.body)

    def test_an_agent_killed_at_any_moment_takes_each_event_once(self):
        random = seeded(self)
        clients, each = 4, 40
        self.intake.start()

        def client(number):
            for count in range(number * each + 1, (number + 1) * each + 1):
                self.post_until_answered(lambda: self.intake, count)
        threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        kills = 0
        while any(thread.is_alive() for thread in threads) and kills < 12:
            many = random.randrange(1, 20)
            before = len(self.intake.recorded())
            until("some more events", lambda: len(self.intake.recorded()) >= before + many or
                  not any(thread.is_alive() for thread in threads))
            self.intake.agent.kill()
            kills += 1
            self.intake.start()
        for thread in threads:
            thread.join()
        # every request again: all are known
        for count in (1, each, clients * each):
            self.assertIn(self.intake.post(self.token, tally(count), key=f"key-{count}", wait=20).status, (201, 202))
        self.wait_for(range(1, clients * each + 1))
        self.assertGreater(kills, 1)

    def test_a_killed_agent_remembers_its_requests(self):
        self.intake.start()
        first = self.intake.post(self.token, {"events": [tally(1), tally(2)]}, key="k", wait=20)
        self.intake.agent.kill()
        self.intake.start()
        again = self.intake.post(self.token, {"events": [tally(1), tally(2)]}, key="k", wait=20)
        self.assertEqual((again.status, again.body), (201, first.body))
        self.assertEqual(self.intake.post(self.token, tally(3), key="k").code, "KEY_REUSED")
        self.wait_for([1, 2])

    def test_two_clients_with_one_key_at_once_are_one_request(self):
        self.intake.start()
        answers = []
        barrier = threading.Barrier(8)

        def client():
            connection = self.intake.connect()
            connection.connect()
            barrier.wait()
            answers.append(self.intake.post(self.token, tally(7), key="both", wait=20, connection=connection))
            connection.close()
        threads = [threading.Thread(target=client) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({answer.status for answer in answers}, {201})
        self.assertEqual(len({answer.body for answer in answers}), 1)
        self.wait_for([7])

    def test_files_and_requests_share_the_source(self):
        self.intake.start()
        report = self.county.drop("governance", "宣传台账.csv", "单位编码,日期,出动人员(人),车辆(台),宣传单(份),标语条幅(条),报刊电子屏(条)",
                                  [f"{UNIT},2020-08-19,,,5,,"])
        self.assertEqual(self.intake.post(self.token, tally(9), wait=20).status, 201)
        until("the file's report", report.exists)
        self.assertEqual(self.intake.post(self.token, tally(10), key="k2", wait=20).status, 201)
        self.wait_for([5, 9, 10])

    def test_an_answer_waits_for_nothing_but_the_hub(self):
        """An agent that has nothing else to do looks up once a second: no answer may wait for that."""
        self.intake.settings["settle_ms"] = 5000
        self.intake.start()
        begun = time.monotonic()
        for count in range(1, 21):
            self.assertEqual(self.intake.post(self.token, tally(count), key=f"k{count}", wait=20).status, 201)
        self.assertLess(time.monotonic() - begun, 10)

    def test_what_cannot_be_stored_is_not_taken(self):
        """Another program holds the outbox: whoever sent is told to come again, and then counts once."""
        self.intake.start()
        self.intake.await_hub()
        blocker = sqlite3.connect(self.county.folder / "state/governance/outbox.sqlite", isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        answer = self.intake.post(self.token, tally(1))
        self.assertEqual((answer.status, answer.code, answer.headers["Retry-After"]), (503, "NOT_STORED", "5"))
        blocker.execute("ROLLBACK")
        blocker.close()
        self.assertEqual(self.intake.post(self.token, tally(1), wait=20).status, 201)
        self.wait_for([1])
        self.assertIn("events are not stored", self.intake.agent.journal)

    def test_an_outbox_that_another_program_holds_is_tidied_later(self):
        self.intake.start()
        self.intake.await_hub()
        blocker = sqlite3.connect(self.county.folder / "state/governance/outbox.sqlite", isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        until("the tidying that is put off", lambda: "answered events are not forgotten yet" in self.intake.agent.journal)
        blocker.execute("ROLLBACK")
        blocker.close()
        self.assertEqual(self.intake.post(self.token, tally(1), wait=20).status, 201)

    def test_a_run_that_ends_opens_no_server(self):
        done = run(BIN / "sanling-governance", "--config", self.intake.config(), "--once")
        self.assertNotIn("events are taken at", done.stderr)


if __name__ == "__main__":
    main()
