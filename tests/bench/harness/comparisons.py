"""The hub beside what an office would put in its place, and beside what the machine can do. Each measurement begins
with an empty data folder, after everything written before is on the disk; what comes before its clock (a policy, a
county of units) is not part of it."""
import contextlib
import os
import signal
import subprocess

from .hub import Hub
from .peers import Jetstream, Postgres, Redis
from .programs import Failure, Missing, end, end_with_parent, environment, parse_figures

PIPELINE_REDIS, PIPELINE_JETSTREAM, BATCH = 1000, 4096, 1000
PACED_PER_S, PACED_BATCH = 100000, 100  # the rate and the messages at which the paced hub's latency is looked at
A_TYPE = "PetitionRegistered"           # one event of twenty
A_UNIT = "91140322MA90000115"           # the first enterprise of every synthetic county: one unit, nothing below it


def check(holds, text):
    if not holds:
        raise Failure(text)


def peer_figures(bench, command, *words):
    if not bench.programs.has("sanling-peers-bench"):
        raise Missing("sanling-peers-bench is not built (Debian's packages libhiredis-dev, libnats-dev)")
    return bench.programs.figures("sanling-peers-bench", command, *words)


def of_county(bench, events):
    return ["--events", events, "--units", bench.scale.units]


@contextlib.contextmanager
def filled_hub(bench, curve=False, lines=()):
    """A hub that knows a county and its rules, and nothing else. It is killed at the end: a clean one takes time, and
    nobody needs the folder any more."""
    with Hub(bench, curve, lines) as hub:
        hub.start()
        hub.fill(bench.scale.units)
        os.sync()
        yield hub
        check(hub.process is None or hub.process.poll() is None, f"the hub ended by itself: {hub.last_words()}")


def publish(bench, hub):
    told = hub.measure("publish", *of_county(bench, bench.scale.hub))
    check(told["events"] == bench.scale.hub, "not everything was published")
    return told["events_per_s"]


def replay_all(hub, expected):
    """Replays everything; each record that was acknowledged must come back."""
    told = hub.measure("replay")
    check(told["own_records"] == expected, f"{told['own_records']:.0f} records of {expected} came back")
    return told


def hub_durable(bench):
    with filled_hub(bench) as hub:
        bench.figures.note("hub_events_per_s", publish(bench, hub))
        bench.figures.note("hub_tree_behind_s", hub.await_tree(bench.scale.units + bench.scale.hub))
        bench.figures.note("hub_peak_rss_mib", hub.peak_rss_mib)
        bench.figures.note("hub_rss_mib", hub.rss_mib)


def hub_curve(bench):
    with filled_hub(bench, curve=True) as hub:
        bench.figures.note("hub_curve_events_per_s", publish(bench, hub))
        bench.figures.note("hub_curve_peak_rss_mib", hub.peak_rss_mib)
        bench.figures.note("hub_curve_replay_per_s", replay_all(hub, bench.scale.hub)["replay_per_s"])


def start_subscribers(hub, count, events):
    """Subscribers in the background that stay for so many events, all of them following when this returns. Lean ones:
    the others would need more of this machine than the hub does."""
    process = subprocess.Popen(
        hub.programs.command("sanling-bench", "subscribers", *hub.connection, "--lean", "--subscribers", count,
                             "--events", events),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(), preexec_fn=end_with_parent)
    if process.stdout.readline().strip() != "following":
        process.kill()
        raise Failure(f"subscribers: {process.communicate()[1].strip()[-300:]}")
    return process


def end_subscribers(process):
    """Waits until they have seen everything and returns their figures."""
    try:
        output, complaints = process.communicate(timeout=600)
    except subprocess.TimeoutExpired:
        end(process, signal.SIGKILL)
        raise Failure("the subscribers did not see everything in 600 s") from None
    check(process.returncode == 0, f"subscribers: {complaints.strip()[-300:]}")
    return parse_figures(output)


def hub_followed(count):
    """The same with subscribers that follow from the first event on."""
    def measure(bench):
        name = f"hub_{count}_subscriber{'s' if count > 1 else ''}"
        with filled_hub(bench) as hub:
            subscribers = start_subscribers(hub, count, bench.scale.hub)
            try:
                rate = publish(bench, hub)
                told = end_subscribers(subscribers)
            finally:
                subscribers.kill()
                subscribers.wait()
            check(told["records"] >= count * bench.scale.hub,
                  f"{count} subscribers took {told['records']:.0f} records of {bench.scale.hub} events")
            bench.figures.note(f"{name}_events_per_s", rate)
            bench.figures.note(f"{name}_records_per_s", told["subscribers_records_per_s"])
    return measure


