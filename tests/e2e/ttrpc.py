# SPDX-License-Identifier: MIT
"""ttrpc and protobuf by hand, for tests of the daemon as strangers see it: no generated code."""
import os
import socket
import struct
import subprocess
import sys
import tempfile

REQUEST, RESPONSE, DATA = 1, 2, 3
REMOTE_CLOSED, REMOTE_OPEN, NO_DATA = 1, 2, 4
SINT = object()


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def num(field, value):
    """A varint field."""
    return varint(field << 3) + varint(value)


def sint(field, value):
    """A sint64 field, zigzag."""
    return num(field, (value << 1) ^ (value >> 63))


def fixed(field, value):
    """A fixed64 field."""
    return varint(field << 3 | 1) + struct.pack("<Q", value)


def run(field, value):
    """A field of a string, of bytes or of a message."""
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def ids(*values):
    """Operands, by ids."""
    return run(1, b"".join(struct.pack("<Q", v) for v in values))


def parse(data):
    """{field: [values]}: ints, and bytes for what is of fixed or given length."""
    fields, at = {}, 0

    def take():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = take()
        kind = tag & 7
        if kind == 0:
            value = take()
        else:
            size = {1: 8, 5: 4}.get(kind) or take()
            value = data[at : at + size]
            at += size
            if kind == 1:
                value = struct.unpack("<Q", value)[0]
        fields.setdefault(tag >> 3, []).append(value)
    return fields


class Failure(Exception):
    def __init__(self, code, message, reason):
        super().__init__(f"{code} {reason}: {message}")
        self.code, self.message, self.reason = code, message, reason


def request(service, method, payload=b"", timeout=0, metadata=()):
    """The data of a request frame."""
    data = run(1, "heapd.v1." + service) + run(2, method) + run(3, payload)
    if timeout:
        data += num(4, timeout)
    for key, value in metadata:
        data += run(5, run(1, key) + run(2, value))
    return data


def frame(stream, data, kind=REQUEST, flags=0):
    return struct.pack(">IIBB", len(data), stream, kind, flags) + data


def answer(data):
    """The payload of a response, or its Failure raised."""
    fields = parse(data)
    status = parse(fields.get(1, [b""])[0])
    if status.get(1, [0])[0]:
        info = parse(parse(status[3][0])[2][0])
        raise Failure(status[1][0], status[2][0].decode(), info[1][0].decode())
    return fields.get(2, [b""])[0]


class Peer:
    """One connection."""

    def __init__(self, url):
        if url.startswith("unix:"):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(url[5:])
        else:
            host, port = url[len("tcp://") :].rsplit(":", 1)
            self.socket = socket.create_connection((host.strip("[]"), int(port)))
        self.socket.settimeout(20)
        self.stream = -1

    def send(self, *args, flags=0, **kwargs):
        """Sends a request; its stream id."""
        self.stream += 2
        self.socket.sendall(frame(self.stream, request(*args, **kwargs), flags=flags))
        return self.stream

    def end(self, stream):
        """Tells the daemon that no more of a stream is wanted."""
        self.socket.sendall(frame(stream, b"", DATA, REMOTE_CLOSED | NO_DATA))

    def exactly(self, size):
        out = b""
        while len(out) < size:
            more = self.socket.recv(size - len(out))
            if not more:
                raise EOFError(f"closed after {len(out)} of {size} bytes")
            out += more
        return out

    def receive_frame(self):
        """(stream, type, flags, data) of whatever comes next."""
        size, stream, kind, flags = struct.unpack(">IIBB", self.exactly(10))
        return stream, kind, flags, self.exactly(size)

    def receive(self):
        """(stream, data) of the next response."""
        stream, kind, flags, data = self.receive_frame()
        assert (kind, flags) == (RESPONSE, 0), (kind, flags)
        return stream, data

    def call(self, *args, **kwargs):
        stream = self.send(*args, **kwargs)
        got, data = self.receive()
        assert got == stream, (got, stream)
        return answer(data)

    def create(self, new_object):
        """Creates a NewObject and holds it: its id."""
        return parse(self.call("ObjectService", "Create", run(1, new_object)))[1][0]

    def close(self):
        self.socket.close()


class Daemon:
    """A private daemon, ended with the block."""

    def __init__(self, *arguments, tcp=False):
        self.folder = tempfile.TemporaryDirectory()
        read, write = os.pipe()
        listen = ["--listen", f"unix:{self.folder.name}/heapd.sock"]
        if tcp:
            listen += ["--listen", "tcp://127.0.0.1:0"]
        self.process = subprocess.Popen(
            [program(), *listen, "--ready-fd", str(write), *arguments],
            pass_fds=[write], stderr=subprocess.PIPE)
        os.close(write)
        with os.fdopen(read) as ready:
            lines = ready.read().splitlines()
        assert lines and lines[0] == "READY", lines
        self.urls = lines[1:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=30)
        self.folder.cleanup()


def program():
    """The heapd under test: HEAPD_BIN, or the first argument."""
    path = os.environ.get("HEAPD_BIN") or (sys.argv[1] if len(sys.argv) > 1 else "")
    if not os.access(path, os.X_OK):
        sys.exit("HEAPD_BIN, or the first argument, must be the heapd to test")
    return path
