"""Every office can say all that it may say: each event type that the catalogue lets an office publish is made by a
mapping of that office, with every field that the hub requires. The mappings of an office are those that its example
configuration, deploy/config/OFFICE.yaml, lists.

    office_mappings.py check SOURCE      exit status 1, with what is wrong, one line each
    office_mappings.py self-test SOURCE  each of the faults, planted, is found
"""
import pathlib
import re
import sys

import protocol_catalogue

OFFICES = {
    "petitions": "P",
    "safety": "S",
    "public-security": "U",
    "governance": "G",
    "leadership-office": "L",
}


# Mapping, field, and the group of the policy's labels that its codes stand in.
WORDS = [
    ("petitions/petitions.yaml", "category", "petition"),
    ("safety/hazards.yaml", "category", "hazard"),
    ("governance/hazards-found.yaml", "category", "hazard"),
    ("safety/accidents.yaml", "industry", "industry"),
    ("public-security/cases.yaml", "category", "case"),
    ("public-security/disputes.yaml", "category", "dispute"),
    ("governance/disputes.yaml", "category", "dispute"),
    ("governance/grid-matters.yaml", "category", "grid"),
]


# Field, in whatever mapping it stands, and the group of the policy's labels that its codes stand in. A volunteer's role
# is none: the contract names those.
CODES = {
    "reason_code": "reason",
    "outcome_code": "outcome",
    "decision_codes": "decision",
    "instruction_code": "instruction",
    "by_role": "role",
    "approver_role": "role",
    "checklist": "checklist",
}


class Type:
    def __init__(self, offices, unit, matter, required):
        self.offices = offices
        self.unit = unit
        self.matter = matter
        self.required = required


def catalogue(source):
    """Event type -> who may publish it and what it needs."""
    types = {}
    for line in protocol_catalogue.table(source)[2:]:
        _, name, _, offices, unit, matter, required = [cell.strip() for cell in line.strip("|").split("|")]
        types[name] = Type(set(offices.split()), unit == "yes", matter, [f for f in required.split(", ") if f])
    return types


class Event:
    def __init__(self, mapping, line, name):
        self.where = f"{mapping}: line {line}: {name}"
        self.name = name
        self.part = ""
        self.fields = set()


