"""What must be there: what the publisher's events make (the bench's cycle of twenty), and the rows of the offices."""
import collections
import json
import time

from county import BIN, run

CYCLE = 20
PLACES = {"RectificationOrdered": (3,), "RectificationReported": (7,), "HazardFound": (2, 9, 14),
          "HazardFixedOnSpot": (13,), "CaseFiled": (10,), "PetitionRegistered": (18,), "ZeroAttested": (19,),
          "PatrolTallied": (1, 6, 11, 15), "VolunteerTallied": (5, 17), "InspectionRecorded": (0, 4, 8, 12, 16)}
ROWS_EVENTS = {"petitions": ("PetitionRegistered", "PetitionAccepted"),
               "safety": ("HazardFound", "HazardFixedOnSpot", "HazardVerified"),
               "public-security": ("CaseFiled", "CaseResolved")}
OFFICE = {"petitions": "PETITIONS", "safety": "WORK_SAFETY", "public-security": "PUBLIC_SECURITY"}


def count_of(event_type, events):
    """How many of the numbers 1 … events are of this type."""
    return sum((events - place) // CYCLE + (1 if place else 0) for place in PLACES[event_type] if events >= place)


def runs(path):
    """The publisher's promises in the order of the numbers: (first, count, position)."""
    with open(path) as lines:
        found = [tuple(map(int, line.split()[1:])) for line in lines if line.startswith("recorded ")]
    return sorted(found)


def positions_of(event_type, promises):
    """Where the events of a type that only the publisher publishes must be, rising."""
    place, = PLACES[event_type]
    for first, count, position in promises:
        for number in range(first + (place - first) % CYCLE, first + count, CYCLE):
            yield position + number - first


def taken(path):
    """What a follower was given: runs (first, last) as they came."""
    with open(path) as lines:
        for line in lines:
            if line.startswith("took "):
                _, first, last = line.split()
                yield int(first), int(last)


def once_by_position(path):
    """The same without what came a second time: by position exactly once."""
    seen = 0
    for first, last in taken(path):
        if last > seen:
            yield max(first, seen + 1), last
            seen = last


def check_all_taken(path, head):
    """An unfiltered follower: every position from 1 to the head. Returns what is wrong, or an empty text."""
    next_position = 1
    for first, last in once_by_position(path):
        if first != next_position:
            return f"position {next_position} did not come; {first} came instead"
        next_position = last + 1
    return "" if next_position > head else f"only positions up to {next_position - 1} of {head} came"


def check_chosen_taken(path, event_type, promises):
    expected = positions_of(event_type, promises)
    count = 0
    for first, last in once_by_position(path):
        for position in range(first, last + 1):
            count += 1
            wanted = next(expected, None)
            if position != wanted:
                return f"position {position} came where {wanted} must"
    missing = next(expected, None)
    return "" if missing is None else f"{count} came, position {missing} did not"


def check_rows(county, office, rows):
    """Each row's events are in the log once."""
    found = collections.Counter()
    for event in (record["event"] for record in county.replay("--office", OFFICE[office])):
        if event["source"] != f"{office}-yu":
            continue
        kind = next(key for key in event if key[0].upper() + key[1:] in ROWS_EVENTS[office])
        code = event[kind].get("hazard") or event[kind].get("caseId") or event["matter"]
        found[(kind[0].upper() + kind[1:], code)] += 1
    expected = {(kind, code): 1 for code in rows for kind in ROWS_EVENTS[office]}
    if found == expected:
        return ""
    wrong = {key: (found.get(key, 0), expected.get(key, 0)) for key in found | expected
             if found.get(key, 0) != expected.get(key, 0)}
    return f"{office}: {len(wrong)} events are there another time than once, e.g. {next(iter(wrong.items()))}"


def rebuild(county):
    return json.loads(run(BIN / "sanlingctl", "--json", "rebuild", "--data", county.data, seconds=7200).stdout)


WEIGHTS = {"patrol.rounds": ("PatrolTallied", lambda number: 1 + number % 6),
           "patrol.findings": ("PatrolTallied", lambda number: number % 3),
           "volunteer.VOLUNTEER": ("VolunteerTallied", lambda number: 1 + number % 30),
           "inspections": ("InspectionRecorded", lambda number: 1)}
PERIOD = 60  # of every weight and of the cycle
HIGHER_UNITS = 21
STEP = 7919
HISTORY_S = 90 * 86400


def sum_of(weighed, events):
    """The sum of a tally over the numbers 1 … events."""
    event_type, weight = WEIGHTS[weighed]
    values = [weight(number) if number % CYCLE in PLACES[event_type] else 0 for number in range(PERIOD)]
    return events // PERIOD * sum(values) + sum(values[1:events % PERIOD + 1])


def units_with_cases(codes, events, of_offices):
    """Codes of the units in which a case was filed. `codes`: the county's, in its order."""
    counted = codes[HIGHER_UNITS:]
    numbers = range(PLACES["CaseFiled"][0], min(events, CYCLE * len(counted)) + 1, CYCLE)  # then they come again
    return {counted[number * STEP % len(counted)] for number in numbers} | set(of_offices)


def of_one_year(now_s, year):
    """Whether all that the publisher's events tell of lies in the year that the summary is of."""
    return time.gmtime(now_s - HISTORY_S + 8 * 3600).tm_year == year


def summary_counts(summary, events, rows, units_of_cases):
    """(name, expected, told) for each figure of the county's summary that the model knows."""
    offices = {office: len(codes) for office, codes in rows.items()}
    hazards, petitions, cases = (summary.get(name, {}) for name in ("hazards", "petitions", "cases"))
    found = count_of("HazardFound", events) + offices["safety"]
    registered = count_of("PetitionRegistered", events) + offices["petitions"]
    expected = [("hazards found", found, hazards.get("found")),
                ("hazards fixed on the spot", count_of("HazardFixedOnSpot", events) + offices["safety"],
                 hazards.get("fixedOnSpot")),
                ("hazards ordered", count_of("RectificationOrdered", events), hazards.get("ordered")),
                ("hazards struck off", offices["safety"], hazards.get("struckOff")),
                ("hazards open", found - offices["safety"], hazards.get("open")),
                ("petitions registered", registered, petitions.get("registered")),
                ("petitions open", registered, petitions.get("open")),
                ("cases filed", count_of("CaseFiled", events) + offices["public-security"], cases.get("filed")),
                ("cases resolved", offices["public-security"], cases.get("resolved"))]
    tallies = {tally["kind"]: int(tally.get("count", 0)) for tally in summary["tallies"]}
    expected += [(name, sum_of(name, events), tallies.get(name)) for name in WEIGHTS]
    broken, = (count.get("broken", 0) for count in summary["zeros"]["counts"]
               if count.get("zero") == "CASE" and "group" not in count)
    return [(name, wanted, told or 0) for name, wanted, told in expected] + [
        ("units whose zero of cases is broken", units_of_cases, broken)]
