# SPDX-License-Identifier: MIT
"""What the generator has to know of the values it plays with."""
import gc
import re
import types
import weakref

ATTRIBUTES = ("left", "right", "value", "weak")
CLASSES = ("N", "M", "K", "D", "E", "S", "X")  # a reviver, R, has no attributes but `me`
LARGE = 2**50
NAME_LIKE = re.compile(r"[A-Za-z0-9_]*", re.ASCII)


def is_instance(value):
    return type(value).__module__ == "__main__" and type(value).__name__ in CLASSES


def is_reviver(value):
    return type(value).__module__ == "__main__" and type(value).__name__ == "R"


def calls_back(value):
    return isinstance(value, weakref.ref) and value.__callback__ is not None


def parts(value):
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if isinstance(value, dict):
        return list(value) + list(value.values())
    if is_instance(value):
        return [getattr(value, n) for n in ATTRIBUTES if hasattr(value, n)]
    return []


class Census:
    """Everything a value reaches, counted."""

    LIMIT = 300

    def __init__(self, value):
        self.count = 0
        self.large = False
        self.unordered = False
        seen = set()
        todo = [value]
        while todo and self.count < self.LIMIT:
            item = todo.pop()
            self.count += 1
            if isinstance(item, (str, bytes)):
                self.count += len(item) // 8
            elif isinstance(item, (int, float)):
                self.large = self.large or LARGE < abs(item) < float("inf")
            elif id(item) not in seen:
                seen.add(id(item))
                todo += parts(item)
            if isinstance(item, (set, frozenset)) and len(item) > 1:
                self.unordered = True


def dicts_in(value):
    """The dicts that a value reaches, or is; of a large one some."""
    found = {}
    seen = set()
    todo = [value]
    while todo and len(seen) < Census.LIMIT:
        item = todo.pop()
        if id(item) not in seen:
            seen.add(id(item))
            todo += parts(item)
            if isinstance(item, dict):
                found[id(item)] = item
    return list(found.values())


def reached(value):
    """What a value reaches; of modules, types and functions but what functions hold."""
    seen = {}
    todo = [value]
    while todo:
        item = todo.pop()
        if id(item) not in seen and not isinstance(item, (type, types.ModuleType)):
            seen[id(item)] = item
            todo += (item.__defaults__ or ()) if isinstance(item, types.FunctionType) else gc.get_referents(item)
    return list(seen.values())


def living(variables):
    """All objects there are, as far as the collector or a variable knows them: of frozen ones it
    does not tell."""
    if gc.get_freeze_count() == 0:
        return gc.get_objects()
    objects = {id(o): o for o in gc.get_objects()}
    for name in [n for n in variables if n != "__builtins__"]:
        objects.update((id(o), o) for o in reached(variables[name]))
    return list(objects.values())


def depth_of(value, limit=15):
    level = [value]
    for depth in range(limit):
        level = [p for v in level[:50] for p in parts(v)]
        if not level:
            return depth
    return limit


def is_counted(value, interned):
    """Whether heapd and CPython must agree on its count: not of immortals,
    interned strings and classes."""
    if isinstance(value, (bool, type(None), type)):
        return False
    if isinstance(value, str):
        return len(value) > 1 and not NAME_LIKE.fullmatch(value) and value.encode() not in interned
    if isinstance(value, int):
        return not -5 <= value <= 256
    if isinstance(value, bytes):
        return len(value) > 1
    if isinstance(value, tuple):
        return value != ()
    return isinstance(value, (float, list, dict, set, frozenset)) or is_instance(value) or is_reviver(value)


def nesting(value):
    """Levels of a tuple that holds tuples and nothing trackable; 0 for anything else."""
    deepest = 0
    for item in value:
        if isinstance(item, tuple) and item:
            inner = nesting(item)
            if inner == 0:
                return 0
            deepest = max(deepest, inner)
        elif gc.is_tracked(item):
            return 0
    return 1 + deepest


def doubtful_tuples(everywhere):
    """How often to collect until no tuple is left whose untracking is not defined (docs/transcripts.md:
    the untracking of nested tuples in one collection)."""
    deepest = 0
    for value in gc.get_objects() if everywhere else gc.get_objects(0):
        if type(value) is tuple and any(type(item) is tuple and item for item in value):
            deepest = max(deepest, nesting(value))
    return deepest


STRINGS = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")


def has_unordered_display(text):
    """Whether a set of more than one item is shown, as far as can be told from the text."""
    braces = text.count("{")  # no word that is played with has one
    text = STRINGS.sub("s", text)
    if braces and (text.count("{") < braces or "'" in text or '"' in text):
        return True
    while True:
        inner = re.search(r"\{[^{}]*\}", text)
        if inner is None:
            return False
        items = inner.group(0)
        if ":" not in items and "," in re.sub(r"\([^()]*\)", "", items):
            return True
        text = text[: inner.start()] + "_" + text[inner.end() :]


# What shrinking can turn a count into: that of an immortal.
UNCOUNTED = re.compile(r"4294967295|\b10000\d{5}\b")
