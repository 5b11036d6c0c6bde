#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""client/examples/poll_loop and uv_loop do all their work, let go of it, and notice a lost daemon.

usage: test_loops.py HEAPD POLL_LOOP UV_LOOP HEAPCTL
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ttrpc import Daemon  # noqa: E402

_, _, POLL_LOOP, UV_LOOP, HEAPCTL = sys.argv


def start(url, *command):
    return subprocess.Popen(command, env=dict(os.environ, HEAPD_URL=url), stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def run(url, *command):
    process = start(url, *command)
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0 and err == "", (command, process.returncode, out, err)
    return out


def everything_is_done(url):
    assert run(url, POLL_LOOP, "20000") == "20000 objects made and let go, 0 failures\n" * 2
    assert run(url, UV_LOOP, "20000") == "20000 of 20000 bound\n"
    assert run(url, POLL_LOOP, "10") == "10 objects made and let go, 0 failures\n" * 2
    assert "objects\t0\n" in run(url, HEAPCTL, "-o", "raw", "info", "heap")
    run(url, HEAPCTL, "verify")


def a_daemon_that_dies_is_noticed(command):
    with Daemon() as daemon:
        process = start(daemon.urls[0], command, "100000000")
        while len(run(daemon.urls[0], HEAPCTL, "-o", "raw", "sessions").splitlines()) < 2:
            pass  # heapctl alone
        daemon.process.kill()
        out, err = process.communicate(timeout=100)
        assert process.returncode == 1 and "UNAVAILABLE" in err, (out, err)


def main():
    with Daemon() as daemon, Daemon(tcp=True) as by_tcp:
        everything_is_done(daemon.urls[0])
        everything_is_done(by_tcp.urls[-1])
    for command in (POLL_LOOP, UV_LOOP):
        assert start("unix:/nonexistent", command).wait(timeout=100) == 1
        a_daemon_that_dies_is_noticed(command)


if __name__ == "__main__":
    main()
