#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Random transcripts with CPython's answers.

    generate.py SEED STATEMENTS > FILE

Each statement is carried out as it is made, so that what is asked can depend on what there is:
reference counts are asked of objects whose counts are comparable (no immortals, no interned
strings), sets stay below two items (their order is not defined), and so on: the differences that
contract §10 lists are left out by construction.
"""
import io
import os
import random
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oracle import Player, formatted  # noqa: E402

NAMES = "abcdefgh"
WORDS = ["spam", "x", "", "two words", "egg-shell", "abc_1", "é", "long " * 3]
SCALARS = (bool, int, float, str, bytes, type(None))


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.player = Player()
        self.globals = self.player.globals
        self.functions = []
        self.classes = []
        self.out = []
        self.number = 0

    # ------------------------------------------------------------ choosing

    def pick(self, *choices):
        return self.random.choice(choices)

    def chance(self, share):
        return self.random.random() < share

    def values(self):
        return {n: self.globals[n] for n in NAMES if n in self.globals}

    def name(self):
        return self.random.choice(NAMES)

    def bound(self, *types):
        """A bound name, of one of these types if there is one."""
        values = self.values()
        fitting = [n for n, v in values.items() if type(v) in types]
        if fitting and not self.chance(0.05):
            return self.random.choice(fitting)
        return self.random.choice(sorted(values)) if values and not self.chance(0.02) else self.name()

    def of_class(self):
        classes = [self.globals[c] for c in self.classes if c in self.globals]
        fitting = [n for n, v in self.values().items() if type(v) in classes]
        return self.random.choice(fitting) if fitting else self.bound()

    # ------------------------------------------------------------ expressions

    def number_text(self):
        return self.pick(
            str(self.random.randrange(-3, 5)),
            str(self.random.randrange(250, 1000)),
            str(self.random.randrange(-(2**40), 2**40)),
            repr(self.random.randrange(1000) / 8),
            "True",
            "1.0",
        )

    def constant(self):
        return self.pick(
            self.number_text(),
            self.number_text(),
            repr(self.random.choice(WORDS)),
            repr(self.random.choice(WORDS).encode()),
            "None",
            f"({self.number_text()}, {self.random.choice(WORDS)!r})",
            "()",
            f"{self.random.randrange(2, 30)} + {self.random.randrange(300, 500)}",
            f"{self.random.choice(WORDS)!r} * {self.random.randrange(4)}",
            f"-{self.random.randrange(1000)}",
        )

    def key(self):
        return self.pick(
            str(self.random.randrange(3)), repr(self.random.choice(WORDS)), "1.0", "None",
            self.bound(int, str, float, bytes, tuple), "500",
        )

    def display(self, depth):
        items = [self.expression(depth - 1) for _ in range(self.random.randrange(5))]
        kind = self.random.randrange(10)
        if kind < 4:
            return "[" + ", ".join(items) + "]"
        if kind < 6:
            return "(" + ", ".join(items) + ("," if len(items) == 1 else "") + ")"
        if kind < 9:
            return "{" + ", ".join(f"{self.key()}: {i}" for i in items) + "}"
        return "{" + self.key() + "}"

    def expression(self, depth):
        choice = self.random.randrange(30)
        if depth <= 0 or choice < 7:
            return self.constant() if self.chance(0.4) else self.bound()
        if choice < 13:
            return self.display(depth)
        makers = [
            lambda: f"{self.bound(list, tuple, str, bytes)}[{self.random.randrange(-3, 4)}]",
            lambda: f"{self.bound(dict)}[{self.key()}]",
            lambda: f"{self.bound(list, tuple, str)}[{self.slice()}]",
            lambda: f"{self.of_class()}.{self.attribute()}",
            lambda: self.arithmetic(depth),
            lambda: self.comparison(depth),
            lambda: f"({self.expression(depth - 1)} {self.pick('and', 'or')} {self.expression(depth - 1)})",
            lambda: f"not {self.bound()}",
            lambda: f"({self.expression(depth - 1)} if {self.bound()} else {self.expression(depth - 1)})",
            lambda: f"len({self.bound(list, tuple, dict, str, set)})",
            lambda: f"{self.pick('list', 'tuple')}({self.bound(list, tuple, str, dict)})",
            lambda: f"{self.pick('str', 'repr', 'bool')}({self.safe_name()})",
            lambda: f"str(type({self.bound()}))",
            lambda: f"isinstance({self.bound()}, {self.pick('int', 'list', 'str', 'dict', 'float')})",
            lambda: f"gc.is_tracked({self.trackable()})",
            lambda: self.call(depth),
            lambda: f"{self.random.choice(self.classes)}()" if self.classes else "[]",
            lambda: f"sys.getrefcount({self.counted()})",
        ]
        return self.random.choice(makers)()

    def slice(self):
        part = lambda: self.pick("", str(self.random.randrange(-3, 4)))  # noqa: E731
        step = self.pick("", "", ":" + self.pick("1", "2", "-1", "-2"))
        return f"{part()}:{part()}{step}"

    def attribute(self):
        return self.pick("left", "right", "value")

    def arithmetic(self, depth):
        numbers = (int, float, bool)
        return self.pick(
            f"{self.bound(*numbers)} {self.pick('+', '-', '*', '//', '/')} {self.number_text()}",
            f"{self.number_text()} {self.pick('//', '%')} {self.bound(*numbers)}",
            f"{self.bound(list)} + {self.bound(list)}",
            f"{self.bound(tuple)} + {self.bound(tuple)}",
            f"{self.bound(str)} + {self.random.choice(WORDS)!r}",
            f"{self.bound(list, str, tuple, bytes)} * {self.random.randrange(-1, 3)}",
            f"-{self.bound(*numbers)}",
        )

    def comparison(self, depth):
        return self.pick(
            f"{self.bound()} is {self.bound()}",
            f"{self.bound()} is not {self.bound()}",
            f"{self.bound()} == {self.expression(depth - 1)}",
            f"{self.bound()} != {self.bound()}",
            f"{self.bound(int, float)} < {self.number_text()}",
            f"{self.bound(list, str, int)} <= {self.bound(list, str, int)}",
            f"{self.number_text()} <= {self.bound(int, float)} < {self.number_text()}",
            f"{self.constant()} in {self.bound(list, tuple, dict, set)}",
            f"{self.bound()} not in {self.bound(list, tuple)}",
            f"{self.bound(int, str)} in [1, 2, 'spam']",
        )

    def counted(self):
        """What sys.getrefcount may be asked of."""
        good = [n for n, v in self.values().items() if is_counted(v)]
        return self.random.choice(good) if good and self.chance(0.9) else self.pick("[]", "{}", "(1.5, [])", "3.25")

    def trackable(self):
        good = [
            n
            for n, v in self.values().items()
            if not (isinstance(v, (tuple, dict)) and any(isinstance(i, (tuple, dict)) for i in parts(v)))
        ]
        return self.random.choice(good) if good else "[]"

    def safe_name(self):
        """Names that repr() may be asked of: not too large."""
        good = [n for n, v in self.values().items() if len(repr(v)) < 2000]
        return self.random.choice(good) if good else "None"

    def call(self, depth):
        if not self.functions or self.chance(0.3):
            return self.bound()
        name, parameters = self.random.choice(self.functions)
        count = parameters if self.chance(0.95) else self.random.randrange(4)
        return f"{name}({', '.join(self.expression(depth - 1) for _ in range(count))})"

    # ------------------------------------------------------------ statements

    def small(self, *types):
        """A bound name of one of the types whose value is small."""
        fitting = [
            n for n, v in self.values().items() if type(v) in types and size(v) < 40 and depth_of(v) < 12
        ]
        return self.random.choice(fitting) if fitting else None

    def assignment(self):
        value = self.expression(self.random.randrange(1, 4))
        return self.pick(
            f"{self.name()} = {value}",
            f"{self.name()} = {value}",
            f"{self.name()} = {self.name()} = {value}",
            f"{self.name()}, {self.name()} = {self.bound()}, {self.expression(1)}",
            f"{self.name()}, {self.name()} = {self.name()}, {self.name()}",
            f"{self.name()}, {self.name()}, {self.name()} = {self.bound()}, {self.bound()}, {self.expression(1)}",
            f"{self.name()}, {self.name()} = {self.bound(list, tuple)}",
        )

    def change(self):
        target = self.small(list)
        table = self.small(dict)
        thing = self.of_class()
        choices = []
        if target:
            item = self.expression(1)
            choices += [
                f"{target}.append({item})",
                f"{target}.append({target})",
                f"{target}.append({self.bound(list, dict)})",
                f"{target}.insert({self.random.randrange(-2, 3)}, {item})",
                f"{target}.pop()",
                f"{target}.pop({self.random.randrange(-2, 3)})",
                f"{target}.remove({self.bound()})",
                f"{target}[{self.random.randrange(-2, 3)}] = {item}",
                f"del {target}[{self.random.randrange(-2, 3)}]",
                f"del {target}[{self.slice()}]",
                f"{target}[{self.random.randrange(3)}:{self.random.randrange(4)}] = {self.small(list, tuple) or '[]'}",
                f"{target}.clear()",
                f"{target}.extend({self.small(list, tuple, str) or '[]'})",
                f"{target} += {self.small(list, tuple) or '[]'}",
                f"{target}.reverse()",
                f"{target}.index({self.constant()})",
                f"{target}.count({self.constant()})",
            ]
        if table:
            choices += [
                f"{table}[{self.key()}] = {self.expression(1)}",
                f"{table}[{self.key()}] = {table}",
                f"del {table}[{self.key()}]",
                f"{table}.get({self.key()})",
                f"{table}.get({self.key()}, {self.bound()})",
                f"{table}.pop({self.key()})",
                f"{table}.pop({self.key()}, {self.bound()})",
                f"{table}.setdefault({self.key()}, {self.expression(1)})",
                f"{table}.update({self.small(dict) or '{}'})",
                f"{table}.clear()",
            ]
        choices += [
            f"{thing}.{self.attribute()} = {self.expression(1)}",
            f"{thing}.{self.attribute()} = {thing}",
            f"{thing}.{self.attribute()} = {self.of_class()}",
            f"del {thing}.{self.attribute()}",
        ]
        number = self.bound(int, float)
        if type(self.globals.get(number)) in (int, float) and abs(self.globals[number]) < 10**9:
            choices.append(f"{number} {self.pick('+=', '-=', '*=')} {self.random.randrange(5)}")
        empty = [n for n, v in self.values().items() if type(v) is set and not v]
        if empty:
            choices.append(f"{self.random.choice(empty)}.add({self.key()})")
        return self.random.choice(choices)

    def question(self):
        return self.pick(
            f"sys.getrefcount({self.counted()})",
            f"sys.getrefcount({self.counted()})",
            f"{self.bound()}",
            f"[{self.bound()}, sys.getrefcount({self.counted()})]",
            f"sys.getrefcount({self.counted()}), {self.expression(1)}",
            f"gc.is_tracked({self.trackable()})",
            self.comparison(1),
            "_",
            self.expression(2),
            self.call(1),
        )

    def collection(self):
        return self.pick(
            "gc.collect()",
            "gc.collect()",
            "gc.collect(0)",
            "gc.collect(1)",
            "gc.collect(2)",
            "gc.freeze()",
            "gc.unfreeze()",
            f"gc.set_threshold({self.random.randrange(700)}, {self.random.randrange(20)})",
            "gc.get_threshold()",
        )

    def loop(self):
        count = self.random.randrange(5)
        list_name = self.small(list)
        body = self.pick(
            f"{self.name()} = {self.expression(1)}",
            f"{list_name}.append(i)" if list_name else "i",
            f"{list_name}.append([i])" if list_name else "i",
            f"{self.name()} = [i, {self.bound()}]",
            f"sys.getrefcount({self.counted()})",
            "i",
        )
        if self.chance(0.3) and list_name:
            return f"for i in {list_name}: [i, {self.bound()}]"
        if self.chance(0.4):
            return f"for i in range({count}):\n    if i == 2: {self.pick('break', 'continue')}\n    {body}"
        return f"for i in range({count}): {body}"

    def branch(self):
        return (
            f"if {self.expression(1)}: {self.name()} = {self.expression(1)}\n"
            f"else: {self.name()} = {self.expression(1)}"
        )

    def function(self):
        name = "f" + str(self.random.randrange(4))
        parameters = ["p", "q", "r"][: self.random.randrange(4)]
        names = parameters or ["a"]
        value = self.random.choice(names)
        lines = []
        for _ in range(self.random.randrange(1, 4)):
            lines.append(
                self.pick(
                    f"t = {self.expression(1)}",
                    f"t = [{value}]",
                    f"u = {value}",
                    "u, t = 1, 2",
                    f"global {self.name()}" if not lines else "pass",
                    f"del {value}",
                    f"if isinstance({value}, {self.pick('list', 'dict')}): print(sys.getrefcount({value}))",
                    "print(sys.getrefcount([]))",
                    f"t = {value}; t = None",
                    f"for t in range(2): u = [{value}]",
                )
            )
        lines.append(
            self.pick("return t", f"return {value}", "pass", f"return [{value}, 500]", f"return {self.constant()}")
        )
        self.functions = [f for f in self.functions if f[0] != name] + [(name, len(parameters))]
        return f"def {name}({', '.join(parameters)}):\n    " + "\n    ".join(lines)

    def klass(self):
        fresh = [n for n in ("N", "M", "K") if n not in self.classes]
        if not fresh:  # a class that is defined anew leaves garbage of CPython's own
            return f"{self.name()} = {self.random.choice(self.classes)}()"
        self.classes.append(fresh[0])
        return f"class {fresh[0]}: pass"

    def statement(self):
        choice = self.random.random()
        if choice < 0.30:
            return self.assignment()
        if choice < 0.52:
            return self.change()
        if choice < 0.75:
            return self.question()
        if choice < 0.80:
            return f"del {self.name()}"
        if choice < 0.87:
            return self.collection()
        if choice < 0.91:
            return self.loop()
        if choice < 0.94:
            return self.branch()
        if choice < 0.97:
            return self.function()
        if choice < 0.98:
            return self.klass()
        return f"{self.name()} = {self.pick('[]', '{}', 'set()', '3.75', '1000')}"

    # ------------------------------------------------------------ carrying out

    def emit(self, source):
        got = self.player.play(source + "\n")
        lines = source.split("\n")
        if re.search(r"0x[0-9a-f]+", got):
            got = re.sub(r"0x[0-9a-f]+", "0x...", got)
            lines[0] += "  # doctest: +ELLIPSIS"
        block = len(lines) > 1 or source.startswith(("for ", "if ", "def ", "class "))
        self.out.append(">>> " + lines[0] + "\n" + "".join("... " + line + "\n" for line in lines[1:]))
        if block and len(lines) > 1:
            self.out.append("... \n")
        self.out.append(formatted(got, 0))
        self.number += 1

    def tidy(self):
        """Keeps what there is small enough to be shown."""
        for name, value in self.values().items():
            if size(value) > 60 or depth_of(value) > 10 or (isinstance(value, int) and abs(value) > 2**50):
                self.emit(f"del {name}")


def parts(value):
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if isinstance(value, dict):
        return list(value) + list(value.values())
    if hasattr(value, "__dict__") and not isinstance(value, type) and type(value).__module__ == "__main__":
        return [getattr(value, n) for n in ("left", "right", "value") if hasattr(value, n)]
    return []


def size(value):
    seen = {}
    todo = [value]
    total = 0
    while todo and total < 500:
        item = todo.pop()
        total += 1 + (len(item) // 8 if isinstance(item, (str, bytes)) else 0)
        if id(item) not in seen:
            seen[id(item)] = item
            todo += parts(item)
    return total


def depth_of(value, limit=15):
    level = [value]
    for depth in range(limit):
        level = [p for v in level[:50] for p in parts(v)]
        if not level:
            return depth
    return limit


def is_counted(value):
    if isinstance(value, (bool, type(None), str, type)):
        return False
    if isinstance(value, int):
        return not -5 <= value <= 256
    if isinstance(value, (bytes, tuple, frozenset)):
        return len(value) > 1
    return isinstance(value, (float, list, dict, set)) or type(value).__module__ == "__main__"


def main():
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable] + sys.argv)
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    errors, sys.stderr = sys.stderr, io.StringIO()  # SyntaxWarnings of CPython
    maker = Maker(seed)
    maker.emit("import gc, sys")
    maker.emit("_ = gc.collect()")
    maker.emit("del _")
    while maker.number < count:
        maker.emit(maker.statement())
        if maker.number % 20 == 0:
            maker.tidy()
    sys.stderr = errors
    sys.stdout.write("".join(maker.out))


if __name__ == "__main__":
    main()
