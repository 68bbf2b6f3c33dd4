"""Rounds of the comparisons, in which the hub and its peers take turns, so that what else the machine does falls on all
of them. Every other round goes backwards. The hub comes several times a round."""
import time

from . import growth
from .comparisons import attempt, beside, compared
from .programs import Missing
from .scale import for_rate


def take(bench, label, name, measure):
    """One measurement, if there is time for it."""
    if bench.time_is_up():
        bench.leave_out(name, Missing(f"no time was left of {bench.scale.budget_s} s: the machine is slow or busy"))
        return
    bench.say(f"{label} {name}")
    began = time.monotonic()
    attempt(bench, name, measure)
    bench.figures.took(name, time.monotonic() - began)


def rounds(bench, measurements):
    for number in range(bench.scale.rounds):
        for name, measure in measurements if number % 2 == 0 else reversed(measurements):
            take(bench, f"{number + 1}/{bench.scale.rounds}", name, measure)


def run(bench):
    rounds(bench, compared() + beside())


def run_compared(bench):
    """Of a short round what the ratios are of, as large as the machine allows: the first measurement tells that."""
    (name, measure), *rest = compared()
    take(bench, "1/1", name, measure)
    if bench.figures.has("hub_events_per_s"):
        bench.scale = for_rate(bench.scale, bench.figures.median("hub_events_per_s"))
    for name, measure in [("cost_growth", growth.run), *rest]:
        take(bench, "1/1", name, measure)


def run_beside(bench):
    """The rest of a short round."""
    rounds(bench, beside())
