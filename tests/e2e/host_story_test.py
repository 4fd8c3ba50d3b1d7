"""What becomes of a pull request of GitHub, from webhook to status (story.py)."""
import datetime
import unittest
import urllib.error
import urllib.request

from hosted import MARK, BehindPrism
from story import APPROVED, CLEAN, POLICY, Story, bugs


class GitHub(Story, unittest.TestCase):
    """Pull request 12 of ann."""

    def show(self, files, parent=None, lines=None):
        """A head that the host keeps, fork or not; comments may stand on `lines` ({path: lines}; all when None)."""
        head = self.commit(files, parent)
        self.repo.git("update-ref", "refs/pull/12/head", head)
        if 12 not in self.host.pulls:
            self.host.pull(12, head, author="ann", base=self.base)
        self.hub.clock += 10
        self.host.pulls[12].update(head=head, lines=lines, updated=self.hub.moment())
        return head

    def open(self, files, **where):
        head = self.show(files, **where)
        self.assertEqual(self.hub.send("pull_request", self.hub.pull("opened", head)), 202)
        return head

    def push(self, files, **where):
        before = self.heads[-1]
        head = self.show(files, **where)
        self.assertEqual(self.hub.send("pull_request", self.hub.pull("synchronize", head, before)), 202)
        return head

    def say(self, text, login="ann"):
        self.assertEqual(self.hub.send("issue_comment", self.hub.comment(text, login)), 202)

    def answers(self):
        return [comment["body"] for comment in self.host.issue_comments]

    def check(self, head):
        (check,) = [c for c in self.host.checks if c["head_sha"] == head]
        return check

    def conclusion(self, head):
        return self.check(head)["conclusion"]

    def said_once(self):
        for head in {check["head_sha"] for check in self.host.checks}:
            newest = [check for check in self.host.checks if check["head_sha"] == head]
            self.assertEqual({check["status"] for check in newest}, {"completed"}, newest)
            places = [(a["path"], a["start_line"], a["title"]) for a in newest[-1]["annotations"]]
            self.assertEqual(len(places), len(set(places)))
        for comments in (self.host.comments, self.host.issue_comments):
            marks = [comment["body"][comment["body"].rindex(MARK):] for comment in comments]
            self.assertEqual(len(marks), len(set(marks)), marks)

    def role(self, mail, login, role):
        for arguments in (("admin", "token", "create", mail, "--role", role), ("person", "link", mail, f"hub:{login}")):
            done = self.cli(*arguments)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_open_push_force_push_and_rebase(self):
        first = self.open({"a.cc": CLEAN + bugs(1, 2)})
        self.settle()
        self.assertEqual(self.conclusion(first), "failure")
        (review,) = self.host.reviews
        self.assertEqual((review["count"], review["commit_id"]), (2, first))
        self.assertEqual([c["line"] for c in self.host.comments], [5, 10])

        second = self.push({"a.cc": CLEAN + bugs(2, 3)}, parent=first)
        self.settle()
        self.assertEqual([(c["line"], c["resolved"]) for c in self.host.comments], [(5, True), (10, False), (10, False)])

        third = self.push({"a.cc": CLEAN + bugs(3)})  # not on top of the second
        self.settle()
        self.assertEqual([c["resolved"] for c in self.host.comments], [True, True, False])

        # The base moves on, and the same change is put on top: a new status, and no new word.
        self.base = self.repo.commit({"other.cc": "int other;\n"})
        self.hub.send("push", {"ref": "refs/heads/main", "before": first, "after": self.base,
                               "repository": self.hub.repository(), "installation": {"id": 7}})
        fourth = self.push({"a.cc": CLEAN + bugs(3)})
        self.settle()
        self.assertEqual([self.conclusion(head) for head in (first, second, third, fourth)], ["failure"] * 4)
        self.assertEqual((len(self.host.comments), len(self.host.reviews)), (3, 2))

        fifth = self.push({"a.cc": CLEAN + "int Thrice(int x) { return 3 * x; }\n"})
        self.settle()
        self.assertEqual(self.conclusion(fifth), "success")
        self.assertTrue(all(comment["resolved"] for comment in self.host.comments))
        self.assertEqual(self.runs(), [first, second, third, fourth, fifth])

    def test_a_push_while_the_run_goes_on(self):
        self.server.stop()
        self.begin("--no-worker", data=self.server.data)
        first = self.open({"a.cc": CLEAN + bugs(1)})
        self.host.wait(lambda: self.host.checks, what="the pending status")
        second = self.push({"a.cc": CLEAN + "int Thrice(int x) { return 3 * x; }\n"})
        self.server.work()
        self.settle()
        self.assertEqual([self.conclusion(first), self.conclusion(second)], ["action_required", "success"])
        self.assertIn("superseded", self.check(first)["output"]["title"])

    def test_a_status_is_not_pending_for_ever(self):
        self.server.stop()
        self.begin("--no-worker", "--pending-seconds", "2", data=self.server.data)
        head = self.open({"a.cc": CLEAN + bugs(1)})
        self.host.wait(lambda: self.host.checks and self.conclusion(head) == "action_required", what="the watchdog")
        self.assertIn("inconclusive: the analysis still goes on after 2s", self.check(head)["output"]["title"])
        self.assertEqual(self.host.comments, [])
        self.server.work()
        self.settle()
        self.assertEqual((self.conclusion(head), len(self.host.comments)), ("failure", 1))

    def test_a_check_is_asked_for_again(self):
        head = self.open({"a.cc": CLEAN + bugs(1)})
        self.settle()
        for kind in ("check_run", "check_suite"):
            self.assertEqual(self.hub.send(kind, self.hub.check("rerequested", head, kind)), 202)
            self.settle()
        self.assertEqual(self.runs(), [head] * 3)
        self.assertEqual((self.conclusion(head), len(self.host.comments)), ("failure", 1))

    def test_another_target(self):
        """The same head against another base has other findings: a check run that was begun is brought to an end."""
        below = self.commit({"a.cc": CLEAN + bugs(1)})
        self.repo.git("branch", "stable", below)
        head = self.open({"a.cc": CLEAN + bugs(1, 2)}, parent=below)
        self.settle()
        self.assertEqual([c["line"] for c in self.host.comments], [5, 10])
        self.server.stop()
        self.begin("--no-worker", data=self.server.data)
        edited = self.hub.pull("edited", head)
        edited["changes"] = {"base": {"ref": {"from": "main"}}}
        edited["pull_request"]["base"].update(ref="stable", sha=below)
        edited["pull_request"]["updated_at"] = "2031-01-01T00:00:00Z"
        self.hub.send("pull_request", edited)
        self.host.wait(lambda: self.check(head)["status"] == "in_progress", what="the pending status")
        self.server.work()
        self.settle()
        self.assertEqual([len(c["annotations"]) for c in self.completed(head, 2)], [2, 1])
        self.assertEqual([c["resolved"] for c in self.host.comments], [True, False])

    def test_commands(self):
        self.role("lea@example.org", "lea", "lead")
        self.role("dev@example.org", "dev", "developer")
        head = self.open({"a.cc": CLEAN + bugs(1)})
        self.settle()
        self.say("/gate explain")
        self.settle()
        self.assertIn("NullDereference", self.answers()[-1])
        self.say("/gate rerun")
        self.settle()
        self.assertEqual(self.runs(), [head, head])
        self.assertIn("Running again", self.answers()[-1])

        # An override takes the role that the policy names.
        day = (datetime.date.today() + datetime.timedelta(days=2)).isoformat()
        self.say(f"/gate override no-new-problems it is dead code until {day}", "eve")
        self.settle()
        self.assertIn("I know no role of yours here", self.answers()[-1])
        self.say(f"/gate override no-new-problems it is dead code until {day}", "dev")
        self.settle()
        self.assertIn("Not overridden", self.answers()[-1])
        self.assertEqual(self.conclusion(head), "failure")
        end = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
        self.say(f"/gate override no-new-problems it is dead code until {end}", "lea")
        self.settle()
        self.assertIn(f"is overridden until {end.replace('T', ' ')} UTC", self.answers()[-1])
        self.assertEqual(self.conclusion(head), "success")
        self.assertIn("overridden", self.check(head)["output"]["summary"])

    def test_a_reviewer_is_asked_by_a_command(self):
        self.host.collaborators = {"ann", "ben-gh"}
        head = self.open({"a.cc": CLEAN + "int Thrice(int x) { return 3 * x; }\n"})
        self.settle()
        self.say("/gate reviewer @ben-gh")
        self.settle()
        self.assertIn("Asked ben-gh", self.answers()[-1])
        self.assertEqual(self.host.pulls[12]["requested"], ["ben-gh"])
        self.say("/gate rerun")
        self.settle()
        self.assertEqual(len(self.host.asked("POST", "requested_reviewers$")), 1)
        self.assertEqual(self.conclusion(head), "success")

    def test_what_was_missed_is_found(self):
        """While the server is away there is a push, and a comment: the host does not tell again by itself."""
        self.open({"a.cc": CLEAN + bugs(1)})
        self.settle()
        self.server.stop()
        second = self.show({"a.cc": CLEAN + "int Thrice(int x) { return 3 * x; }\n"})
        sent = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=10)
        self.host.deliveries.append({"id": 77, "guid": "the-comment", "delivered_at": sent.strftime("%Y-%m-%dT%H:%M:%SZ"),
                                     "event": "issue_comment", "status": "failed to connect", "status_code": 502})
        self.begin(data=self.server.data)
        self.host.wait(lambda: self.host.redelivered == ["the-comment"], what="the reading of the log")
        self.assertEqual(self.hub.send("issue_comment", self.hub.comment("/gate explain", "ann"), "the-comment"), 202)
        self.host.wait(lambda: self.heads[-1] in [c["head_sha"] for c in self.host.checks], what="the look at open changes")
        self.settle()
        self.assertEqual(self.conclusion(second), "success")
        self.assertEqual(len(self.answers()), 1)

    def test_nobody_reads_a_mail_address(self):
        """Who may approve is named by login, also where only the history of git knows them."""
        for name in ("ben", "cleo"):
            self.repo.git("-c", f"user.email={name}@example.org", "commit", "-q", "--allow-empty", "-m", "nothing")
            (self.repo.path / "a.cc").write_text(CLEAN + f"// {name}\n")
            self.repo.git("add", "-A")
            self.repo.git("commit", "-q", "--author", f"{name} <{name}@example.org>", "-m", "a comment")
        self.cli("person", "link", "ben@example.org", "ben-gh")
        self.base = self.repo.commit({"a.cc": CLEAN, ".mergegate.yaml": POLICY + APPROVED})
        head = self.open({"a.cc": CLEAN + "int Thrice(int x) { return 3 * x; }\n"})
        self.settle()
        said = self.check(head)["output"]["summary"]
        self.assertIn("get the approval of", said)
        self.say("/gate explain")
        self.settle()
        self.assertNotIn("example.org", said.replace("\u200b", "") + self.answers()[-1].replace("\u200b", ""))
        self.assertEqual(self.conclusion(head), "failure")

    def test_a_merge_queue_waits_for_its_own_status(self):
        head = self.open({"a.cc": CLEAN + "int Thrice(int x) { return 3 * x; }\n"})
        self.settle()
        queued = self.commit({"a.cc": CLEAN + "int Thrice(int x) { return 3 * x; }\n", "b.cc": bugs(1)})
        self.repo.git("update-ref", "refs/heads/gh-readonly-queue/main/pr-12", queued)
        self.assertEqual(self.hub.send("merge_group", self.hub.merge_group("checks_requested", queued)), 202)
        self.settle()
        self.assertEqual([self.conclusion(head), self.conclusion(queued)], ["success", "failure"])
        self.assertEqual((self.host.reviews, self.host.comments), ([], []))
        self.hub.send("merge_group", self.hub.merge_group("destroyed", queued))
        self.settle()

    def test_forks_that_are_there_and_that_are_gone(self):
        for number, repo in enumerate(({"id": 43, "full_name": "eve/widget"}, None), 3):
            head = self.show({"a.cc": CLEAN + f"int Times{number}(int x) {{ return {number} * x; }}\n"})
            event = self.hub.pull("opened" if number == 3 else "synchronize", head)
            event["pull_request"]["head"]["repo"] = repo
            self.hub.send("pull_request", event)
            self.settle()
            self.assertEqual(self.conclusion(head), "success")
            self.hub.send("check_suite", self.hub.check("rerequested", head, "check_suite"))  # names no pull request
            self.settle()
            self.assertEqual(self.conclusion(head), "success")

    def test_a_hundred_annotations_through_faults(self):
        self.host.fault("PATCH", r"/check-runs/\d+$", status=502)  # between two pages
        self.host.fault("PATCH", r"/check-runs/\d+$", before=self.host.forget_tokens)
        head = self.open({"a.cc": CLEAN + bugs(*range(60))})
        self.settle()
        check = self.check(head)
        self.assertEqual((check["conclusion"], len(check["annotations"])), ("failure", 60))
        self.assertGreater(self.host.tokens_made, 1)
        self.assertEqual(len(self.host.reviews), 1)
        for body in self.host.asked("POST", "/check-runs$") + self.host.asked("PATCH", "/check-runs/"):
            self.assertFalse("conclusion" in body and len(body["output"].get("annotations", [])) == 50)

    def test_findings_outside_the_diff_are_told_in_the_summary(self):
        # One file changes, and what breaks is in another: the host shows no line of it.
        self.base = self.repo.commit({"size.h": "inline int Size() { return 1; }\n",
                                      "a.cc": '#include "size.h"\n' + CLEAN + "int Share(int x) { return x / Size(); }\n"})
        head = self.open({"size.h": "inline int Size() { return 0; }\n"})
        self.settle()
        self.assertEqual((self.conclusion(head), self.host.comments, self.host.reviews), ("failure", [], []))
        self.assertIn("a.cc:3", self.check(head)["output"]["summary"])
        self.assertIn("caused by the change of `Size`", self.check(head)["output"]["summary"])
        # A line that the host draws differently is refused with the whole review: then each comment by itself.
        second = self.push({"a.cc": CLEAN + bugs(1, 2)}, lines={"a.cc": [5]})
        self.settle()
        self.assertEqual([c["line"] for c in self.host.comments], [5])
        self.assertIn("a.cc:10", self.check(second)["output"]["summary"])

    def test_a_draft_waits_until_it_is_ready(self):
        head = self.show({"a.cc": CLEAN + bugs(1)})
        draft = self.hub.pull("opened", head)
        draft["pull_request"]["draft"] = True
        self.hub.send("pull_request", draft)
        self.settle()
        self.assertEqual((self.host.checks, self.runs()), ([], []))
        self.hub.clock += 10
        self.hub.send("pull_request", self.hub.pull("ready_for_review", head))
        self.settle()
        self.assertEqual(self.conclusion(head), "failure")


class GitHubBehindPrism(BehindPrism, GitHub):
    def test_a_misspelt_field_is_noticed(self):
        self.open({"a.cc": CLEAN + bugs(1)})
        self.settle()
        self.assertEqual(self.violations(), [])
        misspelt = urllib.request.Request(self.api_url() + "/repos/acme/widget/check-runs", b'{"nam": "x"}',
                                          {"Content-Type": "application/json", "Authorization": "Bearer x"})
        with self.assertRaises(urllib.error.HTTPError):  # the double does not know that token
            urllib.request.urlopen(misspelt)
        self.host.wait(lambda: "found 'nam'" in self.prism_log.read_text()[self.log_begins:], what="Prism's objection")
        self.assertNotEqual(self.violations(), [])
        self.open({"a.cc": CLEAN})
        self.settle()


if __name__ == "__main__":
    unittest.main()
