"""What a pull request hears: one status, one review, the right people, whatever the host answers in between.

The host is a double with a memory (host_double.py); findings come from a SARIF report, so that nothing is compiled.
"""
import json
import os
import sqlite3
import subprocess
import time
import unittest

from harness import FAIL, PASS, Repository, Server, folder
from host_double import ChatDouble
from hosted import MARK, BehindPrism, Hosted

POLICY = """version: 1
conditions:
  - {name: no-new-problems, kind: findings, severity: major, max: 0}
"""


class Publishing(Hosted):
    def setUp(self):
        self.host = self.make_host()
        self.repo = Repository(self)
        self.base = self.repo.commit({"tool.py": "import os\n", "old.py": "x = 1\n", ".mergegate.yaml": POLICY})
        self.home = folder(self)
        (self.home / "hook").write_text("hook secret\n")
        self.configuration = self.home / "server.yaml"
        self.configuration.write_text(f"hosts:\n  - {{name: hub, kind: {self.KIND}, webhook_secrets: ['file:{self.home}/hook'],\n"
                                      f"     {self.rights()}}}\n")
        self.server = Server(self, "--config", str(self.configuration))
        self.start()

    def hears_of(self, head, number=12, state=1, change=None, base=None):
        """What the webhooks tell the server of a change (webhook_test.py has their way in)."""
        with sqlite3.connect(self.server.data / "mergegate.db", timeout=10) as db:
            db.execute("INSERT OR IGNORE INTO projects VALUES ('acme-widget', '', 0)")
            db.execute("INSERT OR REPLACE INTO host_projects VALUES ('acme-widget', 'hub', '42', 'acme/widget', '7', 'main', 0)"
                       " ON CONFLICT DO NOTHING")
            db.execute("INSERT OR REPLACE INTO host_changes VALUES (?, ?, ?, ?, ?, ?, 'main', 'work', 0, 'author-gh',"
                       " 'Make it smaller', ?, '')",
                       ("acme-widget", change or f"pr-{number}", number, state, head, base or self.base, time.time_ns() // 1000))
        if self.KIND == "github" and number and number not in self.host.pulls:
            self.host.pull(number, head, base=base or self.base)
        elif self.KIND == "github" and number:
            self.host.pulls[number]["head"] = head

    def findings(self, *places):
        """A report with an error at each (path, line)."""
        path = self.home / "report.sarif"
        path.write_text(json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "lint"}}, "results": [
            {"ruleId": f"rule-{line}", "level": "error", "message": {"text": f"wrong at {line}"},
             "locations": [{"physicalLocation": {"artifactLocation": {"uri": file}, "region": {"startLine": line}}}]}
            for file, line in places]}]}))
        return path

    def check(self, head, expected, *places, change="pr-12"):
        done = self.cli("check", "--project", "acme-widget", "--base", self.base, "--head", head, "--change", change,
                        "--sarif", self.findings(*places), who="author@example.org")
        self.assertEqual(done.returncode, expected, done.stdout + done.stderr)

    def push(self, lines, message="change", **files):
        head = self.repo.commit({"tool.py": "import os\n" + "".join(f"line({i})\n" for i in range(lines)),
                                 **{name + ".py": text for name, text in files.items()}}, message=message)
        self.hears_of(head)
        return head


