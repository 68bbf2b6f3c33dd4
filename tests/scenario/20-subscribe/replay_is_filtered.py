"""A replay with a filter is the whole replay filtered."""
import itertools
import unittest

from county import COUNTY, ENTERPRISE, OTHER_TOWN, OTHER_VILLAGES, TOWN, VILLAGES, County, main, seeded

IN_TOWN = {TOWN, ENTERPRISE, *VILLAGES}
IN_OTHER_TOWN = {OTHER_TOWN, *OTHER_VILLAGES}
NO_PAYLOAD = {"source", "sequence", "occurredAt", "utcOffsetMinutes", "unit", "matter", "mode", "campaign", "note"}


def kind(record):
    """HazardFound, as the filter names it."""
    name, = record["event"].keys() - NO_PAYLOAD
    return name[0].upper() + name[1:]


def unit(record):
    return record["event"].get("unit", "")


class ReplayIsFiltered(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.start()
        for day in ("2020-08-20", "2020-08-21", "2020-08-22"):
            cls.publish_a_day(cls.county, day)
            cls.county.ctl("clock", "set", f"{day}T12:00:00+08:00")
        cls.whole = cls.county.replay()

    @classmethod
    def publish_a_day(cls, county, day):
        at = "2020-08-19T02:00:00Z"
        units = VILLAGES + OTHER_VILLAGES + [ENTERPRISE]
        petition = {"type": "CLAIM", "channel": "LETTER", "scale": "ONE", "levelReceived": "COUNTY", "order": "FIRST",
                    "category": "RURAL"}
        county.publish("petitions", *(
            {"unit": code, "occurredAt": at, "matter": f"P-{day}-{n}", "petitionRegistered": petition}
            for n, code in enumerate(units)))
        county.publish("petitions", *(
            {"unit": code, "occurredAt": at, "matter": f"P-{day}-{n}", "petitionAccepted": {"route": "OPINION"}}
            for n, code in enumerate(units)))
        county.publish("safety", *(
            {"unit": code, "occurredAt": at, "hazardFound": {"hazard": f"H-{day}-{n}", "category": "FIRE",
                                                             "grade": "GENERAL"}} for n, code in enumerate(units)))
        county.publish("governance", *(
            {"unit": code, "occurredAt": at, "patrolTallied": {"day": "2020-08-19", "rounds": n}}
            for n, code in enumerate(units)), {"unit": COUNTY, "occurredAt": at, "mode": "TEST",
                                               "patrolTallied": {"day": "2020-08-19", "rounds": 1}})
        oracle = county.start_publisher(f"steps-{day}", count=400, batch=20)
        if oracle.wait() != 0:
            raise AssertionError(oracle.journal)

    def assert_replay(self, words, condition, identity="operator"):
        expected = [record for record in self.whole if condition(record)]
        self.assertEqual(self.county.replay(*words, identity=identity), expected, words)
        return expected

    def test_from_and_to_a_position(self):
        chance = seeded(self)
        last = len(self.whole)
        pairs = [(1, 1), (last, last), (last, last + 1000), (5, 4)]
        pairs += [sorted(chance.randrange(1, last) for _ in range(2)) for _ in range(6)]
        for first, end in pairs:
            self.assert_replay(["--from", first, "--to", end],
                               lambda record: first <= int(record["position"]) <= end)

    def test_from_and_to_a_time(self):
        noon = "2020-08-20T04:00:00Z"
        self.assert_replay(["--from", noon], lambda record: record["recordedAt"] >= noon)
        self.assert_replay(["--to", noon], lambda record: record["recordedAt"] <= noon)
        self.assert_replay(["--from", "2020-08-21", "--to", "2020-08-21"],
                           lambda record: "2020-08-20T16:00:00Z" <= record["recordedAt"] < "2020-08-21T16:00:00Z")
        self.assert_replay(["--from", "2021-01-01"], lambda record: False)

    def test_a_units_subtree(self):
        for root, units in ((TOWN, IN_TOWN), (OTHER_TOWN, IN_OTHER_TOWN), (VILLAGES[3], {VILLAGES[3]}),
                            (ENTERPRISE, {ENTERPRISE})):
            found = self.assert_replay(["--unit", root], lambda record: unit(record) in units)
            self.assertGreater(len(found), 10)

    def test_types(self):
        for types in (["HazardFound"], ["PetitionRegistered", "PetitionAccepted"], ["DayClosed"], ["CaseFiled"]):
            words = list(itertools.chain(*(["--type", name] for name in types)))
            self.assert_replay(words, lambda record: kind(record) in types)

    def test_the_office_that_published(self):
        for office in ("PETITIONS", "GOVERNANCE", "HUB", "OPERATOR"):
            found = self.assert_replay(["--office", office], lambda record: record["publisher"]["office"] == office)
            self.assertGreater(len(found), 0)

    def test_a_matter(self):
        found = self.assert_replay(["--matter", "P-2020-08-20-3"],
                                   lambda record: record["event"].get("matter") == "P-2020-08-20-3")
        self.assertEqual(len(found), 2)
        found = self.assert_replay(["--matter", "H-2020-08-20-3"], lambda record: record["event"].get(
            "hazardFound", {}).get("hazard") == "H-2020-08-20-3")
        self.assertEqual(len(found), 1)

    def test_all_conditions_together(self):
        middle = len(self.whole) // 2
        found = self.assert_replay(
            ["--from", 30, "--to", middle, "--unit", TOWN, "--type", "GridReported", "--type", "HazardFound"],
            lambda record: 30 <= int(record["position"]) <= middle and unit(record) in IN_TOWN and
            kind(record) in ("GridReported", "HazardFound"))
        self.assertGreater(len(found), 10)

    def test_drills_come_when_asked_for(self):
        with_drills = self.county.replay("--drills")
        self.assertEqual([record for record in with_drills if record["event"].get("mode") is None], self.whole)
        self.assertEqual(len(with_drills), len(self.whole) + 3)
        self.assertEqual([int(record["position"]) for record in with_drills], list(range(1, len(with_drills) + 1)))

    def test_the_table_for_people_has_a_line_for_each_record(self):
        demonstration, *lines = self.county.ctl("replay").splitlines()
        self.assertIn("DEMONSTRATION HUB", demonstration)
        self.assertEqual(len(lines), len(self.whole))

    def test_a_unit_that_is_not_in_the_tree_and_a_type_that_does_not_exist_are_refused(self):
        self.assertIn("[UNKNOWN_UNIT]", self.county.ctl("replay", "--unit", "140322199201", expect=1))
        self.assertIn("[BAD_QUERY]", self.county.ctl("replay", "--type", "HazardFuond", expect=2))


if __name__ == "__main__":
    main()
