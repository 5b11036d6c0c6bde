"""A daemon that is told to end answers what is in flight and exits 0; an
address that is not loopback is refused at start.
usage: test_signals.py HEAPD HEAPCTL"""
import os
import signal
import subprocess
import sys
import tempfile

heapd, heapctl = sys.argv[1:3]


def start(*arguments):
    ready, told = os.pipe()
    daemon = subprocess.Popen([heapd, *arguments, "--ready-fd", str(told)], pass_fds=[told], stderr=subprocess.PIPE)
    os.close(told)
    said = os.read(ready, 4096)
    os.close(ready)
    return daemon, said


with tempfile.TemporaryDirectory() as folder:
    url = f"unix:{folder}/heapd.sock"
    daemon, said = start("--listen", url, "--listen", "tcp://127.0.0.1:0")
    lines = said.decode().splitlines()
    assert lines[0] == "READY" and lines[1] == url and lines[2].startswith("tcp://127.0.0.1:"), said
    for each in lines[1:]:
        subprocess.run([heapctl, "-u", each, "ping"], check=True, stdout=subprocess.DEVNULL)
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(30) == 0, daemon.returncode
    assert not os.path.exists(f"{folder}/heapd.sock"), "the socket stays behind"

    daemon, said = start("--listen", "tcp://0.0.0.0:0")
    error = daemon.stderr.read().decode()
    assert said == b"" and daemon.wait(30) != 0 and "loopback" in error, (said, error)
print("ok")
