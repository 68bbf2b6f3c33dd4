"""What an office would put in the hub's place, from Debian's packages, each in a folder of its own on a free port of
the loopback. A server runs only while it is measured, and begins with nothing. The settings are those that the
documentation of each recommends for durability, and PostgreSQL has the room that a tuned one has."""
import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from .programs import Failure, Missing, complaint, end, end_with_parent

POSTGRES_OWNER = "bench"
POSTGRES_SETTINGS = {"fsync": "on", "synchronous_commit": "on", "shared_buffers": "512MB", "max_wal_size": "8GB",
                     "checkpoint_timeout": "30min", "log_min_messages": "warning", "max_connections": "100"}


def postgres_bin():
    return pathlib.Path(os.environ.get("SANLING_POSTGRES_BIN", "/usr/lib/postgresql/15/bin"))


def program(name):
    """Where a server's program is. A Failure that says how to get it, if it is nowhere."""
    packages = {"initdb": "postgresql-15", "postgres": "postgresql-15", "psql": "postgresql-client-15"}
    places = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:{postgres_bin()}"
    found = shutil.which(name, path=places)
    if found is None:
        raise Missing(f"{name} is not installed (Debian's package {packages.get(name, name)})")
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def other_account():
    """Whom PostgreSQL runs as, which refuses root: ourselves, or where we are root somebody who is not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return found.pw_uid, found.pw_gid
    raise Failure("no account without rights to run PostgreSQL as")


def become(account):
    """What a child does before it turns into the program."""
    def change():
        if account is not None:
            os.setgroups([])
            os.setgid(account[1])
            os.setuid(account[0])
        end_with_parent()  # last: a change of account forgets it
    return change


class Server:
    """A process with its folder. Use as a context: started and answering within, gone with its folder after it."""

    name = ""
    stop_signal = signal.SIGTERM

    def __init__(self, bench):
        self.parent = bench.folder
        self.put_aside = bench.put_aside
        self.folder = None
        self.port = None
        self.process = None
        self.account = None

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{self.name}-", dir=self.parent))
        self.port = free_port()
        try:
            self.prepare()
            self.start()
        except Failure:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process is not None:
            end(self.process, self.stop_signal)
            self.process = None
        self.put_aside(self.folder)

    def prepare(self):
        """What is done once, before the start."""

    def command(self):
        raise NotImplementedError

    def start(self):
        journal = self.folder / "journal"
        with open(journal, "ab") as file:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                                            cwd=self.folder, preexec_fn=become(self.account))
        deadline = time.monotonic() + 60
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failure(f"{self.name} did not start: {complaint(journal.read_text(errors='replace'))}")
            time.sleep(0.02)


class Redis(Server):
    """`appendfsync` is always or everysec; no snapshots beside the file of what was appended."""

    name = "redis"

    def __init__(self, bench, appendfsync):
        super().__init__(bench)
        self.appendfsync = appendfsync

    def command(self):
        return [program("redis-server"), "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder),
                "--appendonly", "yes", "--appendfsync", self.appendfsync, "--save", ""]


class Jetstream(Server):
    """A NATS server that keeps streams in files."""

    name = "nats"

    def command(self):
        return [program("nats-server"), "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self.folder)]

    @property
    def url(self):
        return f"nats://127.0.0.1:{self.port}"


class Postgres(Server):
    name = "postgres"
    stop_signal = signal.SIGQUIT  # nothing of it is needed again

    def prepare(self):
        self.account = other_account()
        if self.account is not None:
            os.chown(self.folder, *self.account)
        new = self.parent / "postgres-new"  # made once, then copied
        if not new.exists():
            self._run([program("initdb"), "-D", self.folder / "data", "-U", POSTGRES_OWNER, "-E", "UTF8", "--locale=C",
                       "-A", "trust", "--no-sync"], self.account)
            self._run(["cp", "-a", self.folder / "data", new], None)
        else:
            self._run(["cp", "-a", new, self.folder / "data"], None)

    def _run(self, command, account):
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder,
                              preexec_fn=become(account))
        if done.returncode != 0:
            raise Failure(f"{command[0]}: {complaint(done.stderr)}")

    def command(self):
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.folder,
                    **POSTGRES_SETTINGS}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [program("postgres"), "-D", str(self.folder / "data"), *words]

    def start(self):
        super().start()
        deadline = time.monotonic() + 60  # it listens before it lets anybody in
        while True:
            asked = subprocess.run([program("psql"), "-X", "-q", "-c", "SELECT 1", self.conninfo], capture_output=True,
                                   text=True, check=False)
            if asked.returncode == 0:
                return
            if time.monotonic() > deadline:
                raise Failure(f"postgres lets nobody in: {complaint(asked.stderr)}")
            time.sleep(0.05)

    @property
    def conninfo(self):
        return f"host=127.0.0.1 port={self.port} user={POSTGRES_OWNER} dbname=postgres sslmode=disable"
