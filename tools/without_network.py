"""Run a command where there is no network, and say whether anything in it tried to reach one.

    python tools/without_network.py icp-lab report my_study

The command gets a network namespace of its own, which holds the loopback of this machine and nothing else. The kernel
counts there, whatever program and library it was, each packet that had no way out and each question to a name server
that nobody answered; where it counts any, this ends with 3. Linux only; no rights are needed where the system lets
users have namespaces (`unshare`, util-linux).
"""

import fcntl
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

INSIDE = "--inside"
UNSHARE = (("unshare", "--net"), ("unshare", "--net", "--map-root-user"))
COUNTED = (("snmp", "Ip", "OutNoRoutes"), ("snmp", "Udp", "NoPorts"), ("snmp6", "Ip6OutNoRoutes", ""))
TRIED = 3


def find_way():
    """Find the command that gives a program a network of its own; empty where the system allows none."""
    if shutil.which("unshare") is None:
        return ()
    ways = (way for way in UNSHARE if not subprocess.run([*way, "true"], capture_output=True, check=False).returncode)
    return next(ways, ())


def wrap(command):
    """Give the command that runs another one without a network."""
    return [*find_way(), sys.executable, __file__, INSIDE, *command]


def raise_loopback():
    """Make 127.0.0.1 answer: the parts of a run talk to each other there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        up_and_running = 0x1 | 0x40
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", up_and_running))  # SIOCSIFFLAGS


def count_tries():
    """Read how often something has tried to leave this namespace, by what the kernel calls it."""
    counts = {}
    for file, head, column in COUNTED:
        rows = [line.split() for line in Path("/proc/self/net", file).read_text(encoding="ascii").splitlines()]
        found = [row for row in rows if row[0].rstrip(":") == head]
        counts[f"{head}{column}"] = int(found[1][found[0].index(column)] if column else found[0][1])
    return counts


def main():
    """Go inside, then run the command and count."""
    if sys.argv[1:2] != [INSIDE]:
        if not find_way():
            sys.exit("This system lets nobody have a network namespace (Linux, util-linux, user namespaces).")
        command = wrap(sys.argv[1:])
        os.execvp(command[0], command)
    raise_loopback()
    before = count_tries()
    status = subprocess.run(sys.argv[2:], check=False).returncode
    tries = {name: count - before[name] for name, count in count_tries().items() if count > before[name]}
    print(f"Attempts to reach a network: {json.dumps(tries) if tries else 0}", file=sys.stderr)
    sys.exit(status or (TRIED if tries else 0))


if __name__ == "__main__":
    main()
