"""An HTTPS server that an agent calls, and that misbehaves as told: for webhooks and chat robots."""
import contextlib
import http.server
import socket
import ssl
import subprocess
import threading
import time


def _openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def make_certificates(folder, host="IP:127.0.0.1"):
    """ca.crt, and receiver.pem (key and certificate for `host`) that it vouches for."""
    folder.mkdir(parents=True, exist_ok=True)
    _openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.crt",
             "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    _openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=receiver",
             "-keyout", "receiver.key", "-out", "receiver.csr")
    (folder / "extensions").write_text(f"subjectAltName={host}\nextendedKeyUsage=serverAuth\n")
    _openssl(folder, "x509", "-req", "-in", "receiver.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
             "-days", "2", "-extfile", "extensions", "-out", "receiver.crt")
    (folder / "receiver.pem").write_text((folder / "receiver.key").read_text() + (folder / "receiver.crt").read_text())
    return folder


class Request:
    def __init__(self, handler, body, plan):
        self.path, self.headers, self.body, self.plan = handler.path, dict(handler.headers), body, plan
        self.at = time.monotonic()

    def header(self, name):
        return next((value for key, value in self.headers.items() if key.lower() == name), None)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.receiver.strays.append(("GET", self.path))
        self._answer(200, b"")

    def do_POST(self):
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with receiver.lock:
            plan = receiver.plans.pop(0) if receiver.plans else receiver.otherwise
            receiver.requests.append(Request(self, body, plan))
        with contextlib.suppress(OSError):
            plan(self)

    def _answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def answer(status, body=b"", **headers):
    """Header names with _ for -."""
    return lambda handler: handler._answer(status, body, **headers)


def drop(handler):
    """The answer begins and breaks off."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    handler.wfile.flush()
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def say_nothing(handler):
    """Hangs up without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def stall(handler):
    """Does not answer until the other side has gone, or the receiver closes."""
    handler.close_connection = True
    handler.connection.settimeout(0.05)
    while not handler.server.receiver.closing:
        try:
            if handler.connection.recv(1) == b"":
                return
        except TimeoutError:
            continue


def endless(status):
    """An answer whose body never ends."""
    def plan(handler):
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 %d X\r\nContent-Length: 1000000000000\r\n\r\n" % status)
        while not handler.server.receiver.closing:
            handler.wfile.write(b"x" * 65536)
    return plan


def endless_headers(handler):
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.server.receiver.closing:
        handler.wfile.write(b"X-More: " + b"x" * 8000 + b"\r\n")


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def finish_request(self, request, client_address):
        """In the connection's own thread: a client that dislikes the certificate holds up nobody."""
        try:
            with self.receiver.tls.wrap_socket(request, server_side=True) as connection:
                self.receiver.connections.append(connection)
                self.RequestHandlerClass(connection, client_address, self)
        except OSError as cause:
            self.receiver.broken.append(str(cause))

    def handle_error(self, request, client_address):
        pass


class Receiver:
    """Answers each POST as the next of `plans` says, and as `otherwise` when there is none left."""

    def __init__(self, certificates, port=0, otherwise=None, tls=None):
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if tls is not None:  # an old version alone, as a server of long ago has it
            self.tls.set_ciphers("ALL:@SECLEVEL=0")
            self.tls.minimum_version = self.tls.maximum_version = tls
        self.tls.load_cert_chain(certificates / "receiver.pem")
        self.ca = certificates / "ca.crt"
        self.lock = threading.Lock()
        self.plans = []
        self.otherwise = otherwise or answer(204)
        self.requests, self.strays, self.broken, self.connections = [], [], [], []
        self.closing = False
        self.server = None
        self.port = port
        self.open()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def open(self):
        """From the second time on at the same port."""
        self.closing = False
        self.server = _Server(("127.0.0.1", self.port), Handler)
        self.server.receiver = self
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self):
        """Nobody listens any more, and whoever was connected is cut off."""
        if self.closing:
            return
        self.closing = True
        self.server.shutdown()
        self.server.server_close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.connections.clear()
        self.thread.join()

    def url(self, path="/hook"):
        return f"https://127.0.0.1:{self.port}{path}"

    def taken(self):
        """The requests that were answered with 2xx, as far as the plans say."""
        with self.lock:
            return list(self.requests)
