"""What was measured, round by round, and what is made of it."""
import statistics

from .programs import Missing

UNITS = (("per_s", "1/s"), ("us", "µs"), ("ms", "ms"), ("ns", "ns"), ("mib", "MiB"), ("bytes", "bytes"),
         ("cpu_s", "s"), ("ratio", ""))


def unit_of(name):
    """The unit, which stands in the name: `ack_p50_us` has µs."""
    for words, unit in UNITS:
        if f"_{words}_" in f"_{name}_":
            return unit
    return "1"


class Figures:
    """Figures by name, in the order in which they were first taken, each with a value a round; why some are missing."""

    def __init__(self):
        self.values = {}
        self.seconds = {}  # that measurements took in all, with what comes before and after their clocks
        self.left_out = {}
        self.failed = set()  # of these, those that are not merely missing on this machine

    def note(self, name, value):
        self.values.setdefault(name, []).append(float(value))

    def note_all(self, figures, suffix="", prefix=""):
        """The numbers of a program's lines."""
        for name, value in figures.items():
            if isinstance(value, float):
                self.note(f"{prefix}{name}{suffix}", value)

    def took(self, name, seconds):
        self.seconds[name] = round(self.seconds.get(name, 0) + seconds, 1)

    def leave_out(self, name, reason):
        """The first reason stays: what comes later follows from it."""
        self.left_out.setdefault(name, str(reason))
        if not isinstance(reason, Missing):
            self.failed.add(name)

    def has(self, name):
        return name in self.values

    def median(self, name):
        return statistics.median(self.values[name])

    def range(self, name):
        return min(self.values[name]), max(self.values[name])

    def last(self, name):
        return self.values[name][-1]

    def document(self):
        return {name: {"median": self.median(name), "min": min(values), "max": max(values), "unit": unit_of(name),
                       "rounds": len(values)} for name, values in self.values.items()}
