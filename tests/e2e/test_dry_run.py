#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a collection would free, one that waits for its pending sets, and gc.DEBUG_STATS in the log.

usage: test_dry_run.py HEAPD HEAPCTL
"""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ttrpc import Daemon, Peer, answer, fixed, ids, num, parse, run, sint  # noqa: E402

HEAPCTL = sys.argv[2]


def heapctl(url, *arguments, status=0, err=""):
    done = subprocess.run([HEAPCTL, "-u", url, *map(str, arguments)], capture_output=True, text=True, timeout=100)
    assert done.returncode == status and re.fullmatch(err, done.stderr, re.S), (arguments, done)
    return done.stdout


def loop(peer, *more):
    """Two instances that refer to each other, held by nobody; and what the first has besides."""
    a, b = peer.create(run(12, run(1, "Node"))), peer.create(run(12, run(1, "Node")))
    for owner, name, value in [(a, "next", b), (b, "next", a), *((a, f"x{i}", m) for i, m in enumerate(more))]:
        peer.call("ObjectService", "SetAttr", run(1, fixed(1, owner)) + run(2, name) + run(3, fixed(1, value)))
    return a, b


def let_go(peer, *objects):
    peer.call("ObjectService", "Release", run(1, ids(*objects)))


def dry(url, *arguments):
    return json.loads(heapctl(url, "-o", "json", "gc", "collect", "--dry-run", *arguments))


def what_would_be_freed(url):
    peer = Peer(url)
    assert dry(url)["dry_run"] == dict.fromkeys(["collected", "kept", "objects", "bytes", "cycles"], 0) | {
        "candidates": 0, "exact": True}
    text = peer.create(run(5, "nobody else has this text"))
    a, b = loop(peer, text)
    assert dry(url)["dry_run"]["collected"] == 0, "it is held"
    let_go(peer, a, b, text)
    told = dry(url, "--explain")
    # the text goes with them; the names of the attributes do, too
    assert told["dry_run"]["collected"] == 2 and told["dry_run"]["cycles"] == 1 and told["dry_run"]["kept"] == 0, told
    rows = {r["class"]: r for r in told["classes"]}
    assert rows["Node"]["objects"] == 2 and rows["str"]["objects"] >= 1, rows
    assert sum(r["bytes"] for r in rows.values()) == told["dry_run"]["bytes"] > 0
    assert [(c["what"], c["objects"], c["kept"]) for c in told["cycles"]] == [
        (f"Node #{a}.next", 2, False), (f"Node #{b}.next", 2, False)], told["cycles"]
    shown = heapctl(url, "-o", "table", "gc", "collect", "2", "--dry-run", "--explain")
    assert shown.endswith(f"\n2 objects that hold each other:\n  Node #{a}.next\n  Node #{b}.next\n"
                          f"  and again Node #{a}\n"), shown
    assert dry(url, "0")["dry_run"]["collected"] == 2 and dry(url) == dry(url), "it leaves no trace"
    before = json.loads(heapctl(url, "-o", "json", "gc", "collect"))["collect"]
    assert before["collected"] == told["dry_run"]["collected"] and before["candidates"] == told["dry_run"]["candidates"]
    assert dry(url)["dry_run"]["collected"] == 0
    peer.close()


def what_would_be_kept(url):
    peer = Peer(url)
    peer.call("FinalizerService", "CreateQueue", run(1, "q"))
    a, b = loop(peer)
    peer.call("FinalizerService", "SetFinalizer", run(1, fixed(1, a)) + run(2, "q"))
    let_go(peer, a, b)
    told = dry(url, "--explain")
    assert told["dry_run"]["kept"] == 2 and told["dry_run"]["collected"] == 0 == told["dry_run"]["objects"], told
    assert told["cycles"][0]["kept"] is True and told["classes"][0]["kept"] == 2
    peer.close()


def a_collection_waits_for_its_pending_set(url):
    """The same session receives and acknowledges meanwhile: the wait holds nothing back."""
    peer = Peer(url)
    waiting = peer.send("CollectorService", "Collect", num(4, 60000))
    got = parse(peer.call("FinalizerService", "Receive", run(1, "q") + num(3, 10000)))
    delivery = parse(got[1][0])[1][0]
    peer.socket.setblocking(False)
    try:
        raise AssertionError(peer.socket.recv(1))
    except BlockingIOError:
        pass
    peer.socket.settimeout(20)
    acknowledged = peer.send("FinalizerService", "Acknowledge", num(1, delivery))
    answers = dict(peer.receive() for _ in range(2))
    assert answer(answers[acknowledged]) == b""
    done = parse(answer(answers[waiting]))
    assert done[1] == [2] and 4 not in done, done
    stats = [parse(s) for s in parse(peer.call("CollectorService", "GetStats"))[1]]
    assert sum(s.get(2, [0])[0] for s in stats) >= 2, "statistics book both to it"

    a, b = loop(peer)
    peer.call("FinalizerService", "SetFinalizer", run(1, fixed(1, a)) + run(2, "q"))
    let_go(peer, a, b)
    table = heapctl(url, "-o", "raw", "gc", "collect", "--wait", "0.01")
    assert [line.split("\t") for line in table.splitlines()] == [
        ["collected", "0"], ["uncollectable", "0"], ["candidates", "2"], ["pending", "1"]], table
    told = parse(peer.call("FinalizerService", "Receive", run(1, "q")))
    peer.call("FinalizerService", "Acknowledge", num(1, parse(told[1][0])[1][0]))
    assert heapctl(url, "-o", "raw", "gc", "collect", "--wait", "5").endswith("pending\t0\n")
    peer.close()


def one_that_waits_may_leave(url):
    peer, other = Peer(url), Peer(url)
    a, b = loop(peer)
    peer.call("FinalizerService", "SetFinalizer", run(1, fixed(1, a)) + run(2, "q"))
    let_go(peer, a, b)
    peer.send("CollectorService", "Collect", num(4, 60000))
    while not parse(other.call("FinalizerService", "Receive", run(1, "q"))).get(1):
        pass
    peer.close()
    other.close()  # what was delivered to it waits again
    third = Peer(url)
    told = parse(third.call("FinalizerService", "Receive", run(1, "q") + num(3, 10000)))
    third.call("FinalizerService", "Acknowledge", num(1, parse(told[1][0])[1][0]))
    assert heapctl(url, "verify").startswith("objects")
    third.close()


def bad_wishes(url):
    peer = Peer(url)
    for payload, text in [
            (sint(1, 3), "invalid generation"), (num(2, 1) + sint(1, 3), "invalid generation"),
            (num(2, 1) + num(3, 17), "cycles 17 is more than 16"), (num(3, 1), "cycles are told of by dry runs only"),
            (num(2, 1) + num(4, 1), "a dry run frees nothing: there is nothing to wait for"),
            (num(4, 3600001), "wait_ms 3600001 is more than 3600000")]:
        try:
            peer.call("CollectorService", "Collect", payload)
        except Exception as error:  # noqa: BLE001
            assert text in str(error), error
        else:
            raise AssertionError(text)
    for words in (["--explain"], ["3"], ["1", "2"], ["--dry-run", "--wait", "1"], ["--wait", "0"], ["--wait", "x"], ["--no"]):
        heapctl(url, "gc", "collect", *words, status=2, err=".+\n")
    peer.close()


def collections_are_logged(daemon):
    url = daemon.urls[0]
    peer = Peer(url)
    peer.call("CollectorService", "Collect")
    peer.call("CollectorService", "SetDebug", num(1, 1))
    a, b = loop(peer)
    let_go(peer, a, b)
    peer.call("CollectorService", "Collect", sint(1, 1))
    peer.call("CollectorService", "SetDebug", b"")
    peer.call("CollectorService", "Collect")
    peer.close()
    daemon.process.terminate()
    log = daemon.process.communicate(timeout=30)[1].decode()
    lines = [line for line in log.splitlines() if "gc: " in line]
    assert len(lines) == 1, lines
    assert re.fullmatch(r".*gc: heap 'default': collection of generation 1 \(incremental, by request\) complete: "
                        r"2 of 2 objects collected, 0 uncollectable, [0-9.]+ s; the generations have 0, 0 and 0 objects, "
                        r"the permanent one 0", lines[0]), lines


def main():
    with Daemon() as daemon:
        url = daemon.urls[0]
        what_would_be_freed(url)
        what_would_be_kept(url)
        a_collection_waits_for_its_pending_set(url)
        one_that_waits_may_leave(url)
        bad_wishes(url)
        assert heapctl(url, "verify").startswith("objects")
    with Daemon() as daemon:
        collections_are_logged(daemon)
    print("ok")


main()
