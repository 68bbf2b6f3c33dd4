"""The machine and the versions that figures belong to."""
import os
import platform
import re
import subprocess

from .peers import program
from .programs import Failure, is_trained

LIBRARIES = ("libzmq5", "libczmq4", "librocksdb7.8", "libprotobuf-c1", "libsodium23", "libpq5", "libhiredis0.14",
             "libnats3.4")
SERVERS = (("postgres", "--version"), ("redis-server", "--version"), ("nats-server", "--version"))


def said(*command):
    """The first line that a program prints; empty if it cannot be asked."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip().partition("\n")[0] if done.returncode == 0 else ""


def lscpu():
    try:
        text = subprocess.run(["lscpu"], capture_output=True, text=True, check=False,
                              env={**os.environ, "LC_ALL": "C"}).stdout
    except OSError:
        text = ""
    return dict(map(str.strip, line.split(":", 1)) for line in text.splitlines() if ":" in line)


def memory_mib():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20


def load():
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def filesystem(folder):
    try:
        told = subprocess.run(["df", "--output=fstype", str(folder)], capture_output=True, text=True,
                              check=False).stdout
    except OSError:
        told = ""
    return told.split()[-1] if told.split() else "unknown"


def machine(folder):
    """`folder` is where the data folders of hubs and peers are made."""
    cpu = lscpu()
    return {"processor": cpu.get("Model name", platform.processor()), "processors": os.cpu_count(),
            "architecture": platform.machine(), "hypervisor": cpu.get("Hypervisor vendor", ""),
            "memory_mib": memory_mib(), "kernel": f"{platform.system()} {platform.release()}",
            "filesystem": filesystem(folder)}


def server_version(name, option):
    try:
        return re.search(r"\d+(\.\d+)+", said(program(name), option))[0]
    except (Failure, TypeError):
        return "missing"


def package_version(name):
    return said("dpkg-query", "-W", "-f", "${Version}", name) or "missing"


def versions(root, programs):
    found = {"sanling-hub": said(programs.path("sanling-hub"), "--version").rpartition(" ")[2],
             "built": "by deploy/train" if is_trained(programs.bin) else "without deploy/train",
             "commit": said("git", "-C", str(root), "describe", "--always", "--dirty", "--exclude", "*")}
    found |= {name: server_version(name, option) for name, option in SERVERS}
    return found | {name: package_version(name) for name in LIBRARIES}