class GitHubApp(Publishing, unittest.TestCase):
    def test_open_push_and_rerun(self):
        # Opened: a failing change. Comments inside the diff, what lies outside in the summary.
        head = self.push(5)
        self.host.pulls[12]["lines"] = {"tool.py": range(1, 7)}
        self.check(head, FAIL, ("tool.py", 2), ("tool.py", 4))
        (check,) = self.completed(head)
        self.assertEqual(check["conclusion"], "failure")
        self.assertEqual([a["start_line"] for a in check["annotations"]], [2, 4])
        self.assertIn("wrong at 2", check["output"]["summary"])
        self.quiet()
        (review,) = self.host.reviews
        self.assertEqual((review["event"], review["count"], review["commit_id"]), ("COMMENT", 2, head))
        self.assertTrue(all(MARK in c["body"] for c in self.host.comments))
        self.assertEqual(self.host.pulls[12]["requested"], [])

        # The same again: updated, nothing twice.
        self.check(head, FAIL, ("tool.py", 2), ("tool.py", 4))
        self.quiet()
        (check,) = self.completed(head)
        self.assertEqual((len(check["annotations"]), len(self.host.reviews), len(self.host.comments)), (2, 1, 2))

        # Pushed: one finding is gone, one stays, one is new.
        head = self.push(7)
        self.host.pulls[12]["lines"] = {"tool.py": range(1, 9)}
        self.check(head, FAIL, ("tool.py", 4), ("tool.py", 6))
        self.completed(head)
        self.quiet()
        self.assertEqual(len(self.host.reviews), 2)
        self.assertEqual([(c["line"], c["resolved"]) for c in self.host.comments], [(2, True), (4, False), (6, False)])

        # Force-pushed: everything is fine now. A short text, all comments resolved.
        self.repo.git("reset", "-q", "--hard", self.base)
        head = self.push(3, "once more")
        self.check(head, PASS)
        (check,) = self.completed(head)
        self.assertEqual(check["conclusion"], "success")
        self.assertLess(len(check["output"]["summary"].splitlines()), 12)
        self.quiet()
        self.assertTrue(all(c["resolved"] for c in self.host.comments))
        self.assertEqual(len(self.host.reviews), 2)
        self.assertEqual(self.dead(), [])

    def test_reviewers_who_may_are_asked_once(self):
        for name in ("ann", "ben"):
            self.repo.git("-c", f"user.email={name}@example.org", "commit", "-q", "--allow-empty", "-m", "x")
            (self.repo.path / "tool.py").write_text(f"import os  # {name}\n")
            self.repo.git("add", "-A")
            self.repo.git("commit", "-q", "--author", f"{name} <{name}@example.org>", "-m", f"by {name}")
        self.base = self.repo.git("rev-parse", "HEAD")
        for name in ("ann", "ben"):
            done = self.cli("person", "link", f"{name}@example.org", f"{name}-gh")
            self.assertEqual(done.returncode, 0, done.stderr)
        self.host.collaborators.discard("ben-gh")
        head = self.push(2)
        self.check(head, PASS)
        self.host.wait(lambda: self.host.pulls[12]["requested"] == ["ann-gh"], what="a request for a review")
        self.check(head, PASS)
        self.quiet()
        self.assertEqual(len(self.host.asked("POST", "requested_reviewers$")), 1)
        self.assertEqual(self.dead(), [])

    def test_a_hundred_annotations_through_faults(self):
        # 120 of them: three requests, the conclusion with the last; a 502 between two pages, a token that lapses
        # before the third, an answer that is lost.
        self.host.fault("PATCH", r"/check-runs/\d+$", status=502, times=1)
        self.host.fault("PATCH", r"/check-runs/\d+$", before=self.host.forget_tokens)
        self.host.fault("PATCH", r"/check-runs/\d+$", lose=True)
        head = self.push(120)
        self.check(head, FAIL, *(("tool.py", i + 2) for i in range(120)))
        (check,) = self.completed(head)
        self.assertEqual(sorted(a["start_line"] for a in check["annotations"]), [i + 2 for i in range(120)])
        self.assertGreater(self.host.tokens_made, 1)
        with_annotations = [b for b in self.host.asked("POST", "/check-runs$") + self.host.asked("PATCH", "/check-runs/")
                            if b["output"].get("annotations")]
        self.assertTrue(all("conclusion" not in body or len(body["output"].get("annotations", [])) < 50
                            for body in with_annotations))
        self.quiet()
        self.assertEqual(self.dead(), [])

    def test_a_server_that_dies_between_saying_and_storing_says_it_once(self):
        self.host.fault("POST", r"/check-runs$", before=self.server.kill)  # it is done there, and nobody hears the answer
        head = self.push(3)
        self.cli("check", "--no-wait", "--project", "acme-widget", "--base", self.base, "--head", head, "--change",
                 "pr-12", "--sarif", self.findings(("tool.py", 2)), who="author@example.org")
        self.host.wait(lambda: self.server.process.poll() is not None, what="the death of the server")
        self.host.wait(lambda: len(self.host.checks) == 1)
        self.restart()
        (check,) = self.completed(head)
        self.assertEqual(check["conclusion"], "failure")
        # And between the review and its note.
        self.quiet()
        self.assertEqual((len(self.host.checks), len(self.host.reviews)), (1, 1))
        self.host.fault("POST", r"/reviews$", before=self.server.kill)
        head = self.push(4)
        self.check(head, FAIL, ("tool.py", 2), ("tool.py", 4))
        self.host.wait(lambda: len(self.host.reviews) == 2)
        self.restart()
        self.quiet()
        self.assertEqual([c["line"] for c in self.host.comments], [2, 4])

    def test_limits_are_kept_and_the_end_comes(self):
        self.host.fault("POST", r"/check-runs$", status=429, headers={"Retry-After": "1"}, times=2)
        self.host.fault("PATCH", r"/check-runs/", status=403, headers={"Retry-After": "1"},
                        body={"message": "You have exceeded a secondary rate limit."})
        self.host.fault("POST", "/access_tokens$", status=500)
        self.host.fault("POST", r"/reviews$", hang=1)  # and then no answer
        head = self.push(3)
        started = time.monotonic()
        self.check(head, FAIL, ("tool.py", 2))
        self.completed(head)
        self.quiet()
        self.assertGreater(time.monotonic() - started, 2)
        self.assertEqual((len(self.host.reviews), len(self.host.checks), self.dead()), (1, 1, []))

    def test_after_an_outage_only_the_end_is_told(self):
        self.host.fault("POST", r"/check-runs$", status=503, times=3)
        head = self.push(3)
        self.check(head, PASS)
        (check,) = self.completed(head)
        self.assertEqual(check["conclusion"], "success")
        self.assertEqual(self.host.asked("PATCH", r"/check-runs/"), [])  # the pending status was never sent

    def test_what_is_refused_is_shown_and_can_be_sent_again(self):
        self.host.fault("POST", r"/check-runs$", status=422, times=9, body={"message": "No commit found for SHA"})
        head = self.push(3)
        self.check(head, PASS)
        self.quiet()
        kinds = {message["kind"]: message["note"] for message in self.dead()}
        self.assertIn("verdict", kinds)
        self.assertIn("422 No commit found for SHA", kinds["verdict"])
        listed = self.cli("admin", "outbox", "list", "--dead")
        self.assertIn("No commit found", listed.stdout)
        self.host.faults.clear()
        again = self.cli("admin", "outbox", "retry")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.completed(head)
        self.quiet()
        self.assertEqual(self.dead(), [])

    def test_a_merge_queue_hears_a_status_and_nothing_else(self):
        head = self.repo.commit({"tool.py": "import os\nimport sys\n"})
        self.hears_of(head, number=0, change="queue-0123456789ab")
        self.check(head, FAIL, ("tool.py", 2), change="queue-0123456789ab")
        self.completed(head)
        self.quiet()
        self.assertEqual((self.host.reviews, self.dead()), ([], []))

    def test_secrets_are_not_in_the_log(self):
        self.host.fault("POST", r"/check-runs$", status=403, echo=True, times=9)
        head = self.push(2)
        self.check(head, PASS)
        self.quiet()
        log = (self.server.data / "log").read_text()
        self.assertIn("is given up", log)
        self.assertIn("bad credentials: Bearer ***", log)
        self.assertNotIn("ghs_", log + json.dumps(self.dead()))
        self.assertNotIn("PRIVATE KEY", log)


    def test_a_channel_hears_of_a_failure_and_people_are_not_mentioned(self):
        chat = ChatDouble(self)
        (self.home / "chat").write_text(chat.url + "/services/T0/secret\n")
        self.configuration.write_text(self.configuration.read_text() + f"notify:\n  - {{name: team, kind: slack, url: 'file:{self.home}/chat'}}\n")
        self.restart()
        chat.fault("POST", "/services", status=429, headers={"Retry-After": "1"})
        head = self.push(3, "<!channel> @all")
        self.check(head, FAIL, ("tool.py", 2))
        chat.wait(lambda: chat.said)
        self.check(head, FAIL, ("tool.py", 2))
        self.quiet()
        (message,) = chat.said
        self.assertIn("acme/widget #12: Make it smaller", message["text"])
        self.assertIn("https://hub.example/acme/widget/pull/12", json.dumps(message["blocks"]))
        self.assertNotIn("/services/T0/secret", (self.server.data / "log").read_text())

    def test_a_reviewer_is_reminded_before_it_is_late_and_when_it_is(self):
        for name in ("ann", "ben"):
            (self.repo.path / "tool.py").write_text(f"import os  # {name}\n")
            self.repo.git("add", "-A")
            self.repo.git("commit", "-q", "--author", f"{name} <{name}@example.org>", "-m", f"by {name}")
        self.base = self.repo.commit({"tool.py": "import os\n", ".mergegate.yaml": POLICY + "reviewers: {count: 1, respond_hours: 4}\n"})
        chat, hooks = ChatDouble(self), self.home / "chat"
        hooks.write_text(chat.url + "/services/T0/secret\n")
        self.configuration.write_text(self.configuration.read_text() + "notify:\n" + "".join(
            f"  - {{name: {name}, kind: slack, url: 'file:{hooks}', person: {name}@example.org}}\n" for name in ("ann", "ben")))
        self.restart()
        for name in ("ann", "ben"):  # at work all day long, whenever this test runs
            done = self.cli("away", "--hours", "0:00-24:00", "--days", "mon,tue,wed,thu,fri,sat,sun", who=f"{name}@example.org")
            self.assertEqual(done.returncode, PASS, done.stderr)
        self.check(self.push(2), PASS)
        chat.wait(lambda: len(chat.said) == 1)
        self.assertIn("It is your turn", chat.said[0]["text"])
        review = json.loads(self.cli("show", "--project", "acme-widget", "--change", "pr-12", "--format", "json").stdout)
        (asked,) = [r["person"] for r in review["reviewers"]]
        other = {"ann@example.org": "ben@example.org", "ben@example.org": "ann@example.org"}[asked]
        for hours, text in ((3.5, "An answer of yours is due"), (4.5, "An answer of yours is late")):
            before = len(chat.said)
            self.later(hours)
            chat.wait(lambda: len(chat.said) > before)
            self.assertIn(f"{text}: acme/widget #12: Make it smaller", chat.said[-1]["text"])
            self.assertIn(f"mergegate decline pr-12 --to {other} --project acme-widget", json.dumps(chat.said[-1]["blocks"]))
            self.restart()
            self.quiet()
            self.assertEqual(len(chat.said), before + 1, "a restart tells nothing again")
        self.assertEqual(self.cli("approve", "pr-12", "--project", "acme-widget", who=asked).returncode, PASS)
        self.later(9)
        self.quiet()
        self.assertEqual((len(chat.said), self.dead()), (3, []))

    def later(self, hours):
        """Starts the server again as if it were so many hours later than it is."""
        source, library = self.home / "later.c", self.home / "later.so"
        source.write_text("""#define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdlib.h>
            #include <time.h>
            int clock_gettime(clockid_t clock, struct timespec* now) {
              int (*real)(clockid_t, struct timespec*) = dlsym(RTLD_NEXT, "clock_gettime");
              const int result = real(clock, now);
              if (clock == CLOCK_REALTIME) now->tv_sec += atol(getenv("LATER_SECONDS"));
              return result;
            }""")
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self.server.env = {"LD_PRELOAD": str(library), "LATER_SECONDS": str(round(hours * 3600))}
        self.restart()


