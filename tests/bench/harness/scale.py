"""How much is measured: everything, a short round of it, or just enough to see that it works."""
import dataclasses

MILLION = 1000000


@dataclasses.dataclass(frozen=True)
class Scale:
    rounds: int           # of the comparisons
    budget_s: int         # nothing is begun any more after so many seconds; 0: everything is
    units: int            # of the county that events are about
    # The comparisons: events, chosen so that each takes seconds and neither side is over before it has settled.
    hub: int
    paced: int            # latency of single events, at 1,000 a second
    paced_batches: int    # latency of batches, at 100,000 a second and at half the maximum
    summaries: int
    postgres: int
    redis: int            # one event an entry
    redis_batched: int    # 100 an entry
    jetstream: int
    jetstream_batched: int
    rocksdb: int
    zmq: int
    # Growth.
    grown: int            # the large log
    grown_small: int      # the log that it is compared with
    grown_run: int        # events of a run on either
    grown_rounds: int
    reading: int          # the size at which starting after a kill and filtered replays are looked at; 0: at none
    many_units: tuple
    # The sections that were here before.
    load: int
    rules_rounds: int
    rules_events: int
    counted: tuple        # rounds and events of each, before summaries are looked at
    years: tuple
    years_of_many: tuple
    followers: int
    changes: int
    follow_rounds: int
    follow: int
    signed_rounds: int
    signed: int


FULL = Scale(
    rounds=3, budget_s=0, units=5000, hub=2 * MILLION, paced=10000, paced_batches=MILLION, summaries=200,
    postgres=300000, redis=200000, redis_batched=MILLION, jetstream=200000, jetstream_batched=MILLION,
    rocksdb=2 * MILLION, zmq=5 * MILLION, grown=100 * MILLION, grown_small=MILLION, grown_run=MILLION, grown_rounds=3,
    reading=10 * MILLION, many_units=(5000, 50000, 500000, 5000000), load=2 * MILLION, rules_rounds=40,
    rules_events=50000, counted=(4, MILLION), years=(1, 2, 4), years_of_many=(1, 2, 4), followers=200, changes=100, follow_rounds=6,
    follow=500000, signed_rounds=3, signed=300000)

QUICK = Scale(
    rounds=1, budget_s=95, units=5000, hub=400000, paced=2000, paced_batches=200000, summaries=20, postgres=100000,
    redis=100000, redis_batched=300000, jetstream=100000, jetstream_batched=500000, rocksdb=MILLION,
    zmq=2 * MILLION, grown=2500000, grown_small=100000, grown_run=300000, grown_rounds=3, reading=2500000,
    many_units=(5000, 50000), load=300000, rules_rounds=20, rules_events=50000, counted=(2, 300000), years=(1, 2, 4), years_of_many=(1,),
    followers=200, changes=40, follow_rounds=4, follow=300000, signed_rounds=2, signed=100000)

SMOKE = Scale(
    rounds=1, budget_s=0, units=200, hub=4000, paced=200, paced_batches=2000, summaries=3, postgres=2000, redis=1000,
    redis_batched=2000, jetstream=1000, jetstream_batched=2000, rocksdb=10000, zmq=10000, grown=4000,
    grown_small=1000, grown_run=1000, grown_rounds=1, reading=2000, many_units=(200, 400), load=4000, rules_rounds=2,
    rules_events=1000, counted=(2, 1000), years=(1,), years_of_many=(2,), followers=20, changes=3, follow_rounds=1, follow=2000,
    signed_rounds=1, signed=2000)


def changed(scale, **changes):
    """The same with what is given; what is None stays."""
    return dataclasses.replace(scale, **{name: value for name, value in changes.items() if value is not None})


def for_rate(scale, events_per_s):
    """A scale that is made for a machine on which the hub takes a quarter of a million events a second, on one where it
    takes so many. Where it is faster the hub's own part grows, so that its time does not get too short to measure, and the
    log that is read back comes near the ten million events of which filtered replays are spoken of."""
    factor = events_per_s / 250000
    smaller = max(0.1, min(1.0, factor))
    sizes = ("postgres", "redis", "redis_batched", "jetstream", "jetstream_batched", "rocksdb", "zmq", "paced",
             "paced_batches", "grown_small", "grown_run")
    return changed(scale, hub=round(scale.hub * max(0.1, min(2.0, factor))),
                   **{name: round(getattr(scale, name) * max(0.1, min(4.0, factor))) for name in ("grown", "reading")},
                   **{name: round(getattr(scale, name) * smaller) for name in sizes})
