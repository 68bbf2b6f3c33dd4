"""What each released version wrote opens in this one: the log to the same state, the outbox to the same numbers; and a
hub and an agent that are started on it answer with its figures and go on from there."""
import contextlib
import json
import unittest

from county import BIN, VILLAGES, County, main, run, until
from fixtures import Fixture, versions
from make_fixture import tally

USED, WAITING = 301, 3  # numbers of its governance-test, the last one rejected; events in its outbox


def offline(command, county):
    return json.loads(run(BIN / "sanlingctl", "--json", command, "--data", county.data).stdout)


class OpensWhatOlderVersionsWrote(unittest.TestCase):
    def setUp(self):
        self.assertTrue(versions())

    @contextlib.contextmanager
    def laid(self, version):
        with self.subTest(version), County() as county:
            fixture = Fixture(version)
            fixture.lay(county)
            yield county, fixture.expected

    def test_the_log_opens_to_the_same_state(self):
        for version in versions():
            with self.laid(version) as (county, expected):
                verified, rebuilt = offline("verify", county), offline("rebuild", county)
                self.assertEqual((verified["good"], verified["position"]), (True, expected["position"]))
                written, ours = expected.get("form", 1), rebuilt["form"]
                digests = {written: expected["digest"],
                           **{int(form): digest for form, digest in expected.get("laterDigests", {}).items()}}
                self.assertEqual((rebuilt["position"], rebuilt["digest"]), (expected["position"], digests[ours]))
                if written == ours:
                    self.assertTrue(rebuilt["same"], "its stored state is the computed one")
                else:
                    self.assertFalse(rebuilt["stored"], "a state that is stored in another form is left aside")

    def test_the_outbox_opens_to_the_same_numbers(self):
        for version in versions():
            with self.laid(version) as (county, expected):
                county.endpoint = "tcp://127.0.0.1:9"  # nobody: only the outbox is looked at
                county.key("hub")
                agent = county.start_agent("safety")
                self.assertIn(f"next number {expected['outbox']}", agent.journal)

    def test_a_hub_that_is_started_on_it_answers_with_its_figures_and_goes_on(self):
        for version in versions():
            with self.laid(version) as (county, expected):
                county.open_hub()
                for words, answer in expected["answers"].items():
                    past = "--known-at" if words.startswith("status") else "--known"
                    self.assertEqual(county.ask(*words.split(), past, expected["position"]), answer, words)
                self.assert_goes_on(county, int(expected["position"]))
                county.stop_hub()
                self.assertTrue(offline("verify", county)["good"])

    def assert_goes_on(self, county, end):
        head = int(county.ask("digest")["position"])
        self.assertEqual(head - end, len(county.access), "the county's keys are others than then, and nothing else is")
        new, = county.publish("governance", tally(USED + 1, VILLAGES[0]))
        self.assertEqual((new["kind"], new["firstPosition"]), ("RECORDED", str(head + 1)))
        again, = county.publish("governance", tally(USED - 1, VILLAGES[(USED - 1) % 8]))
        self.assertEqual((again["kind"], int(again["firstPosition"]) <= end), ("DUPLICATE", True))
        rejected, = county.publish("governance", tally(USED, "140322999999"), expect=1)
        self.assertEqual((rejected["kind"], rejected["code"]), ("REJECTED", "UNKNOWN_UNIT"))
        agent = county.start_agent("safety")
        until("what waited in its outbox", lambda: int(county.ask("digest")["position"]) == head + 1 + WAITING)
        self.assertEqual([record["event"]["sequence"] for record in county.replay("--from", head + 2)],
                         ["121", "122", "123"])
        self.assertEqual(agent.stop(), 0)


if __name__ == "__main__":
    main()
