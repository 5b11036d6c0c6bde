#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What nothing needs among the installed packages, by breadth-first search.

The independent answer for client/examples/packages -l: the same question, the
same two files, no heap.  Debian's python3, standard library only.

usage: packages_oracle.py [STATUS [EXTENDED_STATES]]
"""
import re
import sys
from collections import defaultdict, deque


def paragraphs(path):
    """Dictionaries of a file in the format of /var/lib/dpkg/status."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for block in re.split(r"\n[ \t]*\n", file.read()):
            fields = {}
            for name, value in re.findall(r"^([^\s:]+):[ \t]*((?:.*)(?:\n[ \t].*)*)", block, re.M):
                fields[name.lower()] = " ".join(value.split())
            if fields:
                yield fields


def names(text):
    """(name, qualifier) of everything a relation field mentions."""
    for word in re.split(r"[,|]", text):
        match = re.match(r"\s*([^\s:(\[<]+)(?::([^\s(\[<]+))?", word)
        if match:
            yield match.group(1), match.group(2)


def main(status="/var/lib/dpkg/status", states="/var/lib/apt/extended_states"):
    packages = [p for p in paragraphs(status) if p.get("status", "").endswith(" installed")]
    native = next((p["architecture"] for p in packages if p["package"] == "dpkg"), "all")
    try:
        automatic = {(s["package"], s.get("architecture"))
                     for s in paragraphs(states) if s.get("auto-installed") == "1"}
    except FileNotFoundError:
        automatic = set()
    automatic_names = {name for name, _ in automatic}

    def architecture(package):
        own = package["architecture"]
        return native if own == "all" else own

    by_name = defaultdict(list)
    for index, package in enumerate(packages):
        for name in {package["package"], *(n for n, _ in names(package.get("provides", "")))}:
            by_name[name].append(index)

    def satisfies(package, qualifier, candidate):
        if qualifier is None:
            return (candidate.get("multi-arch") == "foreign"
                    or architecture(candidate) == architecture(package))
        return qualifier == "any" or architecture(candidate) == qualifier

    def is_root(package):
        if package.get("essential") == "yes" or package.get("priority") == "required":
            return True
        if package["architecture"] == "all":
            return package["package"] not in automatic_names
        return (package["package"], package["architecture"]) not in automatic

    reached = {i for i, package in enumerate(packages) if is_root(package)}
    queue = deque(reached)
    while queue:
        package = packages[queue.popleft()]
        relations = package.get("depends", "") + "," + package.get("pre-depends", "")
        for name, qualifier in names(relations):
            for other in by_name[name]:
                if other not in reached and satisfies(package, qualifier, packages[other]):
                    reached.add(other)
                    queue.append(other)

    for title in sorted(p["package"] if architecture(p) == native
                        else p["package"] + ":" + p["architecture"]
                        for i, p in enumerate(packages) if i not in reached):
        print(title)


if __name__ == "__main__":
    main(*sys.argv[1:])
