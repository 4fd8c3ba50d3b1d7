"""A gRPC client that nobody here wrote submits changes in all three ways and reads the verdicts."""
import base64
import shutil
import unittest
import uuid

from harness import AUTH, BIN, BUF, FAIL, PASS, PENDING, Repository, Server, folder, mergegate, run

CODE = "int Twice(int x) { return 2 * x; }\n"
BUG = "int Null() {\n  int* p = nullptr;\n  return *p;\n}\n"
RUNS, PROJECTS = "mergegate.v1.RunService", "mergegate.v1.ProjectService"


@unittest.skipUnless(BUF.exists(), "buf is not installed: tests/run installs it")
class ServerByBuf(unittest.TestCase):
    def setUp(self):
        self.repo = Repository(self)
        self.base = self.repo.commit({"a.cc": CODE})
        self.head = self.repo.commit({"a.cc": CODE + BUG})
        self.server = Server(self).start()
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.stop())

    def create(self, project="p", remote=""):
        return self.server.call(f"{PROJECTS}/CreateProject", {"projectId": project, "project": {"remote": remote}})

    def watch(self, run_name):
        return self.server.call(f"{RUNS}/WatchRun", {"name": run_name}).messages[-1]["result"]

    def pack(self, revisions, *flags):
        """A pack as git makes it."""
        return self.repo.git("pack-objects", "--revs", "--stdout", *flags, stdin=revisions.encode(), binary=True)

    def push(self, pack, tips):
        chunks = [{"chunk": base64.b64encode(pack[i:i + 1000]).decode()} for i in range(0, len(pack), 1000)]
        return self.server.call(f"{PROJECTS}/PushPack", [{"header": {"name": "projects/p", "tips": tips}}, *chunks])

    def submit(self, **content):
        return self.server.call(f"{RUNS}/SubmitChange", {"parent": "projects/p", **content})

    def test_health_and_reflection_work_with_a_stock_client(self):
        listed = run(BUF, "curl", "--protocol", "grpc", "--http2-prior-knowledge", "--list-methods",
                     f"http://{self.server.address}")
        self.assertIn("mergegate.v1.RunService/SubmitChange", listed.stdout)
        self.assertIn("grpc.health.v1.Health/Check", listed.stdout)
        self.assertEqual(self.server.call("grpc.health.v1.Health/Check", {}).answer, {"status": "SERVING"})

    def test_commits_of_a_fetched_mirror(self):
        self.create(remote=f"file://{self.repo.path}")
        self.assertTrue(self.server.call(f"{PROJECTS}/FetchMirror", {"name": "projects/p"}).ok)
        submitted = self.submit(commits={"base": self.base, "head": self.head}).answer
        result = self.watch(submitted["name"])
        self.assertEqual(result["run"]["verdict"], "VERDICT_STATE_FAIL" if not result["verdict"]["findings"][0].get("guessed")
                         else "VERDICT_STATE_PASS")
        self.assertIn("NullDereference", result["verdict"]["findings"][0]["check"])

    def test_a_diff_on_a_base_commit(self):
        self.create(remote=f"file://{self.repo.path}")
        self.server.call(f"{PROJECTS}/FetchMirror", {"name": "projects/p"})
        diff = self.repo.git("diff", self.base, self.head) + "\n"
        submitted = self.submit(diff={"base": self.base, "diff": base64.b64encode(diff.encode()).decode()}).answer
        self.assertNotEqual(submitted["headCommit"], self.head)
        self.assertIn("NullDereference", self.watch(submitted["name"])["verdict"]["findings"][0]["check"])

    def test_commits_pushed_as_a_thin_pack(self):
        self.create()
        self.assertTrue(self.push(self.pack(self.base + "\n"), [self.base]).ok)
        missing = self.server.call(f"{PROJECTS}/FindMissingCommits",
                                   {"name": "projects/p", "commits": [self.base, self.head]}).answer
        self.assertEqual(missing, {"missing": [self.head]})
        pushed = self.push(self.pack(f"{self.head}\n^{self.base}\n", "--thin"), [self.head])
        self.assertTrue(pushed.ok, pushed.error)
        submitted = self.submit(commits={"base": self.base, "head": self.head}).answer
        self.assertIn("NullDereference", self.watch(submitted["name"])["verdict"]["findings"][0]["check"])

    def test_a_corrupt_pack_is_refused_and_leaves_the_mirror_as_it_was(self):
        self.create()
        pack = bytearray(self.pack(self.head + "\n"))
        pack[len(pack) // 2] ^= 0xFF
        refused = self.push(bytes(pack), [self.head])
        self.assertFalse(refused.ok)
        self.assertIn("invalid_argument", refused.error)
        self.assertTrue(self.push(self.pack(self.head + "\n"), [self.head]).ok)

    def test_the_same_request_id_is_the_same_run(self):
        self.create()
        self.push(self.pack(self.head + "\n"), [self.head])
        request = str(uuid.uuid4())
        names = {self.submit(requestId=request, commits={"base": self.base, "head": self.head}).answer["name"]
                 for _ in range(3)}
        self.assertEqual(len(names), 1)

    def test_without_the_token_nothing_is_told(self):
        for token in ("", "wrong"):
            refused = self.server.call(f"{PROJECTS}/ListProjects", {}, token=token)
            self.assertFalse(refused.ok)
            self.assertIn("unauthenticated", refused.error)

    def test_bad_fields_are_named(self):
        self.create()
        for request, word in (({"commits": {"base": "HEAD", "head": self.head}}, "commits.base"),
                              ({}, "content"),
                              ({"commits": {"base": self.base, "head": "7" * 40}}, "not in the mirror"),
                              ({"diff": {"base": "7" * 40, "diff": ""}}, "7777"),
                              ({"requestId": "x" * 65, "commits": {}}, "request_id")):
            refused = self.submit(**request)
            self.assertFalse(refused.ok)
            self.assertIn(word, refused.error)
        self.assertIn("not_found", self.server.call(f"{RUNS}/GetRun", {"name": "projects/p/runs/none"}).error)

    def test_pages_of_runs(self):
        self.create()
        self.push(self.pack(self.head + "\n"), [self.head])
        names = [self.submit(commits={"base": self.base, "head": self.head}).answer["name"] for _ in range(5)]
        listed, token = [], ""
        while True:
            page = self.server.call(f"{RUNS}/ListRuns", {"parent": "projects/p", "pageSize": 2, "pageToken": token}).answer
            listed += [r["name"] for r in page["runs"]]
            token = page.get("nextPageToken", "")
            if not token:
                break
        self.assertCountEqual(listed, names)


class ServerByCommandLine(unittest.TestCase):
    def setUp(self):
        self.repo = Repository(self)
        self.base = self.repo.commit({"a.cc": CODE})
        self.head = self.repo.commit({"a.cc": CODE + BUG})
        self.commands = self.repo.compile_commands("a.cc")
        self.server = Server(self).start()
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.stop())

    def check(self, *arguments, env=None):
        return mergegate(self.repo, "check", "--base", self.base, "--head", self.head, "--compile-commands", self.commands,
                         *arguments, env={**self.server.client_env(), **(env or {})})

    def test_check_pushes_what_is_missing_and_shows_the_verdict(self):
        done = self.check()
        self.assertEqual(done.returncode, FAIL, done.stdout + done.stderr)
        self.assertIn("NullDereference", done.stdout)

    def test_here_analyzes_on_this_machine_and_the_server_decides(self):
        self.server.stop()
        self.server = Server(self, "--no-worker").start()
        done = self.check("--here")
        self.assertEqual(done.returncode, FAIL, done.stdout + done.stderr)
        self.assertIn("NullDereference", done.stdout)

    def test_only_who_submitted_analyzes_here(self):
        self.server.stop()
        self.server = Server(self, "--no-worker").start()

        def token(person):
            return mergegate(self.repo, "admin", "token", "create", person, "--role", "developer",
                             env=self.server.client_env()).stdout.strip()

        ann, ben = token("ann@example.org"), token("ben@example.org")
        self.assertEqual(self.check("--no-wait").returncode, PENDING)  # makes the project, with its commits
        runs = self.server.call("mergegate.v1.RunService/ListRuns", {"parent": "projects/repo"}).answer["runs"]
        of_server = runs[0]["name"]
        submitted = self.server.call("mergegate.v1.RunService/SubmitChange", {
            "parent": "projects/repo", "commits": {"base": self.base, "head": self.head}, "callerAnalyzes": True}, ann)
        of_ann = submitted.answer["name"]

        def lease(run, who):
            return self.server.call("mergegate.v1.WorkerService/LeaseTasks", {
                "worker": "w", "maxTasks": 1, "waitSeconds": 0, "run": run, "analyzerBuild": "b"}, who)

        self.assertIn("is analyzed by who submitted it", lease(of_ann, ben).error)
        self.assertTrue(lease(of_ann, ann).ok)
        self.assertIn("by the server's own workers", lease(of_server, ann).error)
        self.assertIn("does not exist", lease(of_ann.replace("projects/repo", "projects/other"), ann).error)

    def test_a_wrong_token_is_an_error_of_its_own(self):
        self.assertEqual(self.check(env={"MERGEGATE_TOKEN": "wrong"}).returncode, AUTH)

    def test_not_waiting_is_pending(self):
        self.assertEqual(self.check("--no-wait").returncode, PENDING)

    def test_reading_verbs(self):
        self.check()
        for verb in (["show", "last"], ["findings", "last"], ["explain", "last"], ["runs"], ["policy", "show"]):
            done = mergegate(self.repo, *verb, env=self.server.client_env())
            self.assertEqual(done.returncode, 0 if verb[0] != "show" else done.returncode, f"{verb}: {done.stderr}")
            self.assertTrue(done.stdout.strip(), verb)
        self.assertEqual(mergegate(self.repo, "replay", "last", env=self.server.client_env()).returncode, PASS)


if __name__ == "__main__":
    unittest.main(verbosity=2)
