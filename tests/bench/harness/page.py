"""Everybody who follows the leaders' page: follow_seen_by_all_*_ms, from publishing a single event until each stream
has brought its position; follow_events_per_s_without and _with, the hub's rate at full load in rounds that take
turns, also in going first, so that what the machine does beside falls on both, and so does the growing log.
Without followers the page's server runs as well. follow_events and follow_cpu_s: what the followers of the last
round were brought in all, and what they themselves cost."""
import http.client
import json
import re
import time

from .comparisons import of_county
from .hub import Hub
from .programs import Failure, end, parse_figures

PASSWORD = "a password of the bench"


class Page:
    """The leadership page's server on a hub, as the bench's own identity. Use as a context."""

    def __init__(self, hub):
        self.hub = hub
        self.process = None
        self.port = None
        self.cookie = None

    def __enter__(self):
        self._configure()
        journal = self.hub.folder / "page.journal"
        self.process = self.hub.programs.start("sanling-leadership", "--config", self.hub.folder / "leadership.yaml",
                                               output=self.hub.folder / "page.out", complaints=journal)
        try:
            self.port = self._await_port(journal)
            self.cookie = self._log_in()
        except Failure:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def __exit__(self, kind, *_):
        if end(self.process) != 0 and kind is None:
            raise Failure("the page's server did not end cleanly")

    def _configure(self):
        folder, hub = self.hub.folder, self.hub
        password = hub.programs.text("sanling-leadership", "--hash-password", given=f"{PASSWORD}\n").strip()
        (folder / "leadership.yaml").write_text(
            f"hub: {hub.endpoint}\nlisten: 127.0.0.1:0\naccounts: accounts.yaml\npage: page\n")
        (folder / "accounts.yaml").write_text(
            f'accounts:\n  - {{account: bench, password: "{password}", identity: keys/bench.key}}\n')
        (folder / "page").mkdir()
        (folder / "page/index.html").write_text("<!doctype html>\n")  # the streams alone are measured

    def _await_port(self, journal):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            told = [path.read_text(errors="replace") for path in (journal, self.hub.folder / "page.out")]
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", "".join(told))
            if found:
                return int(found[1])
            time.sleep(0.02)
        raise Failure(f"the page's server did not start: {journal.read_text(errors='replace')[-300:]}")

    def _log_in(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/v1/session", json.dumps({"account": "bench", "password": PASSWORD}),
                           {"Content-Type": "application/json"})
        cookie = connection.getresponse().getheader("Set-Cookie")
        connection.close()
        if not cookie:
            raise Failure("no session at the page")
        return cookie.partition(";")[0]

    @property
    def session(self):
        return ["--port", self.port, "--cookie", self.cookie]


def start_watch(bench, hub, page, output):
    """Followers in the background; None if they get no stream."""
    process = hub.programs.start("sanling-bench", "watch", *page.session, "--followers", bench.scale.followers,
                                 output=output, complaints=hub.folder / "watch.journal")
    while "following" not in output.read_text():
        if process.poll() is not None:
            return None
        time.sleep(0.02)
    return process


def watch(bench, hub, page, output):
    """A page that has no summary yet, since its hub is still busy with a round, refuses a stream; a browser then comes
    again, and so do they."""
    for _ in range(5):
        process = start_watch(bench, hub, page, output)
        if process is not None:
            return process
    raise Failure("the followers get no stream")


def one_round(bench, hub, kind):
    told = hub.measure("publish", *of_county(bench, bench.scale.follow))
    bench.figures.note(f"follow_events_per_s_{kind}", told["events_per_s"])


def followed_round(bench, hub, page):
    output = hub.folder / "watch"
    watching = watch(bench, hub, page, output)
    try:
        one_round(bench, hub, "with")
    finally:
        status = end(watching)
    if status != 0:
        raise Failure("a follower lost its stream")
    bench.figures.note_all(parse_figures(output.read_text()))


def rounds(bench, hub, page):
    for number in range(bench.scale.follow_rounds):
        bench.say(f"followers {number + 1}/{bench.scale.follow_rounds}")
        if number % 2 == 0:
            one_round(bench, hub, "without")
        followed_round(bench, hub, page)
        if number % 2 == 1:
            one_round(bench, hub, "without")


def run(bench):
    with Hub(bench) as hub:
        hub.start()
        hub.fill(bench.scale.units)
        with Page(hub) as page:
            bench.figures.note_all(hub.measure("follow", *of_county(bench, bench.scale.changes), *page.session,
                                               "--followers", bench.scale.followers))
            rounds(bench, hub, page)
        bench.figures.note("follow_ingest_ratio", bench.figures.median("follow_events_per_s_with")
                           / bench.figures.median("follow_events_per_s_without"))
        hub.stop()
