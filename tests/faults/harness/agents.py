"""An office agent whose outbox is hurt. Its clients over HTTP wrote down what was answered 2xx: that is never lost."""
import http.client
import random
import threading
import time

from county import until
from harness import oracle
from harness.syscalls import injected, need_strace, under_strace
from harness.victims import Victims
from intake import Intake, tally


class Senders:
    """Clients that send one event after the other, each under a key of its own, until it is answered."""

    def __init__(self, intake, token, count):
        self.intake, self.token, self.ending, self.answered = intake, token, False, []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._send, args=(number,)) for number in range(count)]
        for thread in self.threads:
            thread.start()

    def _send(self, number):
        for each in range(1_000_000):
            value = number * 1_000_000 + each + 1
            while not self._once(value):
                if self.ending:
                    return  # nobody was told about this one
                time.sleep(0.02)
            if self.ending:
                return

    def _once(self, value):
        try:
            answer = self.intake.post(self.token, tally(value), key=f"key-{value}", wait=1 if value % 2 else None)
        except (OSError, http.client.HTTPException):
            return False
        if answer.status in (200, 201, 202):
            with self.lock:
                self.answered.append(value)
        return answer.status in (200, 201, 202)

    def end(self):
        self.ending = True
        for thread in self.threads:
            thread.join()

    def await_more(self, count=1):
        before = len(self.answered)
        until("more requests to be answered", lambda: len(self.answered) >= before + count, 30)


class Office:
    def __init__(self, row):
        self.row = row
        self.county = Victims(clock="2020-08-19T12:00:00+08:00", policy="yuxian-2020")

    def __enter__(self):
        county = self.county
        county.start()
        self.intake = Intake(county)
        self.token = self.intake.new_token("app", "publish")
        self.intake.keys["listen"] = f"127.0.0.1:{_free_port()}"
        self.intake.start()
        self.senders = Senders(self.intake, self.token, 3)
        self.senders.await_more()
        return self

    def __exit__(self, *given):
        self.senders.end()
        self.county.__exit__(*given)

    def check(self):
        self.senders.end()
        until("the outbox to be empty",
              lambda: self.intake.ask("GET", "/readyz").json["waiting"] == 0, 60)
        if self.intake.agent.stop() != 0:
            self.row.wrong.append(f"the agent: {self.intake.agent.journal[-300:]}")
        count = lambda record: record["event"].get("publicityTallied", {}).get("count")
        oracle.check(self.county, self.row, [], keys=[("tallies", count, self.senders.answered)])


def _free_port():
    import socket
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def killed(row, times, seed):
    chance = random.Random(seed)
    with Office(row) as office:
        for _ in range(times):
            office.senders.await_more()
            time.sleep(chance.uniform(0, 0.1))
            office.intake.agent.kill()
            row.happened("started again, went on")
            office.intake.start()
        office.senders.await_more()
        office.check()


def sweep(row, times, what):
    """The agent's 1st, 2nd, 3rd … sync."""
    need_strace()
    with Office(row) as office:
        county, trace = office.county, office.county.folder / "trace"
        office.intake.agent.kill()
        for when in range(1, times + 1):
            county.under["governance"] = under_strace(trace, "fdatasync,fsync", what, when), {}
            before = (county.journals / "governance.log").stat().st_size
            answered = len(office.senders.answered)
            agent = county.start_program("governance", *_command(office))
            until("the fault", lambda: not agent.running or (injected(trace, what) and
                  len(office.senders.answered) > answered) or len(office.senders.answered) > answered + 200, 30)
            since = len(office.senders.answered)
            until("what it makes of it", lambda: not agent.running or
                  len(office.senders.answered) > since + len(office.senders.threads), 30)
            said = (county.journals / "governance.log").read_bytes()[before:].decode(errors="replace")
            if injected(trace, what):
                row.happened("went on" if agent.running else _ending(agent, said))
            if not agent.running and agent.process.returncode in (-6, -11, 5):
                row.wrong.append(f"sync {when}: {_ending(agent, said)}: {said[-300:]}")
            if agent.running:
                agent.kill()
        county.under.pop("governance")
        office.intake.start()
        office.senders.await_more()
        office.check()


def _command(office):
    from county import BIN
    return BIN / "sanling-governance", "--config", office.intake.config()


def _ending(agent, said):
    from harness.victims import CODE
    status = agent.process.returncode
    return f"killed by signal {-status}" if status < 0 else f"ended {status} [{(CODE.findall(said) or [''])[-1]}]"
