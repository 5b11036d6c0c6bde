"""What heapctl prints of thousands of values is what this Python (3.11) prints.
usage: test_repr.py HEAPCTL    (HEAPD_BIN names the daemon; HEAPD_SEED=... repeats a run)"""
import os
import random
import struct
import sys

from console_tools import check, finish, run, write

seed = int(os.environ.get("HEAPD_SEED") or random.SystemRandom().randrange(1 << 32))
rnd = random.Random(seed)
print(f"HEAPD_SEED={seed}")


def number():
    return rnd.choice([
        lambda: rnd.randrange(-10, 300), lambda: rnd.getrandbits(63) * rnd.choice([1, -1]),
        lambda: -2**63, lambda: 2**63 - 1,
        lambda: struct.unpack("<d", rnd.randbytes(8))[0], lambda: rnd.randrange(-99999, 99999) / 1000,
        lambda: float(10 ** rnd.randrange(-20, 25)), lambda: 2.0 ** rnd.randrange(-1074, 1024),
        lambda: rnd.choice([0.0, -0.0, 1e16, 1e15, 9999999999999998.0, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308]),
    ])()


def character():
    while True:
        c = rnd.choice([rnd.randrange(128), rnd.randrange(0x250), rnd.randrange(0x10000), rnd.randrange(0x110000),
                        rnd.choice([0x27, 0x22, 0x5C, 0x0A, 0x0D, 0x09, 0xAD, 0x2028, 0xFEFF])])
        if not 0xD800 <= c < 0xE000:
            return chr(c)


def scalar():
    return rnd.choice([
        number, number, lambda: "".join(character() for _ in range(rnd.randrange(12))),
        lambda: rnd.randbytes(rnd.randrange(12)), lambda: rnd.choice([None, True, False, "", b"", "it's", '"', "'\""]),
    ])()


def value(depth):
    kind = rnd.randrange(9) if depth > 0 else 0
    if kind < 4:
        return scalar()
    items = [value(depth - 1) for _ in range(rnd.randrange(4))]
    if kind < 6:
        return tuple(items)
    if kind < 8:
        return items
    return dict(zip([scalar() for _ in items], items))


def spell(v):
    """An expression for it; str and bytes by escapes alone, so that it is repr that is tested."""
    if isinstance(v, str):
        return "'" + "".join(f"\\U{ord(c):08x}" for c in v) + "'"
    if isinstance(v, bytes):
        return "b'" + "".join(f"\\x{c:02x}" for c in v) + "'"
    if isinstance(v, float) and v != v:
        return "(1e999 - 1e999)"
    if isinstance(v, float):
        return repr(v).replace("inf", "1e999")
    if isinstance(v, list):
        return "[" + ", ".join(map(spell, v)) + "]"
    if isinstance(v, tuple):
        return "(" + "".join(spell(each) + "," for each in v) + ")"
    if isinstance(v, dict):
        return "{" + ", ".join(f"{spell(k)}: {spell(each)}" for k, each in v.items()) + "}"
    return repr(v)


OTHERS = r"""
x = []; x.append(x); print(x)
x = [1]; y = [x, x]; x.append(y); print(x, y)
x = {}; x['x'] = x; print(x)
x = ([],); x[0].append(x); print(x)
x = [{}]; x[0]['x'] = x; x[0]['y'] = (x, x[0]); print(x)
print((), [], {}, set(), frozenset(), (1,), [()], {1}, frozenset({1}), {(): []})
print({1: {2: {3: [4, (5, {6})]}}}, frozenset({frozenset({1})}))
print(range(3), range(1, 3), range(1, 9, 2), range(-5))
print(int, str, list, dict, tuple, set, frozenset, float, bool, bytes, type(None), type(()))
print(len, print, isinstance, gc.collect, sys.getrefcount)
print(repr('a'), str('a'), repr(b'a'), str(b'a'), str(1.0), repr(None), str([1, 'a']))
print('a', 'it\'s', 1, 1.5, None, [None], sep='-', end='!')
print()
x = []
for i in range(300): x = [x]\n
print(x)
""".strip().split("\n")

values = [value(3) for _ in range(3000)]
sources = [f"print({spell(v)}, sep='')" if rnd.random() < 0.2 else spell(v) for v in values]
sources += [line.replace("\\n", "\n") for line in OTHERS]
setup = "import gc, sys\n"
lines = "\n".join(sources) + "\n"
status, out, err = run("--spawn", "run", write("values.py", setup + lines))
check("all are printed", status == 0 and err == "", status, err)

expected = []
namespace = {}
real = sys.stdout


class Collector:
    def write(self, text):
        expected.append(text)

    def flush(self):
        pass


sys.stdout = Collector()
for source in [setup] + sources:
    exec(compile(source + "\n", "<console>", "single"), namespace)
sys.stdout = real
expected_lines, got_lines = "".join(expected).split("\n"), out.split("\n")
check("as many lines", len(expected_lines) == len(got_lines), len(expected_lines), len(got_lines))
for wanted, got in zip(expected_lines, got_lines):
    if wanted != got:
        check("a line", False, wanted, got)
        break

# Beyond what Python's own recursion allows.
status, out, err = run("--spawn", "run", write("deep.py", "x = []\nfor i in range(2000): x = [x]\n\nprint(x)\n"))
check("too deep", status == 1 and out == "" and "RecursionError: maximum recursion depth exceeded while getting the "
      "repr of an object" in err, status, out[:100], err)
finish()
