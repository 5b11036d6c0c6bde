#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Looks for differences between CPython and heapd.

    differ.py [--seed N | --of NAME] [--rounds N] [--statements N] [--jobs N] [--keep DIR] HEAPCTL

Each round makes a transcript (generate.py), plays it with `heapctl test`, and shrinks the first
that fails to a minimum, with CPython's answers found anew for each attempt.  The seed is printed,
and HEAPD_SEED=N repeats it; minima are printed and, with --keep, written to DIR/seed-N.heap.
Exit status 1 if anything differs.
"""
import argparse
import concurrent.futures
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

from census import UNCOUNTED
from oracle import ANY_ORDER, APART

HERE = os.path.dirname(os.path.abspath(__file__))
ADDRESS = re.compile(r"0x[0-9a-f]+")
TOLD_BY_CALLBACK = re.compile(r"^cb\d.*\n", re.M)


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def examples_of(text):
    """The statements of a transcript, each with its answer."""
    return [e for e in re.split(r"^(?=>>> )", text, flags=re.M) if e]


def source_of(example):
    return "".join(line for line in example.splitlines(True) if line.startswith((">>>", "...")))


def same_in_any_order(expected, got):
    """Whether they have the same words, where the order is not defined."""
    if ANY_ORDER not in expected:
        return False
    words = []
    for text in (expected, got):
        text = ADDRESS.sub("0x", text.replace("...", "").replace("<BLANKLINE>", ""))
        if ANY_ORDER + APART in expected:
            text = TOLD_BY_CALLBACK.sub("", text)
        words.append(sorted(re.findall(r"\w+|[^\w\s]", text)))
    return words[0] == words[1]


def comparable(example):
    """Counts of immortals are not CPython's: that it is one is what must agree."""
    return UNCOUNTED.sub("(immortal)", example.rstrip())


class Played:
    """What heapd makes of a transcript."""

    def __init__(self, heapctl, path):
        with open(path, encoding="utf-8") as file:
            expected = examples_of(file.read())
        self.differing = []  # numbers of examples
        self.report = ""
        result = run(heapctl, "test", path)
        if result.returncode == 0:
            return
        self.report = result.stdout[-3000:] + result.stderr[-1000:]
        copy = path + ".played"
        shutil.copyfile(path, copy)
        updated = run(heapctl, "test", "--update", copy)
        with open(copy, encoding="utf-8") as file:
            got = examples_of(file.read())
        self.differing = [
            i
            for i, (a, b) in enumerate(zip(expected, got))
            if comparable(a) != comparable(b) and not same_in_any_order(a, b)
        ]
        told = re.search(r"(\d+) failed", updated.stdout)
        if len(got) != len(expected) or told is None or "verif" in updated.stdout.lower():
            self.differing.append(len(expected) - 1)


def with_answers(examples, path):
    """Writes the statements to the path with CPython's answers."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(source_of(e) for e in examples))
    played = run(sys.executable, os.path.join(HERE, "oracle.py"), path).stdout
    parts = []
    for example in examples_of(played):
        head, newline, rest = example.partition("\n")
        mark = "  # doctest: +ELLIPSIS" if ADDRESS.search(rest) and "+ELLIPSIS" not in head else ""
        parts.append(head + mark + newline + ADDRESS.sub("0x...", rest))
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(parts))
    return "".join(parts)


def still_fails(heapctl, examples, path):
    """Whether the last of the examples fails; not by a count that cannot be compared."""
    text = with_answers(examples, path)
    played = Played(heapctl, path)
    return len(examples) - 1 in played.differing and not UNCOUNTED.search(text + played.report)


def shrink(heapctl, examples, path):
    """Leaves out what can be left out, in ever smaller pieces."""
    step = max(1, len(examples) // 2)
    while True:
        at = 0
        changed = False
        while at < len(examples) - 1:
            fewer = examples[:at] + examples[at + step : -1] + examples[-1:]
            if still_fails(heapctl, fewer, path):
                examples = fewer
                changed = True
            else:
                at += step
        if step == 1 and not changed:
            return examples
        step = max(1, step // 2)


def minimum(options, seed, folder, made, first):
    path = os.path.join(folder, f"shrunk-{seed}.heap")
    examples = examples_of(made)[: first + 1]
    if not still_fails(options.heapctl, examples, path):
        return "it does not fail again with answers found anew\n"
    examples = shrink(options.heapctl, examples, path)
    text = with_answers(examples, path)
    if options.keep:
        with open(os.path.join(options.keep, f"seed-{seed}.heap"), "w", encoding="utf-8") as file:
            file.write(text)
    return f"{text}{Played(options.heapctl, path).report}"


def fresh_seed(of):
    """Of a commit, so that whoever tests it judges it by the same statements, and the next one by
    others; or drawn."""
    tree = run("git", "-C", HERE, "rev-parse", "HEAD^{tree}") if of else None
    if tree is None or tree.returncode:
        return random.SystemRandom().randrange(10**9)
    return int(hashlib.sha256(f"{tree.stdout.strip()} {of}".encode()).hexdigest(), 16) % 10**9


def one_round(options, seed, folder):
    """What there is to say: nothing if all was well."""
    path = os.path.join(folder, f"seed-{seed}.heap")
    made = run(sys.executable, os.path.join(HERE, "generate.py"), str(seed), str(options.statements))
    if made.returncode != 0:
        return f"seed {seed}: {made.stderr}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(made.stdout)
    played = Played(options.heapctl, path)
    for name in (path, path + ".played"):
        if os.path.exists(name):
            os.remove(name)
    if not played.differing:
        return ""
    said = f"seed {seed}: {len(played.differing)} differ\n{played.report}"
    if not options.no_shrink:
        said += f"minimum of seed {seed}:\n" + minimum(options, seed, folder, made.stdout, played.differing[0])
    return said


def main():
    parser = argparse.ArgumentParser(description="looks for differences between CPython and heapd")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--of", metavar="NAME", help="the seed is this commit's, and NAME's")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--statements", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep")
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("heapctl")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = int(os.environ.get("HEAPD_SEED") or fresh_seed(options.of))
    failed = 0
    print(f"seed {options.seed}, {options.rounds} rounds of {options.statements} statements", flush=True)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        seeds = range(options.seed, options.seed + options.rounds)
        for said in pool.map(lambda seed: one_round(options, seed, folder), seeds):
            failed += said != ""
            if said:
                print(said, flush=True)
    print(f"{options.rounds - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
