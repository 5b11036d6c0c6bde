"""The CPython side of a row: prints nanoseconds of processor time per object.
usage: peer_cpython.py ROW N"""
import gc
import sys
import time

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


def full_live_pairs():
    gc.disable()
    holder = [[1, 1] for _ in range(n)]
    gc.collect()
    start = cpu()
    assert gc.collect() == 0
    return (cpu() - start) / len(holder)


def full_dead_pairs():
    gc.disable()
    gc.collect()
    for _ in range(n // 2):
        a = []
        b = [a]
        a.append(b)
    del a, b
    start = cpu()
    assert gc.collect() == n // 2 * 2
    return (cpu() - start) / n


rows = {
    "core.create_release.list2": create_release_list2,
    "collector.full.live.pairs": full_live_pairs,
    "collector.full.dead.pairs": full_dead_pairs,
}
print(f"{rows[row]():.3f}")
