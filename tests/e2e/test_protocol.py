#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The daemon as a stranger's client sees it: ttrpc by hand over real sockets, and the end.

usage: test_protocol.py HEAPD
"""
import os
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ttrpc import Daemon, Failure, Peer, answer, frame, ids, num, parse, program, request, run, sint  # noqa: E402


def refused(peer, code, reason, *call):
    try:
        peer.call(*call)
    except Failure as failure:
        assert (failure.code, failure.reason) == (code, reason), failure
        assert len(failure.message) > 5, failure
    else:
        raise AssertionError(f"{call} was not refused")


def bad_input_is_answered(url):
    peer = Peer(url)
    number = peer.create(sint(3, 1000))
    refused(peer, 5, "STALE_ID", "ObjectService", "Hold", run(1, ids(number ^ 1 << 40)))
    refused(peer, 9, "NOT_HELD", "ObjectService", "Release", run(1, ids(number)) + run(2, b"\x02"))
    refused(peer, 3, "BAD_UTF8", "NameService", "Bind", run(1, b"\xff"))
    refused(peer, 5, "NO_SUCH_NAME", "NameService", "Lookup", run(1, "nobody"))
    refused(peer, 3, "PY_VALUE_ERROR", "CollectorService", "Collect", num(1, 6))
    refused(peer, 12, "NO_SUCH_METHOD", "ObjectService", "Nope")
    peer.socket.sendall(bytes.fromhex("00400001") + b"\0\0\x03\xe7\1\0" + bytes(4194305))
    stream, data = peer.receive()
    assert stream == 999
    try:
        answer(data)
    except Failure as failure:
        assert failure.code == 8, failure
    assert parse(peer.call("HeapService", "Verify")).get(3) is None
    assert parse(peer.call("ObjectService", "GetRefcounts", run(1, ids(number))))[1] == [b"\1"]
    peer.socket.sendall(b"GET / HTTP/1.1\r\n\r\n")
    _, data = peer.receive()
    assert peer.socket.recv(1) == b"", "garbage closes the connection"
    peer.close()


def a_killed_client_releases_everything(url):
    peer, other = Peer(url), Peer(url)
    before = parse(other.call("HeapService", "Info")).get(2, [0])[0]
    for i in range(100):
        peer.create(sint(3, 10**6 + i))
    assert parse(other.call("HeapService", "Info"))[2][0] == before + 100
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # RST, on TCP
    peer.close()
    while parse(other.call("HeapService", "Info")).get(2, [0])[0] != before:
        pass
    other.close()


def many_are_in_flight(url):
    peer = Peer(url)
    count = 20000
    out = b"".join(frame(1 + 2 * i, request("ServerService", "Ping", run(1, str(i)))) for i in range(count))
    if os.fork() == 0:
        peer.socket.sendall(out)
        os._exit(0)
    for i in range(count):
        stream, data = peer.receive()
        assert stream == 1 + 2 * i and parse(answer(data))[1][0] == str(i).encode()
    os.wait()
    peer.close()


def make_chain(peer, length):
    """A list of a list of ..., held at its head."""
    head = peer.create(run(8, b""))
    while length > 0:
        n, batch = min(length, 10000), b""
        for i in range(n):
            held = b"" if i == n - 1 else num(2, 0)
            inner = ids(head) if i == 0 else run(2, bytes([(i - 1) & 127 | 128, (i - 1) >> 7]))
            batch += run(1, run(1, run(1, run(8, inner)) + held))
        results = parse(peer.call("BatchService", "Execute", batch))
        assert 2 not in results
        tail, head = head, parse(parse(results[1][-1])[1][0])[1][0]
        peer.call("ObjectService", "Release", run(1, ids(tail)))
        length -= n
    return head


def the_end_answers_what_is_in_flight():
    with Daemon() as daemon:
        peer, waiting = Peer(daemon.urls[0]), Peer(daemon.urls[0])
        waiting.call("ServerService", "Ping")
        head = make_chain(peer, 1000000)
        peer.send("ObjectService", "Release", run(1, ids(head)))
        while 1:  # until the release is under way: it takes many turns
            left = parse(waiting.call("HeapService", "Info")).get(2, [0])[0]
            if left < 1000000:
                break
        daemon.process.send_signal(signal.SIGTERM)
        peer.send("ServerService", "Ping")
        answers = {}
        try:
            while 1:
                stream, data = peer.receive()
                answers[stream] = data
        except EOFError:
            pass
        assert answer(answers[peer.stream - 2]) == b"", "the release was answered"
        if peer.stream in answers:
            try:
                answer(answers[peer.stream])
            except Failure as failure:
                assert (failure.code, failure.reason) == (14, "DRAINING"), failure
        assert waiting.socket.recv(1) == b""
        assert daemon.process.wait(30) == 0
        return left


def a_second_daemon_leaves_the_first_alone():
    with Daemon() as daemon:
        second = subprocess.run([program(), "--listen", daemon.urls[0]], stderr=subprocess.PIPE, timeout=30)
        assert second.returncode == 1 and b"somebody listens there already" in second.stderr, second
        Peer(daemon.urls[0]).call("ServerService", "Ping")


def main():
    with Daemon("--heap", "second", tcp=True) as daemon:
        for url in daemon.urls:
            bad_input_is_answered(url)
            a_killed_client_releases_everything(url)
            many_are_in_flight(url)
        first, second = Peer(daemon.urls[0]), Peer(daemon.urls[0])
        metadata = [("heapd-heap", "second")]
        assert parse(first.call("HeapService", "Info", b"", metadata=metadata))[1] == [b"second"]
        assert parse(second.call("HeapService", "Info"))[1] == [b"default"]
    a_second_daemon_leaves_the_first_alone()
    print("objects left when the signal came:", the_end_answers_what_is_in_flight())
    print("ok")


main()
