"""heapctl with files made on the spot, for the tests beside this."""
import os
import subprocess
import sys
import tempfile

heapctl = sys.argv[1]
folder = tempfile.TemporaryDirectory()
failures = []


def path(name):
    return os.path.join(folder.name, name)


def write(name, text):
    with open(path(name), "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return path(name)


def read(name):
    with open(path(name), "rb") as file:
        return file.read().decode()


def run(*arguments, stdin=b"", timeout=120, **more):
    """Status, standard output, standard error."""
    done = subprocess.run([heapctl, *arguments], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=timeout, **more)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def check(what, truth, *seen):
    if not truth:
        failures.append(what)
        print(f"FAILED {what}", *(repr(each)[:2000] for each in seen), sep="\n    ")


def finish():
    print(f"{len(failures)} failed" if failures else "ok")
    sys.exit(len(failures) > 0)
