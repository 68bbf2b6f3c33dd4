"""kill -9, at any moment."""
import random
import time

from county import until
from harness import oracle
from harness.victims import Victims, await_more, told


def hub(row, times, seed):
    chance = random.Random(seed)
    with Victims() as county:
        county.start()
        publisher = county.oracle()
        for kill in range(times):
            if chance.random() < 0.75:  # else while it opens its store
                await_more(publisher)
            time.sleep(chance.uniform(0, 0.2))
            county.kill_hub()
            row.happened("started again, went on")
            county.spawn_hub(pacing=("throughput", "latency")[kill % 2])
        await_more(publisher)
        publisher.stop()
        oracle.check(county, row, [publisher])