def events(mapping, text):
    """The events of a mapping file. Its form is checked by the loader (mapping_files_test); here words suffice."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.match(r"  - type: (\w+)", line):
            found.append(Event(mapping, number, match[1]))
        elif match := re.match(r"    part: (\S+)", line):
            found[-1].part = match[1]
        elif match := re.match(r"      - \{?field: ([\w.]+)", line):
            found[-1].fields.add(match[1].split(".")[0])
    return found


def files(text):
    """What the names of the files begin with that a mapping reads."""
    return re.findall(r'"([^"]*)\*', re.search(r"^files: \[(.*)\]", text, re.M)[1])


def listed(config):
    return re.findall(r"^  - mappings/(\S+\.yaml)", config, re.M)


def check_event(event, office, types):
    kind = types.get(event.name)
    if kind is None:
        return []  # in the contract, but not in the catalogue yet
    wrong = []
    if OFFICES[office] not in kind.offices:
        wrong.append(f"{event.where}: no type that {office} may publish")
    needs = set(kind.required) | ({"unit"} if kind.unit else set())
    if kind.matter in ("PETITION", "DISPUTE", "SEVEN_STEPS") or "matter_kind" in needs:
        needs.add("matter")
    wrong += [f"{event.where}: the field {field} is required" for field in sorted(needs - event.fields)]
    return wrong


def check_office(office, names, mappings, types):
    wrong, made, prefixes = [], {}, {}
    for name in names:
        if name not in mappings:
            wrong.append(f"deploy/config/{office}.yaml: {name} is not there")
            continue
        for prefix in files(mappings[name]):
            for other, of in prefixes.items():
                if of != name and (other.startswith(prefix) or prefix.startswith(other)):
                    wrong.append(f"{office}: {name} and {of} read files of the same name: {prefix}*, {other}*")
            prefixes[prefix] = name
        for event in events(name, mappings[name]):
            wrong += check_event(event, office, types)
            # One row's key may be another's in another sheet: only the part tells their events apart.
            first = made.setdefault((event.name, event.part), event)
            if first is not event:
                wrong.append(f"{office}: {event.where} needs a part of its own, for {first.where} makes it too")
    said = {name for name, _ in made}
    for name, kind in types.items():
        if OFFICES[office] in kind.offices and name not in said:
            wrong.append(f"{office}: no mapping makes {name}, which it may publish")
    return wrong


def words_of(mapping, field):
    """The codes that a mapping writes into the fields of this name."""
    blocks = re.findall(rf"      - (\{{?field: {field}\b.*?)(?=\n      - |\n  - |\Z)", mapping, re.S)
    return {code for block in blocks for code in re.findall(r"(?:to|constant): (\w+)\}", block)}


def check_codes(mappings, presets):
    """What stands in the fields of codes, office by office, is what the policy has a name for, and no other code is."""
    wrong, written = [], {group: {} for group in CODES.values()}
    for name, mapping in mappings.items():
        for code in re.findall(r"^correct_reason: (\w+)", mapping, re.M):
            written["reason"][code] = f"deploy/mappings/{name}: correct_reason"
        for field, group in CODES.items():
            written[group].update({code: f"deploy/mappings/{name}: {field}" for code in words_of(mapping, field)})
    for preset, policy in presets.items():
        for group, codes in written.items():
            known = set(re.findall(rf"code: {group}\.(\w+),", policy))
            wrong += [f"{codes[code]}: {code} is no {group} of {preset}" for code in sorted(set(codes) - known)]
            wrong += [f"deploy/policy/{preset}: no mapping writes {group}.{code}" for code in sorted(known - set(codes))]
    return wrong


def check_words(mappings, presets):
    """A sheet's words are the policy's: what a rule or a route names can be handed in, what is handed in has a name."""
    wrong = []
    for name, field, group in WORDS:
        written = words_of(mappings[name], field)
        for preset, policy in presets.items():
            known = set(re.findall(rf"code: {group}\.(\w+),", policy))
            wrong += [f"deploy/mappings/{name}: {field}: nothing is written as {code}, which {preset} knows"
                      for code in sorted(known - written)]
            wrong += [f"deploy/mappings/{name}: {field}: {code} is no {group} of {preset}"
                      for code in sorted(written - known)]
    return wrong


def check(mappings, configs, types, presets):
    wrong = check_words(mappings, presets) + check_codes(mappings, presets)
    for office in OFFICES:
        wrong += check_office(office, listed(configs[office]), mappings, types)
    used = {name for config in configs.values() for name in listed(config)}
    wrong += [f"deploy/mappings/{name}: no office's configuration lists it" for name in sorted(set(mappings) - used)]
    return wrong


def self_test(mappings, configs, types, presets):
    def must_find(what, said, changed_mappings=None, changed_configs=None):
        found = check({**mappings, **(changed_mappings or {})}, {**configs, **(changed_configs or {})}, types, presets)
        if not any(said in line for line in found):
            raise SystemExit(f"{what} was not found; what was: {found}")

    hazards = mappings["safety/hazards.yaml"]
    accidents = "safety/accidents.yaml"
    safety = configs["safety"]
    must_find("a type that no mapping makes", "no mapping makes AccidentReported",
              changed_configs={"safety": safety.replace(f"  - mappings/{accidents}\n", "")})
    must_find("a missing required field", "the field grade is required",
              {"safety/hazards.yaml": hazards.replace("field: grade", "field: note")})
    must_find("another office's type", "no type that safety may publish",
              {accidents: mappings[accidents].replace("AccidentReported", "CaseFiled")})
    must_find("an event that two sheets make", "needs a part of its own",
              {accidents: mappings[accidents].replace("AccidentReported", "HazardFound")})
    must_find("two mappings for one file", "read files of the same name",
              {accidents: mappings[accidents].replace('"事故快报', '"隐患台账')})
    must_find("a mapping that nobody lists", "no office's configuration lists it", {"safety/new.yaml": ""})
    must_find("a word of the policy that no sheet writes", "nothing is written as FIRE",
              {accidents: mappings[accidents].replace("to: FIRE", "to: FLAMES")})
    must_find("a word that no policy knows", "FLAMES is no industry",
              {accidents: mappings[accidents].replace("to: FIRE", "to: FLAMES")})
    steps = "safety/hazard-steps.yaml"
    must_find("a reason that no policy names", "reason_code: LIES is no reason",
              {steps: mappings[steps].replace("to: FALSE_REPORT", "to: LIES")})
    must_find("a reason that only the policy knows", "no mapping writes reason.FALSE_REPORT",
              {steps: mappings[steps].replace("to: FALSE_REPORT", "to: LIES")})
    must_find("a role that no policy names", "by_role: OWNER is no role",
              {"safety/hazards.yaml": hazards.replace("by_role, constant: INSPECTOR", "by_role, constant: OWNER")})
    must_find("a mapping that is not there", "is not there",
              changed_configs={"safety": safety + "  - mappings/safety/gone.yaml\n"})


def main(command, source):
    source = pathlib.Path(source)
    folder = source / "deploy/mappings"
    mappings = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.yaml")}
    configs = {office: (source / f"deploy/config/{office}.yaml").read_text() for office in OFFICES}
    types = catalogue(source)
    presets = {path.name: path.read_text() for path in (source / "deploy/policy").glob("*.yaml")}
    if command == "self-test":
        self_test(mappings, configs, types, presets)
        return
    wrong = check(mappings, configs, types, presets)
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main(*sys.argv[1:])