def note_disk(bench, hub):
    """Bytes of an event in the log, its write-ahead part apart, and beside it."""
    events = bench.scale.hub
    log = hub.disk_bytes("log")
    ahead = hub.disk_bytes("log", "*.log")
    for name, size in (("log", log), ("log_ahead", ahead), ("tiles", hub.disk_bytes("tiles")),
                       ("state", hub.disk_bytes(".") - log - hub.disk_bytes("tiles"))):
        bench.figures.note(f"disk_{name}_bytes_per_event", size / events)


def note_filtered(bench, hub, name, *options):
    told = hub.measure("replay", *options)
    check(told["records"] > 0, f"replay {' '.join(options)}: no record came")
    for figure in ("replay_per_s", "records", "replay_ms", "first_to_last_ms"):
        bench.figures.note(f"{name}_{figure}", told[figure])


def hub_read(bench):
    """One log that is read in every way: replayed whole and filtered, started after a kill, rebuilt."""
    scale = bench.scale
    with filled_hub(bench) as hub:
        bench.figures.note("hub_events_per_s", publish(bench, hub))
        whole = replay_all(hub, scale.hub)
        bench.figures.note("hub_replay_per_s", whole["replay_per_s"])
        bench.figures.note("hub_replay_ms", 1e3 * scale.hub / whole["replay_per_s"])
        attempt(bench, "hub_replay_unit", note_filtered, hub, "hub_replay_unit", "--unit", A_UNIT)
        attempt(bench, "hub_replay_type", note_filtered, hub, "hub_replay_type", "--type", A_TYPE)
        hub.kill()
        bench.figures.note("hub_start_after_kill_ms", hub.start())
        replay_all(hub, scale.hub)
        hub.stop()
        note_disk(bench, hub)
        bench.figures.note("hub_rebuild_per_s", scale.hub / hub.rebuild())


def attempt(bench, name, measure, *arguments):
    """Takes a part of a measurement; if it cannot be taken, the rest goes on without it."""
    try:
        measure(bench, *arguments)
    except Failure as failure:
        bench.leave_out(name, failure)


def hub_single(prefix, curve=False, for_latency=False):
    """Events one by one at a steady pace; the hub as it comes, or with the setting for latency."""
    def measure(bench):
        with filled_hub(bench, curve, bench.latency_lines if for_latency else ()) as hub:
            told = hub.measure("latency", *of_county(bench, bench.scale.paced), "--rate", 1000)
            replay_all(hub, bench.scale.paced)
        note_latency(bench, prefix, told)
    return measure


def note_latency(bench, prefix, told):
    for name in ("ack_p50_us", "ack_p99_us", "ack_p999_us", "ack_max_us"):
        bench.figures.note(prefix + name, told[name])


def hub_half(bench):
    """At half of what it took when nothing held it back."""
    if not bench.figures.has("hub_events_per_s"):
        raise Failure("hub_events_per_s is not known")
    rate = round(bench.figures.median("hub_events_per_s") / 2)
    with filled_hub(bench) as hub:
        told = hub.measure("latency", *of_county(bench, bench.scale.paced_batches), "--rate", rate, "--batch", BATCH)
        replay_all(hub, bench.scale.paced_batches)
    note_latency(bench, "hub_half_", told)
    bench.figures.note("hub_half_paced_per_s", told["paced_per_s"])


def hub_paced(bench):
    """With the setting for latency."""
    with filled_hub(bench, lines=bench.latency_lines) as hub:
        told = hub.measure("latency", *of_county(bench, bench.scale.paced_batches), "--rate", PACED_PER_S, "--batch",
                           PACED_BATCH)
        replay_all(hub, bench.scale.paced_batches)
    note_latency(bench, "hub_paced_", told)
    bench.figures.note("hub_paced_paced_per_s", told["paced_per_s"])


def hub_summary(bench):
    """From an event until the summary that a page follows shows it."""
    with filled_hub(bench) as hub:
        told = hub.measure("summary-latency", *of_county(bench, bench.scale.summaries))
    bench.figures.note_all({name: value for name, value in told.items() if name.startswith("summary_")}, prefix="hub_")


