"""The wire suite of tools/bench: heapd and redis-server under the same load."""
import os
import shutil
import subprocess
import tempfile


class Servers:
    """heapd and redis-server on Unix sockets of our own, ended by their process."""

    def __init__(self, build):
        self.folder = tempfile.mkdtemp(prefix="heapd-bench-")
        self.heapd = f"{self.folder}/heapd.sock"
        self.redis = f"{self.folder}/redis.sock"
        ready, write = os.pipe()
        self.started = [subprocess.Popen(
            [build / "src/heapd/heapd", "--listen", f"unix:{self.heapd}", "--ready-fd", str(write)],
            pass_fds=[write])]
        os.close(write)
        os.read(ready, 100)
        os.close(ready)
        self.started.append(subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.redis, "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL))
        while subprocess.run(["redis-cli", "-s", self.redis, "ping"], capture_output=True).stdout != b"PONG\n":
            pass

    def end(self):
        for process in self.started:
            process.terminate()
            process.wait()
        shutil.rmtree(self.folder)


def results(build, quick, rounds, measure):
    servers = Servers(build)
    program = build / "tests/bench/bench_wire"
    try:
        for row, clients, in_flight, requests in (
                ("wire.serial.hold_release", 1, 1, "2e4" if quick else "1e5"),
                ("wire.pipelined64.hold_release", 50, 64, "5e5" if quick else "2e6")):
            load = [clients, in_flight, requests]
            yield measure((row, "ns", [program, "heapd", servers.heapd, *load],
                           "Redis INCR/DECR", [program, "redis", servers.redis, *load]), rounds)
    finally:
        servers.end()
