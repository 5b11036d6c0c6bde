#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Random transcripts with CPython's answers.

    generate.py SEED STATEMENTS > FILE

Each statement is carried out as it is made, so that what is asked can depend on what there is.
The differences that docs/transcripts.md lists are left out by construction, and nothing else:

- reference counts are asked of objects that are neither immortal nor interned;
- a class's first instance gets all attributes there are at once, so that CPython's shared keys
  know them before they run out of room, and no instance needs a dict of its own;
- a class is defined once, for a class given up is garbage in CPython;
- ints are kept within 64 bits;
- what shows a set of several items is marked `# in any order`, and compared as a multiset; sets
  are run through by nothing but print;
- of what finalizers and callbacks print the order is compared only if it is all the same: `# in any order`;
- what is revived is one at a time, has no weak reference and refers to nothing but itself;
- of what is told by callbacks that a finalizer's object led to nothing is compared when it ends;
- nothing is saved (gc.DEBUG_SAVEALL) while something lives that has a finalizer;
- a weak reference has names of its own, or is an attribute that nothing else reads: it is no key;
- a collection is never automatic: either disabled, or with a threshold of 0;
- literals of one character are letters that 3.11 has but once (it has 'x' as an identifier, too);
- of two things whose identity is compared one is no text of one letter, which 3.11 makes anew now and then;
- of the KeyError of a long key only the type is compared;
- a dict that has lost keys, and is tracked though nothing in it is, is settled by a full collection, for
  copies of such a one are tracked or not;
- bytes are repeated at least once: 3.11 makes a second empty bytes of b'x' * 0;
- tuples of tuples are collected until they are untracked before anything is asked, in functions by
  collecting more often than they are deep.
