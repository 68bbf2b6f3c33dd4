"""Runs a program as a unit of systemd would confine it, where no systemd runs: reads the unit and does, with the
kernel's own means, what its lines say. For scenarios.

    confined.py UNIT [--read PATH]... [--write PATH]... -- COMMAND...

Done: NoNewPrivileges, no capability in any set, SystemCallFilter with SystemCallErrorNumber, RestrictAddressFamilies,
MemoryDenyWriteExecute, RestrictNamespaces, RestrictSUIDSGID (of files not as they are opened), ProtectSystem=strict (the
whole tree read-only but for --write), PrivateTmp (an empty /tmp, but for what is named below it), UMask, LimitCORE. Not
done: what only the manager can (IPAddressDeny, PrivateUsers, PrivateDevices, ProtectProc, LoadCredential). A line that is
missing in the unit is an error: a test must not pass because the unit became looser.
"""
import ctypes
import errno
import os
import pathlib
import re
import resource
import subprocess
import sys

import seccomp

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
NAMESPACES = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
MS_BIND, MS_REC, MS_PRIVATE, MS_NOSUID_NODEV = 0x1000, 0x4000, 0x40000, 6
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1
PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_CAP_AMBIENT = 38, 24, 28, 47
SECBIT_NOROOT_LOCKED = 0x2F  # no capabilities for root, for ever
S_ISUID_S_ISGID = 0o6000
PROT_WRITE, PROT_EXEC, SHM_EXEC = 2, 4, 0o100000
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}


def check(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


class Unit:
    def __init__(self, path):
        self.lines = [line.partition("=")[::2] for line in pathlib.Path(path).read_text().splitlines()
                      if "=" in line and not line.startswith("#")]

    def values(self, key):
        found = [value for name, value in self.lines if name == key]
        if not found:
            raise SystemExit(f"confined: the unit has no {key}=")
        return found

    def demand(self, key, value):
        if self.values(key)[-1] != value:
            raise SystemExit(f"confined: {key}={self.values(key)[-1]}, not {value}")


def expand(words):
    """System calls by name; groups as this machine's systemd has them."""
    found = set()
    for word in words:
        if not word.startswith("@"):
            found.add(word)
            continue
        done = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", word], capture_output=True, text=True,
                              check=True)
        found |= expand(re.findall(r"^    (@?[a-z_0-9-]+)$", done.stdout, re.MULTILINE))
    return found


def allowed_calls(unit):
    allowed = set()
    for value in unit.values("SystemCallFilter"):
        if value.startswith("~"):
            allowed -= expand(value[1:].split())
        else:
            allowed |= expand(value.split())
    return allowed | expand(["@default"])


def mount_attributes(path, set_bits, clear_bits, flags=AT_RECURSIVE):
    attributes = (ctypes.c_uint64 * 4)(set_bits, clear_bits, 0, 0)
    check(libc.syscall(SYS_MOUNT_SETATTR, AT_FDCWD, str(path).encode(), flags, ctypes.byref(attributes),
                       ctypes.sizeof(attributes)), f"mount_setattr {path}")


def bind(source, target):
    check(libc.mount(str(source).encode(), str(target).encode(), None, MS_BIND | MS_REC, None), f"bind {target}")


def make_read_only(readable, writable):
    """The tree as ProtectSystem=strict and PrivateTmp have it; what is named is there also below /tmp."""
    user, group = os.getuid(), os.getgid()
    if user == 0:
        check(libc.unshare(CLONE_NEWNS), "unshare")
    else:
        check(libc.unshare(CLONE_NEWNS | CLONE_NEWUSER), "unshare")
        pathlib.Path("/proc/self/setgroups").write_text("deny")
        pathlib.Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        pathlib.Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    check(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "private mounts")
    handles = [(path, os.open(path, os.O_PATH)) for path in sorted((*readable, *writable))]
    check(libc.mount(b"tmpfs", b"/tmp", b"tmpfs", MS_NOSUID_NODEV, None), "tmpfs")
    for path, handle in handles:  # a folder before what lies in it
        path.mkdir(parents=True, exist_ok=True)
        bind(f"/proc/self/fd/{handle}", path)
        os.close(handle)
    mount_attributes("/", MOUNT_ATTR_RDONLY, 0)
    for path in (pathlib.Path("/tmp"), pathlib.Path("/dev"), *writable):
        mount_attributes(path, 0, MOUNT_ATTR_RDONLY, flags=0)


def drop_capabilities():
    check(libc.prctl(PR_SET_SECUREBITS, SECBIT_NOROOT_LOCKED, 0, 0, 0), "securebits")
    last = int(pathlib.Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        check(libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "bounding set")
    check(libc.prctl(PR_CAP_AMBIENT, 4, 0, 0, 0), "ambient set")
    header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    check(libc.capset(header, none), "capset")


def filter_calls(unit):
    # The manager's own exec happens behind its filter; so does ours.
    filtered = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    families = [FAMILIES[word] for line in unit.values("RestrictAddressFamilies") for word in line.split()]
    no_set_id = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "mkdir": 1, "mkdirat": 2}
    limited = {*no_set_id, "socket", "mmap", "mprotect", "pkey_mprotect", "shmat", "clone", "clone3"}
    for name in sorted(allowed_calls(unit) - {"unshare", "setns"} - limited):
        try:
            filtered.add_rule(seccomp.ALLOW, name)
        except RuntimeError:
            pass  # of another architecture, or newer than the library
    for family in range(64):
        answer = seccomp.ALLOW if family in families else seccomp.ERRNO(errno.EAFNOSUPPORT)
        filtered.add_rule(answer, "socket", seccomp.Arg(0, seccomp.EQ, family))
    filtered.add_rule(seccomp.ALLOW, "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, PROT_WRITE | PROT_EXEC, 0))
    filtered.add_rule(seccomp.ALLOW, "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_WRITE))
    filtered.add_rule(seccomp.ALLOW, "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC))
    filtered.add_rule(seccomp.ALLOW, "mprotect", seccomp.Arg(2, seccomp.MASKED_EQ, PROT_EXEC, 0))
    filtered.add_rule(seccomp.ALLOW, "shmat", seccomp.Arg(2, seccomp.MASKED_EQ, SHM_EXEC, 0))
    for name, argument in no_set_id.items():
        filtered.add_rule(seccomp.ALLOW, name, seccomp.Arg(argument, seccomp.MASKED_EQ, S_ISUID_S_ISGID, 0))
    # Of clone the flags of new namespaces; clone3 cannot be looked into and is answered as an old kernel does.
    filtered.add_rule(seccomp.ALLOW, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, sum(NAMESPACES), 0))
    filtered.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    filtered.load()


def main():
    unit = Unit(sys.argv[1])
    cut = sys.argv.index("--")
    words, command = sys.argv[2:cut], sys.argv[cut + 1:]
    paths = {"--read": [], "--write": []}
    for option, path in zip(words[::2], words[1::2]):
        paths[option].append(pathlib.Path(path))
    for key, value in (("NoNewPrivileges", "yes"), ("CapabilityBoundingSet", ""), ("ProtectSystem", "strict"),
                       ("PrivateTmp", "yes"), ("MemoryDenyWriteExecute", "yes"), ("RestrictNamespaces", "yes"),
                       ("RestrictSUIDSGID", "yes"),
                       ("SystemCallErrorNumber", "EPERM"), ("UMask", "0077"), ("LimitCORE", "0")):
        unit.demand(key, value)
    make_read_only(paths["--read"], paths["--write"])
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    drop_capabilities()
    filter_calls(unit)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
