# SPDX-License-Identifier: MIT
"""Random phrases: the rules of grammar.py, with words for what is bound at the moment."""
import gc
import random
import re
import weakref

from census import Census, depth_of, is_counted, is_instance, is_reviver, living
from grammar import RULES

NAMES = "abcdefghjkl"
WEAK_NAMES = "vwz"
WORDS = ["spam", "g", "", "two words", "egg-shell", "abc_1", "é", "long " * 3, " pad \u2003x", "a,b,,c", "it's", '"x"\n', "12"]
OCTETS = [b"", b"x", b"spam", b"a b", b"\x00\xff", b"it's"]
TYPES = {t.__name__: t for t in (int, float, bool, str, bytes, list, tuple, dict, set, frozenset)}
EMPTY = {"list": "[]", "dict": "{}", "set": "set()", "tuple": "(1,)", "str": "'a b'", "bytes": "b'ab'"}


class Phrases:
    DEPTH = 3

    def __init__(self, seed, variables):
        self.random = random.Random(seed)
        self.globals = variables
        self.functions = {}  # name: least and most arguments
        self.classes = []
        self.interned = set()
        self.parameters = []
        self.inside = None  # the function being made
        self.called = "len"
        self.depth = 0

    # ------------------------------------------------------------ rules

    def phrase(self, rule):
        """A phrase by a rule, or the word of this name."""
        if rule == "expr" and self.depth >= self.DEPTH:
            rule = "atom"
        if rule in RULES:
            self.depth += rule == "expr"
            made = re.sub(r"<([a-z_| ]+)>", lambda m: self.phrase(m.group(1)), self.random.choice(RULES[rule]))
            self.depth -= rule == "expr"
            return made
        kind, _, rest = rule.partition(" ")
        if kind == "only":
            return self.only([TYPES[t] for t in rest.split("|")])
        if kind in ("small", "single"):
            return self.small(rest, 1 if kind == "single" else 40)
        if rule.split("|")[0] in TYPES:
            return self.bound(*(TYPES[t] for t in rule.split("|")))
        return getattr(self, "word_" + rule)()

    # ------------------------------------------------------------ names

    def values(self):
        return {n: self.globals[n] for n in NAMES if n in self.globals}

    def among(self, fitting, otherwise):
        return self.random.choice(fitting) if fitting else otherwise

    def bound(self, *types):
        """A bound name, of one of these types if there is one; now and then any name."""
        fitting = [n for n, v in self.values().items() if type(v) in types]
        return self.random.choice(fitting) if fitting and self.random.random() > 0.05 else self.word_any()

    def only(self, types):
        """A bound name of one of these types, whenever it is run; or a display."""
        values = {} if self.inside else self.values()
        return self.among([n for n, v in values.items() if type(v) in types], "[1.5, 'x y']")

    def small(self, kind, most):
        fitting = [
            n for n, v in self.values().items()
            if type(v).__name__ == kind and len(v) <= most and Census(v).count < 40 and depth_of(v) < 12
        ]
        return self.among(fitting, EMPTY[kind])

    def word_any(self):
        return self.among(list(self.values()), self.word_name()) if self.random.random() > 0.02 else self.word_name()

    def word_name(self):
        return self.random.choice(NAMES)

    def word_instance(self):
        return self.among([n for n, v in self.values().items() if is_instance(v)], self.word_any())

    def word_weak_name(self):
        return self.random.choice(WEAK_NAMES)

    def word_weak(self):
        """A weak reference."""
        bound = [n for n in WEAK_NAMES if type(self.globals.get(n)) is weakref.ref]
        bound += [n + ".weak" for n, v in self.values().items() if type(getattr(v, "weak", None)) is weakref.ref]
        return self.among(bound, f"weakref.ref({self.word_referable()})")

    def word_referable(self):
        """What weak references can be made of; not of what is revived (docs/transcripts.md)."""
        values = self.values().items()
        return self.among([n for n, v in values if is_instance(v) or type(v) in (set, frozenset)], "frozenset((500,))")

    def word_reviver(self):
        """There is one at a time: which of two is revived last is not defined."""
        if any(is_reviver(o) for o in living(self.globals)):
            return "saved is None"
        name = self.word_name()
        return self.random.choice(
            (f"{name} = R()", f"{name} = R(); {name}.me = {name}", f"{self.small('list', 40)}.append(R())", f"{name} = [R()]",
             f"{name} = [R()]; {name}.append({name})", "R() is None"))

    def word_ordered(self):
        """What is shown, or run through, in an order that is defined; in a function, whenever it runs."""
        if self.inside:
            return self.random.choice(("[1.5, 'x y']", "'ab'", "()", "(1, 2)"))
        fitting = [
            n for n, v in self.values().items()
            if Census(v).count < 60 and not Census(v).unordered and "0x" not in repr(v)
        ]
        return self.among(fitting, "[1.5]")

    def word_plain(self):
        """A str whose letters have a case that heapctl knows."""
        values = {} if self.inside else self.values()
        return self.among([n for n, v in values.items() if type(v) is str and v.isascii()], "'aBc'")

    def word_whole(self):
        """What is no text of one letter; in a function, whenever it runs."""
        values = {} if self.inside else self.values()
        fitting = [n for n, v in values.items() if not (isinstance(v, (str, bytes)) and len(v) == 1)]
        return self.among(fitting, self.random.choice(("None", "()", "500", "[]", "'a b'", "True")))

    def word_counted(self):
        """What sys.getrefcount may be asked of."""
        fitting = [n for n, v in self.values().items() if is_counted(v, self.interned)]
        if self.inside:
            return f"[{self.word_p()}]"
        others = ("[]", "{}", "(1.5, [])", "3.25", "'a b'", "{1}", "(2.5, 'g')", "[1, 2, 3]", "'a' * 3 + ' '")
        return self.among(fitting if self.random.random() < 0.9 else (), self.random.choice(others))

    def word_p(self):
        return self.random.choice(self.parameters or [self.word_any()])

    def word_def(self):
        return "<def>"

    def word_savings(self):
        return "<savings>"

    def word_own_count(self):
        p = self.word_p()
        return f"if type({p}) is list: print(sys.getrefcount({p}))"

    def word_class(self):
        return self.among(self.classes, "list")

    def word_type(self):
        return self.random.choice(sorted(TYPES))

    def word_function(self):
        """Functions call those of a smaller number: what they do is defined without a depth limit."""
        self.called = self.among([f for f in sorted(self.functions) if f < (self.inside or "g")], "len")
        return self.called

    def word_arguments(self):
        least, most = self.functions.get(self.called, (1, 1))
        return ", ".join(self.phrase("expr") for _ in range(self.random.randint(least, most)))

    def word_selfish_change(self):
        name = self.small("list", 40)
        return f"{name}.append({name})" if name != "[]" else "[].append([])"

    def missing(self):
        """A kind of which no name is bound; None if there is none."""
        values = list(self.values().values())
        kinds = [k for k in TYPES if k != "bool" and not any(type(v) is TYPES[k] for v in values)]
        return self.among(kinds if any(map(is_instance, values)) else kinds + ["instance"], None)

    # ------------------------------------------------------------ constants

    def word_number(self):
        choice = self.random.randrange(8)
        if choice < 2:
            return str(self.random.randrange(-3, 5))
        if choice < 4:
            return str(self.random.randrange(250, 1000))
        if choice < 5:
            return str(self.random.randrange(-(2**40), 2**40))
        if choice < 6:
            return repr(self.random.randrange(1000) / 8)
        real = self.random.uniform(-1, 1) * 10.0 ** self.random.randrange(-20, 14)
        return self.random.choice(("True", "1.0", repr(real)))

    def word_digit(self):
        return str(self.random.randrange(5))

    def word_index(self):
        return str(self.random.randrange(-3, 4))

    def word_word(self):
        return repr(self.random.choice(WORDS))

    def word_octets(self):
        return repr(self.random.choice(OCTETS))

    # ------------------------------------------------------------ the collector

    def word_stats(self):
        generation, field = self.random.randrange(3), self.random.choice(("collections", "collected", "uncollectable"))
        return f"gc.get_stats()[{generation}]['{field}'] - base[{generation}]['{field}']"

    def word_thresholds(self):
        """When collections start by themselves is tested against a model: not both enabled and
        with a threshold."""
        first = 0 if gc.isenabled() else self.random.randrange(3) * 350
        return f"gc.set_threshold({first}, {self.random.randrange(20)}, {self.random.randrange(20)})"

    def word_enabling(self):
        return "gc.enable()" if gc.get_threshold()[0] == 0 and not gc.isenabled() else "gc.disable()"