"""
import gc
import io
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from census import CLASSES, Census, calls_back, depth_of, dicts_in, doubtful_tuples, has_unordered_display, is_instance, is_reviver, living, parts, reached  # noqa: E402
from oracle import ANY_ORDER, APART, Player, formatted  # noqa: E402
from phrases import Phrases  # noqa: E402

ADDRESS = re.compile(r"0x[0-9a-f]+")
LONGEST_KEY = 200  # of a KeyError, in bytes
TOLD = re.compile(r"^(?:del|revived|cb\d).*$", re.M)  # what finalizers and callbacks print

# What finalizers and callbacks do comes to the same in any order.
ENDS = {
    "D": "print('del', type(self) is D)",
    "E": "global deaths; deaths += 1",
    "S": "print('del', sys.getrefcount([self])); self.left = None",
    "X": "print('del x'); self.nothing; print('never')",
}
CALLBACKS = {
    "cb0": "print('cb0', r() is None)",
    "cb1": "global told; told += 1; print('cb1')",
    "cb2": "print('cb2'); r.nothing",
}


class Maker:
    def __init__(self, seed):
        self.player = Player()
        self.globals = self.player.globals
        self.phrases = Phrases(seed, self.globals)
        self.random = self.phrases.random
        self.out = []
        self.number = 0
        self.rebound = {}  # function: names it may bind
        self.attached = False  # whether an attribute may be a weak reference with a callback
        self.lengths = {}  # id of a dict: the longest it was

    # ------------------------------------------------------------ definitions

    def function(self):
        phrases = self.phrases
        name = "f" + str(self.random.randrange(4))
        names = ["p", "q", "r"][: self.random.randrange(4)]
        least = self.random.randrange(len(names) + 1) if self.random.random() < 0.3 else len(names)
        shown = names[:least] + [f"{p}={phrases.phrase('atom')}" for p in names[least:]]
        phrases.parameters, phrases.inside = names, name
        lines = [phrases.phrase("local_line") for _ in range(self.random.randrange(1, 4))]
        lines.append(phrases.phrase("last_line"))
        phrases.parameters, phrases.inside = [], None
        rebound = self.random.sample("abcdefgh", 2) if self.random.random() < 0.3 else []
        if rebound:
            lines.insert(0, "global " + ", ".join(rebound))
        phrases.functions.pop(name, None)
        body = "\n    ".join(lines).replace("sys.intern(", "str(")
        self.emit(f"def {name}({', '.join(shown)}):\n    {body}")
        if name in self.globals:
            phrases.functions[name] = (least, len(names))
            self.rebound.setdefault(name, set()).update(rebound)

    def classes(self):
        for name in CLASSES:
            self.emit(f"class {name}: pass" if name in "NMK" else f"class {name}:\n    def __del__(self): {ENDS[name]}")
            self.emit(f"a = {name}()")
            self.emit("a.left, a.right, a.value, a.weak = None, None, None, None")
            self.phrases.classes.append(name)
        self.emit("del a")
        self.emit("class R:\n    def __del__(self):\n        global saved\n        saved = self\n        print('revived')")
        for name, body in CALLBACKS.items():
            self.emit(f"def {name}(r): {body}")

    # ------------------------------------------------------------ carrying out

    def start(self):
        self.emit("import gc, sys, weakref")
        self.emit("_ = gc.collect()")
        self.emit("del _")
        self.emit("deaths, told, saved = 0, 0, None")
        self.classes()
        self.emit("base = gc.get_stats()")

    def statement(self):
        text = self.text()
        while self.binds_what_it_asks_of(text) or self.pops_what_it_fills(text):
            text = self.text()
        if text == "<def>":
            self.function()
        elif text == "<savings>":
            self.savings()
        else:
            self.emit(text)
        for _ in range(max(doubtful_tuples("collect" in text or "(" in text), self.has_doubtful_dict())):
            self.emit("settled = gc.collect()")  # not displayed: it would let go of _
        self.tidy()

    def savings(self):
        """Some statements with SAVEALL, if nothing lives that has a finalizer."""
        if any(type(o).__name__ in ENDS or is_reviver(o) for o in living(self.globals)):
            return
        self.emit("gc.set_debug(gc.DEBUG_SAVEALL)")
        for _ in range(self.random.randrange(1, 6)):
            self.emit(self.phrases.phrase("while_saving"))
        self.emit("gc.set_debug(0)")
        if len(gc.garbage) == 1:
            self.emit(f"{self.phrases.word_name()} = gc.garbage[0]")

    def text(self):
        missing = self.phrases.missing() if self.random.random() < 0.4 else None
        if missing:
            return f"{self.phrases.word_name()} = {self.phrases.phrase('new_' + missing)}"
        return self.phrases.phrase("statement")

    def has_doubtful_dict(self):
        """Whether a dict has lost keys, and is tracked though nothing in it is."""
        dicts = {id(d): d for value in self.phrases.values().values() for d in dicts_in(value)}
        doubtful = [
            i for i, d in dicts.items()
            if len(d) < self.lengths.get(i, 0) and gc.is_tracked(d) and not any(map(gc.is_tracked, parts(d)))
        ]
        lengths = {i: max(len(d), self.lengths.get(i, 0)) for i, d in dicts.items()}
        self.lengths = {i: n for i, n in lengths.items() if i not in doubtful}
        return bool(doubtful)

    def binds_what_it_asks_of(self, text):
        """Whether a name whose count or identity is asked for may be something else by then."""
        called = set().union(*self.rebound.values()) if re.search(r"\bf\d\(", text) else set()
        asked = re.findall(r"sys\.getrefcount\((\w)\)", text)
        if re.search(r"[;\n]|^for ", text):
            asked += re.findall(r"\b(\w) is ", text) + re.findall(r" is (?:not )?(\w)\b", text)
            asked += re.findall(r"\bid\((\w)\)", text)
        for name in asked:
            if name in called or re.search(rf"\b{name}\b[^\n;=]*(?<![=!<>])=(?!=)", text):
                return True
        return False

    def pops_what_it_fills(self, text):
        """Whether a set of one item may have more of them by the time one is taken out."""
        return any(
            type(self.globals.get(name)) is set and len(re.findall(rf"\b{name}\b", text)) > 1
            for name in re.findall(r"\b(\w)\.pop\(\)", text)
        )

    def leads_to_callbacks(self):
        """Whether a finalizer's object leads to a weak reference that has a callback, or to the target of
        one: what dies beside it may die before it here."""
        if not self.attached:
            return False
        instances = [o for o in living(self.globals) if is_instance(o)]
        self.attached = any(calls_back(getattr(o, "weak", None)) for o in instances)
        mortal = [o for o in instances if type(o).__name__ in ENDS] if self.attached else []
        watching = [w for w in (getattr(o, "weak", None) for o in instances) if calls_back(w)]
        watched = {id(w()) for w in watching}
        return any(calls_back(o) or id(o) in watched for m in mortal for o in reached(m))

    def emit(self, source):
        risky, deaths = self.leads_to_callbacks(), self.globals.get("deaths")
        if "sys.intern(" in source:
            self.phrases.interned.update(v.encode() for v in self.phrases.values().values() if type(v) is str)
        got = self.player.play(source + "\n")
        self.attached = self.attached or ".weak = " in source
        lines = source.split("\n")
        through = re.match(r"for i in \w+: print", source)
        apart = risky and (re.search(r"^del", got, re.M) or deaths != self.globals["deaths"])
        if has_unordered_display(got) or through or apart or len(set(TOLD.findall(got))) > 1:
            lines[0] += "  " + ANY_ORDER + (APART if apart else "")
        options = []
        if any(line.startswith("KeyError: ") and len(line.encode()) > LONGEST_KEY for line in got.split("\n")):
            options.append("+IGNORE_EXCEPTION_DETAIL")
        if ADDRESS.search(got):
            got = ADDRESS.sub("0x...", got)
            options.append("+ELLIPSIS")
        if options:
            lines[0] += "  # doctest: " + ", ".join(options)
        self.out.append(">>> " + lines[0] + "\n" + "".join("... " + line + "\n" for line in lines[1:]))
        if len(lines) > 1:
            self.out.append("... \n")
        self.out.append(formatted(got, 0))
        self.number += 1
        if through:
            self.emit("i = 0")
        if apart:
            self.emit("told = 0")

    def tidy(self):
        """Keeps what there is small enough to be shown."""
        for name in self.too_large():
            self.emit(f"del {name}")

    def too_large(self):
        """Names; nothing keeps their objects any more."""
        census = {n: Census(v) for n, v in self.phrases.values().items()}
        values = self.phrases.values()
        return [n for n, c in census.items() if c.count > 60 or c.large or depth_of(values[n]) > 10]


def main():
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable] + sys.argv)
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    errors, sys.stderr = sys.stderr, io.StringIO()  # SyntaxWarnings of CPython
    maker = Maker(seed)
    maker.start()
    while maker.number < count:
        maker.statement()
    maker.player.end()
    sys.stderr = errors
    sys.stdout.write("".join(maker.out))


if __name__ == "__main__":
    main()
