"""The programs that are measured and those that measure: where they are, how they are built and run."""
import ctypes
import os
import signal
import subprocess
import sys

TARGETS = ("sanling-hub", "sanlingctl", "sanling-safety", "sanling-leadership", "sanling-bench", "sanling-rules-bench")


class Failure(Exception):
    """Something did not do what it must; the text is for whoever runs the bench."""


class Missing(Failure):
    """What is not on this machine cannot be measured; nothing is wrong with what is."""


def end_with_parent():
    """In a child: killed when the harness dies, so that nothing is left behind (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def environment():
    """Without what would lead our own tools to another hub."""
    kept = {name: value for name, value in os.environ.items() if name not in ("SANLING_HUB", "SANLING_IDENTITY")}
    return {**kept, "LC_ALL": "C.UTF-8"}


def is_trained(bin_folder):
    """Whether programs are compiled by how they run (deploy/train)."""
    cache = bin_folder.parent / "CMakeCache.txt"
    return cache.is_file() and "SANLING_PROFILE:STRING=use\n" in cache.read_text()


def build(root, train):
    """Builds the release preset, as it is installed where `train`, and returns the folder of its programs."""
    if train and not is_trained(root / "build/release/bin"):
        run_build(root, "deploy/train")
    run_build(root, "cmake", "--preset", "release", *([] if train else ["-DSANLING_PROFILE="]))
    run_build(root, "cmake", "--build", "--preset", "release", "--target", *TARGETS)
    peers = "sanling-peers-bench"  # there is none where its libraries are not installed
    known = subprocess.run(["cmake", "--build", "--preset", "release", "--target", "help"], cwd=root, check=False,
                           capture_output=True, text=True)
    if f"{peers}:" in known.stdout:
        run_build(root, "cmake", "--build", "--preset", "release", "--target", peers)
    return root / "build/release/bin"


def run_build(root, *command):
    if subprocess.run(command, cwd=root, stdout=sys.stderr, check=False).returncode != 0:
        raise Failure(f"{' '.join(command[:3])} failed")


def parse_figures(text):
    """The lines `name value`; a value that is no number stays text, other lines are left alone."""
    figures = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2:
            try:
                figures[words[0]] = float(words[1])
            except ValueError:
                figures[words[0]] = words[1]
    return figures


class Programs:
    """Those in the folder `bin`."""

    def __init__(self, bin):
        self.bin = bin

    def path(self, name):
        return str(self.bin / name)

    def has(self, name):
        return os.access(self.bin / name, os.X_OK)

    def command(self, name, *words):
        return [self.path(name), *map(str, words)]

    def text(self, name, *words, given=None):
        """What it prints; a Failure with what it complained of unless it ends well."""
        done = subprocess.run(self.command(name, *words), input=given, capture_output=True, text=True, check=False,
                              env=environment(), preexec_fn=end_with_parent)
        if done.returncode != 0:
            raise Failure(f"{name} {words[0]}: {complaint(done.stderr) or f'exit status {done.returncode}'}")
        return done.stdout

    def figures(self, name, *words):
        return parse_figures(self.text(name, *words))

    def start(self, name, *words, output, complaints):
        """In the background; `output` and `complaints` are files to write."""
        with open(output, "wb") as out, open(complaints, "ab") as complained:
            return subprocess.Popen(self.command(name, *words), stdin=subprocess.DEVNULL, stdout=out,
                                    stderr=complained, env=environment(), preexec_fn=end_with_parent)


def complaint(text):
    """The last line that says something, short enough for a table."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("Try `")]
    return lines[-1][:300] if lines else ""


def end(process, number=signal.SIGTERM, seconds=120):
    """Signals it and waits; returns the exit status. What does not end is killed."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise Failure(f"{process.args[0].rsplit('/', 1)[-1]} did not end in {seconds} s") from None
