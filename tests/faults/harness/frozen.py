"""SIGSTOP: a program that is there and does nothing. The others go on, and it goes on when it may."""
import signal
import time

from county import field, until
from harness import oracle
from harness.victims import Victims, await_more, told

FROZEN_S = 1.5
LONG_S = 40  # longer than heartbeats and time-outs; of a run in full the last three


def run(row, times, _seed):
    with Victims() as county:
        county.start()
        publisher = county.oracle()
        other = county.oracle("other", pause=5)
        follower = county.start_ctl("follower", "--json", "replay", "--follow", identity="auditor")
        until("the follower to follow", lambda: follower.lines)
        for number in range(times):
            seconds = LONG_S if times >= 12 and number >= times - 3 else FROZEN_S
            name, victim = (("subscriber", follower), ("publisher", publisher), ("hub", county.hub))[number % 3]
            victim.signal(signal.SIGSTOP)
            frozen_at = time.monotonic()
            if name != "hub":
                await_more(other)
            if name == "subscriber":
                await_more(publisher)
            time.sleep(max(0, seconds - (time.monotonic() - frozen_at)))
            victim.signal(signal.SIGCONT)
            await_more(publisher, 60)
            await_more(other, 60)
            row.happened(f"{name} frozen {seconds:g} s: the others went on, and so did it")
        publisher.stop()
        other.stop()
        last = int(county.ask("digest")["position"])
        until("the follower to have all", lambda: follower.lines and
              int(follower.lines[-1].partition('"position":"')[2].partition('"')[0]) >= last, 60)
        positions = [int(record["position"]) for record in follower.json_lines]
        if positions != list(range(1, len(positions) + 1)):
            row.wrong.append("the subscriber did not get each record once, in order")
        row.figures["records that the frozen subscriber had, each once"] = len(positions)
        follower.kill()
        oracle.check(county, row, [publisher, other])
