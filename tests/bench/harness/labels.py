"""What figures are called where people read them: Chinese first, English beside. A figure that is not here is in the
JSON document alone."""

COMPARISONS = (
    ("hub_events_per_s", "中枢：持久、状态已算", "hub: durable, status computed"),
    ("hub_curve_events_per_s", "… 加密", "… encrypted"),
    ("hub_1_subscriber_events_per_s", "… 一个订阅者跟随", "… with a subscriber following"),
    ("hub_10_subscribers_events_per_s", "… 十个订阅者跟随", "… with ten"),
    ("postgres_copy_events_per_s", "PostgreSQL：COPY，每事务 1,000 行", "PostgreSQL: COPY, 1,000 rows a transaction"),
    ("postgres_upsert_events_per_s", "PostgreSQL：COPY 并更新状态", "PostgreSQL: COPY and the status upsert"),
    ("redis_always_events_per_s", "Redis：每次落盘，流水线 1,000", "Redis: always, pipelined 1,000"),
    ("redis_always_batched_events_per_s", "Redis：每次落盘，每条目 100 条", "Redis: always, 100 an entry"),
    ("redis_everysec_events_per_s", "Redis：每秒落盘，流水线 1,000", "Redis: everysec, pipelined 1,000"),
    ("redis_everysec_batched_events_per_s", "Redis：每秒落盘，每条目 100 条", "Redis: everysec, 100 an entry"),
    ("jetstream_events_per_s", "JetStream：逐条，不落盘", "JetStream: one a message, not synced"),
    ("jetstream_batched_events_per_s", "JetStream：每消息 100 条，不落盘", "JetStream: 100 a message, not synced"),
    ("rocksdb_1000_events_per_s", "裸 RocksDB：每块 1,000 条，落盘", "RocksDB alone: blocks of 1,000, synced"),
    ("rocksdb_10000_events_per_s", "裸 RocksDB：每块 10,000 条，落盘", "RocksDB alone: blocks of 10,000, synced"),
    ("fdatasync_1000_events_per_s", "追加与 fdatasync：每块 1,000 条", "append and fdatasync: blocks of 1,000"),
)

READING = (
    ("hub_replay_per_s", "全量重放，记录/秒", "records/s, replay of everything"),
    ("hub_curve_replay_per_s", "… 加密", "… encrypted"),
    ("zmq_events_per_s", "裸 libzmq，每消息 1,000 条", "libzmq alone, messages of 1,000"),
    ("zmq_curve_events_per_s", "… 加密", "… encrypted"),
    ("hub_1_subscriber_records_per_s", "一个跟随者，记录/秒", "records/s to a follower"),
    ("hub_10_subscribers_records_per_s", "十个跟随者合计，记录/秒", "records/s to ten followers, together"),
    ("hub_replay_unit_replay_ms", "只重放一个单位，毫秒", "ms to replay one unit"),
    ("hub_replay_type_replay_ms", "只重放一类事件，毫秒", "ms to replay one type"),
    ("hub_replay_ms", "全量重放，毫秒", "ms to replay everything"),
    ("hub_rebuild_per_s", "重算，事件/秒", "events/s of rebuild"),
    ("hub_start_after_kill_ms", "强杀后启动，毫秒", "ms to start after SIGKILL"),
)

LATENCY = (
    ("hub_single_ack_p50_us", "每秒 1,000 条逐条确认，低延迟设置：p50 微秒", "µs to the ack, 1,000/s one by one, set for latency: p50"),
    ("hub_single_ack_p99_us", "p99", "p99"),
    ("hub_single_ack_p999_us", "p99.9", "p99.9"),
    ("hub_default_ack_p50_us", "… 默认设置：p50", "… as it comes: p50"),
    ("hub_default_ack_p99_us", "p99", "p99"),
    ("hub_default_ack_p999_us", "p99.9", "p99.9"),
    ("hub_curve_ack_p50_us", "… 加密：p50", "… encrypted: p50"),
    ("hub_curve_ack_p99_us", "p99", "p99"),
    ("postgres_ack_p50_us", "PostgreSQL 提交：p50 微秒", "µs of PostgreSQL's commit: p50"),
    ("postgres_ack_p99_us", "p99", "p99"),
    ("hub_paced_ack_p50_us", "每秒 10 万条、每批 100 条、低延迟设置：p50", "100,000/s by 100, set for latency: p50"),
    ("hub_paced_ack_p99_us", "p99", "p99"),
    ("hub_paced_ack_p999_us", "p99.9", "p99.9"),
    ("hub_half_ack_p50_us", "最大速率之半、每批 1,000 条：p50", "half the maximum rate, by 1,000: p50"),
    ("hub_half_ack_p99_us", "p99", "p99"),
    ("hub_half_ack_p999_us", "p99.9", "p99.9"),
    ("hub_summary_p50_us", "事件至总览可见：p50 微秒", "µs from an event until the summary shows it: p50"),
    ("hub_summary_p99_us", "p99", "p99"),
)

SIZE = (
    ("hub_tree_behind_s", "树覆盖全部并签名，晚于最后确认，秒", "s behind the last ack until the tree is signed over all"),
    ("hub_peak_rss_mib", "满载内存峰值 MiB", "peak memory at full load, MiB"),
    ("hub_rss_mib", "发布后内存 MiB", "memory after publishing, MiB"),
    ("disk_log_bytes_per_event", "磁盘：日志，字节/事件", "bytes on disk per event: log"),
    ("disk_log_ahead_bytes_per_event", "… 其中预写日志", "… its write-ahead part"),
    ("disk_tiles_bytes_per_event", "… 树", "… tree"),
    ("disk_state_bytes_per_event", "… 状态", "… state"),
)

