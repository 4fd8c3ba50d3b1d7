"""What a host tells by webhook becomes runs: signed calls against the real server, a git repository that stands for the
host's, and a kill at the worst moment.
"""
import gzip
import json
import unittest
import urllib.parse

from hook_sender import Hub, wait_for
from harness import BIN, Repository, Server, folder, run

POLICY = "version: 1\nconditions:\n  - {name: size, kind: size, max: 1000}\n"


class Webhooks(unittest.TestCase):
    def setUp(self):
        self.repo = Repository(self)
        self.base = self.repo.commit({"a.txt": "a\n", ".mergegate.yaml": POLICY})
        self.hub = Hub(self, self.repo)
        self.server = Server(self, "--config", self.hub.config, data=folder(self))
        self.server.start()
        self.addCleanup(self.stop)
        self.hub.find(self.server)

    def stop(self):
        if self.server.process.poll() is None:
            self.server.stop()

    def restart(self):
        self.server = Server(self, "--config", self.hub.config, data=self.server.data).start()
        self.hub.find(self.server)

    def push(self, text, parent=None):
        """A commit on the base that the host keeps as the head of pull request 12."""
        self.repo.git("checkout", "-q", "--detach", parent or self.base)
        head = self.repo.commit({"a.txt": text})
        self.repo.git("checkout", "-q", "main")
        self.repo.git("update-ref", "refs/pull/12/head", head)
        return head

    def query(self, sql):
        return self.server.query(sql)

    def runs(self):
        """(head, done, verdict) of the runs of pull request 12, oldest first; verdicts: 1 pass, 2 fail, 3 inconclusive."""
        return self.query("SELECT head_commit, state = 3, verdict FROM runs WHERE change_key = 'pr-12' ORDER BY number")

    def settle(self):
        """Waits until every delivery was worked on and every run has a verdict."""
        wait_for(lambda: not self.query("SELECT 1 FROM host_deliveries WHERE state < 3")
                 and not self.query("SELECT 1 FROM runs WHERE state < 3"), self.server)
        return self.runs()

    def test_opened_pushed_and_repeated(self):
        first = self.push("b\n")
        opened = self.hub.pull("opened", first)
        self.assertEqual(self.hub.send("pull_request", opened, delivery="one"), 202)
        self.assertEqual(self.hub.send("pull_request", opened, delivery="one"), 202)  # repeated
        self.assertEqual([(head, done) for head, done, _ in self.settle()], [(first, 1)])
        second = self.push("c\n")  # a force-push: not on top of the first
        self.hub.clock += 10
        self.assertEqual(self.hub.send("pull_request", self.hub.pull("synchronize", second, before=first)), 202)
        self.assertEqual([head for head, _, _ in self.settle()], [first, second])
        self.assertEqual(self.hub.send("pull_request", opened, delivery="late"), 202)  # out of order
        self.assertEqual([head for head, _, _ in self.settle()], [first, second])

    def test_draft_fork_rename_retarget_close(self):
        head = self.push("b\n")
        draft = self.hub.pull("opened", head)
        draft["pull_request"]["draft"] = True
        draft["pull_request"]["head"]["repo"] = None  # the fork is gone
        self.hub.send("pull_request", draft)
        self.assertEqual(self.settle(), [])
        self.hub.clock += 1
        ready = self.hub.pull("ready_for_review", head)
        ready["pull_request"]["head"]["repo"] = None
        self.hub.send("pull_request", ready)
        self.assertEqual(len(self.settle()), 1)

        self.hub.rename("acme/gadget")
        self.hub.clock += 1
        self.hub.send("repository", {"action": "renamed", "repository": self.hub.repository()})
        second = self.push("c\n")
        self.hub.send("pull_request", self.hub.pull("synchronize", second, before=head))
        self.assertEqual(len(self.settle()), 2)
        self.assertEqual(self.query("SELECT project, full_name FROM host_projects"), [("acme-widget", "acme/gadget")])

        self.repo.git("branch", "stable", self.base)
        self.hub.clock += 1
        edited = self.hub.pull("edited", second)
        edited["changes"] = {"base": {"ref": {"from": "main"}}}
        edited["pull_request"]["base"]["ref"] = "stable"
        self.hub.send("pull_request", edited)
        self.assertEqual(len(self.settle()), 3)

        third = self.push("d\n")
        self.hub.clock += 1
        closing = self.hub.pull("closed", third, before=second)
        closing["pull_request"].update(state="closed")
        self.hub.send("pull_request", self.hub.pull("synchronize", third, before=second))
        self.hub.clock += 1
        self.hub.send("pull_request", closing)
        self.assertTrue(all(done for _, done, _ in self.settle()))
        self.assertEqual(self.query("SELECT state FROM host_changes"), [(4,)])

    def test_a_run_that_goes_on_ends_with_its_change(self):
        """No worker: the run would go on for ever."""
        self.server.stop()
        self.server = Server(self, "--config", self.hub.config, "--no-worker",
                             data=self.server.data).start()
        self.hub.find(self.server)
        self.repo.git("checkout", "-q", "--detach", self.base)
        head = self.repo.commit({"a.cc": "int x;\n"})
        self.repo.git("checkout", "-q", "main")
        self.repo.git("update-ref", "refs/pull/12/head", head)
        self.hub.send("pull_request", self.hub.pull("opened", head))
        wait_for(lambda: self.query("SELECT 1 FROM runs WHERE state = 2"), self.server)
        closing = self.hub.pull("closed", head)
        closing["pull_request"].update(state="closed", updated_at="2031-01-01T00:00:00Z")
        self.hub.send("pull_request", closing)
        self.assertEqual(self.settle(), [(head, 1, 3)])

    def test_forms_gzip_and_what_is_refused(self):
        head = self.push("b\n")
        body = json.dumps(self.hub.pull("opened", head)).encode()
        form = b"payload=" + urllib.parse.quote(body).encode()
        self.assertEqual(self.hub.post("pull_request", form, {"Content-Type": "application/x-www-form-urlencoded"}), 202)
        self.hub.clock += 1
        zipped = gzip.compress(json.dumps(self.hub.pull("labeled", head)).encode())
        self.assertEqual(self.hub.post("pull_request", zipped, {"CONTENT-encoding": "gzip"}), 202)
        self.assertEqual([h for h, _, _ in self.settle()], [head])
        self.assertEqual(self.hub.post("pull_request", body, secret="guess"), 401)
        self.assertEqual(self.hub.post("pull_request", body, {"X-Hub-Signature-256": None}), 401)
        self.assertEqual(self.hub.post("pull_request", body, host="elsewhere"), 401)
        self.assertEqual(self.hub.post("pull_request", b"{"), 400)
        self.assertEqual(self.hub.post("ping", gzip.compress(b" " * (26 << 20)), {"Content-Encoding": "gzip"}), 413)
        self.assertEqual(self.query("SELECT count(*) FROM host_deliveries"), [(2,)])

    def test_bots_do_not_loop(self):
        head = self.push("b\n")
        self.hub.send("pull_request", self.hub.pull("opened", head))
        for login, text in [("mergegate[bot]", "/gate rerun"), ("ann", "<!-- mergegate:verdict -->\n/gate rerun")]:
            self.hub.send("issue_comment", self.hub.comment(text, login))
        self.hub.send("check_run", {"action": "created", "repository": self.hub.repository(),
                                    "check_run": {"head_sha": head}})
        self.assertEqual(len(self.settle()), 1)
        self.hub.send("issue_comment", self.hub.comment("/gate rerun", "ann"))
        self.assertEqual(len(self.settle()), 2)

    def test_gitlab_tells_the_same(self):
        head = self.push("b\n")
        self.repo.git("update-ref", "refs/merge-requests/3/head", head)
        self.assertEqual(self.hub.send_gitlab("Merge Request Hook", self.hub.merge_request("open", head)), 202)
        self.assertEqual(self.hub.send_gitlab("Pipeline Hook", {"object_kind": "pipeline"}), 202)  # ignored, and kept
        self.assertEqual(self.hub.send_gitlab("Push Hook", {}, token="guess"), 401)
        self.settle()
        self.assertEqual(self.query("SELECT change_key, head_commit, base_commit FROM runs"), [("mr-3", head, self.base)])

    def test_killed_between_keeping_and_working(self):
        """The host does not answer git while the server dies: what was acknowledged is worked on after the restart."""
        head = self.push("b\n")
        self.hub.hide()
        self.assertEqual(self.hub.send("pull_request", self.hub.pull("opened", head)), 202)
        self.server.kill()
        self.hub.show()
        self.restart()
        self.assertEqual([h for h, _, _ in self.settle()], [head])
        self.assertEqual(self.query("SELECT state FROM host_deliveries"), [(3,)])


