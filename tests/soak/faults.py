"""Faults, each with what must be there again afterwards. What was acknowledged is written down by the publisher, which
is never a victim."""
import signal
import time

from county import CREDIT, PUBLISH, field, until

STARTED_S = 900   # a hub reads its whole log when it starts
FULL_S = 3.0
MORE_THAN_ANY_DISK = 1 << 31  # MiB


def open_again(county, **changes):
    county.spawn_hub(**changes)
    until("the hub to listen again", county._has_address, STARTED_S)


def hub_killed(county, cast, chance):
    county.kill_hub()
    time.sleep(chance.uniform(0, 1))
    open_again(county)


def hub_killed_while_it_starts(county, cast, chance):
    county.kill_hub()
    county.spawn_hub()
    time.sleep(chance.uniform(0.01, 0.3))
    county.kill_hub()
    open_again(county)


def hub_ended(county, cast, chance):
    county.stop_hub()
    open_again(county)


def disk_full(county, cast, chance):
    """Less is free than the reserve; then there is room again."""
    refused = county.hub.journal.count("[STORE_FULL]")
    county.stop_hub()
    open_again(county, reserve_mib=MORE_THAN_ANY_DISK)
    until("the hub to say that the disk is full", lambda: county.hub.journal.count("[STORE_FULL]") > refused)
    time.sleep(FULL_S)
    county.stop_hub()
    open_again(county)


def agent_killed(county, cast, chance):
    office = chance.choice(sorted(cast.agents))
    cast.agents[office].kill()
    cast.agents[office] = county.start_agent(office)
    return office


def page_killed(county, cast, chance):
    cast.page.program.kill()
    cast.page.start()


def follower_frozen(county, cast, chance):
    cast.fast.program.signal(signal.SIGSTOP)
    time.sleep(cast.patience_s)
    cast.fast.program.signal(signal.SIGCONT)


def follower_killed(county, cast, chance):
    cast.chooser.program.kill()
    cast.chooser.start()


def guest_away(county, cast, chance):
    """Goes in good order, is away, comes again."""
    status = cast.guest.end()
    if status != 0:
        raise AssertionError(f"the guest ended with {status}: {cast.guest.program.journal}")
    time.sleep(chance.uniform(0, cast.patience_s))
    cast.guest.start()


def reader_of_nothing(county, cast, chance):
    """Asks for everything, gives much credit, and takes nothing of it."""
    peer = county.peer("discipline")
    peer.hello()
    peer.subscribe(1, 100000)
    for _ in range(100):
        peer.send(field(CREDIT, field(1, 1) + field(2, 100000)))
    time.sleep(cast.patience_s)
    county.peers.remove(peer)
    peer.close()


def garbage(county, cast, chance):
    """Bytes that are no message, a message that breaks off, and one that is too large."""
    peer = county.peer("town")
    peer.hello()
    for size in (1, 100, 60000):
        peer.send(chance.randbytes(size))
    peer.send(field(PUBLISH, field(1, "town-soak"))[:-3])
    peer.send(chance.randbytes(10), chance.randbytes(10))
    peer.send_zeros(1 << 20)
    time.sleep(0.5)
    county.peers.remove(peer)
    peer.close()


# Name: (what happens, how). The order is that of the report.
FAULTS = {
    "hub_killed": ("kill -9 the hub, start it", hub_killed),
    "hub_killed_while_it_starts": ("kill -9 the hub again while it starts", hub_killed_while_it_starts),
    "hub_ended": ("SIGTERM the hub, start it", hub_ended),
    "disk_full": ("less disk free than the reserve, room again", disk_full),
    "agent_killed": ("kill -9 an office's agent, start it", agent_killed),
    "page_killed": ("kill -9 the page's server, start it", page_killed),
    "follower_frozen": ("SIGSTOP a durable subscriber for some seconds", follower_frozen),
    "follower_killed": ("kill -9 a durable subscriber, start it", follower_killed),
    "guest_away": ("a durable subscriber goes and comes again", guest_away),
    "reader_of_nothing": ("a subscriber with much credit that reads nothing", reader_of_nothing),
    "garbage": ("bytes that are no message from an admitted peer", garbage),
}


SMOKE = ("hub_killed", "hub_ended", "agent_killed", "page_killed", "follower_frozen", "follower_killed", "guest_away",
         "reader_of_nothing", "garbage")


class Faults:
    """Does them, one after the other in an order by chance, and notes when."""

    RECOVERED_S = 900

    def __init__(self, county, cast, chance, began, rate):
        self.county, self.cast, self.chance, self.began = county, cast, chance, began
        self.rate = rate  # what may be behind when all is well again
        self.done = []  # {"name", "at", "acted_s", "recovered_s", "detail"}
        self.active = False
        self.last_end = -1e9
        self.turn = []

    def next_name(self):
        if not self.turn:
            self.turn = list(FAULTS)
            self.chance.shuffle(self.turn)
        return self.turn.pop()

    def one(self, name=None):
        name = name or self.next_name()
        begun = time.monotonic()
        self.active = True
        detail = FAULTS[name][1](self.county, self.cast, self.chance)
        acted = time.monotonic()
        until(f"all to be well after {name}", lambda: self.is_well(acted), self.RECOVERED_S)
        self.last_end = time.monotonic()
        self.active = False
        self.done.append({"name": name, "at": begun - self.began, "acted_s": acted - begun,
                          "recovered_s": self.last_end - acted, "detail": detail or ""})

    def is_well(self, since):
        """A second that is all behind the fault: acknowledgements come, and nothing waits that is long due."""
        publisher = self.cast.publisher.poll()
        if not publisher.running:
            raise AssertionError(f"the publisher ended: {publisher.program.journal}")
        newest = publisher.newest
        return newest["ms"] / 1e3 > since + 1 and newest["batches"] > 0 and newest["behind"] <= self.rate

    def was_active_since(self, moment):
        return self.active or self.last_end >= moment
