#!/usr/bin/env python3
"""Every text that a person may read on a terminal is in every language's catalogue, with the same places for values.

messages.py check SOURCE       prints each text that is missing, unsure, or does not fit; ends with 1 if there is any
messages.py self-test SOURCE   takes a text out, and a value out of a translation, and expects both to be found
"""
import pathlib
import re
import subprocess
import sys
import tempfile


def said(*command):
    """The complaints of a tool; None: it had none."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    return None if done.returncode == 0 else done.stdout + done.stderr


def extracted(root):
    return subprocess.run([root / "deploy/po/extract"], check=True, capture_output=True).stdout


def breaches(catalogue, texts):
    """Of one language; `texts` is the file that the sources' texts stand in."""
    for command in (("msgcmp", catalogue, texts), ("msgfmt", "--check", "-o", "/dev/null", catalogue)):
        complaint = said(*command)
        if complaint is not None:
            yield f"{' '.join(map(str, command))}\n{complaint}"
    flagged = subprocess.run(["msgattrib", "--only-fuzzy", catalogue], check=True, capture_output=True, text=True).stdout
    if flagged:
        yield f"{catalogue}: unsure: {flagged}"
    unused = subprocess.run(["msgcomm", "--unique", "--no-location", catalogue, texts], check=True, capture_output=True,
                            text=True).stdout
    for text in re.findall(r'^msgid (".+"(?:\n".*")*)', unused, re.M):
        yield f"{catalogue}: not in the sources any more, or not here yet: {text}; run deploy/po/extract update"


def check(root, change=lambda text: text):
    with tempfile.TemporaryDirectory() as folder:
        texts = pathlib.Path(folder) / "sanling.pot"
        texts.write_bytes(extracted(root))
        assert texts.read_text().count("\nmsgid ") > 100, "the texts were not found in the sources"
        for language in sorted((root / "deploy/po").glob("*.po")):
            copy = pathlib.Path(folder) / language.name
            copy.write_text(change(language.read_text(encoding="utf-8")), encoding="utf-8")
            yield from breaches(copy, texts)


def self_test(root):
    entry = re.compile(r'\nmsgid "%s: path too long"\nmsgstr "[^"]+"\n')
    for name, change in (("a missing text", lambda text: entry.sub("\n", text)),
                         ("a value left out", lambda text: text.replace('"%s：路径太长"', '"路径太长"')),
                         ("an unsure text", lambda text: entry.sub(lambda found: "\n#, fuzzy" + found[0], text)),
                         ("a text without a use", lambda text: text + '\nmsgid "nowhere"\nmsgstr "无处"\n')):
        if not list(check(root, change)):
            yield f"{name} was not found"


def main():
    root = pathlib.Path(sys.argv[2])
    found = list(self_test(root) if sys.argv[1] == "self-test" else check(root))
    for breach in found:
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
