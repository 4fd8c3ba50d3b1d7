#!/usr/bin/env python3
"""Webhooks under load, with the server killed again and again: what is acknowledged is neither lost nor done twice.

    tests/bench/webhook_load.py [--deliveries 10000] [--rate 200] [--kill-every 5] [--changes 400]

Sends signed deliveries of many pull requests (openings, comments, commands that ask for another run, what is to be
ignored, repeats, late ones) to a real server on loopback. A call that fails is sent again with the same id, as a host's
log of deliveries would have it. Then waits until everything is worked off, and counts in the database:
lost = acknowledged and not finished; twice = more runs, or more comments in reviews, than were asked for.
/metrics is read every second meanwhile. Counters begin at 0 with each server, and what was counted between the last
reading and a kill is lost: their sums over all servers are at most what happened.
"""
import argparse
import http.client
import json
import pathlib
import queue
import random
import sqlite3
import sys
import threading
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from harness import Repository, Server, folder  # noqa: E402
from hook_sender import Hub, SECRET  # noqa: E402
import hashlib  # noqa: E402
import hmac  # noqa: E402


class Keeper(unittest.TestCase):
    """Removes what was made, at the end."""


def deliveries(hub, heads, total, dice):
    """(id, event, body, what it asks for) in the order in which they are sent."""
    made, number = [], 0
    for change, head in heads.items():
        opened = hub.pull("opened", head)
        opened["number"] = opened["pull_request"]["number"] = change
        made.append((f"open-{change}", "pull_request", opened, "run"))
    changes = list(heads)
    while len(made) < total:
        number += 1
        change, kind = dice.choice(changes), dice.random()
        if kind < 0.60:
            made.append((f"c-{number}", "issue_comment", hub.comment(f"Remark {number}", "ben", change), "comment"))
        elif kind < 0.70:
            made.append((f"r-{number}", "issue_comment", hub.comment("/gate rerun", "ann", change), "run"))
        elif kind < 0.85:
            labeled = hub.pull("labeled", heads[change])
            labeled["number"] = labeled["pull_request"]["number"] = change
            made.append((f"l-{number}", "pull_request", labeled, ""))
        elif kind < 0.95:
            made.append((f"i-{number}", "status", {"repository": hub.repository()}, ""))
        else:
            made.append((*dice.choice(made)[:3], ""))  # a repeat
    return made


class Sender(threading.Thread):
    def __init__(self, hub, work, results):
        super().__init__(daemon=True)
        self.hub, self.work, self.results, self.connection = hub, work, results, None

    def run(self):
        while (item := self.work.get()) is not None:
            identity, event, body, when = item
            time.sleep(max(0, when - time.monotonic()))
            headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": identity, "Content-Type": "application/json",
                       "X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}
            while True:
                begun = time.monotonic()
                try:
                    if self.connection is None:
                        self.connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=10)
                    self.connection.request("POST", "/hooks/hub/acme", body, headers)
                    answer = self.connection.getresponse()
                    answer.read()
                    status = answer.status
                except (OSError, http.client.HTTPException):
                    status, self.connection = 0, None
                if status == 202:
                    self.results.append((identity, time.monotonic() - begun))
                    break
                time.sleep(0.2)


