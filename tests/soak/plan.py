"""How much a soak may bring: what half of the maximum rate would be, and what of it fits into memory and onto the disk.

The hub keeps its state in memory, about 54 bytes for each event that stays in it, for ever: that is its design, and at
half a million events a second it is 110 GiB an hour. So where an hour at half the maximum rate does not fit, the soak
goes on at a lower rate and rises to half the maximum again and again, in bursts that take up to half of the events that
do fit. The report says so."""
import dataclasses

STATE_BYTES = 54        # of memory for an event, by design: measured, deploy/OPERATIONS.md
ROOM_BYTES = 2 * STATE_BYTES  # tables grow by doubling
DISK_BYTES = 250        # of disk for an event: log 50, tree 32, state 100 and what it is while it is written anew
BURST_S = 10.0
BURST_EVERY_S = 60    # at most so often, so that there are quiet times between them
LEAST_RATE = 100
PHASES = 6
LOW = 0.2             # of the mean rate


@dataclasses.dataclass(frozen=True)
class Plan:
    seconds: float
    half_rate: int      # half of the maximum that was measured
    rate: int           # the steady one
    burst_rate: int     # 0: no bursts
    burst_s: float
    bursts: int
    fits: int           # events
    reason: str

    @property
    def events(self):
        bursts_s = self.bursts * self.burst_s
        return round(self.rate * (self.seconds - bursts_s) + self.burst_rate * bursts_s)

    def phases(self):
        """(second, rate): high and low in turns, so that what grows with events and what grows with time differ."""
        if not self.bursts:
            return [(0.0, self.rate)]
        length = self.seconds / PHASES
        return [(number * length, round(self.rate * (LOW if number % 2 else 2 - LOW))) for number in range(PHASES)]

    def rate_at(self, second):
        return [rate for start, rate in self.phases() if start <= max(0.0, second)][-1]

    def burst_starts(self):
        """Seconds from the start, spread evenly."""
        gap = self.seconds / (self.bursts + 1) if self.bursts else 0
        return [gap * (number + 1) - self.burst_s / 2 for number in range(self.bursts)]


def what_fits(memory_bytes, disk_bytes):
    return int(min(memory_bytes / ROOM_BYTES, disk_bytes / DISK_BYTES))


def steady(seconds, half, rate, fits, reason):
    return Plan(seconds, half, rate, 0, 0.0, 0, fits, reason)


def make(seconds, max_rate, memory_bytes, disk_bytes, asked_rate=None):
    """`asked_rate`: a steady one, instead of what half of the maximum would be."""
    half = max(LEAST_RATE, max_rate // 2)
    fits = what_fits(memory_bytes, disk_bytes)
    if asked_rate:
        if asked_rate * seconds > fits:
            raise ValueError(f"{asked_rate} events/s for {seconds:.0f} s do not fit: {fits} events do")
        return steady(seconds, half, asked_rate, fits, f"the rate that was asked for (half of the maximum is {half:,})")
    if half * seconds <= fits:
        return steady(seconds, half, half, fits, "half of the maximum rate, all the time")
    bursts = max(1, int(seconds // BURST_EVERY_S))
    burst_s = min(BURST_S, fits / 2 / half / bursts)
    rate = max(LEAST_RATE, int((fits - bursts * burst_s * half) / (seconds - bursts * burst_s)))
    return Plan(seconds, half, rate, half, burst_s, bursts, fits,
                f"{half * seconds:,.0f} events would be half of the maximum for {seconds:.0f} s; {fits:,} fit into the "
                f"memory and onto the disk that the soak may take. So it goes at {rate:,} a second in the mean, "
                f"{2 - LOW:g} and {LOW:g} times that in turns, and rises {bursts} times to half of the maximum, for "
                f"{burst_s:.1f} s")
