"""heapctl test: what is compared, what is written, and the exit status.
usage: test_heapctl_test.py HEAPCTL    (HEAPD_BIN names the daemon)"""
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree

from console_tools import check, finish, folder, path, read, run, write

good = write("good.heap", ">>> x = [1]\n>>> x\n[1]\n")
bad = write("bad #1.heap", ">>> x = [1]\n>>> x\n[2]\n>>> 1 + 1\n2\n>>> print('a\\n\\nb')\na\nc\n>>> y\n")
SIDE_BY_SIDE = """bad #1.heap:2:
    >>> x
    expected   got
    [2]      | [1]
"""

# ---------------------------------------------------------------- status, and what is shown

status, out, err = run("test", good)
check("what agrees", (status, out, err) == (0, "2 passed, 0 failed\n", ""), status, out, err)

status, out, err = run("test", bad)
check("what differs has status 1", status == 1 and err == "", status, err)
check("expected and got side by side", SIDE_BY_SIDE in out, out)
check("lines that agree are not marked", "    a          a\n    c        | \n             | b\n" in out, out)
check("an exception nobody expected", "NameError: name 'y' is not defined" in out, out)
check("the last line counts", out.endswith("2 passed, 3 failed\n"), out)

for name, text in {"extra": ">>> 1\n1\n2\n", "missing": ">>> print(1); print(2)\n1\n", "silent": ">>> x = 1\n1\n",
                   "unexpected": ">>> 1\n", "raised": ">>> 1/0\n1\n", "not_raised":
                   ">>> 1\nTraceback (most recent call last):\n    ...\nZeroDivisionError: division by zero\n",
                   "other": ">>> 1/0\nTraceback (most recent call last):\n    ...\nNameError: x\n",
                   "null": ">>> print('a\\0b')\na\n", "last": ">>> 1\n1\n>>> 2\n3\n", "syntax": ">>> )\n"}.items():
    status, out, _ = run("test", write(name + ".heap", text))
    check(f"{name} fails", status == 1 and ", 1 failed" in out, status, out)
    status, out, _ = run("test", good, path(name + ".heap"), good)
    check(f"{name} fails among others", status == 1 and ", 1 failed" in out, status, out)

matching = write("matching.heap", """>>> list(range(50))  # doctest: +ELLIPSIS
[0, 1, ..., 49]
>>> print('number 123')
number [0-9]+ (re)
>>> print('a\\n\\nb')
a
<BLANKLINE>
b
>>> [1,  2]  # doctest: +NORMALIZE_WHITESPACE
[1,
 2]
>>> nothing  # doctest: +SKIP
>>> z
Traceback (most recent call last):
  File "<stdin>", line 1, in <module>
NameError: name 'z' is not defined
>>> z  # doctest: +IGNORE_EXCEPTION_DETAIL
Traceback (most recent call last):
NameError: anything
""")
status, out, err = run("test", matching)
check("ELLIPSIS, regular expressions, blank lines, exceptions", (status, out) == (0, "6 passed, 0 failed\n"), out, err)
status, out, _ = run("test", write("expression.heap", ">>> 1\n( (re)\n"))
check("what is no regular expression is told", status == 1 and "no regular expression: Unmatched" in out, out)

# ---------------------------------------------------------------- Markdown

markdown = write("page.md", "# A page\n\n>>> not this\n\n```heap\n>>> x = 1\n```\n\n```sh\n>>> not this\n```\n\n"
                 "```pycon\n>>> x\n1\n```\n\n   ```python\n   >>> x + 1\n   3\n   ```\n")
status, out, _ = run("test", markdown)
check("blocks of Markdown", status == 1 and "page.md:19:" in out and out.endswith("2 passed, 1 failed\n"), out)

# ---------------------------------------------------------------- usage

for arguments in ([], ["--bogus", good], ["-j", "0", good], ["-j", "x", good], ["-j", "3x", good], ["-j"], ["--junit"]):
    status, out, err = run("test", *arguments)
    check(f"usage {arguments}", status == 2 and err and not out, status, out, err)
