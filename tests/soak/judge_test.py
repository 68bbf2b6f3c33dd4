"""The judge must be able to say no, and must not say it without a reason."""
import random
import unittest

import judge
import plan
import series

MIB = 1 << 20


def hub_life(seconds, per_event=0.0, per_s=0.0, base=100 * MIB, start=0, noise=0, rates=(1800, 200), saw=0):
    """Events come quickly and slowly in turns of ten minutes. `saw`: bytes of a buffer that each 200,000 fill."""
    chance = random.Random(start + seconds)
    points, events = [], 1000 * start
    for second in range(start, start + seconds):
        events += rates[second // 600 % 2]
        size = base + per_event * events + per_s * second + saw * (events % 200000) / 200000
        points.append((events, second, size + chance.uniform(-noise, noise)))
    return points


class HubMemory(unittest.TestCase):
    def held(self, *lives):
        return [finding.held for finding in judge.hub_memory(list(lives))]

    def test_what_grows_with_events_as_designed_is_no_growth(self):
        self.assertEqual(self.held(hub_life(3600, per_event=54, noise=2 * MIB, saw=48 * MIB)), [True, True])

    def test_what_takes_too_much_for_an_event_is(self):
        self.assertEqual(self.held(hub_life(3600, per_event=400))[0], False)

    def test_what_grows_over_time_beside_events_is(self):
        self.assertEqual(self.held(hub_life(3600, per_event=54, per_s=60000, noise=MIB, saw=48 * MIB)), [True, False])

    def test_a_start_in_between_is_no_growth(self):
        before = hub_life(900, per_event=54)
        after = hub_life(900, per_event=54, start=900, base=180 * MIB)
        self.assertEqual(self.held(before, after), [True, True])

    def test_growth_is_seen_across_starts(self):
        lives = [hub_life(700, per_event=54, per_s=90000, start=at) for at in range(0, 3600, 700)]
        self.assertIn(False, self.held(*lives))

    def test_what_a_new_hub_does_not_need_was_lost_hold_of(self):
        def held(lost, lasted=900):
            before = hub_life(lasted, per_event=54, per_s=lost)
            after = hub_life(300, per_event=54, start=lasted)
            after = [(before[-1][0] + events - after[0][0], second, size - 54 * (after[0][0] - before[-1][0]))
                     for events, second, size in after]
            return judge.against_a_new_one([before, after]).held

        self.assertIs(held(0), True)
        self.assertIs(held(200000), False)
        self.assertIsNone(held(200000, lasted=100), "it had no time to lose hold of anything")

    def test_an_even_rate_is_said_to_tell_nothing_of_time(self):
        found = judge.hub_memory([[(1000 * second, second, MIB + 68000 * second) for second in range(900)]])
        self.assertIn("not told apart", found[1].value)


class Others(unittest.TestCase):
    def test_memory_that_stays_or_jumps_at_a_start_holds_and_that_grows_does_not(self):
        stays = [(second, 50 * MIB + second % 7 * 1000) for second in range(600)]
        later = [(second, 70 * MIB) for second in range(600, 1200)]
        grows = [(second, 50 * MIB + second * 50000) for second in range(1200)]
        self.assertTrue(judge.memory("agent", [stays]).held)
        self.assertTrue(judge.memory("agent", [stays, later]).held)
        self.assertFalse(judge.memory("agent", [grows]).held)

    def test_one_more_descriptor_each_minute_is_found(self):
        self.assertFalse(judge.handles("hub", "descriptors", [(s, 40 + s // 60) for s in range(1800)]).held)

    def test_descriptors_that_come_and_go_are_not(self):
        self.assertTrue(judge.handles("hub", "descriptors", [(s, 40 + s % 3) for s in range(1800)]).held)

    def test_latency_that_creeps_is_found_and_a_peak_is_not(self):
        creeps = [(second, 20000 + 40 * second) for second in range(1800)]
        peak = [(second, 9000000 if 800 < second < 830 else 20000) for second in range(1800)]
        self.assertFalse(judge.latency("p99", creeps).held)
        self.assertTrue(judge.latency("p99", peak).held)

    def test_a_summary_that_takes_longer_with_events_is_found(self):
        as_designed = [(second, 220000 + 50 * second) for second in range(1, 1800)]
        worse = [(second, 200000 + 400 * second) for second in range(1, 1800)]
        self.assertTrue(judge.summaries(as_designed).held)
        self.assertFalse(judge.summaries(worse).held)

    def test_nothing_is_said_of_too_little(self):
        self.assertIsNone(judge.memory("agent", [[(0, 1), (1, 1)]]).held)


class Series(unittest.TestCase):
    def test_slopes(self):
        self.assertAlmostEqual(series.slope([(x, 3 * x + 1) for x in range(1000)]), 3)
        self.assertEqual(series.slope([(1, 5)]), 0)
        b, c, doubt = series.two_slopes([[(x * x, x, 2 * x * x + 5 * x) for x in range(50)]])
        self.assertAlmostEqual(b, 2)
        self.assertAlmostEqual(c, 5)
        self.assertAlmostEqual(doubt, 0, delta=0.01)


class HowMuchFits(unittest.TestCase):
    def test_half_of_the_maximum_where_that_fits(self):
        made = plan.make(60, 200000, 64 << 30, 1 << 40)
        self.assertEqual((made.rate, made.bursts), (100000, 0))

    def test_otherwise_bursts_and_never_more_than_fits(self):
        for memory_mib, seconds in ((1024, 3600), (256, 600), (64, 30), (4096, 3600)):
            made = plan.make(seconds, 400000, memory_mib << 20, 1 << 40)
            self.assertLessEqual(made.events, 1.01 * made.fits, made)
            self.assertGreater(made.bursts, 0)
            self.assertEqual(made.burst_rate, 200000)
            self.assertLess(made.burst_starts()[-1] + made.burst_s, seconds)

    def test_a_small_disk_counts_as_well(self):
        self.assertEqual(plan.make(3600, 400000, 1 << 40, 1 << 30).fits, (1 << 30) // plan.DISK_BYTES)

    def test_what_is_asked_for_and_does_not_fit_is_refused(self):
        with self.assertRaises(ValueError):
            plan.make(3600, 400000, 1 << 30, 1 << 40, asked_rate=100000)


if __name__ == "__main__":
    unittest.main()
