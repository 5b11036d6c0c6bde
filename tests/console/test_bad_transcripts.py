"""Any bytes as a transcript: a SyntaxError with line and column, another exception with a sentence, or
they run; never a crash, a hang, or a statement that passed in silence.
usage: test_bad_transcripts.py HEAPCTL    (HEAPD_BIN names the daemon)"""
import os
import random
import re
import time

from console_tools import check, finish, run, write

SECONDS = 100  # of the slowest, built with sanitizers on a busy machine


def example(*lines):
    return "".join((">>> " if i == 0 else "... ") + line + "\n" for i, line in enumerate(lines))


def play(name, text):
    """How the test of one transcript ended, and what it said."""
    start = time.monotonic()
    status, out, err = run("test", write(name + ".heap", text), timeout=SECONDS)
    check(f"{name}: neither passed nor failed: {status}", status in (0, 1), out, err)
    check(f"{name}: the daemon or the console broke", "ended" not in out and err == "", out, err)
    return status, out, time.monotonic() - start


SYNTAX = {  # name: transcript, line, column, part of the sentence
    "unterminated": (">>> x = 'abc\n", 1, 9, "unterminated string literal"),
    "unterminated_triple": (example("x = '''abc", "def"), 1, 9, "unterminated triple-quoted string"),
    "never_closed": (">>> 1\n1\n\n  >>> x = [\n", 4, 11, "'[' was never closed"),
    "second_line": (example("if x:", "    y ="), 2, 12, "invalid syntax"),
    "null": (b">>> x = 1\0 + 2\n", 1, 10, "null bytes"),
    "null_in_string": (b">>> 'a\0b'\n'a'\n", 1, 7, "null bytes"),
    "not_utf8": (b">>> x = '\xff'\n", 1, 10, "not valid UTF-8"),
    "cut_utf8": (b">>> x = '\xe2\x82'\n", 1, 10, "not valid UTF-8"),
    "surrogate": (b">>> x = '\xed\xa0\x80'\n", 1, 10, "not valid UTF-8"),
    "control": (b">>> x = \x01\n", 1, 9, "invalid non-printable character U+0001"),
    "crlf": (b">>> x = 1\r\n>>> x y\r\n", 2, 7, "invalid syntax"),
    "lone_cr": (b">>> x = 1\ry = 2\n", 1, 10, "U+000D"),
    "tab": (">>> if 1:\n...\tx = (\n", 2, 13, "'(' was never closed"),
    "bom": (b"\xef\xbb\xbf>>> x\n\n>>> x y\n", 3, 7, "invalid syntax"),
    "parentheses": (">>> " + "(" * 1_000_000 + "\n", 1, 205, "too many nested parentheses"),
    "indents": ("".join(("... " if i else ">>> ") + " " * i + "if 1:\n" for i in range(1000)), 101, 105,
                "too many levels of indentation"),
    "words": (">>> x = [" + "1," * 5_000_000 + "]\n", 1, 500007, "limited to 500000 words"),
    "minuses": (">>> " + "-" * 5_000_000 + "1\n", 1, 500005, "limited to 500000 words"),
    "chain": (">>> " + "1 < " * 1000 + "1\n", 1, 1035, "more than 256 comparisons"),
    "keywords": (">>> f(" + ",".join(f"a{i}=1" for i in range(1000)) + ")\n", 1, 1682, "limited to 255 keyword"),
    "locals": (example("def f():", "    " + "; ".join(f"a{i} = 1" for i in range(100000))), 1, 5,
               "limited to 1000 names"),
    "float": (">>> 1." + "9" * 1_000_000 + "\n", 1, 5, "number too long"),
    "fstring": (">>> f'{x}'\n", 1, 5, "f-strings are not part"),
    "with": (">>> with x: pass\n", 1, 5, "with is not part"),
    "no_blank": (">>>x\n", 1, 1, "a prompt lacks the blank"),
    "dedented": ("  >>> x\n ... y\n", 2, 2, "inconsistent leading whitespace"),
    "option": (">>> x  # doctest: +ELIPSIS\n", 1, 19, "no doctest option"),
}

