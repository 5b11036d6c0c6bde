#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Events: streams and waiting calls by hand over real sockets, and heapctl events.

usage: test_events.py HEAPD HEAPCTL
"""
import json
import os
import re
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ttrpc import (DATA, NO_DATA, REMOTE_CLOSED, REMOTE_OPEN, RESPONSE, Daemon, Failure, Peer, answer, num, parse,  # noqa: E402
                   program, run, sint)

OVERFLOW, OPENED, CLOSED, STARTED, FINISHED = 1, 2, 3, 4, 5
HEAPCTL = sys.argv[2]


def events_of(data):
    return [{field: values[0] for field, values in parse(event).items()} for event in parse(data).get(1, [])]


def open_stream(peer, *kinds, after=None, flags=REMOTE_OPEN):
    payload = run(1, b"".join(num(1, kind) for kind in kinds)) + (b"" if after is None else num(2, after))
    return peer.send("EventStreamService", "Events", payload, flags=flags)


def next_events(peer, stream):
    got, kind, flags, data = peer.receive_frame()
    assert (got, kind, flags) == (stream, DATA, 0), (got, kind, flags, data)
    return events_of(data)


def is_end(peer, stream):
    return peer.receive_frame() == (stream, DATA, REMOTE_CLOSED | NO_DATA, b"")


def refused(peer, stream, code, reason):
    got, data = peer.receive()
    assert got == stream
    try:
        answer(data)
    except Failure as failure:
        assert (failure.code, failure.reason) == (code, reason), failure
    else:
        raise AssertionError("was not refused")


def list_events(peer, after, wait=0):
    fields = parse(peer.call("EventService", "ListEvents", num(2, after) + num(3, wait)))
    return events_of(b"".join(run(1, event) for event in fields.get(1, []))), fields.get(2, [0])[0]


def a_stream_shows_what_others_do(url):
    watcher, worker = Peer(url), Peer(url)
    for flags in (0, REMOTE_CLOSED, REMOTE_OPEN):
        stream = open_stream(watcher, STARTED, FINISHED, flags=flags)
        worker.call("CollectorService", "Collect", num(1, 2))  # sint32 1
        events = next_events(watcher, stream)
        while len(events) < 2:
            events += next_events(watcher, stream)
        assert [e[2] for e in events] == [STARTED, FINISHED] and events[1][1] > events[0][1], events
        assert events[1][9] == 1 and events[1][11] == 1 and events[0][4] == events[1][4] > 0, events
        watcher.end(stream)
        assert is_end(watcher, stream)
    watcher.end(stream)
    refused(watcher, stream, 3, "BAD_STREAM")
    watcher.call("ServerService", "Ping")
    stream = open_stream(watcher, CLOSED)
    number = events[0][4]
    worker.close()
    assert next_events(watcher, stream)[-1][4] == number
    watcher.close()  # with a stream open


def a_call_waits_and_holds_nothing_back(url):
    waiter, worker = Peer(url), Peer(url)
    worker.call("ServerService", "Ping")
    _, after = list_events(waiter, 0)
    stream = waiter.send("EventService", "ListEvents", run(1, num(1, FINISHED)) + num(2, after) + num(3, 60000))
    assert waiter.create(sint(3, 12345))  # of the same session
    worker.call("CollectorService", "Collect")
    got, data = waiter.receive()
    assert got == stream and events_of(answer(data))[0][2] == FINISHED
    events, _ = list_events(waiter, after)
    assert [e[2] for e in events if e[2] in (STARTED, FINISHED)][-2:] == [STARTED, FINISHED], events
    events, now = list_events(waiter, events[-1][1], 1)  # a millisecond, and nothing
    assert events == [] and now >= after + 2
    refused(waiter, waiter.send("EventService", "ListEvents", num(2, now + 1000)), 11, "BAD_ARGUMENT")
    waiter.close()
    worker.close()


def a_reader_that_has_stopped_is_told_what_it_lost():
    with Daemon("--events", "16") as daemon:
        slow, worker = Peer(daemon.urls[0]), Peer(daemon.urls[0])
        worker.call("HeapService", "Info")
        worker.call("CollectorService", "Disable")  # or generation 1 would get its turn
        _, after = list_events(slow, 0)
        stream = open_stream(slow, after=after)
        for _ in range(40):  # about 2.5 MB of events that nobody reads
            for _ in range(500):
                worker.send("CollectorService", "Collect", num(1, 0))
            for _ in range(500):
                worker.receive()
        _, last = list_events(worker, 0)
        total = last - after
        assert total >= 40000, (after, last)  # and a pause, if the machine stopped us for a moment
        seen = lost = 0
        while after < last:
            for event in next_events(slow, stream):
                if event[2] == OVERFLOW:
                    assert event[1] == after + event[6], (event, after)
                    lost += event[6]
                else:
                    assert event[1] == after + 1, (event, after)
                    seen += 1
                after = event[1]
        assert lost > 0 and seen + lost == total, (seen, lost, total)
        assert parse(worker.call("HeapService", "Verify")).get(3) is None
        resumed = open_stream(slow, after=last - 3)
        assert [e[1] for e in next_events(slow, resumed)] == [last - 2, last - 1, last]
        return lost


def the_end_ends_them():
    with Daemon() as daemon:
        peer = Peer(daemon.urls[0])
        stream = open_stream(peer)
        waiting = peer.send("EventService", "ListEvents", num(3, 3600000))
        peer.call("ServerService", "Ping")
        daemon.process.send_signal(signal.SIGTERM)
        answers = {}
        try:
            while 1:
                got, kind, _, data = peer.receive_frame()
                assert kind == RESPONSE
                answers[got] = data
        except EOFError:
            pass
        assert events_of(answer(answers[waiting])) == []
        try:
            answer(answers[stream])
        except Failure as failure:
            assert (failure.code, failure.reason) == (14, "DRAINING"), failure
        assert daemon.process.wait(30) == 0


def heapctl(*arguments, **kwargs):
    return subprocess.run([HEAPCTL, *arguments], capture_output=True, text=True, timeout=60, check=False, **kwargs)


def following(url, *arguments):
    """heapctl events -f, under way: it has shown what there was."""
    process = subprocess.Popen([HEAPCTL, "-u", url, *arguments, "events", "-f", "--after", "0"], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.first = process.stdout.readline()
    assert process.first, process.communicate()
    return process


def the_command_shows_them(url):
    peer = Peer(url)
    peer.call("CollectorService", "Collect", num(1, 4))
    listed = heapctl("-u", url, "-o", "json", "events", "--kind", "collection")
    assert listed.returncode == 0 and listed.stderr == "", listed
    events = [json.loads(line) for line in listed.stdout.splitlines()]
    assert {e["kind"] for e in events} == {"collection_started", "collection_finished"}, events
    assert (events[-1]["generation"], events[-1]["cause"], events[-1]["mode"]) == (2, "request", "incremental"), events[-1]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", events[-1]["time"]), events[-1]
    for form, line in (("raw", r"\d+\t[^\t]+Z\tcollection_finished\tgeneration=2 .*duration_ns=\d+ session=\d+\n"),
                       ("table", r"\d\d:\d\d:\d\d\.\d{6} +\d+  collection_finished +generation=2 .*\n")):
        text = heapctl("-u", url, "-o", form, "events", "--kind", "collection_finished", "--generation", "2", "--after",
                       str(events[-1]["sequence"] - 1)).stdout
        assert re.fullmatch(line, text), (form, text)
    mine = heapctl("-u", url, "-o", "json", "events", "--session", str(events[-1]["session"])).stdout.splitlines()
    assert {json.loads(line)["session"] for line in mine} == {events[-1]["session"]} and len(mine) > 2, mine
    assert heapctl("-u", url, "events", "--queue", "none").stdout == ""
    assert heapctl("-u", url, "-q", "events").stdout == ""
    beyond = heapctl("-u", url, "events", "--after", "1000000")
    assert beyond.returncode == 1 and re.fullmatch("heapctl: events: there is no event .*\n", beyond.stderr), beyond
    for number in (signal.SIGINT, signal.SIGTERM):
        process = following(url, "-o", "json")
        assert json.loads(process.first)["sequence"] >= 1
        peer.call("CollectorService", "Collect", num(1, 0))
        while "collection_finished" not in process.first or json.loads(process.first)["generation"] != 0:
            process.first = process.stdout.readline()
        process.send_signal(number)
        assert process.wait(30) == 0 and process.stderr.read() == ""
    peer.close()


def the_command_ends_with_the_daemon():
    with Daemon() as daemon:
        process = following(daemon.urls[0])
        daemon.process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 3, process.returncode
        assert re.fullmatch("heapctl: events: .+\n", process.stderr.read())
        assert daemon.process.wait(30) == 0
    spawned = subprocess.Popen([HEAPCTL, "--spawn", "events", "-f", "--after", "0"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env={**os.environ, "HEAPD_BIN": program()})
    assert "session_opened" in spawned.stdout.readline()
    spawned.send_signal(signal.SIGINT)
    assert spawned.wait(30) == 0 and spawned.stderr.read() == ""


def main():
    with Daemon(tcp=True) as daemon:
        for url in daemon.urls:
            a_stream_shows_what_others_do(url)
            a_call_waits_and_holds_nothing_back(url)
        the_command_shows_them(daemon.urls[0])
        assert parse(Peer(daemon.urls[0]).call("HeapService", "Verify")).get(3) is None
    print("events lost by a reader that had stopped:", a_reader_that_has_stopped_is_told_what_it_lost())
    the_end_ends_them()
    the_command_ends_with_the_daemon()
    print("ok")


main()
