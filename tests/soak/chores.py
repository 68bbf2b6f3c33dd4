"""What offices, operators and leaders do all day beside: sheets in the offices' folders, questions, changes of access
and policy, a look at the page. Threads of their own; what goes wrong while there is no fault is a failure of the
soak."""
import signal
import threading
import time

import sheets

ROWS = 20
UNANSWERED = 3  # sanlingctl: the hub was not reached in time


class Repeated(threading.Thread):
    """Does something every so often until it is stopped."""

    def __init__(self, every_s):
        super().__init__(daemon=True)
        self.every_s = every_s
        self.stopping = threading.Event()
        self.failures = []
        self.done = 0
        self.unanswered = 0

    def run(self):
        while not self.stopping.wait(self.every_s):
            self.attempt()

    def attempt(self):
        begun = time.monotonic()
        try:
            self.once()
            self.done += 1
        except Exception as failure:  # whatever it is, it is told with the verdict
            if self.excused(begun):
                self.unanswered += 1
            else:
                self.failures.append(f"{type(self).__name__} {self.done}: {type(failure).__name__}: {failure}")

    def excused(self, begun):
        return False

    def once(self):
        raise NotImplementedError

    def stop(self):
        self.stopping.set()
        self.join()


class Sheets(Repeated):
    """Rows for the three offices' agents."""

    def __init__(self, county, day, units, every_s):
        super().__init__(every_s)
        self.county, self.day, self.units = county, day, units
        self.number = 0
        self.rows = {"petitions": [], "safety": [], "public-security": []}
        self.reports = []
        self.units_of_cases = set()

    def once(self):
        name, day = f"{self.number:05d}", self.day
        self.number += 1
        codes = {office: [f"{office[0].upper()}-{name}-{row}" for row in range(ROWS)] for office in self.rows}
        unit = lambda row: self.units[(self.number * ROWS + row) % len(self.units)]
        petitions = [sheets.petition(code, unit(row), day, accepted=day) for row, code in enumerate(codes["petitions"])]
        hazards = [sheets.hazard(code, unit(row), day) for row, code in enumerate(codes["safety"])]
        cases = [sheets.case(code, unit(row), day, resolved=day) for row, code in enumerate(codes["public-security"])]
        self.reports += [self.county.drop("petitions", f"信访登记台账{name}.csv", sheets.PETITIONS, petitions),
                         self.county.drop("safety", f"隐患台账{name}.csv", sheets.HAZARDS, hazards),
                         self.county.drop("public-security", f"案件台账{name}.csv", sheets.CASES, cases)]
        self.units_of_cases |= {unit(row) for row in range(ROWS)}
        for office, names in codes.items():
            self.rows[office] += names


class Questions(Repeated):
    """Of operators and leaders."""

    def __init__(self, county, cast, faults, units, chance, every_s):
        super().__init__(every_s)
        self.county, self.cast, self.faults, self.units, self.chance = county, cast, faults, units, chance
        self.browser = None
        self.asked = {}
        self.kinds = [self.status, self.why, self.replay, self.prove, self.consumers, self.refusals]
        if cast.page:
            self.kinds += [self.overview, self.summary]

    def excused(self, begun):
        return self.faults.was_active_since(begun - 1)

    def once(self):
        kind = self.kinds[self.done % len(self.kinds)]
        begun = time.monotonic()
        kind(self.chance.choice(self.units))
        self.asked.setdefault(kind.__name__, []).append(time.monotonic() - begun)

    def status(self, unit):
        assert self.county.ask("status", unit, "--depth", "0")["units"]

    def why(self, unit):
        assert self.county.ctl("why", unit)

    def replay(self, unit):
        for record in self.county.replay("--unit", unit, "--type", "CaseFiled"):
            assert "caseFiled" in record["event"], record

    def prove(self, unit):
        self.county.ctl("prove", self.chance.randrange(1, max(2, self.cast.publisher.position)))

    def consumers(self, unit):
        self.county.ask("consumers")

    def refusals(self, unit):
        self.county.ask("refusals")

    def look(self, path):
        if self.browser is None or self.browser.address != self.cast.page.address:
            self.browser = self.cast.page.browser("leader")
        return self.browser.document(path)

    def overview(self, unit):
        assert self.look("/v1/overview")

    def summary(self, unit):
        assert self.look("/v1/summary")["summary"]


class Changes(Repeated):
    """SIGHUP, access given and taken, another version of the policy."""

    def __init__(self, county, faults, every_s):
        super().__init__(every_s)
        self.county, self.faults = county, faults
        self.policies = 0
        self.kinds = [self.hangup, self.access, self.policy]

    def excused(self, begun):
        return self.faults.was_active_since(begun - 1)

    def once(self):
        self.kinds[self.done % len(self.kinds)]()

    def hangup(self):
        self.county.hub.signal(signal.SIGHUP)

    def access(self):
        key = self.county.key("newcomer").with_suffix(".key.pub")
        self.county.ctl("access", "grant", "newcomer", "--key", key, "--role", "subscriber", "--office", "GOVERNANCE")
        self.county.ctl("access", "revoke", "newcomer")

    def policy(self):
        self.policies += 1
        self.county.adopt(self.county.policy_file(self.policies))


class Tempo(threading.Thread):
    """Keeps the rates of the plan, and raises it for bursts. `bursts`: (from, to) in seconds from the start."""

    def __init__(self, plan, publisher, began):
        super().__init__(daemon=True)
        self.plan, self.publisher, self.began = plan, publisher, began
        self.stopping = threading.Event()
        self.bursts = []

    def run(self):
        steps = [(start, rate, False) for start, rate in self.plan.phases()]
        steps += [(start, self.plan.burst_rate, True) for start in self.plan.burst_starts()]
        for start, rate, is_burst in sorted(steps):
            if self.stopping.wait(max(0.0, self.began + start - time.monotonic())):
                return
            begun = time.monotonic() - self.began
            self.publisher.rate(rate)
            if is_burst:
                self.stopping.wait(self.plan.burst_s)
                self.publisher.rate(self.plan.rate_at(time.monotonic() - self.began))
                self.bursts.append((begun, time.monotonic() - self.began))

    def stop(self):
        self.stopping.set()
        self.join()
