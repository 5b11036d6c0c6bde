"""A daemon with limits, seen through heapctl: set at start and while it runs,
reached, refused in words, lifted; what gives back goes on at the limit.
usage: test_limits.py HEAPD HEAPCTL"""
import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile

heapd, heapctl = sys.argv[1:3]


def start(*arguments):
    ready, told = os.pipe()
    daemon = subprocess.Popen([heapd, *arguments, "--ready-fd", str(told)], pass_fds=[told])
    atexit.register(daemon.kill)
    os.close(told)
    said = os.read(ready, 4096)
    os.close(ready)
    assert said.startswith(b"READY"), said
    return daemon


def ctl(*arguments, status=0):
    done = subprocess.run([heapctl, "-u", url, "-o", "json", *arguments], capture_output=True, text=True)
    assert done.returncode == status, (arguments, done)
    return done


def config(*arguments):
    return json.loads(ctl("config", *arguments).stdout)


def info():
    return json.loads(ctl("info", "heap").stdout)


def find(value, key):
    """The first value of this key, wherever it is."""
    if isinstance(value, dict):
        if key in value:
            return value[key]
        value = list(value.values())
    for each in value if isinstance(value, list) else []:
        found = find(each, key)
        if found is not None:
            return found
    return None


with tempfile.TemporaryDirectory() as folder:
    url = f"unix:{folder}/heapd.sock"
    for wrong in ("x", "-1", "1T", "99999999999999999999", "M"):
        assert subprocess.run([heapd, "--limit-bytes", wrong], capture_output=True).returncode == 2, wrong
    daemon = start("--listen", url, "--limit-bytes", "16M", "--limit-objects", "100000")
    assert find(config(), "limit_bytes") == 16 << 20
    assert find(info(), "limit_objects") == 100000

    # At the limit of bytes: refused, with what was asked for, used and allowed.
    done = subprocess.run([heapctl, "-u", url, "eval", "b = b'x' * 20000000"], capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert "were asked for; the heap uses" in said and f"is allowed {16 << 20}" in said, said

    # Dead cycles do not fill it.
    done = subprocess.run([heapctl, "-u", url, "run", "-"], capture_output=True, text=True, input="""\
>>> import gc
>>> gc.disable()
>>> gc.enable()
>>> gc.set_threshold(0)
>>> for i in range(100):
...     l = [b'x' * 200000]
...     l.append(l)
...
>>> del l
""")
    assert done.returncode == 0 and "asked for" not in done.stdout + done.stderr, done
    assert find(info(), "relief_collections") >= 1, info()
    ctl("verify")

    # A limit below what is used only refuses what is new.
    config("set", "limit-objects", "1", "limit-bytes", "1K")
    done = subprocess.run([heapctl, "-u", url, "eval", "x = 1.5"], capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert "were asked for" in said, done
    ctl("gc", "collect")
    ctl("verify")
    ctl("ping")

    # Lifted.
    after = config("set", "limit-objects", "none", "limit-bytes", "none", "account.3.limit-bytes", "2K")
    assert find(after, "limit_objects") == 0
    done = subprocess.run([heapctl, "-u", url, "eval", "x = 1.5", "x"], capture_output=True, text=True)
    assert done.returncode == 0 and "1.5" in done.stdout, done

    # Wrong settings name what is wrong.
    for words, quoted in ((["set", "limit-bytes", "1X"], "1X"), (["set", "limit-cats", "1"], "limit-cats"),
                          (["set", "account.65536.limit-bytes", "1"], "account.65536"), (["set", "limit-objects", "1K"], "1K"),
                          (["set", "limit-bytes"], "NAME VALUE"), (["get"], "NAME VALUE")):
        assert quoted in ctl("config", *words, status=2).stderr, words
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(30) == 0, daemon.returncode
print("ok")
