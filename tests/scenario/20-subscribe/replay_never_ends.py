"""A subscription is a replay that never ends: live and past records are one path, paced by the subscriber's credit."""
import unittest

from county import (ACKNOWLEDGE, COUNTY, STARTED, SUBSCRIBE, SUMMARY, VILLAGES, County, field, fields, main, tally_event,
                    until)

FROM_ACKNOWLEDGED = field(4, 1)
FROM_NOW = field(3, 1)


def positions(records):
    return [int(record["position"]) for record in records]


class Follow(unittest.TestCase):
    def test_records_come_in_order_as_they_are_recorded_across_a_kill_of_the_hub(self):
        with County() as county:
            county.start()
            follower = county.start_ctl("follower", "--json", "replay", "--follow")
            until("the past records", lambda: len(follower.lines) == STARTED)
            oracle = county.start_publisher("oracle", count=2000, batch=5, window=4, pause=1)
            until("live records", lambda: len(follower.lines) > 200)
            self.assertTrue(oracle.running, "they came while it published")
            county.kill_hub()
            county.open_hub()
            self.assertEqual(oracle.wait(), 0, oracle.journal)
            until("all records", lambda: len(follower.lines) >= STARTED + 2000)
            self.assertEqual(positions(follower.json_lines), list(range(1, STARTED + 2001)))
            self.assertEqual(follower.json_lines, county.replay())
            self.assertTrue(follower.running)

    def test_from_now_shows_only_what_is_recorded_after(self):
        with County() as county:
            county.start()
            peer = county.peer("operator")
            peer.hello()
            peer.subscribe(1, 100, start=FROM_NOW)
            peer.settle()
            publisher = county.peer("governance")
            publisher.hello()
            publisher.publish("yu", 1, tally_event("yu", 1))
            publisher.outcome()
            self.assertEqual(peer.take_records(1), [STARTED + 1])

    def test_a_unit_that_is_registered_later_belongs_to_a_subtree_that_is_followed(self):
        with County() as county:
            county.start()
            follower = county.start_ctl("follower", "--json", "replay", "--unit", VILLAGES[0], "--from",
                                        STARTED + 1, "--follow")
            new = VILLAGES[0] + "001"
            grid = {"kind": "GRID", "name": "第一网格", "parent": VILLAGES[0], "validFrom": "2020-01-01"}
            county.publish("operator", {"unit": new, "occurredAt": "2020-08-19T03:00:00Z", "unitRegistered": grid})
            county.publish("governance", {"unit": new, "occurredAt": "2020-08-19T03:00:00Z",
                                          "patrolTallied": {"day": "2020-08-19", "rounds": 2}})
            until("both records", lambda: len(follower.lines) == 2)
            self.assertEqual([line["event"]["unit"] for line in follower.json_lines], [new, new])


class DurableName(unittest.TestCase):
    def test_it_goes_on_after_its_acknowledgement_across_a_kill_of_the_hub(self):
        with County() as county:
            county.start()
            oracle = county.start_publisher("oracle", count=400, batch=20)
            self.assertEqual(oracle.wait(), 0)
            reader = county.peer("auditor")
            reader.hello()
            reader.subscribe(1, 100, start=FROM_ACKNOWLEDGED, name="audit")
            self.assertEqual(reader.take_records(100), list(range(1, 101)))
            self.assertEqual(reader.acknowledge(1, 60), 60)
            county.kill_hub()
            county.open_hub()
            consumer, = county.ask("consumers")["consumers"]
            self.assertEqual((consumer["name"], consumer["identity"], consumer["acknowledged"], consumer["lag"]),
                             ("audit", "auditor", "60", str(STARTED + 340)))
            again = county.peer("auditor")
            again.hello()
            again.subscribe(1, 10, start=FROM_ACKNOWLEDGED, name="audit")
            self.assertEqual(again.take_records(10), list(range(61, 71)))
            self.assertEqual(again.acknowledge(1, 50), 60, "it never moves back")
            again.send(field(ACKNOWLEDGE, field(1, 1) + field(2, 71)))
            self.assertEqual(again.expect_error(), "POSITION_AHEAD")
            county.stop_hub()
            county.open_hub()
            self.assertEqual(county.ask("consumers")["consumers"][0]["acknowledged"], "60")

    def test_a_name_is_read_by_one_session_and_belongs_to_its_identity(self):
        with County() as county:
            county.start()
            first, second, other = county.peer("auditor"), county.peer("auditor"), county.peer("leader")
            for peer in (first, second, other):
                peer.hello()
            first.subscribe(1, 5, start=FROM_ACKNOWLEDGED, name="audit")
            self.assertEqual(first.take_records(5), [1, 2, 3, 4, 5])
            second.subscribe(1, 5, start=FROM_ACKNOWLEDGED, name="audit")
            self.assertEqual(first.expect_error(), "NAME_IN_USE", "the newer session takes over")
            self.assertEqual(second.take_records(5), [1, 2, 3, 4, 5])
            other.subscribe(1, 5, start=FROM_ACKNOWLEDGED, name="audit")
            self.assertEqual(other.expect_error(), "NOT_PERMITTED")


