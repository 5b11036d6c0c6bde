#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""docs/tutorial.md does what it says.

usage: test_tutorial.py PROGRAM...    programs whose folders are on the PATH

Each block marked `console` is played in one shell: lines after "$ " are run, and the lines
below them are what they write, where "..." stands for anything.  A command that ends in " &"
is a daemon: it has written what it should when that has come, and ends with the test.  Each
block marked `c` stands in a file of client/examples, letter for letter.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MARK = "-- end of output --"


def blocks(text, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S)


def commands(block):
    """(command, what it should write) of each line after a prompt."""
    assert block.startswith("$ "), block
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def agrees(expected, got):
    pattern = ".*".join(re.escape(piece) for piece in expected.split("..."))
    return re.fullmatch(pattern, got) is not None


class Shell:
    def __init__(self, folder):
        paths = {os.path.dirname(os.path.abspath(program)) for program in sys.argv[1:]}
        environment = dict(os.environ, PATH=":".join([*sorted(paths), os.environ["PATH"]]))
        environment.pop("HEAPD_URL", None)
        self.how = dict(cwd=folder, env=environment, text=True, stdout=subprocess.PIPE)
        self.daemons = []
        self.process = subprocess.Popen(["bash"], stdin=subprocess.PIPE, stderr=subprocess.STDOUT, **self.how)

    def run(self, command, expected):
        if command.endswith(" &"):
            daemon = subprocess.Popen(["bash", "-c", "exec " + command[:-2]], stderr=subprocess.DEVNULL, **self.how)
            self.daemons.append(daemon)
            return "".join(daemon.stdout.readline() for _ in expected.splitlines())
        self.process.stdin.write(f"{command}\necho; echo '{MARK}'\n")
        self.process.stdin.flush()
        got = ""
        for line in self.process.stdout:
            if line == MARK + "\n":
                return got[:-1]  # the empty line before the mark
            got += line
        sys.exit(f"$ {command}\nended the shell: {got}")

    def end(self):
        self.process.communicate(timeout=60)
        for daemon in self.daemons:
            daemon.terminate()
            assert daemon.wait(timeout=60) == 0, daemon.args


def main():
    text = (ROOT / "docs/tutorial.md").read_text()
    sources = [path.read_text() for path in (ROOT / "client/examples").glob("*.c")]
    played = 0
    for block in blocks(text, "c"):
        assert any(block in source for source in sources), f"not in an example:\n{block}"
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(folder)
        for block in blocks(text, "console"):
            for command, expected in commands(block):
                got = shell.run(command, expected)
                assert agrees(expected, got), f"$ {command}\n{expected}-- but it wrote:\n{got}"
                played += 1
        shell.end()
    assert played >= 15 and len(blocks(text, "c")) >= 4, played
    print(played, "commands")


if __name__ == "__main__":
    main()