class SetUp(unittest.TestCase):
    def admin(self, place, *arguments):
        return run(BIN / "mergegate", "admin", "host", *arguments, "--config", place / "server.yaml",
                   env={"HOME": str(place)})

    def test_a_host_is_added_and_listed(self):
        place = folder(self)
        added = self.admin(place, "add", "gitlab", "--name", "lab", "--web-url", "https://git.example.org",
                           "--server-url", "https://gate.example.org/", "--secret", f"file:{place}/hook",
                           "--token", f"file:{place}/token", "--no-check")
        self.assertEqual(added.returncode, 0, added.stderr)
        self.assertIn("https://gate.example.org/hooks/lab/", added.stderr)
        secret = place / "hook"
        self.assertEqual(secret.stat().st_mode & 0o777, 0o600)
        self.assertEqual(len(secret.read_text().strip()), 64)
        self.assertNotIn(secret.read_text().strip(), added.stdout + added.stderr)
        again = self.admin(place, "add", "github", "--server-url", "https://gate.example.org", "--secret",
                           f"file:{place}/hook", "--app-id", "1", "--private-key", f"file:{place}/key", "--no-check")
        self.assertEqual(again.returncode, 0, again.stderr)
        listed = self.admin(place, "list")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertIn("lab  gitlab  https://git.example.org  with a token", listed.stdout)
        self.assertIn("github  github  https://github.com  as an App", listed.stdout)

    def test_mistakes_say_where(self):
        place = folder(self)
        (place / "server.yaml").write_text("hosts:\n  - {name: lab, kind: gitlabb, webhook_secrets: [hunter2]}\n")
        listed = self.admin(place, "list")
        self.assertEqual(listed.returncode, 1)
        self.assertIn("server.yaml:2:23:", listed.stderr)
        self.assertNotIn("hunter2", listed.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