LIMITS = {  # name: transcript, the sentence that says which limit
    "str": (">>> x = 'x' * 10**9\n", "MemoryError: a str of 1000000000 times 1 is longer than"),
    "bytes": (">>> x = b'x' * 10**12\n", "MemoryError: a bytes of .* is longer than"),
    "list": (">>> x = [0] * 10**9\n", "MemoryError: a list of 1000000000 times 1 is longer than"),
    "tuple": (">>> x = (0,) * 10**9\n", "MemoryError: a tuple of 1000000000 times 1 is longer than"),
    "large_int": (">>> x = 9223372036854775808\n", "OverflowError: int too large: heapd's ints have 64 bits"),
    "digits": (">>> x = " + "9" * 5_000_000 + "\n", "OverflowError: int too large: heapd's ints have 64 bits"),
    "power": (">>> x = 10 ** 100\n", "OverflowError: int too large: heapd's ints have 64 bits"),
    "loop": (">>> for i in range(10**12): pass\n", "TimeoutError: a statement is limited to 20000000 instructions"),
    "items": (">>> x = list(range(10**12))\n", "MemoryError: more than 10000000 items at once"),
    "doubled": (">>> s = 'a'\n>>> for i in range(99): s = s + s\n", "MemoryError: a str of .* is longer than"),
    "sums": (">>> x = " + " + ".join(["'a' * 4096"] * 2500) + "\n", "MemoryError: a statement is limited to"),
    "operators": (">>> x = " + "1 + " * 100_000 + "1\n", "RecursionError: maximum recursion depth exceeded"),
    "attributes": (">>> x" + ".a" * 100_000 + "\n", "RecursionError: maximum recursion depth exceeded"),
    "branches": (example("if 0: pass", *["elif 0: pass"] * 50_000), "RecursionError: maximum recursion depth"),
    "calls": (example("def f(): f()") + "\n>>> f()\n", "RecursionError: maximum recursion depth exceeded"),
    "names": (">>> " + "; ".join(f"a{i} = 1" for i in range(70_000)) + "\n", "MemoryError: the scope has 65536 names"),
}

FINE = {  # what is strange, and right
    "empty": "",
    "no_newline": ">>> 1 + 1\n2",
    "long_string": ">>> x = '" + "a" * 2_000_000 + "'\n>>> len(x)\n2000000\n",
    "crlf_fine": b">>> x = 1\r\n>>> x\r\n1\r\n",
    "tabs_fine": "\t>>> if 1:\n\t...\tprint('a')\n\ta\n",
    "many": ">>> x = 1\n" * 20_000,
    "deep": ">>> x = []\n>>> for i in range(100000): x = [x]\n>>> del x\n",
    "comments": ">>> #" + "doctest" * 500_000 + "\n",
    "blank": ">>> \n>>>\n>>> # nothing\n",
    "prose": "\x00\xff >> nothing here >>> is a prompt\n",
}

for name, (text, line, column, sentence) in SYNTAX.items():
    status, out, _ = play(name, text)
    found = re.search(rf"\.heap:{line}:{column}: ?", out)
    check(f"{name}: a SyntaxError at {line}:{column}", status == 1 and found, out[:300], out[-300:])
    check(f"{name}: {sentence}", re.search(rf"(SyntaxError|IndentationError): .*{re.escape(sentence)}", out), out[-300:])

for name, (text, sentence) in LIMITS.items():
    status, out, seconds = play(name, text)
    check(f"{name}: {sentence}", status == 1 and re.search(sentence, out), out[-300:], seconds)

for name, text in FINE.items():
    status, out, _ = play(name, text)
    check(f"{name} passes", status == 0 and ", 0 failed" in out, out[-300:])

# Bytes at random, those of the language more often.
seed = int(os.environ.get("HEAPD_SEED") or random.SystemRandom().randrange(1 << 32))
rnd = random.Random(seed)
print(f"HEAPD_SEED={seed}")
PIECES = [b">>> ", b"... ", b"\n", b"x", b"[", b"]", b"(", b")", b"=", b" ", b"'", b'"', b"\\", b"1", b"if ", b":", b"for i in x:",
          b"def f():", b"\0", b"\xff", b"\t", b"\r\n", b"class N: pass", b"del ", b"x = [1, 2]\n", b"'''", b"#: ", b"#", b"e9", b"."]
for i in range(60):
    data = b"".join(rnd.choice(PIECES) if rnd.random() < 0.95 else rnd.randbytes(3) for _ in range(rnd.randrange(400)))
    play(f"random{i}", data)
    play(f"prompts{i}", b"".join(b">>> " + line + b"\n" for line in data.split(b"\n")))
finish()