status, out, _ = run("test", path("nowhere.heap"))
check("a file that is not there", status == 1 and "No such file" in out, status, out)
status, out, _ = run("test", folder.name)
check("a folder", status == 1 and "1 failed" in out, status, out)
status, out, err = run("test", "--junit", path("no/such/folder.xml"), good)
check("a report that cannot be written", status == 1 and "No such file" in err, status, out, err)
status, out, err = run("test", good, env={**os.environ, "HEAPD_BIN": "/bin/false"})
check("no daemon", status == 1 and "did not get ready" in out, status, out, err)

# ---------------------------------------------------------------- several at once

many = [write(f"many{i}.heap", f">>> {i}\n{i}\n" + (">>> 1\n2\n" if i % 5 == 4 else "")) for i in range(12)]
one_by_one = run("test", *many)
check("the same, whatever -j", run("test", "-j", "4", *many) == one_by_one and one_by_one[0] == 1, one_by_one)
check("in the order of the files", re.findall(r"many(\d+)\.heap:3", one_by_one[1]) == ["4", "9"], one_by_one)

# ---------------------------------------------------------------- reports

status, tap, _ = run("test", "--tap", good, bad)
check("TAP", status == 1 and tap.startswith("TAP version 13\n1..2\nok 1 - ") and "\nnot ok 2 - " in tap, tap)
check("a # in a name is no directive", "bad \\#1.heap" in tap, tap)
check("all else in TAP is a comment", all(re.match(r"TAP version 13$|1\.\.2$|(not )?ok [12] - |# ", line)
                                          for line in tap.splitlines()), tap)
if shutil.which("prove"):
    for files, expected in (([good], 0), ([good, bad], 1)):
        report = write("report.tap", run("test", "--tap", *files)[1])
        prove = subprocess.run(["prove", "-e", "cat", report], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check(f"prove reads {len(files)} files", prove.returncode == expected
              and f"Tests={len(files)}" in prove.stdout.decode(), prove.stdout)

awkward = write("<&\">.heap", b">>> print('\\x01<&>\\x0b')\n\xff\xfe ]]>\n")
status, _, _ = run("test", "--junit", path("report.xml"), good, awkward, bad)
root = xml.etree.ElementTree.fromstring(read("report.xml"))
suites = root.findall("testsuite")
check("JUnit: a suite for each file", status == 1 and root.tag == "testsuites"
      and [s.get("name") for s in suites] == [good, awkward, bad], read("report.xml"))
check("JUnit: who failed", [s.get("failures") for s in suites] == ["0", "1", "1"]
      and [len(s.findall("testcase/failure")) for s in suites] == [0, 1, 1], read("report.xml"))
check("JUnit: why", SIDE_BY_SIDE in suites[2].find("testcase/failure").text, read("report.xml"))

# ---------------------------------------------------------------- --update

stale = write("stale.md", "Text\n```heap\n>>> 1 + 1\n3\n>>> print('a\\n\\nb')\n>>> 5\n5\n  >>> y\n  1\n>>> [1, 2]  # doctest: +ELLIPSIS\n"
              "[1...\n```\n>>> text\n")
os.chmod(stale, 0o640)
status, out, _ = run("test", "--update", stale)
check("--update tells what differed", status == 1 and "3 failed" in out, out)
check("--update writes what came", read("stale.md") == "Text\n```heap\n>>> 1 + 1\n2\n>>> print('a\\n\\nb')\na\n<BLANKLINE>\nb\n>>> 5\n5\n"
      "  >>> y\n  Traceback (most recent call last):\n      ...\n  NameError: name 'y' is not defined\n"
      ">>> [1, 2]  # doctest: +ELLIPSIS\n[1...\n```\n>>> text\n", read("stale.md"))
check("and then all agrees", run("test", stale)[0] == 0)
check("the file's mode stays", os.stat(stale).st_mode & 0o777 == 0o640)
before = os.stat(good)
run("test", "--update", good)
check("a file that agrees is not touched", os.stat(good).st_mtime_ns == before.st_mtime_ns
      and os.stat(good).st_ino == before.st_ino)
finish()
