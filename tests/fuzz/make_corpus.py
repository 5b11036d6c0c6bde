#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the seeds of corpus/: frames, messages and conversations as a client would send them."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
from ttrpc import fixed, frame, ids, num, request, run, sint  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
OBJECT = ("Create Get GetRefcounts Hold Release Append Insert SetItem GetItem DelItem Pop Remove Extend Clear Add "
          "Discard Contains SetAttr GetAttr DelAttr Length Intern Equals Copy SetLabels").split()
NAME = "Bind Delete Lookup List Call Return".split()
COLLECTOR = ("Collect Enable Disable IsEnabled GetThreshold SetThreshold GetCount GetStats Freeze Unfreeze "
             "GetFreezeCount IsTracked IsFinalized GetReferents GetReferrers GetObjects").split()
HEAP = "Info Verify PoolStats Trim Create Delete List Configure".split()
SERVICES = [("ObjectService", OBJECT), ("NameService", NAME), ("CollectorService", COLLECTOR), ("HeapService", HEAP),
            ("BatchService", ["Execute"]), ("ServerService", "Ping ServerInfo GetConfig SetConfig Drain".split()),
            ("EventService", ["ListEvents"]), ("EventStreamService", ["Events"])]
# As fuzz_message.c has them.
ALL = SERVICES[:5] + [("SessionService", [""] * 7), ("FinalizerService", [""] * 8)] + SERVICES[5:]


def ref(number):
    """An ObjectRef of the id that fuzz_channel remembered as this number."""
    return fixed(1, number)


LIST = run(1, run(8, b""))
CREATES = [LIST, run(1, sint(3, 1000)), run(1, run(5, "text")), run(1, run(6, b"\0\xff")), run(1, fixed(4, 0)),
           run(1, run(9, run(1, ids(1)) + run(2, ids(0)))), run(1, run(10, ids(1, 2))), run(1, run(7, ids(0, 1))),
           run(1, run(12, run(1, "Node") + run(2, "next") + run(3, ids(0))))]
TALK = [("Create", c) for c in CREATES] + [
    ("Append", run(1, ref(0)) + run(2, ref(0))), ("Append", run(1, ref(0)) + run(2, ref(1))),
    ("Insert", run(1, ref(0)) + sint(2, -1) + run(3, ref(2))),
    ("GetItem", run(1, ref(0)) + run(2, sint(1, 0)) + num(3, 1)),
    ("SetItem", run(1, ref(5)) + run(2, run(2, ref(2))) + run(3, ref(0))),
    ("SetAttr", run(1, ref(8)) + run(2, "self") + run(3, ref(8))), ("GetAttr", run(1, ref(8)) + run(2, "self")),
    ("Add", run(1, ref(6)) + run(2, ref(4))), ("Contains", run(1, ref(6)) + run(2, ref(4))),
    ("Extend", run(1, ref(0)) + run(3, ref(7))), ("Copy", run(1, run(1, ref(0)) + run(2, sint(3, -1))) + num(3, 1)),
    ("Equals", run(1, ref(0)) + run(2, ref(0))), ("Get", run(1, ids(0, 1, 5, 8))),
    ("Bind", run(1, "x") + run(2, ref(0)) + num(3, 3)), ("Call", run(1, "f") + run(2, run(1, "a") + run(2, ref(0)))),
    ("Lookup", run(1, "x")), ("Return", run(1, ref(0))), ("Release", run(1, ids(0))), ("Delete", run(1, "x") + num(2, 3)),
    ("Collect", b""), ("Release", run(1, ids(1, 2, 8))), ("Collect", num(1, 0)), ("Info", b""), ("PoolStats", b""),
    ("Execute", run(1, run(1, LIST + num(2, 0))) + run(1, run(6, run(1, num(3, 0)) + run(2, num(3, 0))))),
    ("Verify", b""), ("GetReferents", run(1, ref(0))), ("Ping", run(1, b"x")), ("Pop", run(1, ref(0))),
    ("Clear", run(1, ref(0))), ("SetThreshold", run(1, b"\x02\x02\x02")),
    ("ListEvents", run(1, run(1, b"\x02\x05") + run(2, b"\0\2") + num(3, 1) + run(4, "q")) + num(2, 0) + num(3, 9) + num(4, 5)),
    ("Events", run(1, num(1, 5)) + num(2, 1)),
]
DATA, TIME = 255, 254
# Streams and waiting calls on one channel, what they wait for on the other.
STREAMS = [("Events", b"", 0), ("ListEvents", num(3, 100), 0), ("Collect", b"", 1), ("ListEvents", run(1, num(1, 18)) + num(3, 50), 0),
           (TIME, b"\x20", 0), ("Events", run(1, num(1, 4)), 0), ("Collect", num(1, 0), 1), (DATA, b"\1\5", 0), (TIME, b"\xff", 0),
           (DATA, b"\4\4", 0), (DATA, b"\4\0x", 0), ("ListEvents", num(2, 0), 0), ("Events", num(2, 99), 0), ("Collect", b"", 0)]


def locate(method):
    for i, (service, methods) in enumerate(SERVICES):
        if method in methods:
            return i, methods.index(method), service


def record(method, payload, channel=0):
    if method in (DATA, TIME):
        return bytes([method, channel << 7 | len(payload)]) + payload
    service, number, _ = locate(method)
    return bytes([number * len(SERVICES) + service, channel << 7 | len(payload)]) + payload


def write(target, name, data):
    folder = os.path.join(HERE, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as out:
        out.write(data)


def main():
    frames = b"".join(frame(1 + 2 * i, request(locate(m)[2], m, p)) for i, (m, p) in enumerate(TALK))
    write("frame", "talk", frames)
    write("frame", "metadata", frame(1, request("ServerService", "Ping", b"", -1, [("heapd-heap", "default"), ("k", "")])))
    write("frame", "long", bytes.fromhex("00400001000000010100") + b"x" * 20)
    before = 0
    for service, methods in ALL:
        for method, payload in TALK:
            if locate(method)[2] == service:
                write("message", method.lower(), bytes([before + methods.index(method)]) + payload)
        before += len(methods)
    write("channel", "raw", b"\0" + frames)
    write("channel", "talk", b"\1" + b"".join(record(m, p) for m, p in TALK))
    write("channel", "two", b"\1" + b"".join(record(m, p, i % 2) for i, (m, p) in enumerate(TALK)))
    write("channel", "streams", b"\1" + b"".join(record(m, p, c) for m, p, c in STREAMS))
    write("channel", "raw_streams", b"\0" + b"".join(
        frame(1 + 2 * i, request(locate(m)[2], m, p), flags=i % 4) for i, (m, p, _) in enumerate(STREAMS) if isinstance(m, str)) +
        frame(1, b"", 3, 5) + frame(3, b"", 3, 5) + frame(7, b"x", 3, 0) + frame(99, b"", 3, 4))
    chain = [record("Create", LIST)] + [record("Create", run(1, run(8, ids(i)))) for i in range(60)]
    write("channel", "chain", b"\1" + b"".join(chain) + record("Release", run(1, ids(*range(15)))) + record("Info", b""))


main()
