#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The oracle: plays transcripts on CPython, statement by statement.

    oracle.py FILE            prints FILE with what CPython answers in place of what is expected
    oracle.py --check FILE... compares; exit status 1 if an expectation does not agree
    oracle.py --update FILE... writes CPython's answers into the files

Each file is played by an interpreter of its own that imported gc, sys and weakref and collected
once; automatic collection is off, exceptions are not kept, PYTHONHASHSEED is 0.  Statements are
compiled in `single` mode, as at the prompt.  A client (`>>> #: client NAME`) is names of its own.
What stands behind `>>> #: cpython skip` and behind other directives is heapd's alone and stays.
"""
import argparse
import difflib
import doctest
import os
import re
import subprocess
import sys

ANY_ORDER = "# in any order"
APART = ", callbacks apart"
EXAMPLE = doctest.DocTestParser._EXAMPLE_RE
FENCED = re.compile(r"^[ ]*(```+)[ ]*(?:heap|pycon|python)\b[^\n]*\n(.*?)^[ ]*\1`*[ ]*$", re.M | re.S)


class Output:
    """What is printed, and no reference to it: io.StringIO keeps one of each text."""

    def __init__(self):
        self.bytes = bytearray()

    def write(self, text):
        self.bytes += text.encode("utf-8", "surrogatepass")

    def flush(self):
        pass

    def text(self):
        return self.bytes.decode("utf-8", "surrogatepass")


class Player:
    """Statements of one transcript, on this interpreter."""

    def __init__(self):
        import gc
        import weakref

        self.globals = {"__name__": "__main__"}
        self.clients = {"main": self.globals}
        self.skip = False
        self.gc = gc
        weakref.ref(Player)
        sys.displayhook = sys.__displayhook__
        gc.collect()
        gc.disable()

    def directive(self, word, rest):
        """A client is names of its own; who is killed has none any more."""
        if self.skip:
            self.skip = False
        elif word == "cpython":
            self.skip = rest == "skip"
        elif word == "client":
            self.globals = self.clients.setdefault(rest, {"__name__": "__main__"})
        elif word == "kill":
            if self.clients[rest] is self.globals:
                self.globals = self.clients["main"]
            self.clients.pop(rest).clear()

    def play(self, source):
        """What the statement prints; None: it is not CPython's."""
        if re.match(r"\s*#:", source):
            self.directive(*(re.sub(r"\s#.*", "", source.split("#:")[1]).split() + ["", ""])[:2])
            return None
        if self.skip:
            self.skip = False
            return None
        if re.search(r"#\s*doctest:.*\+SKIP", source):
            return None
        shown, sys.stdout = sys.stdout, Output()
        failure = None
        try:
            exec(compile(source, "<console>", "single"), self.globals)
        except BaseException as error:  # pylint: disable=broad-except
            said = error.msg if isinstance(error, SyntaxError) else str(error)
            failure = type(error).__name__ + (f": {said}" if said else "") + "\n"
        finally:
            printed, sys.stdout = sys.stdout.text(), shown
        for name in ("last_type", "last_value", "last_traceback"):
            if hasattr(sys, name):
                delattr(sys, name)
        if failure is not None:
            return "Traceback (most recent call last):\n    ...\n" + failure
        return printed


    def end(self):
        """What dies with the transcript says nothing any more."""
        shown, sys.stdout = sys.stdout, Output()
        self.gc.callbacks.clear()
        self.gc.set_debug(0)
        for names in self.clients.values():
            names.clear()
        sys.displayhook(0)
        self.gc.garbage.clear()
        self.gc.collect()
        sys.stdout = shown


def unprompted(source, indent):
    lines = [line[indent + 4 :] for line in source.split("\n")]
    return "\n".join(lines) + "\n"


def formatted(text, indent):
    out = []
    for line in text.splitlines():
        out.append(" " * indent + (line if line.strip(" \t\r\f\v") else "<BLANKLINE>") + "\n")
    return "".join(out)


def matches(want, got, source):
    """As doctest compares."""
    options = 0
    for name, bit in doctest.OPTIONFLAGS_BY_NAME.items():
        if re.search(r"#\s*doctest:.*\+" + name + r"\b", source):
            options |= bit
    checker = doctest.OutputChecker()
    failed = doctest.DocTestParser._EXCEPTION_RE.match(got)
    expected = doctest.DocTestParser._EXCEPTION_RE.match(want)
    if failed and got.startswith("Traceback"):
        return expected is not None and checker.check_output(
            expected.group("msg"), failed.group("msg"), options
        )
    return checker.check_output(want, got, options)


def play_part(player, text, wrong):
    """The text with CPython's answers; notes what does not agree in `wrong`."""
    out = []
    at = 0
    for match in EXAMPLE.finditer(text):
        indent = len(match.group("indent"))
        source = unprompted(match.group("source"), indent)
        got = player.play(source)
        want = "".join(line[indent:] + "\n" for line in match.group("want").splitlines())
        if got is None or matches(want, got, source):
            continue
        wrong.append((source, want, got))
        out.append(text[at : match.start("want")])
        if out[-1] and not out[-1].endswith("\n"):
            out.append("\n")
        out.append(formatted(got, indent))
        at = match.end("want")
    out.append(text[at:])
    return "".join(out)


def play_file(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    player = Player()
    wrong = []
    if path.endswith(".md"):
        played = FENCED.sub(
            lambda m: m.group(0).replace(m.group(2), play_part(player, m.group(2), wrong)), text
        )
    else:
        played = play_part(player, text, wrong)
    player.end()
    return text, played, wrong


def main():
    parser = argparse.ArgumentParser(description="plays transcripts on CPython")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable] + sys.argv)
    if len(options.files) > 1:
        mode = ["--check"] if options.check else ["--update"] if options.update else []
        runs = [subprocess.run([sys.executable, __file__, *mode, f]) for f in options.files]
        return max(run.returncode for run in runs)
    path = options.files[0]
    text, played, wrong = play_file(path)
    if options.check:
        for source, want, got in wrong:
            print(f"{path}:\n>>> {source}  expected:\n{want}  CPython:\n{got}")
        return 1 if wrong else 0
    if options.update:
        if played != text:
            with open(path, "w", encoding="utf-8") as file:
                file.write(played)
        sys.stdout.writelines(difflib.unified_diff(text.splitlines(True), played.splitlines(True)))
        return 0
    sys.stdout.write(played)
    return 0


if __name__ == "__main__":
    sys.exit(main())
