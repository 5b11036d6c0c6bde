"""The wire suite of tools/bench: heapd and redis-server under the load of one heapd-bench."""
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile

import idle

WORKLOADS = {
    "create_release": "Redis SET/DEL",
    "hold_release": "Redis INCR/DECR",
    "bind_delete": "Redis SET/DEL",
    "append_pop": "Redis LPUSH/LPOP",
    "get": "Redis GET",
}
CPYTHON = ["/usr/bin/python3", os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer_cpython.py")]


class Servers:
    """heapd and redis-server on Unix and TCP sockets of our own, ended by their process."""

    def __init__(self, build):
        self.program = build / "client/bench/heapd-bench"
        self.folder = tempfile.mkdtemp(prefix="heapd-bench-")
        self.started = []
        try:
            self.urls = {"ttrpc": self.heapd(build), "resp": self.redis()}
            self.processes = dict(zip(self.urls, (process.pid for process in self.started)))
        except BaseException:
            self.end()
            raise

    def heapd(self, build):
        ready, write = os.pipe()
        self.started.append(subprocess.Popen(
            [build / "src/heapd/heapd", "--listen", f"unix:{self.folder}/heapd.sock", "--listen", "tcp://127.0.0.1:0",
             "--ready-fd", str(write)], pass_fds=[write], stderr=subprocess.DEVNULL))
        os.close(write)
        with os.fdopen(ready) as lines:
            said = lines.read().split()
        assert said[0] == "READY", said
        return said[1:]

    def redis(self):
        """It cannot choose a port by itself: one that was free a moment ago, until it starts."""
        path = f"{self.folder}/redis.sock"
        while True:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            process = subprocess.Popen(
                ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--unixsocket", path, "--save", "",
                 "--appendonly", "no"], stdout=subprocess.DEVNULL)
            while process.poll() is None:
                pong = subprocess.run(["redis-cli", "-s", path, "ping"], capture_output=True)
                if pong.stdout == b"PONG\n":
                    self.started.append(process)
                    return [f"unix:{path}", f"tcp://127.0.0.1:{port}"]

    def end(self):
        for process in self.started:
            process.terminate()
            process.wait()
        shutil.rmtree(self.folder)

    def command(self, protocol, tcp, workload, clients, pipeline, **more):
        command = [self.program, "--format", "json", "--protocol", protocol, "-u", self.urls[protocol][tcp],
                   "--clients", clients, "--pipeline", pipeline, workload]
        for option, value in more.items():
            command += [f"--{option}", value]
        return [str(part) for part in command]

    def load(self, protocol, tcp, workload, clients, pipeline, **more):
        """What heapd-bench says of one workload."""
        before = cpu_ns(self.processes[protocol])
        user, kernel = cpu_parts(self.processes[protocol])
        command = self.command(protocol, tcp, workload, clients, pipeline, **more)
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{workload}, {protocol}: {done.stderr}")
        result = json.loads(done.stdout)["workloads"][0]
        seconds = more.get("seconds", 0) + more.get("warmup", 0)
        if seconds:
            result["server_ns"] = (cpu_ns(self.processes[protocol]) - before) / (rate(result) * seconds)
            user, kernel = (b - a for a, b in zip((user, kernel), cpu_parts(self.processes[protocol])))
            result["kernel_ns"] = result["server_ns"] * kernel / max(user + kernel, 1)
        return result


def cpu_ns(pid):
    """Processor time that a process has had: what neighbours on the machine disturb least."""
    with open(f"/proc/{pid}/schedstat") as stat:
        return int(stat.read().split()[0])


