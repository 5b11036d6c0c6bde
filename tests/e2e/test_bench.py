#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""heapd-bench against a daemon: every workload does what was asked and leaves nothing behind.

usage: test_bench.py HEAPD HEAPCTL HEAPD_BENCH
"""
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ttrpc import Daemon, Peer, run  # noqa: E402

IN_TURN = ["create_release", "hold_release", "bind_delete", "append_pop", "get", "mixed"]


def bench(url, *arguments, status=0):
    done = subprocess.run([sys.argv[3], "-u", url, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert done.returncode == status, (arguments, done.returncode, done.stderr)
    return done.stderr if status else done.stdout


def told(url, *arguments):
    return json.loads(bench(url, "--format", "json", *arguments))


def heapctl(url, verb):
    return subprocess.run([sys.argv[2], "-u", url, "-o", "json", verb], check=True, capture_output=True, text=True,
                          timeout=60).stdout


def nothing_is_left(url, objects):
    """heapctl verify fails if there is a defect."""
    heapctl(url, "verify")
    heap = json.loads(heapctl(url, "info"))["heap"]
    assert (heap["objects"], heap["names"]) == (objects, 0), heap


def every_workload(url, objects):
    shapes = [("--clients", 3), ("--clients", 3, "--pipeline", 16), ("--clients", 2, "--batch", 20, "--pipeline", 3),
              ("--clients", 2, "--payload", 5000, "--pipeline", 200)]
    for shape in shapes:
        report = told(url, "--requests", 601, *shape)
        assert [w["name"] for w in report["workloads"]] == IN_TURN
        each = 20 if "--batch" in shape else 1
        for workload in report["workloads"]:
            assert workload["requests"] == 601 and workload["operations"] == 601 * each, workload
            latency = workload["latency_us"]
            assert 0 < latency["p50"] <= latency["p99"] <= latency["p99.9"] <= latency["max"], workload
        nothing_is_left(url, objects)


def packed_ids_and_a_graph(url, objects):
    for shape in (("--batch", 50, "--pipeline", 4), ()):
        report = told(url, "--requests", 100, "--clients", 2, "--objects", 2402, *shape, "bulk")["workloads"][0]
        assert report["operations"] == 100 * (50 if shape else 1), report
        nothing_is_left(url, objects)
    for batch, many, chains in ((100, 2500, 4), (100, 100, 9), (1, 30, 2), (1000, 4000, 1)):
        report = told(url, "--objects", many, "--batch", batch, "--pipeline", chains, "graph")["workloads"][0]
        assert report["operations"] == many and report["requests"] == many // batch, report
        nothing_is_left(url, objects)


def rates_and_times(url, objects):
    report = told(url, "--rate", 3000, "--requests", 300, "--clients", 3, "--warmup", 0.05, "mixed")
    assert report["workloads"][0]["requests"] == 300, report
    report = told(url, "--seconds", 0.1, "--clients", 2, "--pipeline", 4, "--warmup", 0.05, "create_release")
    assert report["workloads"][0]["requests"] > 0, report
    nothing_is_left(url, objects)


def reports(url):
    rows = list(csv.DictReader(io.StringIO(bench(url, "--requests", 50, "--format", "csv", "get", "mixed"))))
    assert [(row["workload"], row["requests"]) for row in rows] == [("get", "50"), ("mixed", "50")], rows
    assert "p99.9" in bench(url, "--requests", 50, "get")


def what_goes_wrong_is_said(url, objects):
    assert "--batch 3: a batch of mixed" in bench(url, "--batch", 3, "mixed", status=2)
    assert "get: Create: there is no heap 'nowhere'" in bench(url, "--heap", "nowhere", "get", status=1)
    assert "get: " in bench("unix:/nonexistent", "get", status=1)
    assert "no answer of this protocol" in bench(url, "--protocol", "resp", "get", status=1)
    nothing_is_left(url, objects)


def redis_too():
    """The same against Redis, if it is there."""
    if shutil.which("redis-server") is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/redis.sock"
        server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly",
                                   "no"], stdout=subprocess.DEVNULL)
        try:
            ask = ["redis-cli", "-s", path]
            while subprocess.run([*ask, "ping"], capture_output=True).stdout != b"PONG\n":
                assert server.poll() is None
            for shape in ((), ("--pipeline", 16), ("--batch", 20, "--pipeline", 3), ("--rate", 5000)):
                report = told(f"unix:{path}", "--protocol", "resp", "--clients", 3, "--requests", 301, *shape)
                assert [w["requests"] for w in report["workloads"]] == [301] * 6, report
                assert subprocess.run([*ask, "dbsize"], capture_output=True).stdout == b"0\n"
        finally:
            server.terminate()
            server.wait()


def main():
    with Daemon(tcp=True) as daemon:
        peer = Peer(daemon.urls[0])
        peer.create(run(6, b"somebody else's"))
        for url in daemon.urls:
            every_workload(url, 1)
        packed_ids_and_a_graph(url, 1)
        rates_and_times(url, 1)
        reports(url)
        what_goes_wrong_is_said(url, 1)
        peer.close()
    redis_too()


main()
