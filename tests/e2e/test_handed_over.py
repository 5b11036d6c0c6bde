"""Sockets as systemd hands them over, and the heaps that their names say.
usage: test_handed_over.py HEAPD"""
import os
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ttrpc import Failure, Peer, parse, program, run  # noqa: E402

FIRST = 3
# What systemd does between fork and exec.
HAND_OVER = f"""
import fcntl, os, sys
here = [fcntl.fcntl(int(fd), fcntl.F_DUPFD, 100) for fd in sys.argv[1].split()]
for number, fd in enumerate(here):
    os.dup2(fd, {FIRST} + number)
    os.close(fd)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


class Handed:
    """A daemon with so many Unix sockets; names: LISTEN_FDNAMES, None: not set."""

    def __init__(self, count, names, *arguments, announced=None, kind=socket.SOCK_STREAM):
        self.folder = tempfile.TemporaryDirectory()
        self.paths = [f"{self.folder.name}/{i}" for i in range(count)]
        self.sockets = [socket.socket(socket.AF_UNIX, kind) for _ in self.paths]
        for each, path in zip(self.sockets, self.paths):
            each.bind(path)
            each.listen()
        environment = {**os.environ, "LISTEN_FDS": str(count if announced is None else announced)}
        environment.pop("LISTEN_FDNAMES", None)
        if names is not None:
            environment["LISTEN_FDNAMES"] = names
        ready, told = os.pipe()
        told_high = os.dup2(told, 90)
        os.close(told)
        fds = [each.fileno() for each in self.sockets]
        self.process = subprocess.Popen(
            [sys.executable, "-c", HAND_OVER, " ".join(map(str, fds)), program(), "--ready-fd", str(told_high), *arguments],
            pass_fds=[*fds, told_high], env=environment, stderr=subprocess.PIPE, text=True)
        os.close(told_high)
        with os.fdopen(ready) as file:
            self.lines = file.read().splitlines()

    def __enter__(self):
        assert self.lines == ["READY", *("unix:" + path for path in self.paths)], (self.lines, self.process.communicate())
        return self

    def heap(self, number):
        """Of a connection that names none."""
        peer = Peer("unix:" + self.paths[number])
        name = parse(peer.call("HeapService", "Info"))[1][0].decode()
        assert not peer.call("HeapService", "Verify")
        peer.close()
        return name

    def end(self):
        errors = self.process.communicate(timeout=30)[1]
        for each in self.sockets:
            each.close()
        self.folder.cleanup()
        return self.process.returncode, errors

    def __exit__(self, *_):
        self.process.terminate()
        assert self.end()[0] == 0


def named():
    for threads in ("1", "2"):
        with Handed(4, "heap=b:heapd.socket:heap=default:heap=c=d", "--heap", "b", "--heap", "c=d", "--threads", threads) as daemon:
            assert [daemon.heap(i) for i in range(4)] == ["b", "default", "default", "c=d"]
            # Only of those that name none.
            peer = Peer("unix:" + daemon.paths[0])
            assert parse(peer.call("HeapService", "Info", metadata=[("heapd-heap", "c=d")]))[1][0] == b"c=d"
            peer.close()


def not_named():
    """Whatever else they are called."""
    for names in (None, "unknown:stored", "heap:", "heapb:Heap=b", "b:HEAP=b"):
        with Handed(2, names, "--heap", "b") as daemon:
            assert [daemon.heap(i) for i in range(2)] == ["default", "default"], names


def wrong():
    """It does not start, and says why."""
    for count, names, announced, why in ((2, "heapd.socket:heap=b", None, "/1: there is no heap 'b'"),
                                         (1, "heap=", None, "/0: there is no heap ''"),
                                         (1, "heap=" + "x" * 250, None, "there is no heap 'xxx"),
                                         (1, "heap=default:heap=default", None, "LISTEN_FDNAMES"),
                                         (2, "heap=default", None, "LISTEN_FDNAMES"),
                                         (1, None, "some", "LISTEN_FDS"), (1, None, "50", "LISTEN_FDS")):
        daemon = Handed(count, names, announced=announced)
        status, errors = daemon.end()
        assert daemon.lines == [] and status == 1 and why in errors, (names, announced, status, errors)
    daemon = Handed(1, None, kind=socket.SOCK_SEQPACKET)
    status, errors = daemon.end()
    assert daemon.lines == [] and status == 1 and "/0: the socket is no stream socket" in errors, (status, errors)


named()
not_named()
wrong()
print("ok")