GROWTH = (
    ("grown_to_events", "大日志的事件数", "events in the large log"),
    ("grown_events_per_s", "… 再发布时，事件/秒", "… events/s published on top"),
    ("grown_small_events_per_s", "小日志再发布时，事件/秒", "events/s on top of a small log"),
    ("growing_events_per_s", "增长途中，事件/秒", "events/s while it grew"),
    ("grown_rss_mib", "大日志：内存 MiB", "memory with the large log, MiB"),
    ("grown_read_events", "以下回看时的事件数", "events in the log for what follows"),
    ("grown_start_after_kill_ms", "强杀后启动，毫秒", "ms to start after SIGKILL"),
    ("grown_replay_per_s", "全量重放，记录/秒", "records/s, replay of everything"),
    ("grown_replay_ms", "… 毫秒", "… ms"),
    ("grown_replay_unit_ms", "只重放一个单位，毫秒", "ms to replay one unit"),
)

LOAD = (
    ("events_per_s", "持久事件/秒，状态已算", "events/s durable, status computed"),
    ("event_bytes", "事件字节", "bytes of an event, mean"),
    ("replay_per_s", "重放记录/秒", "records/s replayed"),
    ("hub_cpu_s_per_million", "中枢处理器秒/百万事件", "hub's processor seconds per million events"),
    ("publisher_cpu_s_per_million", "发布方处理器秒/百万事件", "publisher's processor seconds per million"),
    ("hub_replay_cpu_s_per_million", "重放：中枢处理器秒/百万", "replay: hub's processor seconds per million"),
    ("subscriber_cpu_s_per_million", "重放：订阅方处理器秒/百万", "replay: subscriber's processor seconds per million"),
    ("rss_published_mib", "发布后内存 MiB", "RSS after publishing, MiB"),
    ("rss_replayed_mib", "重放后内存 MiB", "RSS after the replay, MiB"),
    ("disk_sst_bytes_per_event", "磁盘字节/事件：表", "bytes on disk per event: tables"),
    ("disk_log_bytes_per_event", "磁盘字节/事件：预写日志", "write-ahead log"),
    ("start_after_kill_ms", "强杀后启动毫秒", "ms to start after SIGKILL"),
    ("start_after_stop_ms", "正常停止后启动毫秒", "ms to start after a clean stop"),
)

LOAD_LINES = (
    ("ack_p50_us", "逐条确认延迟微秒 p50，加密", "ack latency at 1,000/s one by one, encrypted, µs: p50"),
    ("ack_p99_us", "p99", "p99"),
    ("ack_p999_us", "p99.9", "p99.9"),
)

SIGNED = (
    ("signed_ratio_by_1000", "签名报送的入库速率之比，每批 1,000 条", "ingest rate signed by the sender, of unsigned: by 1,000"),
    ("signed_ratio_by_1", "每批一条", "one by one"),
)

PAGE = (
    ("follow_seen_by_all_p50_ms", "网页跟随：人人看到一项变化，毫秒，中位", "ms until every browser saw a change, median"),
    ("follow_seen_by_all_max_ms", "最长", "the longest"),
    ("follow_events_per_s_without", "无跟随者的入库速率", "events/s without followers"),
    ("follow_events_per_s_with", "有跟随者的入库速率", "events/s with them"),
    ("follow_ingest_ratio", "两者之比", "of those without"),
)

RULES = (
    ("decode_ns", "解码", "decode"),
    ("rules_ns", "裁决与入账（状态路径）", "judge and apply: the status path"),
    ("status_ns", "查一个单位三个零的状态", "the three statuses of its unit"),
)

ASOF = (
    ("asof_records", "记录", "records"), ("asof_unit_us", "一个单位 µs", "unit µs"),
    ("asof_county_ms", "全县逐行", "county, all"), ("asof_rollup_ms", "汇总", "its rollup"),
    ("today_county_ms", "今天逐行", "today, all"), ("today_rollup_forgotten_ms", "新一天", "new day's"),
    ("today_rollup_ms", "已存", "cached"), ("summary_ms", "总览", "summary"),
)

QUESTIONS = (
    ("page_tree_new_ms", "树重算", "tree new"), ("page_tree_ms", "树已存", "tree kept"),
    ("page_tree_then_ms", "彼时重算", "then, new"), ("page_days_ms", "逐日", "days"),
    ("page_trend_months_ms", "12 个月", "12 months"), ("page_trend_most_ms", "120 期末", "120 ends"),
    ("page_trend_counts_ms", "计数", "counts"), ("page_difference_ms", "差异", "difference"),
)

SUMMARIES = (
    ("summary_walked_after_many_ms", "逐行", "walked"), ("summary_unchanged_ms", "未变", "unchanged"),
    ("summary_after_few_ms", "千条之后", "after 1,000"), ("summary_after_many_ms", "八万条之后", "after 80,000"),
    ("summary_first_ms", "当天首次", "first of a day"), ("summary_kept_bytes", "字节/事件", "bytes an event"),
)


def of_units(units):
    return (
        (f"rss_mib_of_{units}_units", f"{units} 个单位：内存 MiB", f"{units} units: memory, MiB"),
        (f"rss_restarted_mib_of_{units}_units", "重启后内存 MiB", "memory after a restart, MiB"),
        (f"start_after_kill_ms_of_{units}_units", "强杀后启动毫秒", "ms to start after SIGKILL"),
        (f"start_after_stop_ms_of_{units}_units", "正常停止后启动毫秒", "ms to start after a clean stop"),
        (f"events_per_s_of_{units}_units", "入库，事件/秒", "events/s published"),
    )
