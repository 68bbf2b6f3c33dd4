"""What a hub shows of itself over HTTP, read as Prometheus reads it."""
import http.client
import re
import socket
import subprocess
import urllib.parse

from county import until

NUMBER = {"+Inf": float("inf"), "-Inf": float("-inf"), "NaN": float("nan")}
SAMPLE = re.compile(r'^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
LISTEN = {"metrics": "{listen: 127.0.0.1:0}"}


def parse(text):
    """{(name, frozenset of labels): number}; a line that is no sample and no comment fails."""
    figures = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        found = SAMPLE.match(line)
        if not found:
            raise AssertionError(f"no sample: {line!r}")
        key = found[1], frozenset(LABEL.findall(found[2] or ""))
        if key in figures:
            raise AssertionError(f"twice: {line!r}")
        figures[key] = NUMBER.get(found[3]) if found[3] in NUMBER else float(found[3])
    return figures


def promtool(*words, text=None):
    """Exit status and all that it said."""
    done = subprocess.run(["promtool", *map(str, words)], input=text, capture_output=True, text=True, timeout=120,
                          check=False)
    return done.returncode, done.stdout + done.stderr


class Starting(KeyError):
    """There are no figures yet."""


class Monitor:
    """The HTTP side of a hub of a County that was started with **LISTEN, or of another program with the same."""

    def __init__(self, county, program=None):
        self.county = county
        self.program = program
        until("the monitor's address", lambda: self.url)

    @property
    def url(self):
        """Of the hub that was started last."""
        found = re.findall(r"metrics at (\S+)/metrics", (self.program or self.county.hub).journal)
        return found[-1] if found else None

    @property
    def address(self):
        parts = urllib.parse.urlsplit(self.url)
        return parts.hostname, parts.port

    def ask(self, path, method="GET", body=None, headers=None):
        """Status and text."""
        connection = http.client.HTTPConnection(*self.address, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def open(self):
        return socket.create_connection(self.address, timeout=10)

    @property
    def text(self):
        status, text = self.ask("/metrics")
        if status != 200:
            raise Starting(f"/metrics: {status} {text}")
        return text

    @property
    def figures(self):
        return parse(self.text)

    def figure(self, name, **labels):
        """One number as of now; a counter that was never counted is not there, and is 0."""
        figures = self.figures
        key = name, frozenset(labels.items())
        return figures[key] if key in figures else 0 if name.endswith("_total") and labels else figures[key]

    def until(self, name, wanted, **labels):
        """Waits until it is that number, or until the function says so of it, and returns it."""
        said = []

        def reached():
            try:
                said[:] = [self.figure(name, **labels)]
            except KeyError:  # not yet there
                return False
            return wanted(said[0]) if callable(wanted) else said[0] == wanted

        try:
            until(f"{name}{labels} to be {wanted}", reached)
        except AssertionError as failure:
            raise AssertionError(f"{failure}; it is {said}") from None
        return said[0]
