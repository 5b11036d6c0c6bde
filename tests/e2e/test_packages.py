#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""client/examples/packages against packages_oracle.py, through a real daemon.

usage: test_packages.py HEAPD PACKAGES

Compared: the packages of this machine, if it has any; and generated ones with
cycles, alternatives, virtual packages and several architectures.
"""
import os
import random
import subprocess
import sys
import tempfile

ORACLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "packages_oracle.py")
STATUS = "/var/lib/dpkg/status"
STATES = "/var/lib/apt/extended_states"
SEED = 20261123


def relation(rng, count):
    """One dependency: one to three alternatives, some of them of nobody."""
    def alternative():
        name = rng.choice([f"p{rng.randrange(count)}", f"virtual{rng.randrange(count // 4)}", "nobody"])
        return name + rng.choice(["", "", ":any", ":i386", " (>= 1.0)", ":amd64 (= 2)"])
    return " | ".join(alternative() for _ in range(rng.choice([1, 1, 1, 2, 3])))


def generate(rng, count, status, states):
    """Writes the two files for about count packages; most are automatic."""
    with open(status, "w") as packages, open(states, "w") as marks:
        packages.write("Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\n\n")
        for i in range(count):
            for arch in rng.choice([["amd64"], ["amd64"], ["all"], ["i386"], ["amd64", "i386"]]):
                state = rng.choice(["install ok installed"] * 5 + ["deinstall ok config-files"])
                packages.write(f"Package: p{i}\nStatus: {state}\nArchitecture: {arch}\n")
                if rng.random() < 0.02:
                    packages.write("Essential: yes\n")
                if rng.random() < 0.02:
                    packages.write("Priority: required\n")
                if rng.random() < 0.2:
                    packages.write("Multi-Arch: " + rng.choice(["same", "foreign", "allowed"]) + "\n")
                if rng.random() < 0.3:
                    packages.write(f"Provides: virtual{rng.randrange(count // 4)} (= 1),\n other\n")
                for field in rng.sample(["Depends", "Pre-Depends"], rng.choice([0, 1, 1, 2])):
                    needs = ", ".join(relation(rng, count) for _ in range(rng.choice([1, 1, 2])))
                    packages.write(f"{field}: {needs}\n")
                packages.write("Description: text\n with: colons\n .\n\n")
                if rng.random() < 0.95:
                    native = "amd64" if arch == "all" else arch
                    marks.write(f"Package: p{i}\nArchitecture: {native}\nAuto-Installed: 1\n\n")


def run(command, **keywords):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=120,
                          **keywords).stdout


def compare(packages, url, status, states):
    ours = run([packages, "-l", status, states], env=dict(os.environ, HEAPD_URL=url))
    theirs = run([sys.executable, ORACLE, status, states])
    if ours != theirs:
        print(f"{status}: packages and the oracle differ", file=sys.stderr)
        print("only packages:", sorted(set(ours.split()) - set(theirs.split())), file=sys.stderr)
        print("only oracle:", sorted(set(theirs.split()) - set(ours.split())), file=sys.stderr)
        sys.exit(1)
    return len(ours.split())


def main(heapd, packages):
    rng = random.Random(SEED)
    print("seed", SEED)
    with tempfile.TemporaryDirectory() as folder:
        url = f"unix:{folder}/heapd.sock"
        ready, told = os.pipe()
        daemon = subprocess.Popen([heapd, "--listen", url, "--ready-fd", str(told)],
                                  pass_fds=[told])
        os.close(told)
        try:
            if not os.read(ready, 4096).startswith(b"READY\n"):
                sys.exit("heapd did not get ready")
            if os.path.exists(STATUS):
                print("this machine:", compare(packages, url, STATUS, STATES), "died")
            for count in (8, 8, 40, 200, 1000, 3000):
                files = [os.path.join(folder, name) for name in ("status", "states")]
                generate(rng, count, *files)
                print(count, "generated:", compare(packages, url, *files), "died")
        finally:
            daemon.terminate()
            status = daemon.wait(timeout=30)
        if status != 0:
            sys.exit(f"heapd ended with status {status}")


if __name__ == "__main__":
    main(*sys.argv[1:])
