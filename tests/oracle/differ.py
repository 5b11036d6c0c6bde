#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Looks for differences between CPython and heapd.

    differ.py [--seed N] [--rounds N] [--statements N] [--keep DIR] HEAPCTL

Each round makes a transcript (generate.py), plays it with `heapctl test`, and shrinks what fails
to a minimum, with CPython's answers found anew for each attempt.  The seed is printed; minima are
printed and, with --keep, written to DIR/seed-N.heap.  Exit status 1 if anything differs.
"""
import argparse
import os
import random
import re
import subprocess
import sys
import tempfile

IMMORTAL = "4294967295"  # the count of an immortal, which is not CPython's
HERE = os.path.dirname(os.path.abspath(__file__))


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def agrees(heapctl, path):
    return run(heapctl, "test", path)


def examples_of(text):
    """The statements of a transcript, each with its answer."""
    return [e for e in re.split(r"^(?=>>> )", text, flags=re.M) if e]


def sources_only(examples):
    lines = "".join(examples).splitlines(True)
    return "".join(line for line in lines if line.startswith((">>>", "...")))


def without_addresses(example):
    if not re.search(r"0x[0-9a-f]+", example):
        return example
    head, newline, rest = example.partition("\n")
    mark = "" if "+ELLIPSIS" in head else "  # doctest: +ELLIPSIS"
    return head + mark + newline + re.sub(r"0x[0-9a-f]+", "0x...", rest)


def still_fails(heapctl, examples, folder):
    """Whether the last of the examples fails, as it did at first."""
    path = os.path.join(folder, "try.heap")
    with open(path, "w", encoding="utf-8") as file:
        file.write(sources_only(examples))
    played = run(sys.executable, os.path.join(HERE, "oracle.py"), path)
    parts = [without_addresses(e) for e in examples_of(played.stdout)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(parts))
    line = "".join(parts[:-1]).count("\n") + 1
    result = agrees(heapctl, path)
    return f"{path}:{line}:\n" in result.stdout and IMMORTAL not in result.stdout


def shrink(heapctl, examples, folder):
    """Leaves out what can be left out, in ever smaller pieces."""
    step = max(1, len(examples) // 2)
    while True:
        at = 0
        changed = False
        while at < len(examples) - 1:
            fewer = examples[:at] + examples[at + step : -1] + examples[-1:]
            if still_fails(heapctl, fewer, folder):
                examples = fewer
                changed = True
            else:
                at += step
        if step == 1 and not changed:
            return examples
        step = max(1, step // 2)


def first_failure(output, path):
    match = re.search(re.escape(path) + r":(\d+)", output)
    return int(match.group(1)) if match else None


def cut_behind(text, line):
    """The transcript up to the example at this line."""
    lines = text.splitlines(True)
    end = line
    while end < len(lines) and not lines[end].startswith(">>>"):
        end += 1
    return "".join(lines[:end])


def one_round(options, seed, folder):
    path = os.path.join(folder, f"seed-{seed}.heap")
    made = run(sys.executable, os.path.join(HERE, "generate.py"), str(seed), str(options.statements))
    if made.returncode != 0:
        print(made.stderr)
        return False
    with open(path, "w", encoding="utf-8") as file:
        file.write(made.stdout)
    result = agrees(options.heapctl, path)
    if result.returncode == 0:
        return True
    print(f"seed {seed}: {result.stdout[-3000:]}{result.stderr[-1000:]}")
    if options.no_shrink:
        return False
    line = first_failure(result.stdout, path)
    text = cut_behind(made.stdout, line) if line else made.stdout
    examples = examples_of(text)
    if not still_fails(options.heapctl, examples, folder):
        examples = examples_of(made.stdout)
    minimum = shrink(options.heapctl, examples, folder)
    still_fails(options.heapctl, minimum, folder)
    with open(os.path.join(folder, "try.heap"), encoding="utf-8") as file:
        text = file.read()
    print(f"minimum of seed {seed}:\n{text}")
    print(agrees(options.heapctl, os.path.join(folder, "try.heap")).stdout, flush=True)
    if options.keep:
        with open(os.path.join(options.keep, f"seed-{seed}.heap"), "w", encoding="utf-8") as file:
            file.write(text)
    return False


def main():
    parser = argparse.ArgumentParser(description="looks for differences between CPython and heapd")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--statements", type=int, default=1000)
    parser.add_argument("--keep")
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("heapctl")
    options = parser.parse_args()
    failed = 0
    print(f"seed {options.seed}, {options.rounds} rounds of {options.statements} statements", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for i in range(options.rounds):
            failed += not one_round(options, options.seed + i, folder)
    print(f"{options.rounds - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
