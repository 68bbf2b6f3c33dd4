"""A line of the table: what was done to the programs, how often, and what came of it."""
import collections


class Skip(Exception):
    """This machine cannot bring the fault about; the text says what is missing."""


class Row:
    def __init__(self, name, chinese, english):
        self.name, self.chinese, self.english = name, chinese, english
        self.tried = 0  # how often the fault was there; one that was not reached is not counted
        self.acknowledged = 0  # events that somebody outside was told are recorded
        self.lost = 0
        self.twice = 0
        self.did = collections.Counter()  # what the program did, and how often
        self.figures = {}  # what else was looked at: name, value
        self.wrong = []  # what must not be
        self.skipped = ""
        self.seconds = 0.0

    def happened(self, what):
        self.tried += 1
        self.did[what] += 1

    @property
    def good(self):
        return not (self.lost or self.twice or self.wrong)

    @classmethod
    def of(cls, document):
        row = cls(document["name"], document["fault"]["zh"], document["fault"]["en"])
        for name in ("tried", "acknowledged", "lost", "twice", "figures", "wrong", "skipped", "seconds"):
            setattr(row, name, document[name])
        row.did.update(document["did"])
        return row

    def document(self):
        return {"name": self.name, "fault": {"zh": self.chinese, "en": self.english}, "tried": self.tried,
                "acknowledged": self.acknowledged, "lost": self.lost, "twice": self.twice, "did": dict(self.did),
                "figures": self.figures, "wrong": self.wrong, "skipped": self.skipped,
                "seconds": round(self.seconds, 1)}