class Scraper(threading.Thread):
    """Reads /metrics every second; keeps the last reading of each server that there was."""

    def __init__(self, hub):
        super().__init__(daemon=True)
        self.hub, self.readings, self.failed, self.server, self.stopped = hub, 0, 0, 0, threading.Event()
        self.last, self.slowest, self.most_waiting = {}, 0.0, 0

    def run(self):
        while not self.stopped.wait(1):
            self.read()

    def read(self):
        server, begun = self.server, time.monotonic()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.hub.port}/metrics", timeout=10) as answer:
                text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.failed += 1
            return
        if server != self.server:
            return  # another server answered than was asked, or may have
        self.slowest = max(self.slowest, time.monotonic() - begun)
        self.readings += 1
        values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
        self.last[server] = values
        self.most_waiting = max(self.most_waiting, int(float(values['mergegate_waiting{queue="deliveries"}'])))

    def sum(self, counter):
        return sum(int(values.get(counter, 0)) for values in self.last.values())


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deliveries", type=int, default=10000)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--kill-every", type=float, default=5, help="seconds; 0: never")
    parser.add_argument("--changes", type=int, default=400)
    parser.add_argument("--threads", type=int, default=16)
    arguments = parser.parse_args()
    dice, keeper = random.Random(7), Keeper()
    try:
        repo = Repository(keeper)
        base = repo.commit({"a.txt": "a\n"})
        heads = {}
        for change in range(1, arguments.changes + 1):
            tree = repo.git("rev-parse", f"{base}^{{tree}}")
            heads[change] = repo.git("commit-tree", tree, "-p", base, "-m", f"change {change}")
            repo.git("update-ref", f"refs/pull/{change}/head", heads[change])
        hub, data = Hub(keeper, repo), folder(keeper)
        plan = deliveries(hub, heads, arguments.deliveries, dice)
        start = lambda: Server(keeper, "--config", hub.config, "--no-worker", data=data).start()
        server, kills = start(), 0
        hub.find(server)
        work, results = queue.Queue(), []
        begun = time.monotonic()
        for index, (identity, event, body, _) in enumerate(plan):
            work.put((identity, event, json.dumps(body).encode(), begun + index / arguments.rate))
        scraper = Scraper(hub)
        scraper.start()
        senders = [Sender(hub, work, results) for _ in range(arguments.threads)]
        for sender in senders:
            work.put(None)
            sender.start()
        killed = time.monotonic()
        while any(sender.is_alive() for sender in senders):
            time.sleep(0.1)
            if arguments.kill_every and time.monotonic() - killed > arguments.kill_every * dice.uniform(0.5, 1.5):
                scraper.server += 1
                server.kill()
                server, kills, killed = start(), kills + 1, time.monotonic()
                hub.find(server)
        sent = time.monotonic() - begun

        database = sqlite3.connect(f"file:{data}/mergegate.db?mode=ro", uri=True)
        count = lambda sql: database.execute(sql).fetchone()[0]
        while count("SELECT count(*) FROM host_deliveries WHERE state < 3") > 0:
            time.sleep(0.5)
        worked = time.monotonic() - begun
        scraper.stopped.set()
        scraper.join()
        scraper.read()
        acknowledged = {identity for identity, _ in results}
        finished = {row[0] for row in database.execute("SELECT delivery FROM host_deliveries WHERE state IN (3, 4)")}
        asked_runs = len({identity for identity, *_, asks in plan if asks == "run"} & acknowledged)
        asked_comments = len({identity for identity, *_, asks in plan if asks == "comment"} & acknowledged)
        runs = count("SELECT count(*) FROM runs WHERE judges_again IS NULL")
        comments = count("SELECT count(*) FROM review_events WHERE kind = 6")
        seconds = [took for _, took in results]
        print(f"deliveries      {len(plan)} sent ({len(acknowledged)} different), {len(results)} acknowledged, "
              f"in {sent:.1f} s; worked off after {worked:.1f} s; {kills} kills")
        print(f"lost            {len(acknowledged - finished)}")
        print(f"twice           {max(0, runs - asked_runs) + max(0, comments - asked_comments)} "
              f"({runs} runs of {asked_runs} asked for, {comments} comments of {asked_comments})")
        print(f"webhook to 2xx  p50 {percentile(seconds, 0.5) * 1000:.1f} ms, p99 {percentile(seconds, 0.99) * 1000:.1f} ms, "
              f"max {max(seconds) * 1000:.0f} ms")
        kept, known = (scraper.sum(f'mergegate_hooks_total{{answer="{answer}"}}') for answer in ("kept", "known"))
        done, ignored = (scraper.sum(f'mergegate_deliveries_total{{outcome="{outcome}"}}') for outcome in ("done", "ignored"))
        print(f"/metrics        read {scraper.readings} times of {len(scraper.last)} servers, {scraper.failed} in vain while one "
              f"was down; slowest {scraper.slowest * 1000:.0f} ms; at most {scraper.most_waiting} deliveries waited")
        print(f"  counted       {kept} kept of {len(acknowledged)}, {known} known already, {done + ignored} worked on of "
              f"{len(finished)}: counters begin anew with each server, and miss what came after the last reading")
        server.stop()
        right = acknowledged == finished and runs == asked_runs and comments == asked_comments
        right = right and kept <= len(acknowledged) and done + ignored <= len(finished)
        return 0 if right else 1
    finally:
        keeper.doCleanups()


if __name__ == "__main__":
    sys.exit(main())
