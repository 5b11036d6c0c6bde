#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Somebody else comes between two requests of one statement, and takes what it was about to hold:
that statement fails, and no other does.

heapctl talks to the daemon through this process, which changes the heap before each answer.
usage: test_between.py HEAPD HEAPCTL"""
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ttrpc import Daemon, Peer, fixed, ids, num, run, sint  # noqa: E402

SCOPE_HEAP = 3


class Other:
    """Who holds a dict with one item, and puts another one in its place."""

    def __init__(self, url):
        self.peer = Peer(url)
        self.key = self.peer.create(sint(3, 1))
        self.dict = self.peer.create(run(9, b""))
        self.peer.call("NameService", "Bind", run(1, "d") + run(2, fixed(1, self.dict)) + num(3, SCOPE_HEAP))

    def replace(self):
        item = self.peer.create(run(8, b""))
        at = run(2, run(2, fixed(1, self.key)))
        self.peer.call("ObjectService", "SetItem", run(1, fixed(1, self.dict)) + at + run(3, fixed(1, item)))
        self.peer.call("ObjectService", "Release", run(1, ids(item)))


def relay(listener, url, other):
    """Requests as they come, answers one by one with the other in between."""
    client, _ = listener.accept()
    daemon = Peer(url)
    daemon.socket.settimeout(None)

    def requests():
        while some := client.recv(65536):
            daemon.socket.sendall(some)
        daemon.socket.shutdown(socket.SHUT_WR)

    forward = threading.Thread(target=requests)
    forward.start()
    try:
        while True:
            head = daemon.exactly(10)
            body = daemon.exactly(struct.unpack(">I", head[:4])[0])
            other.replace()
            client.sendall(head + body)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass
    forward.join()
    client.close()
    daemon.close()


with Daemon() as daemon, tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
    listener.bind(f"{folder}/between")
    listener.listen()
    other = Other(daemon.urls[0])
    other.replace()
    thread = threading.Thread(target=relay, args=(listener, daemon.urls[0], other))
    thread.start()
    done = subprocess.run(
        [sys.argv[2], "-u", f"unix:{folder}/between", "eval"] + ["d.get(1) is None", "[3]", "[[4]]"] * 20,
        capture_output=True, text=True, timeout=60, check=False)
    thread.join()
    assert done.stdout == "[3]\n[[4]]\n" * 20, done
    assert len(re.findall(r"SystemError: NOT_FOUND, STALE_ID: .+", done.stderr)) == 20, done.stderr
    assert done.returncode == 1, done
print("ok")
