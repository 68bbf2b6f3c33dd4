#!/usr/bin/env python3
"""The manual says what the programs say: each command, option and key of a configuration has its place in its page.

manual.py check SOURCE BIN       BIN: the folder of the programs; prints each breach, ends with 1 if there is any
manual.py self-test SOURCE BIN   takes an option, a command and a key out of the pages and expects each to be found
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

PROGRAMS = {
    "sanling-hub.8": ["sanling-hub"],
    "sanling-agent.8": ["sanling-petitions", "sanling-safety", "sanling-public-security", "sanling-governance",
                        "sanling-leadership-office"],
    "sanling-leadership.8": ["sanling-leadership"],
}
# Where a schema's keys are described; of a folder, those of all its files that are not named.
SCHEMAS = {
    "hub/config.c": "sanling-hub.yaml.5",
    "hub/access.c": "sanling-access.5",
    "hub/policy_file.c": "sanling-policy.5",
    "agents/rows/mapping.c": "sanling-mapping.5",
    "agents/leadership": "sanling-leadership.yaml.5",
    "agents": "sanling-agent.yaml.5",
}
POLICY_KEY = re.compile(r"\b(?:MAYBE_)?(?:TEXT|LIST|NUMBER|WORD|WORD_OR_0|MAPPING)\(\s*([a-z]\w*)\s*,")
KEY = re.compile(r'\b[A-Z][A-Z_]+\(\s*"([a-z][a-z0-9_]*)",')
OPTION = re.compile(r"^ +(?:-\w, )?(--[a-z][a-z-]*)", re.M)


def help_of(*words):
    environment = {**os.environ, "LC_ALL": "C", "LANGUAGE": ""}
    return subprocess.run(list(words) + ["--help"], check=True, capture_output=True, text=True, env=environment).stdout


def bold(text):
    """What is in bold, as it is written."""
    return {word.replace("\\", "") for found in re.findall(r"\*((?:\\.|[^*\n])+)\*", text) for word in found.split()}


def compare(page, wanted, written, kind):
    for word in sorted(set(wanted) - set(written)):
        yield f"deploy/man/{page}.scd: {kind} {word} is missing"
    if kind == "option":
        for word in sorted(word for word in set(written) - set(wanted) if word.startswith("--")):
            yield f"deploy/man/{page}.scd: there is no option {word}"


def tool(pages, program):
    """sanlingctl: its own options, then each command with those that only it has."""
    text = pages["sanlingctl.1"]
    overview = help_of(program)
    common = set(OPTION.findall(overview))
    sections = dict(re.findall(r"^## ([a-z]+(?: [a-z]+)?)(?: [^a-z\n][^\n]*)?\n(.*?)(?=^##? |\Z)", text, re.M | re.S))
    options = re.search(r"^# OPTIONS\n(.*?)^# ", text, re.M | re.S)[1]
    yield from compare("sanlingctl.1", common, bold(options), "option")
    commands = re.findall(r"^  ([a-z]+(?: [a-z]+)?) +[^ -~]", overview, re.M)
    yield from compare("sanlingctl.1", commands, sections, "command")
    for command in commands:
        wanted = set(OPTION.findall(help_of(program, *command.split()))) - common
        listed = set(re.findall(r"^\*(--[a-z-]+)\*", sections.get(command, ""), re.M))
        yield from compare(f"sanlingctl.1 ({command})", wanted, listed, "option")


def schemas(root):
    """Each key of a configuration file, with the page that it belongs to."""
    for path in [*sorted((root / "hub").glob("*.c")), *sorted((root / "agents").rglob("*.c"))]:
        text = path.read_text(encoding="utf-8") if "node_modules" not in path.parts else ""
        text = re.sub(r"^#define .*(?:\\\n.*)*", "", text, flags=re.M)
        if "cyaml_schema_field_t" not in text:
            continue
        name = path.relative_to(root).as_posix()
        page = next(page for prefix, page in SCHEMAS.items() if name.startswith(prefix))
        keys = POLICY_KEY.findall(text) + KEY.findall(text) if page == "sanling-policy.5" else KEY.findall(text)
        yield page, name, set(keys)


def breaches(pages, root, folder):
    for page, programs in PROGRAMS.items():
        wanted = set().union(*(OPTION.findall(help_of(folder / program)) for program in programs))
        yield from compare(page, wanted, {word for word in bold(pages[page]) if word.startswith("--")}, "option")
    yield from tool(pages, folder / "sanlingctl")
    found = 0
    for page, name, keys in schemas(root):
        found += len(keys)
        yield from compare(page, keys, {word.strip(",") for word in bold(pages[page])}, f"key (of {name})")
    assert found > 120, "the keys were not found in the sources"
    for page, text in pages.items():
        made = subprocess.run(["scdoc"], input=text.encode(), capture_output=True, check=False)
        if made.returncode != 0:
            yield f"deploy/man/{page}.scd: {made.stderr.decode()}"
        elif shutil.which("man"):
            shown = subprocess.run(["man", "-l", "--warnings", "-E", "UTF-8", "-"], input=made.stdout,
                                   capture_output=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
            if shown.returncode != 0 or shown.stderr:
                yield f"deploy/man/{page}.scd: {shown.stderr.decode()}"


def self_test(pages, root, folder):
    for page, change in (("sanling-hub.8", lambda text: text.replace("*--rebuild*", "rebuild")),
                         ("sanling-hub.8", lambda text: text + "*--nonsense*\n"),
                         ("sanlingctl.1", lambda text: text.replace("## units list", "## units")),
                         ("sanlingctl.1", lambda text: text.replace("*--depth*", "depth")),
                         ("sanling-policy.5", lambda text: text.replace("*grace_days*", "grace_days")),
                         ("sanling-hub.yaml.5", lambda text: text.replace("*gather_us*", "gather_us")),
                         ("sanling-access.5", lambda text: text + "-no list\n")):
        changed = change(pages[page])
        assert changed != pages[page], page
        if not list(breaches({**pages, page: changed}, root, folder)):
            yield f"{page}: a planted breach was not found"


def main():
    root, folder = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    pages = {path.name.removesuffix(".scd"): path.read_text(encoding="utf-8")
             for path in sorted((root / "deploy/man").glob("*.scd"))}
    found = list((self_test if sys.argv[1] == "self-test" else breaches)(pages, root, folder))
    for breach in found:
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
