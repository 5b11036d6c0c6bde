"""heapctl batch: operations from a file, a line each, as one request; all or nothing with --atomic.
usage: test_batch.py HEAPD HEAPCTL"""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ttrpc import Daemon  # noqa: E402

heapctl = sys.argv[2]

EVERY_OPERATION = r"""
# comments and empty lines are no operations, but they are lines
$bob = create instance Person name str:'Bob "B"' age int:41   # two operations before it
$list = create list $bob int:7 bytes:'\x00 \xff' str:"it's"
bind people $list absent
append people None
insert people [0] float:2.5
extend people True False
extend_from people people
length people
show people
$first = get_item people [1]
show $first
get_attr $first name
set_attr $first age int:42
del_attr $first age
set_item people [-1] str:"last\n"
show str:"last\n"
pop people
pop people [0]
del_item people [2:5]
remove people int:7
$copy = copy people [:1] people
length $copy
clear $copy
length $copy
$d = create dict str:k $first int:1 None
set_item $d str:'a b' int:5
get_item $d str:'a b'
contains $d str:k
contains people int:7
pop $d str:k
referents $d
$s = create set int:1 int:2
add $s int:2
add $s int:3
discard $s int:4
create frozenset int:1 int:1
create tuple
equals int:5 float:5
is_tracked $s
refcounts $s people None
$w = weakref $first
deref $w
weakref_count $first
intern str:abc
create str:abc
lookup people
bind set $s
$cb = weakref set ends
bind watch $cb
finalizer set people ends
finalizer unset people
delete set
"""

# Of each line that is given: what its value is; and lines that give the same object.
VALUES = {10: "16", 11: "16 items", 13: "Person object, 2 attributes", 18: r"'last\x0a'", 26: "0", 30: "yes", 31: "yes",
          35: "no", 36: "yes", 37: "no", 40: "yes", 41: "yes", 42: "0 1 immortal", 45: "1"}
SAME = [(3, 12), (3, 13), (3, 32), (44, 3), (48, 4)]


def ctl(*arguments, stdin="", status=0, err=""):
    done = subprocess.run([heapctl, "-u", url, *arguments], input=stdin, capture_output=True, text=True, timeout=100)
    assert done.returncode == status and re.fullmatch(err, done.stderr, re.S), (arguments, stdin, done)
    return done.stdout


def batch(text, *options, **expected):
    return ctl("batch", *options, "-", stdin=text, **expected)


def summary():
    ctl("verify")
    everything = json.loads(ctl("-o", "json", "info", "heap"))["heap"]
    return everything["objects"], ctl("ls")


def every_operation():
    ctl("queues", "create", "ends")
    rows = json.loads(ctl("-o", "json", "batch", "-", stdin=EVERY_OPERATION))["results"]
    lines = EVERY_OPERATION.split("\n")
    assert [row["operation"] for row in rows] == [re.sub(r"^\$\w+ = ", "", line).split()[0]
                                                  for line in lines if line and line[0] != "#"], rows
    at = {row["line"]: row for row in rows}
    for line, value in VALUES.items():
        assert at[line]["value"] == value, (line, lines[line - 1], at[line])
    for one, other in SAME:
        assert at[one]["id"] and at[one]["id"] == at[other]["id"], (at[one], at[other])
    assert ctl("batch", "-", stdin="lookup people\n").split("\t")[2] == at[4]["id"]  # as lines with tabs
    raw = batch("length people\nappend people int:1\n")
    assert re.fullmatch(r"1\tlength\t\t\d+\n2\tappend\t\t\n", raw), raw
    assert batch("length people", "--atomic") and ctl("-q", "batch", "-", stdin="length people") == ""
    # The callback of the weak reference that the batch made, and what finalizer set and unset left.
    assert "1" in ctl("receive", "--ack", "ends")


