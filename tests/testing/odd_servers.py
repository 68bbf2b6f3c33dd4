"""Servers that are no PostgreSQL, or log in as openGauss does: each answers on a free port of the loopback."""
import socket
import struct
import threading

from county import until


class OddServer:
    """Gives every connection to `serve`, in a thread. Use as a context."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.connections = []
        self.thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *failure):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
        for connection in self.connections:
            connection.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            try:
                self.serve(connection)
            except OSError:
                pass

    def serve(self, connection):
        raise NotImplementedError

    @property
    def conninfo(self):
        return f"host=127.0.0.1 port={self.port} user=reader dbname=postgres sslmode=disable"

    def await_connections(self, count):
        until(f"{count} connections", lambda: len(self.connections) >= count)


class OpenGauss(OddServer):
    """Asks for its SHA256 log-in: request 10, which is SASL to everybody else, with its own content behind."""

    def serve(self, connection):
        size, = struct.unpack("!I", connection.recv(4))
        connection.recv(size - 4)
        body = struct.pack("!II", 10, 2) + b"5f" * 32 + b"a1b2c3d4" + struct.pack("!I", 10000)
        connection.sendall(b"R" + struct.pack("!I", len(body) + 4) + body)


class Sm3(OddServer):
    """Its other log-in: request 13, which nobody else knows."""

    def serve(self, connection):
        connection.recv(1024)
        body = struct.pack("!I", 13) + b"5f" * 32
        connection.sendall(b"R" + struct.pack("!I", len(body) + 4) + body)


class WebServer(OddServer):
    def serve(self, connection):
        connection.recv(1024)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        connection.close()


class Silent(OddServer):
    """Takes connections and says nothing."""

    def serve(self, connection):
        pass


class Liar(OddServer):
    """Logs everybody in and describes a table; whatever else it is asked, it answers with one row of no column."""

    COLUMNS = (("id", 20), *((name, 25) for name in ("hazard_no", "unit_code", "found_at", "category", "grade", "fixed",
                                                     "fixed_on")))

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve_quietly, args=(connection,), daemon=True).start()

    def _serve_quietly(self, connection):
        try:
            self.serve(connection)
        except (OSError, struct.error):
            pass

    @staticmethod
    def _message(kind, body=b""):
        return kind + struct.pack("!I", len(body) + 4) + body

    @classmethod
    def _rows(cls, text):
        columns = cls.COLUMNS if b"LIMIT 0" in text else ()
        described = b"".join(name.encode() + b"\0" + struct.pack("!IhIhih", 0, 0, kind, -1, -1, 0)
                             for name, kind in columns)
        row = b"" if columns else cls._message(b"D", struct.pack("!h", 0))
        return cls._message(b"T", struct.pack("!h", len(columns)) + described) + row + cls._message(b"C", b"SELECT 1\0")

    def serve(self, connection):
        stream = connection.makefile("rb")
        stream.read(struct.unpack("!I", stream.read(4))[0] - 4)
        ready = self._message(b"Z", b"I")
        connection.sendall(self._message(b"R", struct.pack("!I", 0)) + self._message(b"S", b"client_encoding\0UTF8\0")
                           + self._message(b"S", b"standard_conforming_strings\0on\0") + ready)
        text = b""
        while kind := stream.read(1):
            body = stream.read(struct.unpack("!I", stream.read(4))[0] - 4)
            if kind == b"Q":
                connection.sendall(self._message(b"C", b"SET\0") + ready)
            elif kind == b"P":
                text = body
            elif kind == b"S":
                connection.sendall(self._message(b"1") + self._message(b"2") + self._rows(text) + ready)
