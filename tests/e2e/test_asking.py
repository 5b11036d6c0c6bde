#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Who holds what, asked over real sockets: why, referrers, gc objects, sessions, holdings, kill.

usage: test_asking.py HEAPD HEAPCTL
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


def rows(url, *arguments):
    return [line.split("\t") for line in heapctl(url, "-o", "raw", *arguments).splitlines()]


def called(peer, name, value):
    """Binds a name of the frame."""
    peer.call("NameService", "Bind", run(1, name) + run(2, fixed(1, value)))


def number_of(peer):
    """Of its own session."""
    sessions = [parse(s) for s in parse(peer.call("SessionService", "List"))[1]]
    return next(s[1][0] for s in sessions if 2 in s)


def a_path_is_told_step_by_step(url):
    peer = Peer(url)
    x = peer.create(sint(3, 10**6))
    inner = peer.create(run(8, ids(peer.create(run(8, b"")), x)))
    key = peer.create(run(5, "k"))
    table = peer.create(run(9, run(1, ids(key)) + run(2, ids(inner))))
    node = peer.create(run(12, run(1, "Node") + run(2, "next") + run(3, ids(table))))
    called(peer, "y", node)
    peer.call("ObjectService", "Release", run(1, ids(x, inner, table, node)))
    session = number_of(peer)
    assert heapctl(url, "-o", "table", "why", x) == (
        f"session {session}, frame 0, name `y`\n  Node #{node}.next\n  dict #{table}['k']\n  list #{inner}[1]\n")
    assert rows(url, "why", x)[:4] == [["id", str(x)], ["immortal", "no"], ["unreachable", "no"], ["exact", "yes"]]
    assert rows(url, "why", x)[4:] == [
        ["1", "0", f"session {session}, frame 0, name `y`", "", "name"], ["1", "1", f"Node #{node}.next", str(node), "Node"],
        ["1", "2", f"dict #{table}['k']", str(table), "dict"], ["1", "3", f"list #{inner}[1]", str(inner), "list"]]
    told = json.loads(heapctl(url, "-o", "json", "why", x))
    assert told["why"] == {"id": str(x), "immortal": False, "unreachable": False, "exact": True}, told
    assert [p["what"] for p in told["paths"]][-1] == f"list #{inner}[1]" and told["paths"][-1]["id"] == str(inner)
    heapctl(url, "eval", "pass")
    peer.call("NameService", "Bind", run(1, "globally") + run(2, fixed(1, inner)) + num(3, 3))
    assert f"global name `globally`\n  list #{inner}[1]\n" in heapctl(url, "-o", "table", "why", x)
    assert heapctl(url, "-o", "table", "why", "globally").startswith("global name `globally`\nsession")
    assert [r[2] for r in rows(url, "referrers", x)] == [str(inner)]
    assert [r[2] for r in rows(url, "referents", inner)][1] == str(x)
    peer.call("NameService", "Delete", run(1, "globally") + num(2, 3))
    peer.close()


def garbage_and_immortals(url):
    peer = Peer(url)
    a = peer.create(run(8, b""))
    peer.call("ObjectService", "Append", run(1, fixed(1, a)) + run(2, fixed(1, a)))
    peer.call("ObjectService", "Release", run(1, ids(a)))
    assert heapctl(url, "-o", "table", "why", a) == "no owner reaches it: it is garbage, and waits for a collection\n"
    assert rows(url, "why", a) == [["id", str(a)], ["immortal", "no"], ["unreachable", "yes"], ["exact", "yes"]]
    one = peer.create(sint(3, 1))
    assert heapctl(url, "-o", "table", "why", one) == "it is immortal\n"
    assert [r[2] for r in rows(url, "gc", "objects", "0")].count(str(a)) == 1
    assert str(a) not in [r[2] for r in rows(url, "gc", "objects", 1)]
    heapctl(url, "gc", "collect")
    assert str(a) not in [r[2] for r in rows(url, "gc", "objects")]
    heapctl(url, "why", a, status=4, err=f"heapctl: why: id {a} names no living object of this heap\n")
    heapctl(url, "why", "nobody", status=4, err="heapctl: why: name 'nobody' is not defined\n")
    heapctl(url, "referrers", a, status=4, err="heapctl: referrers: .+\n")
    for words in (["why"], ["why", "1", "2"], ["why", "1x"], ["referents"], ["gc", "objects", "3"], ["gc", "objects", "x"],
                  ["sessions", "x"], ["holdings"], ["holdings", "x"], ["kill", "-1"], ["kill"]):
        heapctl(url, *words, status=2, err="heapctl: .+\n")
    peer.close()


def sessions_and_what_they_hold(url):
    first, second = Peer(url), Peer(url)
    many = [second.create(sint(3, 10**6 + i)) for i in range(2500)]
    called(second, "x", many[0])
    second.call("NameService", "Call", run(1, "foobar") + run(2, run(1, "n") + run(2, fixed(1, many[1]))))
    one, two = number_of(first), number_of(second)
    listed = {r[0]: r for r in rows(url, "sessions")}
    assert listed[str(two)] == [str(two), "0", "none", "2", "2", "2500", "", ""], listed
    assert listed[str(one)][3:6] == ["1", "0", "0"] and [r for r in listed.values() if r[7] == "own"], listed
    held = rows(url, "holdings", two)
    assert held[0] == ["1", "foobar", "name", "n", str(many[1]), "int", "1", "1000001"], held[0]
    assert held[1] == ["0", "", "name", "x", str(many[0]), "int", "1", "1000000"], held[1]
    assert [h[4] for h in held[2:]] == [str(m) for m in many] and {h[2] for h in held[2:]} == {"hold"}
    assert json.loads(heapctl(url, "-o", "json", "holdings", two))["holdings"][0]["name"] == "n"
    heapctl(url, "holdings", 10**9, status=4, err="heapctl: holdings: there is no session 1000000000\n")
    heapctl(url, "kill", 10**9, status=4, err="heapctl: kill: there is no session 1000000000\n")
    assert heapctl(url, "kill", two) == ""
    assert second.socket.recv(1) == b"", "its connection is closed"
    while str(two) in [r[0] for r in rows(url, "sessions")]:
        pass
    assert parse(first.call("HeapService", "Info")).get(2, [0])[0] == 0, "all it held is released"
    first.close()


def others_are_served_during_a_search(url):
    asking, other = Peer(url), Peer(url)
    batch = b"".join(run(1, run(1, run(1, run(8, b"")))) for _ in range(2000))
    for _ in range(50):
        asking.call("BatchService", "Execute", batch + num(3, 1))
    last = asking.create(run(8, b""))
    served = 0
    asked = asking.send("CollectorService", "Why", run(1, fixed(1, last)))
    asking.socket.setblocking(False)
    while 1:  # until the answer is there, the other goes on
        other.call("CollectorService", "IsEnabled")
        served += 1
        try:
            asking.socket.recv(1, 2)  # MSG_PEEK
            break
        except BlockingIOError:
            pass
    asking.socket.settimeout(20)
    stream, data = asking.receive()
    told = parse(answer(data))
    assert stream == asked and told[1][0] == last and len(told[5]) == 1, told
    asking.close()
    other.close()
    return served


def main():
    with Daemon() as daemon:
        url = daemon.urls[0]
        a_path_is_told_step_by_step(url)
        garbage_and_immortals(url)
        sessions_and_what_they_hold(url)
        print("served during a search:", others_are_served_during_a_search(url))
        assert heapctl(url, "verify").startswith("objects")
    print("ok")


main()
