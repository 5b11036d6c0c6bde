"""Start and idleness: how soon a server answers, and what connections that say nothing cost."""
import os
import resource
import socket
import statistics
import subprocess
import time


def request(service, method):
    """One without payload, as stream 1."""
    data = b"".join(bytes([tag, len(text)]) + text for tag, text in ((10, b"heapd.v1." + service), (18, method)))
    return len(data).to_bytes(4, "big") + (1).to_bytes(4, "big") + b"\x01\x00" + data


PINGS = {"ttrpc": request(b"ServerService", b"Ping"), "resp": b"PING\r\n"}
# One that opens a session in a heap.
FIRST_WORDS = {"ttrpc": request(b"CollectorService", b"GetCount"), "resp": b"PING\r\n"}


def commands(build, folder):
    return {
        "ttrpc": [str(build / "src/heapd/heapd"), "--listen", f"unix:{folder}/start-ttrpc.sock"],
        "resp": ["redis-server", "--port", "0", "--unixsocket", f"{folder}/start-resp.sock", "--save", "", "--appendonly", "no"],
    }


def connect(path):
    peer = socket.socket(socket.AF_UNIX)
    try:
        peer.connect(path)
    except OSError:
        peer.close()
        return None
    return peer


def start(command, protocol, path):
    """Seconds from exec to the first answer; and the process, which is the caller's to end."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while (peer := connect(path)) is None:
        assert process.poll() is None, f"{command[0]} does not start"
    with peer:
        peer.sendall(PINGS[protocol])
        assert peer.recv(100)
        return time.perf_counter() - began, process


def anonymous(pid):
    """Bytes of a process that no file stands behind."""
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Anonymous:"))


def idle(process, protocol, path, count):
    """Anonymous bytes of a server that has just started, and those for each connection that was
    opened, said one thing and is silent now."""
    before = anonymous(process.pid)
    peers = []
    for _ in range(count):
        peer = connect(path)
        assert peer is not None, "a connection was refused"
        peer.sendall(FIRST_WORDS[protocol])
        peers.append(peer)
    for peer in peers:
        assert peer.recv(100)
    time.sleep(3)  # what is kept for a moment goes
    each = (anonymous(process.pid) - before) / count
    for peer in peers:
        peer.close()
    return before, each


def measure(build, folder, rounds, count):
    """Rows as (name, unit, peer, pairs of ours and theirs)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(count, hard - 500, 9999)
    starts, bytes_idle, bytes_each = [], [], []
    for _ in range(rounds):
        took, empty, each = {}, {}, {}
        for protocol, command in commands(build, folder).items():
            path = f"{folder}/start-{protocol}.sock"
            took[protocol], process = start(command, protocol, path)
            empty[protocol], each[protocol] = idle(process, protocol, path, count)
            process.terminate()
            process.wait()
            if os.path.exists(path):
                os.unlink(path)
        for values, pairs in ((took, starts), (empty, bytes_idle), (each, bytes_each)):
            pairs.append((values["ttrpc"], values["resp"]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    yield "wire.start", "s", "redis-server", starts
    yield "wire.idle.bytes", "bytes", "redis-server", bytes_idle
    yield "wire.idle.connection_bytes", "bytes", "redis-server", bytes_each


if __name__ == "__main__":
    import pathlib
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        for name, unit, _, pairs in measure(pathlib.Path("build/release"), scratch, 3, 10000):
            print(name, unit, [statistics.median(side) for side in zip(*pairs)])
