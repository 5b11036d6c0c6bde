#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Subscribers that are cut off at random, a thousand times: no finalizer is lost, none runs again once it was
acknowledged, and nothing is kept.

usage: test_killed.py HEAPD
"""
import os
import random
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ttrpc import Daemon, Failure, Peer, answer, fixed, frame, ids, num, parse, request, run  # noqa: E402

KILLS = 1000
SEED = int(os.environ.get("HEAPD_SEED", random.SystemRandom().getrandbits(32)))
RNG = random.Random(SEED)


class Owner(Peer):
    """Makes objects with finalizers, and lets go of them."""

    def __init__(self, url):
        super().__init__(url)
        self.made = set()
        self.call("FinalizerService", "CreateQueue", run(1, "q") + num(2, 3600000) + num(3, 2))

    def resource(self, in_cycle):
        """Dies by count when it is let go of, or is found by a collection."""
        one = self.create(run(12, run(1, "Blob")))
        self.call("FinalizerService", "SetFinalizer", run(1, fixed(1, one)) + run(2, "q"))
        if in_cycle:
            self.call("ObjectService", "SetAttr", run(1, fixed(1, one)) + run(2, "self") + run(3, fixed(1, one)))
        self.call("ObjectService", "Release", run(1, ids(one)))
        self.made.add(one)

    def objects(self):
        return parse(self.call("HeapService", "Info")).get(2, [0])[0]

    def queue(self):
        queues = [parse(q) for q in parse(self.call("FinalizerService", "ListQueues"))[1]]
        return {name: queues[0].get(field, [0])[0] for name, field in [
            ("armed", 5), ("waiting", 6), ("delivered", 7), ("dead", 8)]}


class Subscriber:
    """Lives for a few calls, and is cut off in the middle of one."""

    def __init__(self, url, seen, acknowledged):
        self.peer = Peer(url)
        self.seen, self.acknowledged = seen, acknowledged

    def receive(self, most):
        told = [parse(d) for d in parse(self.peer.call("FinalizerService", "Receive", run(1, "q") + num(2, most))).get(1, [])]
        for one in told:
            assert one[2][0] not in self.acknowledged, "it was acknowledged, and comes again"
            self.seen.add(one[2][0])
        return told

    def acknowledge(self, told):
        self.peer.call("FinalizerService", "Acknowledge", b"".join(num(1, d[1][0]) for d in told))
        self.acknowledged.update(d[2][0] for d in told)

    def cut_off(self):
        how = RNG.randrange(5)
        receive = frame(self.peer.stream + 2, request("FinalizerService", "Receive", run(1, "q") + num(2, 3)))
        if how == 1:
            self.peer.socket.sendall(receive)  # and the answer is never read
        elif how == 2:
            self.peer.socket.sendall(receive[: RNG.randrange(1, len(receive))])
        elif how == 3:  # it waits for more
            self.peer.send("FinalizerService", "Receive", run(1, "q") + num(2, 3) + num(3, 60000))
        elif how == 4:
            self.peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.peer.close()

    def live(self):
        for _ in range(RNG.randrange(4)):
            told = self.receive(RNG.randrange(1, 6))
            part = RNG.sample(told, RNG.randrange(len(told) + 1))
            if part:
                self.acknowledge(part)
        told = self.receive(RNG.randrange(1, 4))
        if told and RNG.random() < 0.3:  # cut off before it knows: the acknowledgement may be in time, or not
            self.peer.send("FinalizerService", "Acknowledge", b"".join(num(1, d[1][0]) for d in told))
        self.cut_off()


def step(owner, url, seen, acknowledged):
    for _ in range(RNG.randrange(6)):
        owner.resource(RNG.random() < 0.5)
    if RNG.random() < 0.3:
        owner.call("CollectorService", "Collect")
    if RNG.random() < 0.05:
        owner.call("FinalizerService", "Redrive", run(1, "q"))
    alive = [Subscriber(url, seen, acknowledged) for _ in range(RNG.randrange(1, 4))]
    for subscriber in alive:
        subscriber.live()
    return len(alive)


def finish(owner, url, seen, acknowledged):
    """Somebody who lives on takes what is left."""
    last = Subscriber(url, seen, acknowledged)
    owner.call("CollectorService", "Collect")
    while any(owner.queue().values()):  # those who were cut off may still be giving back
        owner.call("FinalizerService", "Redrive", run(1, "q"))
        told = last.receive(1000)
        if told:
            last.acknowledge(told)
    try:
        last.peer.call("FinalizerService", "Acknowledge", num(1, 1))
        raise AssertionError("a delivery that never was is acknowledged")
    except Failure as failure:
        assert failure.reason == "NO_SUCH_DELIVERY", failure
    last.peer.close()


def main():
    print(f"HEAPD_SEED={SEED}")
    with Daemon() as daemon:
        url = daemon.urls[0]
        owner, seen, acknowledged, kills, letters = Owner(url), set(), set(), 0, 0
        before = owner.objects()
        while kills < KILLS:
            kills += step(owner, url, seen, acknowledged)
            letters = max(letters, owner.queue()["dead"])
        finish(owner, url, seen, acknowledged)
        assert seen == owner.made, f"{len(owner.made - seen)} of {len(owner.made)} are lost"
        assert owner.objects() == before, "something is kept"
        assert letters > 0, "no dead letters"
        found = parse(owner.call("HeapService", "Verify"))
        assert 3 not in found, found
        print(f"{kills} cut off, {len(seen)} objects, {len(acknowledged)} acknowledged for sure, {letters} letters at most")
    print("ok")


main()
