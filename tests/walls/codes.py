#!/usr/bin/env python3
"""Every code that a person may meet is explained by `sanlingctl explain`, and it explains none that nobody says.

codes.py check SOURCE SANLINGCTL       prints each breach; ends with 1 if there is any
codes.py self-test SOURCE SANLINGCTL   leaves a code out, and adds one, and expects both to be found
"""
import json
import pathlib
import re
import subprocess
import sys

CODE = r"[A-Z][A-Z_]+"
FINDING = rf'\{{"({CODE})",\s+(?:REMARK|TO_MEND|DAMAGED)'  # of sanlingctl doctor


def said(root):
    """Each code of the sources, with the file that says it."""
    codes = {}

    def take(path, pattern):
        for code in re.findall(pattern, path.read_text(encoding="utf-8")):
            codes.setdefault(code, path.relative_to(root))

    take(root / "proto/error.proto", rf"\n    ({CODE}) = [1-9]")
    take(root / "proto/fault.c", rf'return "({CODE})";')
    take(root / "hub/hub.c", rf'"[^"\n]*\[({CODE})\]')  # the journal's own
    for path in sorted((root / "agents").rglob("*.[ch]")):
        if "node_modules" in path.parts:
            continue
        take(path, rf'#define REASON_\w+ "({CODE})"')
        take(path, rf'reason_set\(\s*[^,"]+,\s*"({CODE})"')
        take(path, rf'\{{"({CODE})", [45]\d\d,')  # problem documents: code and HTTP status
        take(path, rf'tool_report\(\s*\w+,\s*"({CODE})"')
        take(path, r'"(UNKNOWN_CODE)"')
    take(root / "agents/operator/findings.c", FINDING)
    for path in sorted((root / "agents/desk/page/src").rglob("*.tsx")):
        take(path, rf"<code>({CODE})</code>")
    codes.pop("OK", None)  # is no failure
    return codes


def explained(program):
    answer = subprocess.run([program, "explain", "--json"], check=True, capture_output=True, text=True).stdout
    return {entry["code"]: entry for entry in json.loads(answer)["codes"]}


def breaches(codes, entries):
    assert len(codes) > 40, "the codes were not found in the sources"
    for code, path in codes.items():
        if code not in entries:
            yield f"{path}: {code} is not explained: agents/operator/code_table.c"
    for code, entry in entries.items():
        if code not in codes:
            yield f"agents/operator/code_table.c: nobody says {code}"
        for part in ("meaning", "who", "what"):
            if not re.search(r"[一-鿿]", entry[part]["zh"]) or not re.search("[a-z]", entry[part]["en"]):
                yield f"agents/operator/code_table.c: {code}: {part} is not there in both languages"


def findings(root):
    return re.findall(FINDING, (root / "agents/operator/findings.c").read_text(encoding="utf-8"))


def missing_in_guide(root, codes):
    assert len(codes) > 15, "the findings were not found in the sources"
    rows = re.findall(rf"^\| `({CODE})` \| [015] \|", (root / "deploy/OPERATIONS.md").read_text(encoding="utf-8"), re.M)
    for code in sorted(set(codes) ^ set(rows)):
        yield f"deploy/OPERATIONS.md: doctor's table and agents/operator/findings.c differ about {code}"


def self_test(root, codes, entries):
    if not list(breaches({**codes, "NEW_CODE": "somewhere"}, entries)):
        yield "a code without explanation was not found"
    if not list(breaches({code: path for code, path in codes.items() if code != "BUSY"}, entries)):
        yield "an explanation without code was not found"
    if not list(missing_in_guide(root, [*findings(root), "NEW_FINDING"])):
        yield "a finding that the guide does not have was not found"


def main():
    root = pathlib.Path(sys.argv[2])
    codes, entries = said(root), explained(sys.argv[3])
    if sys.argv[1] == "self-test":
        found = list(self_test(root, codes, entries))
    else:
        found = [*breaches(codes, entries), *missing_in_guide(root, findings(root))]
    for breach in found:
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
