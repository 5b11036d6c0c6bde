#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""client/examples/tempfiles: with a worker killed half-way, exactly the needed files are there.

usage: test_tempfiles.py HEAPD TEMPFILES HEAPCTL
"""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ttrpc import Daemon  # noqa: E402

_, _, TEMPFILES, HEAPCTL = sys.argv


def run(url, *command, status=0):
    done = subprocess.run(command, env=dict(os.environ, HEAPD_URL=url), capture_output=True, text=True, timeout=100)
    assert done.returncode == status, done
    return done.stdout


def the_needed_files_are_left(count):
    needed = [f"file-{i:06}" for i in range(0, count, 4)]
    with Daemon() as daemon, tempfile.TemporaryDirectory() as folder:
        url = daemon.urls[0]
        said = run(url, TEMPFILES, folder, str(count)).splitlines()
        assert said == [f"{count} files made, {len(needed)} of them needed",
                        "a worker was killed before it had acknowledged",
                        f"{len(needed)} files there: 0 too many, 0 missing"], said
        assert sorted(os.listdir(folder)) == needed
        queue = run(url, HEAPCTL, "-o", "raw", "queues").rstrip("\n").split("\t")
        assert queue[4:] == [str(len(needed)), "0", "0", "0", "0"], queue
        # what is needed and their paths, what has them, and the name of an attribute
        heap = json.loads(run(url, HEAPCTL, "-o", "json", "info"))["heap"]
        assert heap["objects"] == 2 * len(needed) + 2, heap
        run(url, HEAPCTL, "verify")


def a_folder_that_is_not_there_is_an_error():
    with Daemon() as daemon:
        assert "made" not in run(daemon.urls[0], TEMPFILES, "/nonexistent/folder", status=1)
        run(daemon.urls[0], HEAPCTL, "verify")


def main():
    the_needed_files_are_left(100)
    the_needed_files_are_left(1001)
    a_folder_that_is_not_there_is_an_error()
    assert run("unix:/nonexistent", TEMPFILES, "/tmp", status=1) == ""
    assert run("unix:/nonexistent", TEMPFILES, status=2) == ""


if __name__ == "__main__":
    main()
