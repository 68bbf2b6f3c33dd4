"""A source's numbers: what is sent again is never counted again, what is missing is asked for, other bytes are refused."""
import unittest

from county import DUPLICATE, POLICIES, RECORDED, REFUSED, REJECTED, County, field, main, tally_event


class NumbersAreKept(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.peer = self.county.peer("governance")
        self.peer.hello()

    def publish(self, first, *events):
        self.peer.publish("yu", first, *events)
        return self.peer.outcome()

    def events(self, first, last, **changes):
        return [tally_event("yu", sequence, **changes) for sequence in range(first, last + 1)]

    def records_of_source(self):
        return [record for record in self.county.replay() if record["event"]["source"] == "yu"]

    def test_the_same_bytes_again_are_a_duplicate_of_the_same_position(self):
        (kind, count, position), = self.publish(1, *self.events(1, 5))[0]
        self.assertEqual((kind, count), (RECORDED, 5))
        for _ in range(3):
            self.assertEqual(self.publish(1, *self.events(1, 5)), ([(DUPLICATE, 5, position)], 6))
        self.assertEqual(len(self.records_of_source()), 5)

    def test_a_message_that_overlaps_is_taken_from_where_the_source_stands(self):
        (_, _, position), = self.publish(1, *self.events(1, 5))[0]
        self.peer.publish("yu", 3, *self.events(3, 9))
        runs = sorted(self.peer.outcome()[0] + self.peer.outcome()[0])
        self.assertEqual(runs, [(RECORDED, 4, position + 5), (DUPLICATE, 3, position + 2)])
        self.assertEqual([int(record["event"]["sequence"]) for record in self.records_of_source()], list(range(1, 10)))

    def test_other_bytes_under_a_used_number_are_refused_and_nothing_after_is_taken(self):
        self.publish(1, *self.events(1, 5))
        runs, following = self.publish(4, tally_event("yu", 4), tally_event("yu", 5, count=2))
        self.assertEqual([(run[0], run[2]) for run in runs][-1], (REFUSED, "SEQUENCE_REUSED"))
        self.assertEqual(following, 6)
        self.assertEqual(len(self.records_of_source()), 5)
        self.assertEqual(self.publish(6, *self.events(6, 6))[0][0][0], RECORDED)

    def test_a_gap_is_answered_with_the_number_that_is_missing(self):
        self.publish(1, *self.events(1, 2))
        self.assertEqual(self.publish(5, *self.events(5, 7)), ([(REFUSED, 3, "SEQUENCE_GAP")], 3))
        self.assertEqual(self.publish(3, *self.events(3, 7))[0][0][:2], (RECORDED, 5))

    def test_a_new_source_begins_with_one(self):
        self.assertEqual(self.publish(2, *self.events(2, 2)), ([(REFUSED, 1, "SEQUENCE_GAP")], 1))

    def test_a_rejected_event_uses_its_number_and_is_kept_with_its_reason(self):
        bad = tally_event("yu", 2, unit="140322199201")
        runs, following = self.publish(1, tally_event("yu", 1), bad, tally_event("yu", 3))
        self.assertEqual([run[0] for run in runs], [RECORDED, REJECTED, RECORDED])
        self.assertEqual((runs[1][2], following), ("UNKNOWN_UNIT", 4))
        self.assertEqual(runs[2][2], runs[0][2] + 1, "a rejection takes no position")
        self.assertEqual(self.publish(2, bad)[0], [(REJECTED, 1, "UNKNOWN_UNIT")], "sent again: the same answer")
        kept, = self.county.ask_lines("rejected")
        self.assertEqual((kept["source"], kept["sequence"], kept["code"]), ("yu", "2", "UNKNOWN_UNIT"))
        self.assertEqual(int(kept["afterPosition"]), runs[0][2])

    def test_numbers_hold_across_a_kill_of_the_hub(self):
        (_, _, position), = self.publish(1, *self.events(1, 5))[0]
        self.publish(6, tally_event("yu", 6, unit="140322199201"))
        self.county.kill_hub()
        self.county.open_hub()
        self.peer = self.county.peer("governance")
        (source,) = self.peer.hello("yu")[12]
        self.assertEqual(source, field(1, "yu") + field(2, 7))
        self.assertEqual(self.publish(1, *self.events(1, 5))[0], [(DUPLICATE, 5, position)])
        self.assertEqual(self.publish(6, tally_event("yu", 6, unit="140322199201"))[0],
                         [(REJECTED, 1, "UNKNOWN_UNIT")])

    def test_a_source_belongs_to_the_identity_that_used_it_first(self):
        self.publish(1, *self.events(1, 1))
        other = self.county.peer("town")
        other.hello()
        other.publish("yu", 2, tally_event("yu", 2))
        self.assertEqual(other.outcome()[0], [(REFUSED, 1, "SOURCE_TAKEN")])

    def test_what_the_envelope_says_must_be_what_the_message_says(self):
        for event in (tally_event("yu", 2), tally_event("other", 1)):
            self.assertEqual(self.publish(1, event), ([(REFUSED, 1, "MALFORMED")], 1))
        self.assertEqual(self.records_of_source(), [])

    def test_the_library_publishes_again_what_was_published_and_adds_nothing(self):
        first = self.county.start_publisher("first", source="steps", count=800, batch=50, window=8)
        self.assertEqual(first.wait(), 0, first.journal)
        again = self.county.start_publisher("again", source="steps", first=1, count=800, batch=70, window=8)
        self.assertEqual(again.wait(), 0, again.journal)
        recorded = [line.split()[1:] for line in first.lines]
        self.assertEqual(sorted(line.split() for line in again.lines),
                         sorted(["duplicate", *numbers] for numbers in recorded))


class BeforeAPolicy(unittest.TestCase):
    def test_offices_wait_until_a_policy_is_adopted(self):
        with County(policy=None) as county:
            county.start()
            peer = county.peer("governance")
            peer.hello()
            peer.publish("yu", 1, tally_event("yu", 1))
            self.assertEqual(peer.outcome(), ([(REFUSED, 1, "BUSY")], 1))
            county.ctl("policy", "adopt", POLICIES / "yuxian-2020.yaml")
            peer.publish("yu", 1, tally_event("yu", 1))
            self.assertEqual(peer.outcome()[0][0][0], RECORDED)


if __name__ == "__main__":
    main()
