"""The CPython side of a row: prints nanoseconds of processor time, or bytes, per object, or
seconds.
usage: peer_cpython.py ROW N"""
import gc
import os
import random
import sys
import time
import weakref

row, n = sys.argv[1], int(float(sys.argv[2]))
cpu = time.process_time_ns


def create_release_list2():
    gc.enable()
    loop = range(n)
    start = cpu()
    for _ in loop:
        x = [None, None]
        del x
    total = cpu() - start
    start = cpu()
    for _ in loop:
        pass
    return (total - (cpu() - start)) / n


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


class Node:
    def __init__(self):
        self.left = None
        self.right = None


OBJECTS = {
    "list2": lambda i: [None, None],
    "tuple2": lambda i: (i, i),  # not a constant; the int is one of the loop's
    "dict5": lambda i: {"a": None, "b": None, "c": None, "d": None, "e": None},
    "float": lambda i: float(i),
    "str8": lambda i: "%08d" % i,
    "instance2": lambda i: Node(),
}


def bytes_per_object(shape):
    gc.disable()
    make = OBJECTS[shape]
    holder = [None] * n
    once = 12345
    before = resident()
    for i in range(n):
        holder[i] = make(once if shape == "tuple2" else i)
    return (resident() - before) / n


def giveback():
    gc.disable()
    holder = [None] * n
    mask, random = (1 << 64) - 1, 88172645463325252

    def draw():
        nonlocal random
        random ^= random << 13 & mask
        random ^= random >> 7
        random ^= random << 17 & mask
        return (random >> 11) / 2**53

    before = resident()
    for i in range(n):
        holder[i] = bytes(int(64 * 256 ** (draw() ** 3.5)))
    for i in range(n):
        if draw() < 0.9:
            holder[i] = None
    gc.collect()
    return resident() - before


def graph():
    """As bench_query builds it; the root, and what lies deepest."""
    gc.disable()
    nodes, x = [[] for _ in range(n)], 88172645463325252

    def draw(below):
        nonlocal x
        x ^= x << 13 & (1 << 64) - 1
        x ^= x >> 7
        x ^= x << 17 & (1 << 64) - 1
        return x % below

    for i in range(n - 1, 0, -1):
        other = draw(i + 1)
        nodes[i], nodes[other] = nodes[other], nodes[i]
    for i in range(1, n):
        nodes[(i - 1) // 2].append(nodes[i])
        nodes[i].append(nodes[draw(n - 1)])
    return nodes[0], nodes[-1]


class Link:
    def __init__(self, before):
        self.before = before
        self.value = None


def chain():
    """The first and the last."""
    first = last = []
    for _ in range(n - 1):
        last = [last, None]
    return first, last


def links():
    last = None
    for _ in range(n):
        last = Link(last)
    return last


def ring():
    first, last = chain()
    first.append(last)


def knot():
    root, deepest = graph()
    deepest.append(root)


def cycles(make):
    for _ in range(n // 2):
        make()


def two_lists():
    a = []
    a.append([a])


def two_links():
    a = Link(None)
    a.before = Link(a)


# As shapes.c makes them.
ALIVE = {"pairs": lambda: [[1, 1] for _ in range(n)], "chain": chain, "random": graph, "instances": links}
DEAD = {"pairs": lambda: cycles(two_lists), "chain": ring, "random": knot, "instances": lambda: cycles(two_links)}


def timed_collect(expected):
    start = cpu()
    assert gc.collect() == expected
    return (cpu() - start) / n


def alive(shape):
    """The median of three passes after the first; the interpreter's own objects are left out."""
    gc.disable()
    gc.collect()
    gc.freeze()
    held = ALIVE[shape]()
    gc.collect()
    took = sorted(timed_collect(0) for _ in range(3))
    return took[1] if held else None


def dead(shape):
    gc.disable()
    gc.collect()
    gc.freeze()
    DEAD[shape]()
    return timed_collect(n)


def build():
    """Time in the collector while n pairs are made, and the whole time."""
    inside = began = 0

    def watch(phase, _):
        nonlocal inside, began
        if phase == "start":
            began = cpu()
        else:
            inside += cpu() - began

    gc.callbacks.append(watch)
    held, start = [], cpu()
    for _ in range(n):
        held.append([1, 1])
    return inside, cpu() - start


def building():
    return build()[0] / n


def building_share():
    inside, took = build()
    return inside / took


def stop():
    """The longest automatic stop while n pairs are made; processor time."""
    longest = began = 0

    def watch(phase, _):
        nonlocal longest, began
        if phase == "start":
            began = cpu()
        else:
            longest = max(longest, cpu() - began)

    gc.callbacks.append(watch)
    held = []
    for _ in range(n):
        held.append([1, 1])
    return longest


class Loop:
    def __init__(self):
        self.loop = self
        self.payload = bytes(10000)


def queue():
    places = [None] * 1000
    before = resident()
    for i in range(n):
        places[i % 1000] = Loop()
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before


def why():
    """A search breadth first from two names, which stops the program."""
    root, target = graph()
    start = cpu()
    for _ in range(2):
        known, level, found = {id(root): None}, [root], False
        while not found:
            following = []
            for item in level:
                for child in gc.get_referents(item):
                    if child is target:
                        found = True
                    if id(child) not in known:
                        known[id(child)] = item
                        following.append(child)
            level = following
    return cpu() - start


def referrers():
    root, target = graph()
    start = cpu()
    assert len(gc.get_referrers(target)) >= 1
    return cpu() - start


def finalize():
    """weakref.finalize, called when its object dies: nothing is sent anywhere."""
    class Blob:
        pass

    calls = []
    blobs = [Blob() for _ in range(n)]
    for i, blob in enumerate(blobs):
        weakref.finalize(blob, calls.append, i)
    del blob
    start = cpu()
    blobs.clear()
    took = (cpu() - start) / n
    assert len(calls) == n
    return took


def wire_graph():
    """As heapd-bench builds it: each node has the one before it and any earlier one.  Seconds of
    wall time, the collector on."""
    gc.enable()
    others = [random.randrange(max(1, i)) for i in range(n)]
    start = time.perf_counter()
    node = []
    nodes = [node]
    for i in range(1, n):
        node = [node, nodes[others[i]]]
        nodes.append(node)
    return time.perf_counter() - start


rows = {
    "death.finalize": finalize,
    "wire.graph": wire_graph,
    **{f"memory.bytes.{shape}": (lambda shape=shape: bytes_per_object(shape)) for shape in OBJECTS},
    "memory.giveback": giveback,
    "heap.why": why,
    "heap.referrers": referrers,
    "core.create_release.list2": create_release_list2,
    **{f"collector.full.live.{shape}": (lambda shape=shape: alive(shape)) for shape in ALIVE},
    **{f"collector.full.dead.{shape}": (lambda shape=shape: dead(shape)) for shape in DEAD},
    "collector.build": building,
    "collector.build.share": building_share,
    "collector.pause": stop,
    "collector.queue": queue,
}
print(f"{rows[row]():.3f}", flush=True)
os._exit(0)  # taking it apart is not measured
