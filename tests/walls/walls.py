#!/usr/bin/env python3
"""The walls of the architecture, checked on the source and on the built domain library.

walls.py WALL SOURCE [LIBRARY]       checks one wall; prints each breach and ends with 1 if there is any
walls.py self-test SOURCE LIBRARY    plants one breach of each wall in a copy and expects it to be found
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# What the pure domain may include: the language, memory and text; never a socket, store, clock, thread or randomness.
DOMAIN_HEADERS = {"assert.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "string.h"}
# What it may call outside itself. <stdlib.h> has rand() and getenv() too, and <stdio.h> files: the symbols decide.
DOMAIN_SYMBOLS = {
    "abort", "calloc", "free", "malloc", "realloc", "qsort", "snprintf", "vsnprintf", "__assert_fail",
    "memcmp", "memcpy", "memmove", "memset", "strchr", "strcmp", "strcpy", "strlen", "strncmp", "strnlen", "strspn",
    "__divti3", "__udivti3", "__popcountdi2", "__stack_chk_fail", "_GLOBAL_OFFSET_TABLE_",
    "__memcpy_chk", "__memset_chk", "__snprintf_chk", "__vsnprintf_chk", "__strcpy_chk",
}
SANITIZER = re.compile(r"^__(asan|ubsan|tsan|lsan|sanitizer|sanitizer_cov)_|^__gcov|^__llvm")
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def sources(root, *folders, ending=(".c", ".h")):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in ending:
                yield path


def includes(path):
    return [(kind, name) for kind, name in INCLUDE.findall(path.read_text(encoding="utf-8"))]


def domain_includes(root, _library):
    own = {path.name for path in sources(root, "hub/domain", ending=(".h",))}
    for path in sources(root, "hub/domain"):
        for kind, name in includes(path):
            if name not in (DOMAIN_HEADERS if kind == "<" else own):
                yield f"{path.relative_to(root)}: includes {name}"


def domain_symbols(_root, library):
    def symbols(flag):
        listing = subprocess.run(["nm", flag, library], check=True, capture_output=True, text=True).stdout
        return {line.split()[-1] for line in listing.splitlines() if line.strip() and not line.endswith(":")}

    for symbol in sorted(symbols("--undefined-only") - symbols("--defined-only") - DOMAIN_SYMBOLS):
        if not SANITIZER.match(symbol):
            yield f"{library}: calls {symbol}"


def one_way(root, _library):
    """agents -> client -> proto <- hub: nobody includes what stands on the other side."""
    hub = {path.name for path in sources(root, "hub", ending=(".h",))}
    agents = {path.name for path in sources(root, "agents", ending=(".h",))}
    proto = {path.name for path in sources(root, "proto", ending=(".h",))}
    for folder, own, foreign in (("hub", hub, agents), ("agents", agents, hub), ("proto", proto, hub | agents)):
        for path in sources(root, folder):
            for kind, name in includes(path):
                base = name.rsplit("/", 1)[-1]
                crosses = name.startswith(("../", "hub/", "agents/")) or (base in foreign and base not in own | proto)
                if kind == '"' and crosses:
                    yield f"{path.relative_to(root)}: includes {name}"


def no_locks(root, _library):
    """Threads share nothing: what is given through a pipe needs no lock."""
    lock = re.compile(r"\b(pthread_\w+|mtx_\w+|thrd_\w+|atomic_\w+|_Atomic|sem_\w+)\b")
    for path in sources(root, "hub", "agents"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if lock.search(line):
                yield f"{path.relative_to(root)}:{number}: {line.strip()}"


def no_default(root, _library):
    """A switch over our enums answers for each value, so that a new one does not compile until every place has."""
    for path in sources(root, "hub/domain"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.match(r"\s*default\s*:", line):
                yield f"{path.relative_to(root)}:{number}: default in a switch"


def no_addresses(root, _library):
    """Packages are pinned by version and digest; where they come from is the business of the machine that builds. And
    the page loads nothing from anywhere but its own server."""
    download = re.compile(r'"resolved"|\bregistry\s*[=:]|\bregistry\.|\.tgz\b')
    for name in ("package.json", "package-lock.json", ".npmrc"):
        for path in sorted(root.rglob(name)):
            if {"node_modules", "build"} & set(path.relative_to(root).parts):
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if download.search(line.replace("omit-lockfile-registry-resolved", "")):
                    yield f"{path.relative_to(root)}:{number}: {line.strip()}"
    page = root / "agents/leadership/page"
    for path in [page / "index.html", *sources(page, "src", "public", ending=(".ts", ".tsx", ".js", ".css", ".svg"))]:
        for address in re.findall(r"\bhttps?://[\w.-]+", path.read_text(encoding="utf-8")):
            if address not in ("http://www.w3.org", "http://127.0.0.1"):
                yield f"{path.relative_to(root)}: {address}"


WALLS = {
    "domain-includes": domain_includes,
    "domain-symbols": domain_symbols,
    "one-way": one_way,
    "no-locks": no_locks,
    "no-default": no_default,
    "no-addresses": no_addresses,
}
BREACHES = {
    "domain-includes": ("hub/domain/day.c", "#include <time.h>\n"),
    "one-way": ("agents/common/agent.c", '#include "ledger.h"\n'),
    "no-locks": ("hub/hub.c", "int f(void) { return pthread_mutex_lock(0); }\n"),
    "no-default": ("hub/domain/day.c", "void f(int i) { switch (i) {\n    default:\n    break; } }\n"),
    "no-addresses": ("agents/leadership/page/src/main.tsx", "import 'https://cdn.example/chart.js';\n"),
}


def self_test(root, library):
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for name in ("hub", "agents", "proto"):
            shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("node_modules"))
        for wall, (path, breach) in BREACHES.items():
            text = (copy / path).read_text(encoding="utf-8")
            (copy / path).write_text(breach + text, encoding="utf-8")
            if not list(WALLS[wall](copy, library)):
                failures.append(f"{wall}: a planted breach was not found")
            (copy / path).write_text(text, encoding="utf-8")
        planted = copy / "planted.c"
        planted.write_text("#include <stdlib.h>\nint f(void);\nint f(void) { return rand(); }\n", encoding="utf-8")
        subprocess.run(["cc", "-c", str(planted), "-o", str(copy / "planted.o")], check=True)
        shutil.copy(library, copy / "library.a")
        subprocess.run(["ar", "r", str(copy / "library.a"), str(copy / "planted.o")], check=True, capture_output=True)
        if not list(domain_symbols(root, str(copy / "library.a"))):
            failures.append("domain-symbols: a planted rand() was not found")
    return failures


def main():
    wall, root = sys.argv[1], pathlib.Path(sys.argv[2])
    library = sys.argv[3] if len(sys.argv) > 3 else ""
    found = self_test(root, library) if wall == "self-test" else list(WALLS[wall](root, library))
    for breach in found:
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
