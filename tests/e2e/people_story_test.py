"""Two people, a newcomer and an administrator over loopback: roles, projects, signals, an override, the audit log, and
the wish to be forgotten."""
import json
import re
import unittest

from harness import AUTH, FAIL, PASS, TOP, USAGE, Repository, Server, mergegate

ANN, BEN, CLEO, CI = "ann@example.org", "ben@example.org", "cleo@example.org", "ci@example.org"
POLICY = """version: 1
conditions:
  - {name: small, kind: size, max: 0, override_roles: [lead]}
"""
COURSES = """Email,Course,Completed At,Grade
ben@example.org,C++ in depth,2026-01-05,92%
cleo-gh,C++ in depth,05.01.2026 10:00,87/100
cleo-gh,C++ in depth,yesterday,1
two words,C++ in depth,2026-01-05,
cleo-gh,too,many,fields,here
"""


class PeopleStory(unittest.TestCase):
    def setUp(self):
        self.repo = Repository(self)
        self.base = self.repo.commit({"a.cc": "int a;\n", ".mergegate.yaml": POLICY})
        self.repo.git("checkout", "-q", "-b", "work")
        self.head = self.repo.commit({"a.cc": "int a;\nint b;\n"})
        self.server = Server(self).start()
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.stop())
        self.tokens = {"": self.server.token}

    def run_with(self, who, *arguments, **options):
        env = {"MERGEGATE_SERVER": self.server.address, "MERGEGATE_TOKEN": self.tokens[who]}
        return mergegate(self.repo, *arguments, env=env, **options)

    def good(self, who, *arguments, **options):
        done = self.run_with(who, *arguments, **options)
        self.assertEqual(done.returncode, PASS, done.stdout + done.stderr)
        return done.stdout

    def refused(self, who, code, text, *arguments):
        done = self.run_with(who, *arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertIn(text, done.stderr)

    def give(self, who, role, *arguments):
        self.tokens[who] = self.good("", "admin", "token", "create", who, "--role", role, *arguments).strip()

    def check(self, who, expected):
        done = self.run_with(who, "check", "--base", self.base, "--head", "HEAD", "--change", "pr-1", "--compile-commands",
                             self.repo.compile_commands("a.cc"))
        self.assertEqual(done.returncode, expected, done.stdout + done.stderr)

    def kinds(self, who, *arguments):
        lines = self.good(who, "signal", "list", "--format", "json", *arguments).splitlines()
        return [json.loads(line)["kind"].removeprefix("SIGNAL_KIND_").lower() for line in lines]

    def test_story(self):
        self.give(ANN, "lead")
        self.give(BEN, "reviewer", "--projects", "repo")
        self.give(CLEO, "developer", "--note", "laptop")
        self.give(CI, "bot")
        self.assertEqual(self.good(BEN, "me", "show"), f"{BEN}, reviewer of projects/repo\n")

        # Who a caller is comes from the token, not from what they say or what git says.
        self.refused(CLEO, AUTH, f"this token is {CLEO}'s", "approve", "pr-1", "--as", BEN)
        self.check(CLEO, FAIL)
        self.refused(CLEO, AUTH, "needs the role reviewer", "approve", "pr-1")
        self.refused(CI, AUTH, "needs the role developer", "approve", "pr-1")
        self.good(BEN, "approve", "pr-1")
        self.good(BEN, "comment", "pr-1", "-m", "fine")
        self.assertCountEqual(self.kinds(CLEO, "--object", "pr-1"), ["change_opened", "approved", "review_commented"])

        # Another project is another world.
        self.refused(BEN, AUTH, "this token is for projects repo", "runs", "--project", "other")
        self.refused(BEN, AUTH, "this token is for projects repo", "inbox", "--all")

        # People speak for themselves; leads and bots record.
        self.good(CLEO, "signal", "record", "--kind", "kudos", "--to", BEN, "--text", "thanks")
        self.refused(CLEO, USAGE, "only leads and bots", "signal", "record", "--kind", "course_completed", "--object", "C++")
        courses = self.repo.home / "courses.csv"
        courses.write_text(COURSES)
        importing = ["signal", "import", courses, "--kind", "course_completed", "--source", "coursera"]
        for summary in ["2 new, 0 known already, 3 refused\n", "0 new, 2 known already, 3 refused\n"]:
            done = self.run_with(ANN, *importing)
            self.assertEqual((done.returncode, done.stdout), (USAGE, summary), done.stderr)
            for line, why in [(4, "at: "), (5, "actor: "), (6, "5 fields, and the first line names 4")]:
                self.assertRegex(done.stderr, f":{line}: {why}")
        self.assertIn("3 refused", self.run_with(ANN, *importing, "--dry-run").stdout)

        # One person, two names; what is theirs is theirs.
        self.refused(CLEO, AUTH, "needs the role lead", "person", "link", CLEO, "cleo-gh")
        self.good(ANN, "person", "link", CLEO, "cleo-gh")
        self.refused(ANN, 3, "is a name of", "person", "link", BEN, "cleo-gh")
        self.assertIn("course_completed", self.kinds(CLEO, "--all", "--person", CLEO))
        self.assertNotIn("course_completed", self.kinds(ANN, "--all", "--person", CLEO))
        self.good(ANN, "team", "set", "core", ANN, BEN, "cleo-gh")
        self.assertEqual(self.good(CLEO, "team", "list"), f"core: {ANN}, {BEN}, {CLEO}\n")
        # Whom no signal of his projects names, ben's token does not know; who is who is not for it to say.
        self.assertEqual(self.good(BEN, "team", "list"), f"core: {BEN}\n")
        self.assertNotIn(CLEO, self.good(BEN, "person", "list"))

        # An override needs the role that the policy names, a reason and an end.
        override = ["override", "small", "--change", "pr-1", "--reason", "hotfix", "--until", "2099-01-01"]
        self.refused(ANN, USAGE, "at most 90 days", *override)
        override[-1] = json.loads(self.good(ANN, "signal", "list", "--limit", "1", "--format", "json"))["at"]
        self.refused(ANN, USAGE, "must be ahead", *override)
        until = self.good("", "admin", "token", "list", "--format", "json").splitlines()[0]
        override[-1] = json.loads(until)["expire_time"]
        self.refused(BEN, AUTH, "the policy lets lead override", *override)
        self.good(ANN, *override)
        run = json.loads(self.good(ANN, "runs", "--format", "json"))["runs"][0]["run"]
        self.server.call("mergegate.v1.RunService/WatchRun", {"name": run})  # until it is done
        verdict = json.loads(self.good(ANN, "show", run, "--format", "json"))
        condition = verdict["conditions"][0]
        self.assertEqual((verdict["verdict"], condition["result"]), ("pass", "overridden"))
        self.assertIn(f"overridden by {ANN} (lead)", condition["reason"])
        self.assertIn("hotfix", condition["reason"])
        self.good(ANN, "replay", run)

        # A revoked token ends at once.
        listed = [json.loads(line) for line in self.good("", "admin", "token", "list", "--format", "json").splitlines()]
        self.assertNotIn("mg_", json.dumps(listed))
        self.assertTrue(all("last_use_time" in token for token in listed if token["person"] != CI))
        self.refused(ANN, AUTH, "needs the role admin", "admin", "token", "list")
        self.good("", "admin", "token", "revoke", next(t["id"] for t in listed if t["person"] == ANN))
        self.refused(ANN, AUTH, "this token was revoked", "me", "show")

        # Cleo takes her data along and leaves.
        exported = [json.loads(line) for line in self.good(CLEO, "me", "export").splitlines()]
        self.assertEqual(exported[0]["person"]["identities"], ["cleo-gh", CLEO])
        self.assertIn("SIGNAL_KIND_COURSE_COMPLETED", json.dumps(exported))
        self.refused(CLEO, 3, "cannot be undone", "me", "delete", "--confirm", BEN)
        self.refused(BEN, AUTH, "another person's", "me", "delete", "--person", CLEO, "--confirm", CLEO)
        self.assertIn("forgotten: 2 names", self.good(CLEO, "me", "delete", "--confirm", CLEO))
        self.refused(CLEO, AUTH, "a valid token is needed", "me", "show")
        left = self.good("", "signal", "list", "--all", "--format", "json") + self.good("", "team", "list")
        self.assertNotIn("cleo", left)
        self.assertIn("SIGNAL_KIND_KUDOS", left)

        # And the log tells it all, but for who she was; it holds after a restart.
        self.server.stop()
        self.server.start()
        audit = self.good("", "admin", "audit", "list", "--format", "json")
        self.assertNotIn("cleo", audit)
        actions = [json.loads(line)["action"] for line in audit.splitlines()]
        for action in ["token.created", "person.linked", "team.joined", "condition.overridden", "token.revoked",
                       "person.forgotten"]:
            self.assertIn(action, actions)
        self.assertIn("all fit", self.good("", "admin", "audit", "verify"))

    def test_every_method_asks_for_its_role(self):
        self.give("viewer@example.org", "viewer")
        self.give("bot@example.org", "bot")
        table = (TOP / "server/rpc/method_roles.cc").read_text()
        rows = re.findall(r'{"(\w+)\.(\w+)", Role::k(\w+)(?:, k(Bots|NoBots))?(?:, kEverywhere)?}', table)
        self.assertEqual(len(rows), table.count(", Role::k"))
        self.assertGreater(len(rows), 40)
        for service, method, role, bots in rows:
            name = f"mergegate.v1.{service}/{method}"
            called = self.server.call(name, {}, token="")
            self.assertIn("unauthenticated", called.error, name)
            if role != "Viewer":
                called = self.server.call(name, {}, token=self.tokens["viewer@example.org"])
                self.assertIn("permission_denied", called.error, name)
            if bots != "Bots":
                called = self.server.call(name, {}, token=self.tokens["bot@example.org"])
                self.assertIn("permission_denied", called.error, name)

    def test_hostile_input(self):
        call = lambda *signals: self.server.call("mergegate.v1.SignalService/RecordSignals", {"signals": list(signals)})
        good = {"kind": "SIGNAL_KIND_KUDOS", "actor": "a", "subject": "b", "at": "2026-01-01T00:00:00Z", "source": "s",
                "source_id": "1"}
        self.assertIn("1 to 10000", call().error)
        self.assertIn("1 to 10000", call(*[good] * 10001).error)
        bad = [{"value": "NaN", "kind": "SIGNAL_KIND_TASK_DONE"}, {"value": "Infinity"}, {"actor": "a\u001b[31m"},
               {"text": "a\u0000b"}, {"object": "x" * 301}, {"kind": 999}, {"at": "2999-01-01T00:00:00Z"},
               {"source": "mergegate"}, {"project": "../etc"}, {"source_id": ""}, {"corrects": "1"}]
        results = call(good, *[{**good, "source_id": str(i + 2), **change} for i, change in enumerate(bad)]).answer
        outcomes = [result["outcome"].removeprefix("SIGNAL_OUTCOME_") for result in results["results"]]
        self.assertEqual(outcomes[:2], ["NEW", "NEW"], "NaN is: unknown")
        self.assertEqual(set(outcomes[2:-1]), {"REFUSED"}, outcomes)
        self.assertEqual(outcomes[-1], "NEW", "a correction")
        self.assertTrue(all("problem" in result for result in results["results"] if result["outcome"].endswith("REFUSED")))


if __name__ == "__main__":
    unittest.main()
