#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Memory as users see it: heapctl pools and trim, and the daemon's resident memory.

usage: test_memory.py HEAPD HEAPCTL
"""
import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ttrpc import Daemon, Peer, ids, parse, run  # noqa: E402

OBJECTS = 20000
SEED = 4


def heapctl(url, *arguments):
    return subprocess.run([sys.argv[2], "-u", url, *arguments], check=True, capture_output=True, text=True,
                          timeout=60).stdout


def pools(url):
    return json.loads(heapctl(url, "-o", "json", "pools", "--map"))


def agree(told):
    """The same sums by class, by arena and altogether."""
    memory = told["memory"]
    used = sum(row["blocks_used"] * row["block_size"] for row in told["classes"])
    assert used == memory["pool_used_bytes"] == sum(row["used_bytes"] for row in told["arenas"]), told
    assert all(row["waste_bytes"] >= 0 and row["used_bytes"] >= row["asked_bytes"] for row in told["classes"])
    assert sum(row["committed_bytes"] for row in told["arenas"]) == memory["committed_bytes"]
    assert len(told["arenas"]) == memory["arenas_now"] <= memory["arenas_highest"]


def resident(daemon):
    with open(f"/proc/{daemon.process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def survivors_move_together(arguments):
    rng = random.Random(SEED)
    with Daemon("--compact", "off", *arguments) as daemon:
        url = daemon.urls[0]
        peer = Peer(url)
        held = {}
        empty = resident(daemon)
        for i in range(OBJECTS):
            text = rng.randbytes(int(64 * 256 ** (rng.random() ** 2)))
            held[peer.create(run(6, text))] = text
        full = resident(daemon) - empty
        gone = rng.sample(sorted(held), OBJECTS * 9 // 10)
        peer.call("ObjectService", "Release", run(1, ids(*gone)))
        for number in gone:
            del held[number]
        live = sum(map(len, held.values()))
        before = pools(url)
        agree(before)
        returned = json.loads(heapctl(url, "-o", "json", "trim"))["trim"]["returned_bytes"]
        after = pools(url)
        agree(after)
        assert after["memory"]["returned_bytes"] - before["memory"]["returned_bytes"] == returned > 0
        assert after["compaction"]["moved_blocks"] > OBJECTS / 20, after["compaction"]
        assert after["compaction"]["evacuating_pools"] == 0
        print(f"{full >> 20} MiB, {live >> 10} KiB of {OBJECTS // 10} objects left: {resident(daemon) - empty >> 10} KiB")
        assert after["memory"]["committed_bytes"] < before["memory"]["committed_bytes"] / 3
        for number, text in held.items():
            found = parse(parse(peer.call("ObjectService", "Get", run(1, ids(number))))[1][0])
            assert text in [value for values in found.values() for value in values], number
        assert parse(peer.call("HeapService", "Verify")).get(3) is None
        peer.close()


def the_map_is_drawn():
    with Daemon() as daemon:
        text = heapctl(daemon.urls[0], "-o", "table", "pools", "--map")
        assert "pool used bytes" in text and "arenas by occupancy" in text, text
        status = subprocess.run([sys.argv[2], "-u", daemon.urls[0], "pools", "--mop"], capture_output=True).returncode
        assert status == 2, status


survivors_move_together([])
the_map_is_drawn()
