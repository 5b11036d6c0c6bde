"""What heapctl reads of thousands of numbers in texts is what this Python (3.11) reads.
usage: test_numbers.py HEAPCTL    (HEAPD_BIN names the daemon; HEAPD_SEED=... repeats a run)"""
import os
import random
import sys
import unicodedata

from console_tools import check, finish, run, write

seed = int(os.environ.get("HEAPD_SEED") or random.SystemRandom().randrange(1 << 32))
rnd = random.Random(seed)
print(f"HEAPD_SEED={seed}")
blanks = [chr(c) for c in range(sys.maxunicode) if chr(c).isspace()]
digits = [chr(c) for c in range(sys.maxunicode) if unicodedata.decimal(chr(c), None) is not None]


def piece():
    return rnd.choice([
        lambda: str(rnd.randrange(10 ** rnd.randrange(8))), lambda: rnd.choice("0123456789__..eE+-xn \0"),
        lambda: rnd.choice(blanks), lambda: rnd.choice(digits), lambda: rnd.choice(["inf", "NaN", "Infinity", "e5", "1_0", "\x1c"]),
    ])()


def text():
    made = "".join(piece() for _ in range(rnd.randrange(1, 5)))
    return made.encode() if rnd.random() < 0.2 else made


def read(kind, source):
    """As the console does: as far as it goes 64 bits."""
    try:
        value = kind(source)
    except ValueError as error:
        return f"ValueError: {error}"
    return repr(value) if kind is float or -(2**63) <= value < 2**63 else "OverflowError: int too large: heapd's ints have 64 bits"


def spell(source):
    if isinstance(source, bytes):
        return "b'" + "".join(f"\\x{c:02x}" for c in source) + "'"
    return "'" + "".join(f"\\U{ord(c):08x}" for c in source) + "'"


texts = [text() for _ in range(2000)] + [[b"", ""][i] for i in range(2)]
texts += [f"{n}" for n in (2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**30)] + [c + "1" for c in blanks] + ["1" + d for d in digits]
cases = [(kind, t) for t in texts for kind in (int, float)]
transcript = "".join(f">>> {kind.__name__}({spell(t)})\n" for kind, t in cases)
file = write("numbers.heap", transcript)
status, out, err = run("test", "--update", file)
with open(file, encoding="utf-8", newline="\n") as played:
    got = [answer.split("\n", 1)[1].removesuffix("\n") for answer in ("\n" + played.read()).split("\n>>> ")[1:]]
check("all are answered", len(got) == len(cases), len(got), len(cases), out, err)
for (kind, t), answer in zip(cases, got):
    wanted = read(kind, t)
    if answer.removeprefix("Traceback (most recent call last):\n    ...\n") != wanted:
        check("a number", False, kind, t, wanted, answer)
finish()
