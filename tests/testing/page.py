"""The leadership page's gateway beside a county's hub, and browsers that are plain HTTP clients."""
import http.client
import json
import re
import socket
import threading
import time

from county import BIN, run, until

PASSWORD = "correct horse battery staple"
INDEX = "<!doctype html><title>page</title>"


class Page:
    """sanling-leadership on a free port. Accounts are named after the identities that they use."""

    def __init__(self, county, accounts=("leader",), **settings):
        self.county = county
        self.accounts = accounts
        self.settings = settings
        self.folder = county.folder / "leadership"
        self.program = None
        self.starts = 0

    def write(self):
        hashed = run(BIN / "sanling-leadership", "--hash-password", text=PASSWORD + "\n").stdout.strip()
        assets = self.folder / "page" / "assets"
        assets.mkdir(parents=True, exist_ok=True)
        (self.folder / "page" / "index.html").write_text(INDEX)
        (assets / "main-1a2b.js").write_text("plain();" * 200)
        (assets / "main-1a2b.js.br").write_bytes(b"brotli bytes")
        (assets / "main-1a2b.js.gz").write_bytes(b"gzip bytes")
        self.write_accounts(hashed)
        settings = {"hub": self.county.endpoint, "listen": "127.0.0.1:0", "page": "page", "accounts": "accounts.yaml",
                    **self.settings}
        config = self.folder / "leadership.yaml"
        config.write_text("".join(f"{key}: {value}\n" for key, value in settings.items()))
        return config

    def write_accounts(self, hashed, names=None):
        path = self.folder / "accounts.yaml"
        path.write_text("accounts:\n" + "".join(
            f"  - {{account: {name}, password: '{hashed}', identity: {self.county.key(name)}}}\n"
            for name in names or self.accounts))
        path.chmod(0o600)

    def start(self):
        config = self.write()
        self.starts += 1
        self.program = self.county.start_program(f"page-{self.starts}", BIN / "sanling-leadership", "--config", config)
        self.address = until("the page's address", self._address)
        return self

    def _address(self):
        found = re.search(r"listening on (https?)://([0-9.]+):(\d+)", self.program.journal)
        if not self.program.running:
            raise AssertionError(f"the page ended with {self.program.wait()}: {self.program.journal}")
        return (found[2], int(found[3])) if found else None

    def browser(self, account=None, password=PASSWORD):
        browser = Browser(self.address)
        if account:
            answer = browser.login(account, password)
            if answer.status != 200:
                raise AssertionError(f"log-in of {account}: {answer.status} {answer.body}")
        return browser


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json.get("code")


class Browser:
    """Asks over one connection, keeps its cookie."""

    def __init__(self, address, timeout=30):
        self.address = address
        self.timeout = timeout
        self.cookie = None

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(*self.address, timeout=self.timeout)
        try:
            sent = {**({"Cookie": self.cookie} if self.cookie else {}), **(headers or {})}
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            answer = Answer(response, response.read())
        finally:
            connection.close()
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer

    def get(self, path, **headers):
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def document(self, path):
        answer = self.get(path)
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer.status} {answer.body[:500]}")
        return answer.json

    def login(self, account, password=PASSWORD, **headers):
        return self.ask("POST", "/v1/session", json.dumps({"account": account, "password": password}),
                        {"Content-Type": "application/json", **headers})

    def stream(self, path="/v1/stream", **headers):
        return Stream(self.address, path, {"Cookie": self.cookie or "", **headers})


class Stream:
    """An EventSource: a thread reads, `events` are (name, id, data, monotonic time) as they came."""

    def __init__(self, address, path, headers):
        self.events = []
        self.ended = False
        self.summary = None
        self.connection = http.client.HTTPConnection(*address, timeout=60)
        self.connection.request("GET", path, headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.body = self.response.read() if self.status != 200 else b""
        if self.status != 200:
            self.connection.close()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        name, number, data = "message", None, []
        try:
            while self.status == 200 and (line := self.response.readline()):
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "event":
                    name = value
                elif field == "id":
                    number = value
                elif field == "data":
                    data.append(value)
                elif line == b"\n":
                    if data:
                        self._take(name, number, json.loads("\n".join(data)))
                    name, data = "message", []
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        self.ended = True

    def _take(self, name, number, data):
        if name == "summary":
            self.summary = merge(self.summary, data["patch"])
        self.events.append((name, number, data, time.monotonic()))

    def named(self, name):
        return [event for event in list(self.events) if event[0] == name]

    def close(self):
        try:
            self.connection.sock.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            pass
        self.thread.join()
        self.connection.close()


def merge(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge(result.get(name), value)
    return result
