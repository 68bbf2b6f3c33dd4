#!/usr/bin/env python3
"""No field for a person anywhere: not in the contract, not in what is served, not in what an office's sheet is read into.

no_person_field.py check SOURCE       prints each breach; ends with 1 if there is any
no_person_field.py self-test SOURCE   puts such fields in each place and expects all of them to be found

Looked at are all fields of all messages of proto/*.proto, the keys of the OpenAPI documents, of the JSON documents that
the agents make, and the fields that the mappings fill.
"""
import json
import pathlib
import re
import sys

# A name is parted into words; one of these words, or of these runs of words, names a person or what is his.
FORBIDDEN = {
    "name", "names", "surname", "forename", "nickname", "fullname", "xingming",
    "person", "persons", "people", "citizen", "resident", "petitioner", "applicant", "complainant", "victim",
    "suspect", "witness", "party", "parties", "reporter", "informant", "handler_name", "operator_name",
    "idcard", "id_card", "id_number", "identity_number", "identity_card", "passport", "ssn", "sfz", "card",
    "phone", "telephone", "tel", "mobile", "cell", "fax", "email", "mail", "wechat", "qq",
    "address", "addr", "street", "home", "domicile", "hukou", "latitude", "longitude", "gps", "track",
    "face", "photo", "portrait", "picture", "image", "avatar", "fingerprint", "biometric", "iris", "voice", "dna",
    "plate", "vehicle", "license", "licence",
    "birth", "birthday", "age", "gender", "sex", "ethnicity", "ethnic", "nationality", "religion", "marital",
    "health", "disease", "occupation", "employer", "salary", "bank", "account", "iban",
}

# Each one that is meant otherwise, with why. KIND:PLACE:NAME.
EXCEPTIONS = {
    "field:UnitRegistered.name": "a unit's official name, screened",
    "field:UnitChanged.name": "a unit's official name, screened",
    "field:AttentionAnswer.Row.name": "a unit's",
    "field:AttestationsDueAnswer.Unit.name": "a unit's",
    "field:DifferenceAnswer.Row.name": "a unit's",
    "field:DiscrepanciesAnswer.Discrepancy.unit_name": "a unit's",
    "field:MattersAnswer.Matter.unit_name": "a unit's",
    "field:Summary.name": "a unit's",
    "field:TreeAnswer.names": "units'",
    "field:UnitStatus.name": "a unit's",
    "field:UnitsAnswer.Unit.name": "a unit's",
    "field:AccessEntry.name": "of a program's key: an office's agent, not a person",
    "field:ConsumersAnswer.Consumer.name": "of a durable subscription",
    "field:RecordSubscription.name": "of a durable subscription",
    "field:SourcesAnswer.Source.name": "of a numbered stream",
    "field:CampaignsAnswer.Campaign.name": "a campaign's, from the policy",
    "field:CatalogueAnswer.Type.name": "an event type's",
    "field:Label.name": "of a code, from the policy",
    "field:DisputeSummary.mobile": "a count: through the mobile police station",
    "field:DisputeSummary.mobile_share": "a share of the same",
    "field:Freshness.age_hours": "of an office's newest event",
    "mapping:units:name": "a unit's official name",
    "mapping:unit-changes:name": "a unit's official name",
    "openapi:leadership:name": "a unit's",
    "openapi:leadership:unitName": "a unit's",
    "openapi:leadership:account": "of a role at the page (accounts file), not in the hub",
    "document:leadership:name": "a unit's, or a code's label",
    "document:leadership:unitName": "a unit's",
    "document:leadership:account": "of a role at the page (accounts file), not in the hub",
    "document:desk:name": "a category's label",
    "document:desk:unitName": "a unit's",
    "document:desk:parties": "whether parties' data are taken, and the key that they are sealed to",
    "document:operator:name": "of a program's key",
}


def words_of(name):
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    return [word for word in re.split(r"[^a-z0-9]+", parted) if word]


def is_forbidden(name):
    words = words_of(name)
    runs = {"_".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}
    return bool(runs & FORBIDDEN) or "".join(words) in FORBIDDEN


