"""What a hub tells of itself is what was done to it: events, consumers, offices, the disk."""
import datetime
import math
import os
import shutil
import time
import unittest

from county import (ANSWER, DUPLICATE, QUERY, RECORDED, REFUSED, REJECTED, STARTED, County, field, fields, main,
                    tally_event, until)
from monitored import LISTEN, Monitor, promtool

MIB = 1024 * 1024
ROOM_MIB = 1024  # between what is free and what must be free; others use the disk meanwhile
FROM_START = field(1, 1)
UNKNOWN_UNIT = "140322199201"


def now():
    return datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).isoformat(timespec="seconds")


class Figures(unittest.TestCase):
    def open(self, **options):
        self.county = self.enterContext(County(**LISTEN, **options))
        self.county.start()
        self.monitor = Monitor(self.county)

    def peer(self, identity="governance"):
        peer = self.county.peer(identity)
        peer.hello()
        return peer

    def assert_sums(self, received):
        """Everything that was received ended somewhere, and nothing that was acknowledged is only in memory."""
        self.monitor.until("sanling_events_received_total", received)
        figures = self.monitor.figures

        def total(name):
            return sum(number for (found, _), number in figures.items() if found == name)

        ended = sum(total(f"sanling_events_{what}") for what in
                    ("recorded_total", "rejected_total", "duplicate_total", "rejected_again_total", "refused_total",
                     "not_reached_total", "comparing", "awaiting_durability"))
        self.assertEqual(ended, received)
        for name in "sanling_events_unaccounted", "sanling_at_risk_events", "sanling_at_risk_bytes":
            self.assertEqual(total(name), 0, name)
        self.assertNotIn("not accounted for", self.county.hub.journal)

    def test_every_event_is_in_exactly_one_count(self):
        self.open()
        until("what start() did", lambda: self.monitor.figure("sanling_durable_position") == STARTED)
        before = self.monitor.figure("sanling_events_received_total")
        taken = self.monitor.figure("sanling_events_recorded_total")
        peer = self.peer()

        def publish(first, *events, source="yu"):
            peer.publish(source, first, *events)
            return [run[0] for run in peer.outcome()[0]]

        good = [tally_event("yu", n) for n in range(1, 4)]
        bad = tally_event("yu", 4, unit=UNKNOWN_UNIT)
        self.assertEqual(publish(1, *good, bad), [RECORDED, REJECTED])
        self.assertEqual(publish(1, *good, bad), [DUPLICATE, REJECTED])
        self.assertEqual(publish(9, tally_event("yu", 9), tally_event("yu", 10)), [REFUSED])
        self.assertEqual(publish(1, tally_event("yu", 1, count=7), good[1], good[2]), [REFUSED], "other bytes")
        self.assertEqual(publish(5, tally_event("yu", 5), b"\xff", tally_event("yu", 7)), [RECORDED, REFUSED])
        self.assertEqual(publish(1, tally_event("yu", 1), source="units-import"), [REFUSED])
        self.assert_sums(before + 4 + 4 + 2 + 3 + 3 + 1)
        for number, name, labels in (
                (taken + 4, "recorded_total", {}), (3, "duplicate_total", {}), (1, "rejected_again_total", {}),
                (1, "rejected_total", {"code": "UNKNOWN_UNIT"}), (2, "refused_total", {"code": "SEQUENCE_GAP"}),
                (1, "refused_total", {"code": "SEQUENCE_REUSED"}), (1, "refused_total", {"code": "MALFORMED"}),
                (1, "refused_total", {"code": "SOURCE_TAKEN"}), (2 + 1, "not_reached_total", {})):
            self.assertEqual(self.monitor.figure(f"sanling_events_{name}", **labels), number, f"{name} {labels}")
        records = len(self.county.replay())
        self.assertEqual(self.monitor.figure("sanling_durable_position"), records)
        self.assertEqual(self.monitor.figure("sanling_durable_rejections"), 1)
        self.assertEqual(self.monitor.figure("sanling_commit_records_sum"), records)
        self.assertEqual(self.monitor.figure("sanling_refusals_total", what="EVENT", code="UNKNOWN_UNIT"), 1)
        self.monitor.until("sanling_checkpoint_unsigned_records", 0)

    def test_many_publishers_at_once_are_counted_like_one(self):
        self.open()
        before = self.monitor.until("sanling_events_received_total", lambda number: number > 0)
        publishers = [self.county.start_publisher(f"many-{n}", count=2000, batch=7, window=16) for n in range(4)]
        self.assertEqual([publisher.wait() for publisher in publishers], [0] * 4)
        self.assert_sums(before + 4 * 2000)
        self.assertEqual(self.monitor.figure("sanling_durable_position"), STARTED + 4 * 2000)
        count = self.monitor.figure("sanling_commit_duration_seconds_count")
        self.assertGreater(count, 0)
        self.assertEqual(self.monitor.figure("sanling_commit_duration_seconds_bucket", le="+Inf"), count)
        self.assertGreater(self.monitor.figure("sanling_commit_duration_seconds_sum"), 0)

    def test_a_consumer_that_stalls_is_seen_by_lag_and_age(self):
        self.open(clock=None)
        records = self.county.replay()
        reader = self.peer("auditor")
        reader.subscribe(1, 2, start=FROM_START, name="auditor/slow")
        self.assertEqual(reader.take_records(2), [1, 2])
        reader.acknowledge(1, 2)
        labels = {"consumer": "auditor/slow", "identity": "auditor"}
        self.monitor.until("sanling_consumer_lag_records", len(records) - 2, **labels)
        self.monitor.until("sanling_subscriptions_stalled", 1)
        recorded = datetime.datetime.fromisoformat(records[2]["recordedAt"].replace("Z", "+00:00"))
        self.monitor.until("sanling_consumer_oldest_seconds", lambda age: age >= 2, **labels)
        age = self.monitor.figure("sanling_consumer_oldest_seconds", **labels)
        waited = time.time() - recorded.timestamp()
        self.assertLessEqual(age, waited)
        self.assertGreater(age, waited - 10)
        reader.give_credit(1, 1000)
        reader.take_records(len(records) - 2)
        reader.acknowledge(1, len(records))
        self.monitor.until("sanling_consumer_lag_records", 0, **labels)
        self.assertEqual(self.monitor.figure("sanling_consumer_oldest_seconds", **labels), 0)
        self.assertEqual(self.monitor.figure("sanling_consumer_connected", **labels), 1)

    def test_an_office_that_is_silent_is_seen(self):
        self.open(clock=None)
        self.peer("safety")
        self.monitor.until("sanling_office_silence_seconds", lambda age: 2 <= age < 600, office="WORK_SAFETY")
        self.assertEqual(self.monitor.figure("sanling_office_sessions", office="WORK_SAFETY"), 1)
        self.assertEqual(self.monitor.figure("sanling_office_silence_seconds", office="PETITIONS"), float("inf"),
                         "silence is never zero")
        peer = self.peer()
        peer.publish("yu", 1, tally_event("yu", 1, at=now()))
        self.assertEqual(peer.outcome()[0][0][0], RECORDED)
        self.monitor.until("sanling_source_silence_seconds", lambda age: age >= 1, source="yu", office="GOVERNANCE")
        self.county.stop_hub()
        self.county.open_hub()
        silent = self.monitor.until("sanling_office_silence_seconds", lambda age: age > 1, office="GOVERNANCE")
        self.assertLess(silent, 600, "known of its records, though nobody came since the start")

    def test_a_full_disk_is_told_and_room_again_too(self):
        with self.subTest("from the start"):
            self.open()
            self.assertEqual(self.monitor.ask("/healthz"), (200, "alive\n"))
            until("readiness", lambda: self.monitor.ask("/readyz") == (200, "ready\n"))
        free_mib = shutil.disk_usage(self.county.folder).free // MIB
        if free_mib < 4 * ROOM_MIB:
            self.skipTest(f"needs {4 * ROOM_MIB} MiB free")
        self.county.stop_hub()
        self.county.open_hub(reserve_mib=free_mib - ROOM_MIB)
        peer = self.peer()
        hog = self.county.folder / "hog"
        with open(hog, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, 2 * ROOM_MIB * MIB)
        until("not ready", lambda: self.monitor.ask("/readyz")[0] == 503)
        self.assertIn("less than the reserve is free", self.monitor.ask("/readyz")[1])
        self.assertEqual(self.monitor.ask("/healthz"), (200, "alive\n"), "nobody shall end it for that")
        self.assertEqual(self.monitor.figure("sanling_disk_full"), 1)
        self.assertLess(self.monitor.figure("sanling_disk_free_bytes"),
                        self.monitor.figure("sanling_disk_reserve_bytes"))
        peer.publish("yu", 1, tally_event("yu", 1), tally_event("yu", 2))
        self.assertEqual(peer.outcome()[0], [(REFUSED, 2, "STORE_FULL")])
        self.monitor.until("sanling_events_refused_total", 2, code="STORE_FULL")
        hog.unlink()
        until("ready again", lambda: self.monitor.ask("/readyz") == (200, "ready\n"))
        self.monitor.until("sanling_disk_full", 0)
        self.assert_sums(2)

    def test_a_backup_is_told_once_it_was_verified_and_only_then(self):
        self.open(clock=None)
        names = "timestamp_seconds", "position"
        for name in names:
            self.assertTrue(math.isnan(self.monitor.until(f"sanling_backup_verified_{name}", math.isnan)), "never")
        began = int(time.time())
        made = self.county.ask("backup", self.county.folder / "backups")
        at = self.monitor.until("sanling_backup_verified_timestamp_seconds", lambda at: at >= began)
        self.assertLessEqual(at, time.time())
        self.assertEqual(self.monitor.figure("sanling_backup_verified_position"), int(made["position"]))
        self.assertLess(0, self.monitor.figure("sanling_backup_duration_seconds"))
        self.assertLessEqual(self.monitor.figure("sanling_backup_duration_seconds"), time.time() - began + 1)
        self.assertIn(f"backup up to position {made['position']} verified, says operator", self.county.hub.journal)
        self.county.stop_hub()
        self.county.open_hub()
        self.assertEqual(self.monitor.until("sanling_backup_verified_timestamp_seconds", at), at, "a restart knows it")

    def test_nobody_makes_the_hub_believe_in_a_backup(self):
        self.open(clock=None)

        def told(peer, nonce, digest):
            peer.send(field(QUERY, field(1, 7) + field(41, field(1, nonce) + field(2, digest))))
            return peer.expect_error()

        operator, other = self.peer("operator"), self.peer("governance")
        self.assertEqual(told(operator, "", b""), "BAD_QUERY", "nothing was laid out")
        operator.send(field(QUERY, field(1, 8) + field(40, b"")))
        answer = fields(operator.expect(ANSWER)[40][0])
        digest, nonce = answer[3][0], answer[5][0].decode()
        self.assertEqual(told(operator, nonce, bytes(32)), "BAD_QUERY", "another digest than the hub's own")
        self.assertEqual(told(operator, "0" * 32, digest), "BAD_QUERY")
        self.assertEqual(told(other, nonce, digest), "NOT_PERMITTED")
        self.assertTrue(math.isnan(self.monitor.figure("sanling_backup_verified_timestamp_seconds")))
        self.assertFalse((self.county.data / "backed-up.json").exists())
        operator.send(field(QUERY, field(1, 9) + field(41, field(1, nonce) + field(2, digest))))
        operator.expect(ANSWER)
        self.monitor.until("sanling_backup_verified_position", STARTED)

    def test_promtool_finds_nothing_to_mend(self):
        self.open()
        if shutil.which("promtool") is None:
            self.fail("promtool is missing: deploy/install-deps --tests installs it")
        self.assertEqual(promtool("check", "metrics", text=self.monitor.text), (0, ""))

    def test_nothing_listens_where_nobody_asked_for_it(self):
        county = self.enterContext(County())
        county.start()
        self.assertNotIn("metrics at", county.hub.journal)


if __name__ == "__main__":
    main()
