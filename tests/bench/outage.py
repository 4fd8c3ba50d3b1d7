#!/usr/bin/env python3
"""A host that fails for minutes: every change has one final status in the end, and none is pending for long.

    tests/bench/outage.py [--changes 20] [--seconds 240] [--pending-seconds 10]

Changes are opened one after the other, while the host answers in turn 503, 429 with Retry-After, nothing at all, and 403
of a secondary limit, and works for a third of the time only; workers come and go, so that statuses pass their deadline
meanwhile. Then all is well again, and the time until the last final status is measured. In real time.
"""
import argparse
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from harness import Repository, Server, folder  # noqa: E402
from hook_sender import Hub  # noqa: E402
from host_double import GitHubDouble  # noqa: E402
from hosted import Hosted  # noqa: E402

POLICY = """version: 1
conditions:
  - {name: no-new-problems, kind: findings, severity: major, max: 0}
"""
BUG = "int Null() {\n  int* p = nullptr;\n  return *p;\n}\n"
ROUND = 30.0  # seconds: of which the host is 6 down, 5 limited, 6 silent, 3 limited again, 10 well
PHASES = [(6, {"status": 503}), (11, {"status": 429, "headers": {"Retry-After": "3"}}), (17, {"hang": 4, "status": 504}),
          (20, {"status": 403, "headers": {"Retry-After": "2"}, "body": {"message": "You have exceeded a secondary rate limit."}})]


class Failing(GitHubDouble):
    """`until`: the end of the outage."""
    until, answered = 0.0, 0

    def __init__(self, test):
        super().__init__(test)
        self.pending_since, self.longest = {}, 0.0

    def check_output(self, check, body):
        super().check_output(check, body)
        now = time.monotonic()
        since = self.pending_since.setdefault(check["head_sha"], now)
        if check["status"] == "completed":
            self.longest = max(self.longest, now - since)
            del self.pending_since[check["head_sha"]]

    def due_fault(self, method, path):
        now = time.monotonic()
        if now < self.until:
            for end, fault in PHASES:
                if (self.until - now) % ROUND < end:
                    self.answered += 1
                    return fault
        return None


class Keeper(Hosted, unittest.TestCase):
    """Removes what was made, at the end."""

    def api_url(self):
        return self.host.url


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--pending-seconds", type=float, default=10)
    arguments = parser.parse_args()
    keeper = Keeper()
    try:
        keeper.host, keeper.home, keeper.repo = Failing(keeper), folder(keeper), Repository(keeper)
        host, repo = keeper.host, keeper.repo
        base = repo.commit({"a.cc": "int a;\n", "compile_flags.txt": "-std=c++17\n", ".mergegate.yaml": POLICY})
        hub = Hub(keeper, repo, github=keeper.rights())
        keeper.server = Server(keeper, "--config", str(hub.config), "--no-worker", "--pending-seconds",
                               str(arguments.pending_seconds))
        keeper.start()
        hub.find(keeper.server)
        begun = time.monotonic()
        host.until = begun + arguments.seconds
        heads, worker, changed = {}, None, begun
        while time.monotonic() < host.until:
            now = time.monotonic()
            if len(heads) < arguments.changes and now - begun > len(heads) * arguments.seconds * 0.8 / arguments.changes:
                number = len(heads) + 1
                repo.git("checkout", "-q", "--detach", base)
                heads[number] = repo.commit({"a.cc": "int a;\n" + (BUG if number % 2 else f"int b{number};\n")})
                repo.git("checkout", "-q", "main")
                repo.git("update-ref", f"refs/pull/{number}/head", heads[number])
                host.pull(number, heads[number], author="ann", base=base)
                opened = hub.pull("opened", heads[number])
                opened["number"] = opened["pull_request"]["number"] = number
                assert hub.send("pull_request", opened) == 202
            if now - changed > (15 if worker else 45):  # away for longer than a status may be pending
                changed = now
                if worker:
                    worker.kill()
                    worker.wait()
                worker = None if worker else keeper.server.work()
            time.sleep(0.2)
        worker or keeper.server.work()
        final = lambda check: check["status"] == "completed" and check["conclusion"] in ("success", "failure")
        wanted = lambda: [c["head_sha"] for c in host.checks if final(c)]
        end = time.monotonic() + 300
        while time.monotonic() < end and not (set(wanted()) == set(heads.values()) and not keeper.waiting()):
            time.sleep(0.2)
        took = time.monotonic() - host.until
        overdue = {b["external_id"] for b in host.asked("POST", "/check-runs$") + host.asked("PATCH", "/check-runs/")
                   if b.get("conclusion") == "action_required"}
        right = [c for number, head in heads.items() for c in host.checks if c["head_sha"] == head and
                 c["conclusion"] == ("failure" if number % 2 else "success")]
        pending = [c for c in host.checks if c["status"] != "completed"]
        marks = [c["body"] for c in host.comments]
        print(f"the host        failed for {arguments.seconds:.0f} s: {host.answered} of {len(host.log)} requests were not served")
        print(f"final statuses  {len(right)} right ones of {len(heads)} changes, {len(host.checks)} check runs, {len(pending)} pending, "
              f"{len(keeper.dead())} given up; the last {took:.1f} s after the outage")
        print(f"overdue         {len(overdue)} told as inconclusive {arguments.pending_seconds:.0f} s after they came, then mended; "
              f"the longest that one stood pending: {host.longest:.1f} s")
        print(f"comments        {len(host.comments)}, of {len(set(zip(marks, (c['pull'] for c in host.comments))))} different")
        fine = len(right) == len(heads) == len(host.checks) and not pending and not keeper.dead() and overdue
        return 0 if fine and len(host.comments) == (len(heads) + 1) // 2 else 1
    finally:
        keeper.doCleanups()


if __name__ == "__main__":
    sys.exit(main())