class GitHubToken(Publishing, unittest.TestCase):
    APP = False

    def test_statuses_and_one_comment_that_is_kept_current(self):
        head = self.push(3)
        self.check(head, FAIL, ("tool.py", 2))
        self.host.wait(lambda: self.host.statuses and self.host.statuses[-1]["state"] == "failure")
        self.quiet()
        (comment,) = self.host.issue_comments
        self.assertIn("wrong at 2", comment["body"])
        self.assertEqual(len(self.host.comments), 1)
        head = self.push(4)
        self.check(head, PASS)
        self.host.wait(lambda: self.host.statuses[-1]["state"] == "success" and self.host.statuses[-1]["sha"] == head)
        self.quiet()
        (comment,) = self.host.issue_comments
        self.assertIn("**pass**", comment["body"])
        self.assertTrue(self.host.comments[0]["resolved"])
        self.assertLessEqual(max(len(s["description"]) for s in self.host.statuses), 140)


class GitLab(Publishing, unittest.TestCase):
    KIND = "gitlab"

    def test_statuses_discussions_and_a_note(self):
        head = self.push(3)
        self.host.request(12, head, self.base, lines={"tool.py": {1: 1, 2: None, 3: None, 4: None}}, reviewers=[4])
        self.check(head, FAIL, ("tool.py", 1), ("tool.py", 3))
        self.host.wait(lambda: self.host.statuses and self.host.statuses[-1]["state"] == "failed")
        self.quiet()
        self.assertEqual([d["notes"][0]["position"]["new_line"] for d in self.host.discussions], [3])
        self.assertEqual(len(self.host.notes), 1)
        self.check(head, FAIL, ("tool.py", 1), ("tool.py", 3))
        self.quiet()
        self.assertEqual((len(self.host.discussions), len(self.host.notes)), (1, 1))
        head = self.push(4)
        self.host.request(12, head, self.base, reviewers=[4])
        self.check(head, PASS)
        self.host.wait(lambda: self.host.statuses[-1]["state"] == "success")
        self.quiet()
        self.assertTrue(self.host.discussions[0]["notes"][0]["resolved"])
        self.assertIn("**pass**", self.host.notes[0]["body"])
        self.assertEqual(self.dead(), [])


class GitHubAppBehindPrism(BehindPrism, GitHubApp):
    pass


class GitHubTokenBehindPrism(BehindPrism, GitHubToken):
    pass


class GitLabBehindPrism(BehindPrism, GitLab):
    pass


if __name__ == "__main__":
    unittest.main()