def proto_fields(text):
    """(Message.field) of every field of every message, nested ones too."""
    text = re.sub(r"//[^\n]*", "", text)
    stack = []
    for token in re.finditer(r"\b(message|enum|oneof)\s+(\w+)\s*\{|\}|\b(?:repeated\s+|optional\s+)?[\w.<>, ]+?\s+(\w+)\s*=\s*\d+\s*[\[;]", text):
        if token.group(1):
            stack.append((token.group(1), token.group(2)))
        elif token.group(0) == "}":
            stack.pop()
        elif stack and stack[-1][0] != "enum":
            yield ".".join([name for kind, name in stack if kind == "message"] + [token.group(3)])


def openapi_keys(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "properties" and isinstance(value, dict):
                yield from value
            yield from openapi_keys(value)
        if "in" in node and isinstance(node.get("name"), str):
            yield node["name"]
    elif isinstance(node, list):
        for value in node:
            yield from openapi_keys(value)


def document_keys(text):
    """String literals that are keys: the first of each pair of json_pack, and what json_object_set… sets."""
    for call in re.finditer(r'json_object_set(?:_new)?\(\s*[^,]+,\s*"(\w+)"', text):
        yield call.group(1)
    for call in re.finditer(r'json_pack(?:_ex)?\(\s*(?:[^,"]+,\s*)?"(\{[^"]*)"([^;]*)', text):
        for literal in re.findall(r'(?<=[,(])\s*"(\w+)"\s*(?=,)', "," + call.group(2).lstrip(", ") and call.group(2)):
            yield literal


def places(root):
    """(place, name) of everything that is looked at."""
    for path in sorted((root / "proto").glob("*.proto")):
        for field in proto_fields(path.read_text(encoding="utf-8")):
            yield f"field:{field}", field.split(".")[-1]
    for path in sorted((root / "agents").rglob("openapi.json")):
        if "node_modules" not in path.parts:
            for key in openapi_keys(json.loads(path.read_text(encoding="utf-8"))):
                yield f"openapi:{path.parent.name}:{key}", key
    for folder in ("desk", "attest", "leadership", "intake", "web", "outward", "operator"):
        for path in sorted((root / "agents" / folder).glob("*.c")):
            for key in document_keys(path.read_text(encoding="utf-8")):
                yield f"document:{folder}:{key}", key
    for path in sorted((root / "deploy/mappings").rglob("*.yaml")):
        for key in re.findall(r"field:\s*([\w.]+)", path.read_text(encoding="utf-8")):
            yield f"mapping:{path.stem}:{key}", key.split(".")[-1]


def breaches(found, exceptions):
    found = list(found)
    kinds = {place.split(":")[0] for place, _ in found}
    assert kinds == {"field", "openapi", "document", "mapping"} and len(found) > 800, "the fields were not found"
    seen = set()
    for place, name in found:
        if not is_forbidden(name):
            continue
        seen.add(place)
        if place not in exceptions:
            yield f"{place}: names a person, or what belongs to one"
    for place in exceptions:
        if place not in seen:
            yield f"{place}: is an exception that nothing needs"


def self_test(root):
    found = list(places(root))
    for place, name in (("field:HazardFound.reporter_phone", "reporter_phone"), ("openapi:desk:idCard", "idCard"),
                        ("document:desk:homeAddress", "homeAddress"), ("mapping:petitions:petitioner", "petitioner")):
        if not [line for line in breaches(found + [(place, name)], EXCEPTIONS) if line.startswith(place)]:
            yield f"{place} was not found"
    if list(proto_fields("message A { message B { string birth_day = 1; } oneof c { A mobile = 2; } enum D { PHONE = 0; } }")) != [
            "A.B.birth_day", "A.mobile"]:
        yield "the fields of nested messages are not read"
    if not is_forbidden("idNumber") or not is_forbidden("home_address") or is_forbidden("homestead") or is_forbidden("stage"):
        yield "names are not parted into words"


def main():
    root = pathlib.Path(sys.argv[2])
    found = list(self_test(root) if sys.argv[1] == "self-test" else breaches(places(root), EXCEPTIONS))
    for breach in found:
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
