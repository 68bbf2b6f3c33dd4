"""What the figures come to: the hub against each peer within one run, and what is asked of it."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Ratio:
    name: str
    over: str          # the ratio is the median of this figure …
    under: str         # … over that of this
    least: float       # what it must reach at least …
    aim: float         # … and what is aimed at; where less is better, least is the larger
    chinese: str
    english: str

    @property
    def less_is_better(self):
        return self.aim < self.least

    def held(self, value):
        return value <= self.least if self.less_is_better else value >= self.least


HUB = "hub_events_per_s"


def all_ratios():
    return (
        Ratio("vs_postgres_upsert", HUB, "postgres_upsert_events_per_s", 8, 12,
              "对 PostgreSQL：COPY 并更新状态", "against PostgreSQL: COPY and the status upsert"),
        Ratio("vs_redis_always", HUB, "redis_always_events_per_s", 5, 8,
              "对 Redis Streams：每次落盘，流水线 1,000", "against Redis Streams: always, pipelined 1,000"),
        Ratio("vs_redis_always_batched", HUB, "redis_always_batched_events_per_s", 1.7, 2.5,
              "对 Redis Streams：每次落盘，每条目 100 条事件", "against Redis Streams: always, 100 events an entry"),
        Ratio("vs_jetstream", HUB, "jetstream_events_per_s", 4.5, 7,
              "对 NATS JetStream：逐条（它不落盘）", "against NATS JetStream: one a message (which does not sync)"),
        Ratio("vs_rocksdb_blocks", HUB, "rocksdb_1000_events_per_s", 0.6, 0.9,
              "对裸 RocksDB：每块 1,000 条，落盘", "against RocksDB alone: blocks of 1,000, synced"),
        Ratio("curve", "hub_curve_events_per_s", HUB, 0.65, 0.8,
              "加密与不加密之比", "encrypted, of not encrypted"),
        Ratio("ack_p50_vs_postgres", "hub_single_ack_p50_us", "postgres_ack_p50_us", 1.3, 1.0,
              "逐条确认中位时间（低延迟设置），对 PostgreSQL 提交",
              "median acknowledgement one by one, set for latency, of PostgreSQL's commit"),
        Ratio("replay_vs_zmq", "hub_replay_per_s", "zmq_events_per_s", 0.5, 0.8,
              "全量重放，对裸 libzmq", "replay of everything, of libzmq alone"),
        Ratio("filtered_replay", "grown_replay_unit_ms", "grown_replay_ms", 0.01, 0.001,
              "一个单位的重放时间，对全量", "time to replay one unit, of that for everything"),
        Ratio("ten_subscribers", "hub_10_subscribers_events_per_s", HUB, 0.8, 0.95,
              "十个订阅者跟随时，对无人跟随", "with ten subscribers following, of none"),
        Ratio("cost_growth", "grown_small_events_per_s", "grown_events_per_s", 1.15, 1.0,
              "每条事件代价：大日志对小日志", "cost of an event: large log, of the small one"),
    )


def instead(figures, name):
    """A filtered replay of a small log says as much as it can where no large one was looked at."""
    other = {"grown_replay_unit_ms": "hub_replay_unit_replay_ms", "grown_replay_ms": "hub_replay_ms"}
    return name if figures.has(name) else other.get(name, name)


def value_of(figures, ratio):
    """None if one of its figures is missing."""
    over, under = (instead(figures, name) for name in (ratio.over, ratio.under))
    if not (figures.has(over) and figures.has(under)) or figures.median(under) == 0:
        return None
    return figures.median(over) / figures.median(under)


def ratios(figures):
    found = ((ratio.name, value_of(figures, ratio)) for ratio in all_ratios())
    return {name: round(value, 6) for name, value in found if value is not None}


@dataclasses.dataclass(frozen=True)
class Limit:
    """What is asked of a figure by itself."""
    name: str
    least: float
    aim: float
    chinese: str
    english: str

    def held(self, value):
        return value <= self.least


def limits():
    return (
        Limit("hub_paced_ack_p99_us", 10000, 5000, "确认时间 p99（微秒）：每秒 10 万条、每批 100 条、低延迟设置",
              "ack p99, µs: 100,000 events/s in batches of 100, set for latency"),
        Limit("hub_peak_rss_mib", 200, 100, "满载内存峰值 MiB", "peak memory at full load, MiB"),
    )
