"""Holds the hub's log against what others were told, when all is over."""
import base64
import collections
import json

from county import BIN, run


def promises(program):
    """Number -> position, as the publisher wrote them down; a number at two positions is a contradiction."""
    found, contradictions = {}, []
    for line in program.lines:
        word, number, rest = line.split(" ", 2)
        if word in ("recorded", "duplicate"):
            if found.setdefault(int(number), int(rest)) != int(rest):
                contradictions.append(f"{program.name}: {number} at {found[int(number)]} and at {rest}")
        else:
            contradictions.append(f"{program.name}: {line}")
    return found, contradictions


def check(county, row, publishers, keys=()):
    """Reads the whole log. `keys`: names of events' values that others were told are safe: (description, extract,
    expected list). Stops the hub: its state must be what the log says, and its tree what was signed."""
    records = county.replay()
    row.wrong += [f"position {record['position']} stands {place}th" for place, record in enumerate(records, 1)
                  if int(record["position"]) != place][:3]
    numbers = collections.defaultdict(list)
    for record in records:
        numbers[record["event"]["source"]].append(int(record["event"]["sequence"]))
    for source, used in numbers.items():
        row.twice += len(used) - len(set(used))
        if sorted(set(used)) != list(range(1, len(set(used)) + 1)):
            row.wrong.append(f"source {source}: its numbers have a gap")
    for program in publishers:
        _hold(row, program, records)
    for what, extract, expected in keys:
        _hold_keys(row, what, [value for value in map(extract, records) if value is not None], expected)
    rejected = county.ask_lines("rejected")
    if rejected:
        row.wrong.append(f"{len(rejected)} events were rejected: {rejected[0]}")
    _hold_state(county, row)


def _hold(row, program, records):
    promised, contradictions = promises(program)
    source = program.name
    row.wrong += contradictions[:3]
    row.acknowledged += len(promised)
    for number, position in promised.items():
        event = records[position - 1]["event"] if position <= len(records) else {}
        row.lost += (event.get("source"), event.get("sequence")) != (source, str(number))


def _hold_keys(row, what, found, expected):
    counted = collections.Counter(found)
    row.acknowledged += len(expected)
    row.lost += sum(counted[value] == 0 for value in expected)
    row.twice += sum(count - 1 for count in counted.values())
    strange = counted.keys() - set(expected)
    if strange:
        row.figures[f"{what} not acknowledged, recorded"] = len(strange)


def _hold_state(county, row):
    reported = county.ask("digest")
    county.stop_hub()
    done = run(*county.within, BIN / "sanlingctl", "--json", "rebuild", "--data", county.data, expect=None)
    rebuilt = json.loads(done.stdout) if done.returncode == 0 else {}
    if rebuilt.get("digest") != base64.b64decode(reported["digest"]).hex():
        row.wrong.append(f"rebuild comes to another state: {done.returncode} {done.stderr.strip()}")
    verified = run(*county.within, BIN / "sanlingctl", "--json", "verify", "--data", county.data, expect=None)
    if verified.returncode != 0:
        row.wrong.append(f"verify: {verified.returncode} {verified.stderr.strip()}")