def what_is_refused():
    """Not carried out at all: the file is read first."""
    good = "bind never int:1\n"
    before = summary()
    for line, why in {"foo": "no such operation: foo", "'bind' x y": "no such operation: bind", "bind": "expected bind NAME .+",
                      "bind x": "expected bind .+", "$y = append x y": r"append gives no object for \$y",
                      "append x $z": r"no line above gives \$z", "create list int:x": "no int: x", "create float:x": "no float: x",
                      "create str:'a": "a quote is not closed", "create str:'a'b": "expected a blank behind a quote",
                      "create lisp": "no kind of object: lisp", "create instance": "expected the class of the instance",
                      "create dict int:1": "1 has no value", "bind x None was z": "expected absent or was ID.*",
                      "delete x absent": "expected was ID behind the rest", "delete x was z": "expected was ID.*",
                      "insert x 3 None": r"no index: 3 \(as \[0\]\)", "copy x [1:a]": r"no slice: \[1:a\] .+",
                      "del_item x [::0]": "no slice: .+", "get_item x [1]]": "no index: .+", "ack x": "no delivery: x",
                      "finalizer x y": "expected finalizer set .+", "y = lookup x": r"no label: y \(a \$ and a name\)",
                      "$ = lookup x": "no label: .+", "$y =": r"expected an operation behind \$y =",
                      "create int:99999999999999999999": "an int of more than 64 bits: .+",
                      r"create str:'\x'": ".+truncated.+", "create int:5 6": "6: one literal is one object",
                      "bind int:3 None": "no name: '3'", "append '' None": "no name: ''", "append 12x None": "neither id nor name: 12x",
                      "append x None\0": "not UTF-8, or with a NUL in it"}.items():
        batch(good + line + "\n" + good, status=2, err=f"heapctl: batch: line 2: {why}\n")
        batch(good + line, "--atomic", status=2, err=f"heapctl: batch: line 2: {why}\n")
    many = "length 'x'\n" * 10000
    batch(many + "length x\n", status=2, err="heapctl: batch: line 10001: a batch has at most 10000 operations.+\n")
    half = f"bind x str:'{'x' * 2100000}'\n"
    batch(half + half + good, status=2, err="heapctl: batch: line 2: a batch has at most 4 MiB\n")
    for arguments in ([], ["a", "b"], ["--bogus", "a"]):
        ctl("batch", *arguments, status=2, err=".+\n")
    ctl("batch", "/nowhere", status=1, err="heapctl: batch: /nowhere: No such file or directory\n")
    assert batch("# nothing\n\n") == "" and json.loads(ctl("-o", "json", "batch", "-")) == {"results": []}
    assert summary() == before


def what_fails():
    half = "$l = create list int:1000\nbind one $l\nappend one str:text\nremove one int:7\nbind two $l\n"
    message = r"line 4: list.remove\(x\): x not in list"
    before = summary()
    assert batch(half, "--atomic", status=1, err=f"heapctl: batch: {message}; nothing was done\n") == ""
    assert summary() == before
    out = batch(half, status=1, err=f"heapctl: batch: {message}; the lines before it are done\n")
    assert [row.split("\t")[1] for row in out.splitlines()] == ["create", "bind", "append"]
    assert batch("length one\n") == "1\tlength\t\t2\n"
    batch("lookup two\n", status=4, err="heapctl: batch: line 1: name 'two' is not defined\n")
    batch("lookup two\nlookup one\n", status=4, err="heapctl: batch: line 1: name 'two' is not defined\n")
    told = subprocess.run([heapctl, "-u", url, "-o", "json", "batch", "--atomic", "-"], input=half, capture_output=True, text=True)
    told = json.loads(told.stderr)["error"]
    assert (told["code"], told["reason"]) == ("INVALID_ARGUMENT", "PY_VALUE_ERROR") and told["message"].startswith("line 4: "), told
    # What a name must be bound to.
    one = batch("lookup one\n").split("\t")[2]
    batch("bind one None absent\n", status=1, err="heapctl: batch: line 1: .+\n")
    batch("$n = create list\nbind one $n was 12345\n", "--atomic", status=1, err="heapctl: batch: line 2: .+\n")
    batch(f"delete one was {one}\nbind one None absent\n", "--atomic")
    batch("delete one\n", "--atomic")
    assert summary() == before


def what_an_atomic_one_is_for():
    """An object that nothing holds for a while does not die."""
    batch("$l = create list\nbind here $l\n")
    here = batch("lookup here\n").split("\t")[2]
    batch(f"delete here\nbind there {here}\n", "--atomic")
    batch(f"delete there\nbind here {here}\n", status=4, err="heapctl: batch: line 2: .+; the lines before it are done\n")


def what_is_not_known():
    """A connection lost is no line's fault, and says of none that it was done."""
    folder = tempfile.mkdtemp()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(folder + "/s")
        listener.listen()
        for text, line in {"length a\nlength b\n": "", "length a\n": "line 1: "}.items():
            for options in ([], ["--atomic"]):
                asking = subprocess.Popen([heapctl, "-u", f"unix:{folder}/s", "batch", *options, "-"], stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                asking.stdin.write(text)
                asking.stdin.close()
                with listener.accept()[0] as channel:
                    assert channel.recv(1)
                out, err = asking.stdout.read(), asking.stderr.read()
                assert asking.wait() == 3 and out == "", (text, options, out)
                assert re.fullmatch(f"heapctl: batch: {line}[^;]+\n", err), (text, options, err)
    shutil.rmtree(folder)


with Daemon() as daemon:
    url = daemon.urls[0]
    every_operation()
    what_is_refused()
    what_fails()
    what_an_atomic_one_is_for()
    what_is_not_known()
    ctl("verify")
print("ok")
