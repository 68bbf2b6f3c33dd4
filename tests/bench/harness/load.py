"""A log that is filled, read and started again, without encryption and with it, and what that costs each side; and what
a sender's signature costs."""
from .comparisons import A_UNIT, of_county, replay_all
from .hub import Hub


def per_million(before, after, events):
    return (after - before) * 1e6 / events


def publish_noted(bench, hub, suffix):
    before = hub.cpu_s
    told = hub.measure("publish", *of_county(bench, bench.scale.load))
    bench.figures.note_all(told, suffix)
    bench.figures.note(f"hub_cpu_s_per_million{suffix}", per_million(before, hub.cpu_s, bench.scale.load))
    bench.figures.note(f"rss_published_mib{suffix}", hub.rss_mib)
    hub.ctl("--json", "summary")  # it is computed from what was published; not part of the time


def replay_noted(bench, hub, suffix, expected):
    before = hub.cpu_s
    told = replay_all(hub, expected)
    bench.figures.note_all(told, suffix)
    bench.figures.note(f"hub_replay_cpu_s_per_million{suffix}", per_million(before, hub.cpu_s, expected))
    bench.figures.note(f"rss_replayed_mib{suffix}", hub.rss_mib)


def disk_noted(bench, hub, suffix):
    """Tables and write-ahead log apart, while the hub runs."""
    for kind in ("sst", "log"):
        bench.figures.note(f"disk_{kind}_bytes_per_event{suffix}",
                           hub.disk_bytes("log", f"*.{kind}") / bench.scale.load)


def one_load(bench, curve):
    suffix = "_on" if curve else "_off"
    expected = bench.scale.load
    with Hub(bench, curve) as hub:
        bench.figures.note(f"start_new_ms{suffix}", hub.start())
        hub.fill(bench.scale.units)
        if curve:
            bench.figures.note_all(hub.measure("latency", *of_county(bench, bench.scale.paced)))
            expected += bench.scale.paced
        publish_noted(bench, hub, suffix)
        replay_noted(bench, hub, suffix, expected)
        disk_noted(bench, hub, suffix)
        hub.kill()
        bench.figures.note(f"start_after_kill_ms{suffix}", hub.start())
        hub.stop()
        bench.figures.note(f"start_after_stop_ms{suffix}", hub.start())
        replay_all(hub, expected)
        hub.stop()


def run(bench):
    for curve in (False, True):
        bench.say(f"load, CURVE {'on' if curve else 'off'}")
        one_load(bench, curve)


def train(bench):
    """What a hub does all day, by one that ends cleanly: programs that note which way they take write it down then."""
    with Hub(bench, False) as hub:
        hub.start()
        hub.fill(bench.scale.units)
        publish_noted(bench, hub, "_training")
        replay_all(hub, bench.scale.load)
        hub.measure("replay", "--unit", A_UNIT)
        hub.stop()


def signed_round(bench, hub, key, batch, events):
    """Unsigned and signed in turn on one hub."""
    for kind, options in (("unsigned", []), ("signed", ["--signing-key", key])):
        told = hub.measure("publish", *options, *of_county(bench, events), "--batch", batch)
        bench.figures.note(f"{kind}_events_per_s_by_{batch}", told["events_per_s"])


def signed(bench):
    """Signed by the sender or not, in messages of many events and of one."""
    with bench.temporary_folder() as folder:
        key = folder / "bench.sign"
        public = bench.programs.text("sanling-safety", "--new-signing-key", key).strip()
        lines = ("limits: {messages_per_second: 1000000}",)
        with Hub(bench, True, lines, (f"    signing_key: '{public}'",)) as hub:
            hub.start()
            hub.fill(bench.scale.units)
            for batch, events in ((1000, bench.scale.signed), (1, bench.scale.signed // 10)):
                for number in range(bench.scale.signed_rounds):
                    bench.say(f"signed, by {batch}, {number + 1}/{bench.scale.signed_rounds}")
                    signed_round(bench, hub, key, batch, events)
                bench.figures.note(f"signed_ratio_by_{batch}", bench.figures.median(f"signed_events_per_s_by_{batch}")
                                   / bench.figures.median(f"unsigned_events_per_s_by_{batch}"))
            hub.stop()
