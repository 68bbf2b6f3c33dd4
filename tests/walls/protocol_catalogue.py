"""The event catalogue of PROTOCOL.md says what hub/domain/catalogue.c says.

    protocol_catalogue.py check SOURCE    exit status 1, with the difference, where they are not the same
    protocol_catalogue.py print SOURCE    the table as it should stand between the markers
    protocol_catalogue.py self-test SOURCE  a changed row, a missing row and a missing table are found
"""
import difflib
import pathlib
import re
import sys

BEGIN = "<!-- catalogue: tests/walls/protocol_catalogue.py print -->"
END = "<!-- /catalogue -->"
HEAD = ["| № | type | 中文 | by | unit | speaks of | required payload fields |", "|--|--|--|--|--|--|--|"]

ROW = re.compile(
    r"\[(EVENT_\w+)\] = \{\s*\"(\w+)\",\s*\"([^\"]+)\",\s*([A-Z |]+),\s*(NO_UNIT|UNIT),\s*MATTER_(\w+),\s*\"([^\"]*)\"\}")


def table(source):
    catalogue = (source / "hub/domain/catalogue.c").read_text()
    numbers = dict(re.findall(r"(EVENT_\w+) = (\d+)", (source / "hub/domain/event.h").read_text()))
    everyone = re.search(r"#define ANY \(([A-Z |]+)\)", catalogue).group(1)
    rows = ROW.findall(catalogue)
    if len(rows) != len(re.findall(r"^    \[EVENT_", catalogue, re.M)):
        raise SystemExit("catalogue.c: a row is written in a form that this script does not read")
    lines = list(HEAD)
    for kind, name, label, offices, unit, matter, required in rows:
        offices = offices.replace("ANY", everyone).replace(" | ", " ")
        unit = "yes" if unit == "UNIT" else ""
        matter = "" if matter == "NONE" else matter
        fields = ", ".join(required.split())
        lines.append(f"| {numbers[kind]} | {name} | {label} | {offices} | {unit} | {matter} | {fields} |")
    return lines


def written(text):
    if BEGIN not in text or END not in text:
        raise SystemExit(f"proto/PROTOCOL.md: the catalogue's markers are missing: {BEGIN} … {END}")
    return text.split(BEGIN)[1].split(END)[0].strip().splitlines()


def difference(text, expected):
    return list(difflib.unified_diff(written(text), expected, "PROTOCOL.md", "catalogue.c", lineterm="", n=0))


def self_test(text, expected):
    row = next(line for line in expected if "| HazardFound |" in line)
    for what, planted in (("a changed row", text.replace(row, row.replace("grade", "rank"))),
                          ("a missing row", text.replace(row + "\n", ""))):
        if not difference(planted, expected):
            raise SystemExit(f"{what} was not found")
    try:
        difference(text.replace(END, ""), expected)
    except SystemExit:
        return
    raise SystemExit("a missing table was not found")


def main(command, source):
    source = pathlib.Path(source)
    expected = table(source)
    if command == "print":
        print("\n".join(expected))
        return
    text = (source / "proto/PROTOCOL.md").read_text()
    if command == "self-test":
        self_test(text, expected)
        return
    found = difference(text, expected)
    if found:
        raise SystemExit("\n".join(found) + "\nproto/PROTOCOL.md: put in what `protocol_catalogue.py print` prints")


if __name__ == "__main__":
    main(*sys.argv[1:])
