"""Set for latency, a hub keeps processors awake while events come, at the idle priority; at rest it uses none."""
import os
import pathlib
import time
import unittest

from county import County, main, until


def tasks(program):
    return list(pathlib.Path(f"/proc/{program.process.pid}/task").iterdir())


def awake(program):
    return [task for task in tasks(program) if (task / "comm").read_text() == "awake\n"]


def used_ms(all_tasks):
    """Of the processors' time, until now."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in all_tasks) / 1e6


class Awake(unittest.TestCase):
    def test_two_threads_give_way_to_all_others_and_rest_when_no_event_comes(self):
        with County() as county:
            county.start(pacing="latency")
            keepers = awake(county.hub)
            self.assertEqual([os.sched_getscheduler(int(task.name)) for task in keepers], [os.SCHED_IDLE] * 2)
            before = used_ms(keepers)
            oracle = county.start_publisher("oracle", count=100000, batch=1, window=1, pause=5)
            until("them to use what is left", lambda: used_ms(keepers) - before > 20)
            self.assertTrue(oracle.running, oracle.journal)
            oracle.stop()

            def rests():
                before = used_ms(tasks(county.hub))
                time.sleep(0.2)
                return used_ms(tasks(county.hub)) - before < 20
            until("the hub to rest", rests)

    def test_a_hub_as_it_comes_has_none(self):
        with County() as county:
            county.start()
            self.assertEqual(awake(county.hub), [])


if __name__ == "__main__":
    main()