def postgres(command, figure):
    """COPY, and COPY with the status of the units in the same transaction."""
    def measure(bench):
        with Postgres(bench) as server:
            os.sync()
            told = peer_figures(bench, command, "--conninfo", server.conninfo,
                                *of_county(bench, bench.scale.postgres), "--batch", BATCH)
        bench.figures.note(figure, told["events_per_s"])
    return measure


def postgres_commit(bench):
    with Postgres(bench) as server:
        os.sync()
        told = peer_figures(bench, "postgres-commit", "--conninfo", server.conninfo, "--events", bench.scale.paced,
                            "--rate", 1000)
    note_latency(bench, "postgres_", told)


def redis(appendfsync, entry, figure):
    def measure(bench):
        events = bench.scale.redis if entry == 1 else bench.scale.redis_batched
        with Redis(bench, appendfsync) as server:
            os.sync()
            told = peer_figures(bench, "redis", "--port", server.port, *of_county(bench, events), "--pipeline",
                                PIPELINE_REDIS, "--entry", entry)
        bench.figures.note(figure, told["events_per_s"])
    return measure


def jetstream(entry, figure):
    def measure(bench):
        events = bench.scale.jetstream if entry == 1 else bench.scale.jetstream_batched
        with Jetstream(bench) as server:
            os.sync()
            told = peer_figures(bench, "jetstream", "--url", server.url, *of_county(bench, events), "--pipeline",
                                PIPELINE_JETSTREAM, "--entry", entry)
        bench.figures.note(figure, told["events_per_s"])
    return measure


def raw_store(command, block, name):
    """Writes to the disk without anything around them."""
    def measure(bench):
        with bench.temporary_folder() as folder:
            os.sync()
            told = peer_figures(bench, command, "--dir", folder, "--events", bench.scale.rocksdb, "--block", block)
        bench.figures.note(f"{name}_events_per_s", told["events_per_s"])
        if "fdatasync_p50_us" in told:
            bench.figures.note(f"{name}_p50_us", told["fdatasync_p50_us"])
    return measure


def zmq(name, *options):
    """The library that carries everything, alone."""
    def measure(bench):
        told = peer_figures(bench, "zmq", "--events", bench.scale.zmq, "--batch", BATCH, *options)
        bench.figures.note(f"{name}_events_per_s", told["events_per_s"])
        bench.figures.note(f"{name}_bytes_per_s", told["bytes_per_s"])
    return measure


def compared():
    """Names and measurements that the ratios are of. Neighbours are what is compared."""
    return [
        ("hub", hub_durable),
        ("postgres_upsert", postgres("postgres-upsert", "postgres_upsert_events_per_s")),
        ("hub_curve", hub_curve),
        ("redis_always", redis("always", 1, "redis_always_events_per_s")),
        ("hub", hub_durable),
        ("redis_always_batched", redis("always", 100, "redis_always_batched_events_per_s")),
        ("jetstream", jetstream(1, "jetstream_events_per_s")),
        ("hub_10_subscribers", hub_followed(10)),
        ("rocksdb_1000", raw_store("rocksdb", 1000, "rocksdb_1000")),
        ("hub_single", hub_single("hub_single_", for_latency=True)),
        ("postgres_commit", postgres_commit),
        ("hub_paced", hub_paced),
        ("zmq", zmq("zmq")),
        ("hub_read", hub_read),
    ]


def beside():
    """What else there is to say of the hub, its peers and the machine."""
    return [
        ("hub_1_subscriber", hub_followed(1)),
        ("jetstream_batched", jetstream(100, "jetstream_batched_events_per_s")),
        ("redis_everysec_batched", redis("everysec", 100, "redis_everysec_batched_events_per_s")),
        ("rocksdb_10000", raw_store("rocksdb", 10000, "rocksdb_10000")),
        ("fdatasync_1000", raw_store("fdatasync", 1000, "fdatasync_1000")),
        ("postgres_copy", postgres("postgres-copy", "postgres_copy_events_per_s")),
        ("redis_everysec", redis("everysec", 1, "redis_everysec_events_per_s")),
        ("hub_default_single", hub_single("hub_default_")),
        ("hub_curve_single", hub_single("hub_curve_")),
        ("hub_half", hub_half),
        ("hub_summary", hub_summary),
        ("zmq_curve", zmq("zmq_curve", "--curve")),
    ]
