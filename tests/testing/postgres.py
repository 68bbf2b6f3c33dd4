"""A real PostgreSQL 15 of the test's own: made by initdb in a temporary folder, on a free port of the loopback and a
socket in that folder, run by an account without rights (PostgreSQL refuses root), stopped by its own process id."""
import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

BIN = pathlib.Path(os.environ.get("SANLING_POSTGRES_BIN", "/usr/lib/postgresql/15/bin"))
OWNER = "owner"    # a superuser of the tests
READER = "reader"  # the agent's account
PASSWORD = "open sesame"


def _account():
    """Whom the server runs as: ourselves, or where we are root somebody who is not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
            return found.pw_uid, found.pw_gid
        except KeyError:
            continue
    raise AssertionError("no account to run PostgreSQL as")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """Use as a context. `hba` are the lines of pg_hba.conf for TCP; the socket trusts, for the tests themselves."""

    def __init__(self, hba=("host all all 127.0.0.1/32 scram-sha-256",), **settings):
        self.hba = hba
        self.settings = settings
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sanling-pg-"))
        self.data = self.folder / "data"
        self.port = free_port()
        self.account = _account()
        self.process = None

    def __enter__(self):
        if self.account is not None:
            os.chown(self.folder, *self.account)
        done = subprocess.run(self._command("initdb", "-D", self.data, "-U", OWNER, "-E", "UTF8", "--locale=C",
                                            "-A", "trust", "--no-sync"), capture_output=True, text=True, check=False,
                              preexec_fn=self._become)
        if done.returncode != 0:
            raise AssertionError(f"initdb: {done.stdout}{done.stderr}")
        self.write_hba(*self.hba)
        self.start()
        self.query(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")
        return self

    def __exit__(self, kind, value, trace):
        self.kill()
        if kind is not None and (self.folder / "log").exists():
            print(f"--- postgres\n{(self.folder / 'log').read_text(errors='replace')[-3000:]}")
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _command(program, *words):
        return [str(BIN / program), *map(str, words)]

    def _become(self):
        """In the child: without rights, and killed when the scenario dies (prctl PR_SET_PDEATHSIG)."""
        os.setsid()
        if self.account is not None:
            os.setgroups([])
            os.setgid(self.account[1])
            os.setuid(self.account[0])
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)

    def write_hba(self, *lines):
        (self.data / "pg_hba.conf").write_text("\n".join(["local all all trust", *lines]) + "\n")

    def start(self, wait=True):
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.folder,
                    "fsync": "on", "max_connections": 20, "log_min_messages": "warning", **self.settings}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(self._command("postgres", "-D", self.data, *words), stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, preexec_fn=self._become)
        if wait:
            self.await_start()

    def await_start(self, seconds=60):
        deadline = time.monotonic() + seconds
        while self.run("SELECT 1").returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self):
        """As an administrator does: sessions are closed, everything is written."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
            self.process = None

    def kill(self):
        """SIGKILL to the server and, for it may leave them behind for a moment, to its own processes."""
        if self.process is None:
            return
        children = [int(pid) for pid in _children(self.process.pid)]
        self.process.kill()
        self.process.wait()
        for pid in children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process = None

    def run(self, sql, user=OWNER, database="postgres"):
        return subprocess.run(self._command("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.folder,
                                            "-p", self.port, "-U", user, "-d", database, "-f", "-"),
                              input=sql, capture_output=True, text=True, check=False)

    def query(self, sql, **who):
        """The rows that the statements give, as lists of text."""
        done = self.run(sql, **who)
        if done.returncode != 0:
            raise AssertionError(f"{sql[:400]}: {done.stderr}")
        return [line.split("|") for line in done.stdout.splitlines()]

    def value(self, sql, **who):
        return self.query(sql, **who)[0][0]

    def session(self):
        """A psql that stays open, for a transaction that lasts."""
        return Session(self)

    def backends(self, application="%sanling%"):
        """Process ids of the sessions that name themselves like that."""
        return [int(pid) for pid, in self.query(
            f"SELECT pid FROM pg_stat_activity WHERE application_name LIKE '{application}'")]

    def conninfo(self, user=READER, passfile=None):
        words = {"host": "127.0.0.1", "port": self.port, "user": user, "dbname": "postgres", "sslmode": "disable"}
        if passfile is not None:
            words["passfile"] = passfile
        return " ".join(f"{key}={value}" for key, value in words.items())

    def write_passfile(self, path, password=PASSWORD):
        path.write_text(f"127.0.0.1:{self.port}:*:*:{password}\n")
        path.chmod(0o600)
        return path


class Session:
    def __init__(self, server):
        self.process = subprocess.Popen(
            Postgres._command("psql", "-X", "-q", "-A", "-t", "-h", server.folder, "-p", server.port, "-U", OWNER,
                              "-d", "postgres"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)

    def tell(self, sql):
        """Runs it; returns when it is done."""
        self.process.stdin.write(f"{sql}\n\\echo done-here\n")
        self.process.stdin.flush()
        said = []
        for line in self.process.stdout:
            if line.strip() == "done-here":
                return said
            said.append(line.rstrip("\n"))
        raise AssertionError(f"psql ended: {said}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def _children(pid):
    path = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    return path.read_text().split() if path.exists() else []