def cpu_parts(pid):
    """The same in ticks of 10 ms: in the program itself, and in the kernel for it."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return int(fields[11]), int(fields[12])


def row(name, unit, peer, pairs):
    """Medians; unit "ns", "us" or "s": less is better, else more."""
    less = unit in ("ns", "us", "s", "bytes")
    return {
        "id": name, "unit": unit, "peer": peer, "rounds": len(pairs),
        "ours": statistics.median(a for a, _ in pairs),
        "peer_value": statistics.median(b for _, b in pairs),
        "ratio": statistics.median(b / a if less else a / b for a, b in pairs),
    }


def rate(result):
    return result["operations_per_second"]


def alternate(servers, rounds, **load):
    """Both, round after round, each of them first in turn."""
    pairs = []
    for i in range(rounds):
        order = ("ttrpc", "resp") if i % 2 == 0 else ("resp", "ttrpc")
        pair = {protocol: servers.load(protocol, **load) for protocol in order}
        pairs.append((pair["ttrpc"], pair["resp"]))
    return pairs


def one_by_one(servers, quick, rounds, tcp):
    suffix = ".tcp" if tcp else ""
    time = {"warmup": 0.03, "seconds": 0.1 if quick else 1}
    for workload, peer in WORKLOADS.items():
        name = f"wire.serial.{workload}"
        pairs = alternate(servers, rounds, tcp=tcp, workload=workload, clients=1, pipeline=1, **time)
        for quantile, end in (("p50", ""), ("p99", ".p99")):
            values = [(a["latency_us"][quantile], b["latency_us"][quantile]) for a, b in pairs]
            yield row(name + end + suffix, "us", peer, values)
    for shape, clients, pipeline in (("pipelined64", 50, 64), ("clients1000", 1000, 8)):
        for workload, peer in WORKLOADS.items():
            pairs = alternate(servers, rounds, tcp=tcp, workload=workload, clients=clients, pipeline=pipeline, **time)
            yield row(f"wire.{shape}.{workload}{suffix}", "ops/s", peer, [(rate(a), rate(b)) for a, b in pairs])
            yield row(f"wire.{shape}.{workload}{suffix}.cpu", "ns", peer, [(a["server_ns"], b["server_ns"]) for a, b in pairs])
            if not quick:  # too few ticks
                values = [(a["kernel_ns"], b["kernel_ns"]) for a, b in pairs]
                yield row(f"wire.{shape}.{workload}{suffix}.kernel", "ns", peer, values)


def beside_flood(servers, protocol, seconds):
    """The latency of who asks one thing at a time while others send as much as they can."""
    flood = subprocess.Popen(servers.command(protocol, False, "create_release", 4, 1000, seconds=60), stdout=subprocess.DEVNULL)
    try:
        return servers.load(protocol, False, "get", 1, 1, warmup=0.1, seconds=seconds)["latency_us"]["p99"]
    finally:
        flood.terminate()
        flood.wait()


def polite(servers, quick, rounds):
    pairs = [[beside_flood(servers, protocol, 0.2 if quick else 1) for protocol in ("ttrpc", "resp")] for _ in range(rounds)]
    return row("wire.polite.get.p99", "us", WORKLOADS["get"], pairs)


def many(servers, quick, rounds):
    """Batches and packed ids on one connection, beside the best that Redis does of the mixed set."""
    time = {"warmup": 0.03, "seconds": 0.15 if quick else 1}
    batches, hot, random = [], [], []
    for _ in range(rounds):
        best = max(rate(servers.load("resp", False, "mixed", clients, pipeline, **time, **more))
                   for clients, pipeline, more in ((50, 64, {}), (1, 4, {"batch": 100}), (1, 4, {"batch": 1000})))
        batch = max(rate(servers.load("ttrpc", False, "mixed", 1, 4, batch=size, **time)) for size in (100, 1000))
        batches.append((batch, best))
        bulk = {"clients": 1, "pipeline": 4, "batch": 1000, **time}
        hot.append((rate(servers.load("ttrpc", False, "bulk", objects=4000, **bulk)), best))
        random.append((rate(servers.load("ttrpc", False, "bulk", objects="1e6", **bulk)), best))
    peer = "Redis mixed, pipelined"
    yield row("wire.batch.mixed", "ops/s", peer, batches)
    yield row("wire.bulk.hold_release", "ids/s", peer, hot)
    yield row("wire.bulk.hold_release.1e6", "ids/s", peer, random)


def graph(servers, rounds):
    """Wall time of both."""
    pairs = []
    for _ in range(rounds):
        ours = servers.load("ttrpc", False, "graph", 1, 4, objects="1e6")["seconds"]
        theirs = subprocess.run([*CPYTHON, "wire.graph", "1e6"], check=True, capture_output=True, text=True).stdout
        pairs.append((ours, float(theirs)))
    return row("wire.graph.1e6", "s", "CPython 3.11", pairs)


def threads(build, quick, rounds):
    """Two heaps on two cores beside one: nanoseconds per request, the load generator left out."""
    program, requests = build / "tests/bench/bench_channel", "4e5" if quick else "4e6"

    def nanoseconds(loops):
        return float(subprocess.run([program, "hold_release", str(loops), requests], check=True, capture_output=True).stdout)

    pairs = []
    for i in range(rounds):
        first, second = (1, 2) if i % 2 == 0 else (2, 1)
        pair = {first: nanoseconds(first), second: nanoseconds(second)}
        pairs.append((pair[2], pair[1]))
    return row("wire.threads2", "ns", "one loop", pairs)


def results(build, quick, rounds):
    servers = Servers(build)
    try:
        yield from one_by_one(servers, quick, rounds, tcp=False)
        if not quick:
            yield from one_by_one(servers, quick, rounds, tcp=True)
        yield polite(servers, quick, rounds)
        yield from many(servers, quick, 1 if quick else rounds)
        yield graph(servers, 1 if quick else rounds)
        yield threads(build, quick, rounds)
        for name, unit, peer, pairs in idle.measure(build, servers.folder, 1 if quick else rounds, 1000 if quick else 10000):
            yield row(name, unit, peer, pairs)
    finally:
        servers.end()
