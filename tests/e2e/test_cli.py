"""heapctl's command line: verbs, output formats, exit statuses, private daemons.
usage: test_cli.py HEAPD HEAPCTL"""
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import tempfile

heapd, heapctl = sys.argv[1:3]
VERBS = "ping info ls show refs referrers referents why heaps sessions holdings kill gc pools trim events verify batch eval run test".split()
folder = tempfile.TemporaryDirectory()
environment = {**os.environ, "HEAPD_BIN": heapd, "XDG_RUNTIME_DIR": folder.name}
environment.pop("HEAPD_URL", None)


def run(*arguments, stdin="", preexec_fn=None, **changed):
    done = subprocess.run([heapctl, *arguments], input=stdin, capture_output=True, text=True, timeout=100,
                          env={**environment, **changed}, preexec_fn=preexec_fn)
    return done.returncode, done.stdout, done.stderr


def expect(status, *arguments, out="", err="", stdin="", **changed):
    """out and err: expressions for all of it.  What it wrote to standard output."""
    got = run(*arguments, stdin=stdin, **changed)
    assert got[0] == status and re.fullmatch(out, got[1], re.S) and re.fullmatch(err, got[2], re.S), (arguments, got)
    return got[1]


def on_terminal(*arguments):
    """What is written when standard output is a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([heapctl, *arguments], stdout=theirs, env=environment)
    os.close(theirs)
    text = b""
    try:
        while chunk := os.read(ours, 65536):
            text += chunk
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    assert process.wait(100) == 0
    return text.decode().replace("\r\n", "\n")


def start(*arguments):
    ready, told = os.pipe()
    daemon = subprocess.Popen([heapd, *arguments, "--ready-fd", str(told)], pass_fds=[told], stderr=subprocess.PIPE)
    os.close(told)
    assert os.read(ready, 4096).startswith(b"READY\n")
    os.close(ready)
    return daemon


def usage_needs_no_daemon():
    nowhere = ["-u", f"unix:{folder.name}/nobody"]
    for arguments in (["bogus"], ["ping", "x"], ["info", "bogus"], ["info", "heap", "x"], ["show"], ["show", "1", "2"],
                      ["show", "12x"], ["show", "-x"], ["refs"], ["refs", "0xg"], ["ls", "-x"], ["ls", "1x"], ["gc"],
                      ["gc", "bogus"], ["gc", "collect", "3"], ["gc", "collect", "-1"], ["gc", "collect", "x"],
                      ["gc", "collect", "1", "2"], ["gc", "threshold", "x"], ["gc", "threshold", "1", "2", "3", "4"],
                      ["gc", "count", "x"], ["gc", "enable", "x"], ["pools", "x"], ["trim", "x"], ["verify", "x"],
                      ["batch"], ["batch", "a", "b"], ["eval"], ["run"], ["run", "a", "b"], ["test"], ["events", "x"], ["events", "-x"],
                      ["events", "--after", "-1"], ["events", "--after", "18446744073709551615"], ["events", "--kind", "x"],
                      ["events", "--kind", "session,"], ["events", "--kind", "sess"], ["events", "--generation", "3"],
                      ["events", "--session", "x"], ["events", "--after"]):
        expect(2, *nowhere, *arguments, err=".+\n")
        expect(2, "--spawn", *arguments, err=".+\n", HEAPD_BIN="/bin/false")  # none is started for it
    expect(2, "gc", "collect", "5", err=r"heapctl: gc collect: generation 5 out of range \(0-2\)\n")
    for arguments in (["--bogus"], ["-o", "bogus", "ping"], ["-o"], ["--timeout", "0", "ping"], ["--timeout", "x", "ping"],
                      ["-u", "http://x", "ping"], ["-u", "tcp://127.0.0.1:0", "ping"]):
        expect(2, *arguments, err="heapctl: .+\n|.*heapctl: .+\n")
    for verb in ("ping", "info", "ls", "pools", "trim", "verify", "events", "heaps", "sessions"):
        expect(3, *nowhere, verb, err=f"heapctl: {verb}: .+\n")
    for arguments in (["show", "1"], ["refs", "x"], ["gc", "collect"], ["gc", "threshold"], ["gc", "count"], ["eval", "1"],
                      ["run", "-"], []):
        expect(3, *nowhere, *arguments, err="heapctl: .+\n")


def every_verb_has_help():
    summary = expect(0, "--help", out="usage: heapctl .+")
    expect(0, "--version", out=r"heapctl \d+\.\d+.*\n")
    for verb in VERBS:
        assert re.search(rf"^  {verb}\b", summary, re.M), verb
        text = expect(0, verb, "--help", out=rf"usage: heapctl \[OPTION\.\.\.\] {verb}\b.+")
        assert len(text.splitlines()) >= 3 and max(map(len, text.splitlines())) <= 90, text
    manual = read_manual("heapctl.1.scd")
    for verb in VERBS:
        assert re.search(rf"^\*{verb}\b", manual, re.M), verb
    for option in re.findall(r"--[a-z]+", summary):
        assert option in manual, option
    of_heapd = subprocess.run([heapd, "--help"], capture_output=True, text=True, timeout=100, check=True).stdout
    manual = read_manual("heapd.8.scd")
    options = re.findall(r"^ +(--[a-z-]+)", of_heapd, re.M)
    assert set(options) == set(re.findall(r"\*(--[a-z-]+)\*", manual.split("# LIMITS")[0])), (options, manual)


def read_manual(name):
    with open(os.path.join(os.path.dirname(__file__), "../../docs/man", name), encoding="utf-8") as file:
        return file.read()


def formats(url):
    at = ["-u", url]
    none = str(int(expect(0, *at, "eval", "id(None)", out=r"-?\d+\n")) % 2**64)  # ints are signed
    for arguments, part, columns in (
            (["ping"], "ping", "microseconds"), (["info", "server"], "server", "version pid connections limit_frame"),
            (["info", "heap"], "heap", "name objects generation_0 sessions collecting"),
            (["info", "kinds"], "kinds", "kind objects"),
            (["gc", "collect", "0"], "collect", "collected uncollectable candidates"),
            (["gc", "threshold"], "threshold", "generation_0 generation_1 generation_2"),
            (["gc", "mode"], "mode", "mode growth_percent floor_bytes young_bytes"),
            (["gc", "count"], "count", "generation_0 generation_1 generation_2"),
            (["gc", "stats"], "stats", "generation collections collected uncollectable"),
            (["gc", "stats"], "pauses", "pauses generation count total_us longest_ns"),
            (["gc", "stats"], "longest", "longest generation stage duration_ns units objects"),
            (["gc", "stats"], "work", "stage slice_units cascade_units owed_units operations"),
            (["gc", "stats"], "floating", "dying_objects pending_sets found_objects found_bytes grown_objects grown_bytes"),
            (["pools"], "memory", "allocator arenas_now arena_bytes"), (["trim"], "trim", "returned_bytes"),
            (["verify"], "verified", "objects references defects"),
            (["sessions"], "sessions", "session account lease frames names holds"), (["gc", "objects"], "objects", "id kind"),
            (["referents", none], "referents", "name id"), (["ls", none], "objects", "name id kind refs value"),
            (["show", none], "object", "id kind value refcount place"),
            (["refs", hex(int(none))], "referrers", "name id kind")):
        parsed = json.loads(expect(0, *at, "-o", "json", *arguments, out=".+"))[part]
        rows = parsed if isinstance(parsed, list) else [parsed]
        raw = expect(0, *at, "-o", "raw", *arguments, out=".*")
        table = expect(0, *at, "-o", "table", *arguments, out=".*")
        if rows:
            assert set(columns.split()) <= set(rows[0]), (arguments, rows[0])
            assert raw and "\t" in raw and raw.endswith("\n"), (arguments, raw)
            assert columns.split()[0].replace("_", " ") in table.lower(), (arguments, table)
        if part not in ("ping", "server", "sessions"):  # which tell the time, or who asks
            assert on_terminal(*at, *arguments) == expect(0, *at, "-o", "table", *arguments, out=".*")
    expect(0, *at, "-q", "ping")
    expect(0, *at, "-q", "verify")
    expect(0, *at, "-q", "gc", "collect")


def objects(url):
    at = ["-u", url]
    expect(4, *at, "show", "nosuch", err="heapctl: show: .*nosuch.*\n")
    expect(4, *at, "show", "12345", err="heapctl: show: .+\n")
    expect(4, *at, "refs", "nosuch", err="heapctl: refs: .+\n")
    expect(4, *at, "ls", "nosuch", err="heapctl: ls: .+\n")
    expect(4, *at, "-n", "nosuch", "info", "heap", err="heapctl: info: .+\n")
    refusal = json.loads(run(*at, "-o", "json", "show", "nosuch")[2])
    assert refusal["error"]["code"] == "NOT_FOUND" and refusal["error"]["message"], refusal
    expect(4, *at, "-v", "show", "nosuch", err="heapctl: show: .+\nheapctl: code NOT_FOUND, reason [A-Z_]+\n")
    expect(1, *at, "gc", "threshold", "-1", err="heapctl: gc threshold: .+\n")
    expect(0, *at, "gc", "threshold", "500", "5", "5")
    expect(0, *at, "gc", "threshold", out="500\t5\t5\n")
    expect(0, *at, "gc", "threshold", out="500\t5\t5\n", HEAPD_URL="unix:/nowhere")
    expect(0, *at, "gc", "mode", out="incremental\t50\t8388608\t4194304\n")
    expect(1, *at, "gc", "mode", "floor-bytes=1", err="heapctl: gc mode: floor_bytes 1 is not between .+\n")
    expect(2, *at, "gc", "mode", "floor-bytes=x", err="heapctl: gc mode: expected .+, not floor-bytes=x\n")
    expect(0, *at, "gc", "mode", "classic", "growth-percent=75")
    expect(0, *at, "gc", "mode", out="classic\t75\t8388608\t4194304\n")
    expect(0, *at, "gc", "mode", "incremental")
    expect(0, "gc", "threshold", out="500\t5\t5\n", HEAPD_URL=url)
    for word in ("enable", "disable", "freeze", "unfreeze"):
        expect(0, *at, "gc", word)


def python(url):
    at = ["-u", url]
    expect(0, *at, "eval", "x = [1]", "x", out=r"\[1\]\n")
    expect(1, *at, "eval", "1", "y", "2", out="1\n2\n", err="Traceback.*NameError: name 'y' is not defined\n")
    expect(0, *at, "run", "-", stdin=">>> 1 + 1\n3\n", out="2\n")
    expect(0, *at, "run", "-", stdin="x = 2\nif x:\n    print('a',\n          x)\n\nx\n", out="a 2\n2\n")
    expect(1, *at, "run", "-", stdin="1\n\n\nx y\n2\n", out="1\n2\n",
           err='  File "<console>", line 4, column 3\n    x y\n      \\^\nSyntaxError: invalid syntax\n')
    expect(1, *at, "run", f"{folder.name}/nosuch", err="heapctl: .*No such file.*\n")
    expect(0, *at, stdin="x = 1\nx\nif x:\n  print('y')\n\n", out="1\ny\n")
    expect(0, *at, "test", path_of("t.heap", ">>> 1\n1\n"), out="1 passed, 0 failed\n")


def path_of(name, text):
    with open(f"{folder.name}/{name}", "w", encoding="utf-8") as file:
        file.write(text)
    return file.name


def program(name, text):
    path = path_of(name, text)
    os.chmod(path, 0o755)
    return path


def private_daemons():
    good = path_of("good.heap", ">>> 1\n1\n")
    for arguments in (["ping"], ["eval", "1"], ["run", good], ["verify"]):
        expect(0, "--spawn", *arguments, out=".+")  # and not a word on standard error
    expect(0, "--spawn", stdin="1\n", out="1\n")
    expect(0, "test", good, out="1 passed, 0 failed\n")
    expect(0, "--spawn=--seed 5 --boundary 4096", "-o", "json", "pools", out='.*"boundary":4096.*')
    expect(0, "--spawn=--heap b", "-o", "raw", "heaps", out="default\nb\n")
    expect(0, "--spawn=--heap b", "-n", "b", "-o", "json", "heaps", out='{"heaps":\[{"heap":"default"},{"heap":"b"}\]}\n')
    expect(0, "-v", "--spawn", "ping", out=".+", err=".*listening on unix:.*\n")
    expect(3, "--spawn=--bogus", "ping", err=".*unrecognized option.*heapctl: .*heapd did not get ready\n")
    expect(3, "--spawn", "ping", err=".*did not get ready\n", HEAPD_BIN="/bin/false")
    expect(3, "--spawn", "ping", err=".*No such file.*did not get ready\n", HEAPD_BIN="/nowhere/heapd")
    # A daemon that ends badly: what it wrote is shown, and the status tells.
    failing = program("failing", f"#!{sys.executable}\nimport subprocess, sys, signal\n"
                      "signals = {signal.SIGTERM, signal.SIGCHLD}\n"
                      "signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # SIGTERM may come before Popen returns\n"
                      f"d = subprocess.Popen([{heapd!r}] + sys.argv[1:], close_fds=False,\n"
                      "                     preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, signals))\n"
                      "signal.sigwait(signals)\nd.terminate()\nd.wait()\nprint('it broke', file=sys.stderr)\nsys.exit(7)\n")
    for changed in ({}, {"preexec_fn": lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)}):
        expect(1, "--spawn", "eval", "1", out="1\n", HEAPD_BIN=failing,
               err=".*it broke\nheapctl: the private daemon ended with status 7\n", **changed)
        expect(1, "test", good, out=".*the daemon ended with status 7\n1 passed, 1 failed\n", err=".*it broke\n",
               HEAPD_BIN=failing, **changed)
    # One that leaves the daemon proper behind: it would hold standard output, and expect() would wait for it.
    leaving = program("leaving", f"#!/bin/sh\n'{heapd}' \"$@\" & wait\n")
    expect(1, "--spawn", "eval", "1", out="1\n", HEAPD_BIN=leaving,
           err=".*heapctl: the private daemon ended with status 143\n")


def nobody_answers_in_time():
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder.name}/mute")
        listener.listen()
        expect(124, "-u", f"unix:{folder.name}/mute", "--timeout", "0.05", "ping", err="heapctl: ping: .+\n")


def the_manual_is_right():
    """Its example of the console is a transcript, and that of batch one that can be read."""
    examples = read_manual("heapctl.1.scd").split("# EXAMPLES")[1].replace("\\", "")
    prompt = re.search(r"\$ heapctl --spawn\n((?:\t.*\n)+)", examples)[1]
    expect(0, "test", path_of("manual.heap", prompt.replace("\t", "")), out="3 passed, 0 failed\n")
    batch = re.search(r"\$ heapctl batch --atomic - <<END\n((?:\t.*\n)+)\tEND\n", examples)[1].replace("\t", "")
    objects = "bind archive int:1\nbind index None\n"
    expect(0, "--spawn", "batch", "-", stdin=objects + re.sub(" was .*", "", batch), out=".+")


usage_needs_no_daemon()
every_verb_has_help()
the_manual_is_right()
nobody_answers_in_time()
private_daemons()
url = f"unix:{folder.name}/daemon.sock"
daemon = start("--listen", url)
holder = subprocess.Popen([heapctl, "-u", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)
try:
    python(url)
    formats(url)
    objects(url)
finally:
    holder.stdin.close()
    holder.wait(30)
    daemon.terminate()
    assert daemon.wait(30) == 0
print("ok")