class Credit(unittest.TestCase):
    def test_a_subscriber_gets_what_it_gave_credit_for_and_not_one_more(self):
        with County() as county:
            county.start()
            peer = county.peer("operator")
            peer.hello()
            peer.subscribe(7, 3)
            self.assertEqual(peer.take_records(3), [1, 2, 3])
            self.assertIsNone(peer.receive(0.3))
            peer.give_credit(7, 5)
            self.assertEqual(peer.take_records(5), [4, 5, 6, 7, 8])
            self.assertIsNone(peer.receive(0.3))

    def test_subscribers_without_credit_cost_nothing_and_lose_nothing(self):
        """32 subscriptions of each of 8 sessions: held for them, the records would be two gigabytes."""
        events, size, subscriptions = 40000, 200, 32
        with County() as county:
            county.start()
            slow = [county.peer("operator") for _ in range(8)]
            for peer in slow:
                peer.hello()
                for number in range(1, subscriptions + 1):
                    peer.subscribe(number, 0)
            before = county.hub.peak_memory()
            oracle = county.start_publisher("oracle", count=events, batch=500, window=16)
            self.assertEqual(oracle.wait(), 0, oracle.journal)
            grown = county.hub.peak_memory() - before
            self.assertLess(grown, len(slow) * subscriptions * events * size // 10)
            for peer in slow:
                self.assertIsNone(peer.receive(0))
            slow[0].give_credit(5, events + STARTED)
            self.assertEqual(slow[0].take_records(events + STARTED), list(range(1, events + STARTED + 1)))


class Summaries(unittest.TestCase):
    def test_a_follower_ends_with_the_newest_summary_and_is_spared_most_of_those_between(self):
        with County() as county:
            county.start()
            follower = county.start_ctl("follower", "--json", "summary", COUNTY, "--follow")
            until("the first summary", lambda: follower.lines)
            oracle = county.start_publisher("oracle", count=3000, batch=2, window=4, pause=1)
            self.assertEqual(oracle.wait(), 0, oracle.journal)
            last = county.ask("digest")["position"]
            until("the newest summary", lambda: follower.json_lines[-1]["position"] == last)
            seen = positions(follower.json_lines)
            self.assertEqual(seen, sorted(set(seen)))
            self.assertLess(len(seen), 3000 // 2 // 10, "of 1500 commits most are left out")
            summary = {**county.ask("summary", COUNTY), "time": None}
            self.assertEqual({**follower.json_lines[-1], "time": None}, summary)

    def test_a_leader_who_gives_no_credit_gets_the_newest_when_he_does(self):
        with County() as county:
            county.start()
            leader = county.peer("leader")
            leader.hello()
            leader.send(field(SUBSCRIBE, field(1, 1) + field(3, field(1, COUNTY))))
            leader.expect(SUMMARY)
            oracle = county.start_publisher("oracle", count=200, batch=2, pause=2)
            self.assertEqual(oracle.wait(), 0)
            self.assertIsNone(leader.receive(0.5))
            leader.give_credit(1, 1)
            self.assertEqual(fields(leader.expect(SUMMARY)[2][0])[4], [STARTED + 200])

    def test_a_summary_that_waited_for_a_commit_is_not_said_again_behind_it(self):
        """Each commit is on its way for a tenth of a second: the summary that is due meanwhile counts what it holds."""
        with County() as county:
            county.start(gather_us=100000)
            leader, office = county.peer("leader"), county.peer("governance")
            leader.hello()
            office.hello()
            leader.send(field(SUBSCRIBE, field(1, 1) + field(3, field(1, COUNTY))))
            leader.give_credit(1, 100)
            said = [fields(leader.expect(SUMMARY)[2][0])[4][0]]
            for sequence in range(1, 9):
                office.publish("governance-test", sequence, tally_event("governance-test", sequence))
                office.outcome()
                while sequence % 4 == 0 and said[-1] != STARTED + sequence:
                    said.append(fields(leader.expect(SUMMARY)[2][0])[4][0])
                if sequence % 4 == 0:
                    self.assertIsNone(leader.receive(0.5))
            self.assertEqual(said, sorted(set(said)))


if __name__ == "__main__":
    main()
