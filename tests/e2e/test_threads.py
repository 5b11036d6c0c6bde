# SPDX-License-Identifier: MIT
"""heapd --threads: heaps on loops of their own, sockets with a heap of their own, and the end of all of them.
usage: test_threads.py HEAPD"""
import signal
import subprocess

from ttrpc import Daemon, Failure, Peer, parse, program, run, sint

NEW_INT = sint(3, 5000)


def in_heap(name):
    return {"metadata": [("heapd-heap", name)]}


def info(peer):
    return parse(peer.call("HeapService", "Info"))


def connections_go_to_their_heaps():
    with Daemon("--threads", "2", "--heap", "b", "--heap", "c") as daemon:
        peers = {}
        for name in ("default", "b", "c"):
            for i in range(20):
                peer = peers[name, i] = Peer(daemon.urls[0])
                peer.call("ServerService", "Ping")
                first = peer.send("ObjectService", "Create", run(1, NEW_INT), **in_heap(name))
                second = peer.send("HeapService", "Info", **in_heap(name))
                assert peer.receive()[0] == first
                stream, data = peer.receive()
                assert stream == second
                assert parse(parse(data)[2][0])[1] == [name.encode()]
        server = parse(peers["b", 0].call("ServerService", "ServerInfo"))
        assert server[4] == [60], server
        assert server[5] == [181], server  # three for each, and this one
        names = parse(peers["c", 0].call("HeapService", "List"))[1]
        assert names == [b"default", b"b", b"c"], names
        for name in ("default", "b", "c"):
            assert info(peers[name, 0])[2] == [20], name
            assert 3 not in parse(peers[name, 0].call("HeapService", "Verify")), name
        try:
            peers["b", 1].call("HeapService", "Info", **in_heap("c"))
            raise AssertionError("a bound connection changed its heap")
        except Failure as failure:
            assert failure.reason == "OTHER_HEAP", failure.reason
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.process.wait(30) == 0, daemon.process.returncode
        for peer in peers.values():
            assert peer.socket.recv(1) == b""


def a_socket_has_a_heap(folder, threads):
    path = f"{folder}/b{threads}.sock"
    with Daemon("--threads", str(threads), "--heap", "b", "--listen", f"unix:{path}?heap=b") as daemon:
        assert daemon.urls[1] == f"unix:{path}", daemon.urls
        for url, name in zip(daemon.urls, (b"default", b"b")):
            peer = Peer(url)
            assert info(peer)[1] == [name]
            peer.close()
        peer = Peer(daemon.urls[1])
        assert parse(peer.call("HeapService", "Info", **in_heap("default")))[1] == [b"default"]
        peer.close()


def wrong(status, sentence, *arguments):
    done = subprocess.run([program(), *arguments], capture_output=True, text=True, timeout=30)
    assert done.returncode == status and sentence in done.stderr, done


with Daemon() as one:
    connections_go_to_their_heaps()
    a_socket_has_a_heap(one.folder.name, 1)
    a_socket_has_a_heap(one.folder.name, 2)
    socket = f"unix:{one.folder.name}/wrong.sock"
    wrong(2, "a loop owns one heap at least, and there are 2", "--threads", "3", "--heap", "b")
    wrong(2, "--threads 0: wrong", "--threads", "0")
    wrong(2, "--threads 65: wrong", "--threads", "65")
    wrong(1, "there is no heap 'c'", "--threads", "2", "--heap", "b", "--listen", socket + "?heap=c")
    wrong(1, "there is no heap ''", "--listen", socket + "?heap=")
    wrong(1, "somebody listens there already", "--threads", "2", "--heap", "b", "--listen", one.urls[0])
print("ok")
