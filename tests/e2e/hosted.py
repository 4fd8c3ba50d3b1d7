"""What stories about hosts share: a server that is configured for a double of a host, what both are asked, and the
host's own description in between.

    class GitHub(Hosted, unittest.TestCase):         # setUp makes self.host, self.home, self.repo, self.server
        def test_...(self): ...; self.quiet(); self.completed(head); self.assertEqual(self.dead(), [])
    class GitHubBehindPrism(BehindPrism, GitHub): ...     # the same; every request is held against the description
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

from harness import PASS, TOP, free_address, mergegate
from host_double import GitHubDouble, GitLabDouble

MARK = "<!-- mergegate:"
# The hosts' own descriptions of their interfaces, and the program that holds requests against them.
DESCRIPTIONS = TOP.parent / "shared/integrations/doubles"
PRISM = pathlib.Path(os.environ.get("MERGEGATE_PRISM", TOP / "tests/tools/node_modules/.bin/prism"))
# What the descriptions lack; everything else that is asked is held against them.
NOT_DESCRIBED = {"github": {("POST", "/graphql"), ("GET", "/user"), ("PATCH", "/repos/acme/widget/issues/comments/N")},
                 "gitlab": {("PUT", "/api/v4/projects/42/merge_requests/N/notes/N")}}


class Hosted:
    KIND, APP = "github", True

    def make_host(self, port=0):
        return GitHubDouble(self, app=self.APP, port=port) if self.KIND == "github" else GitLabDouble(self, port=port)

    def api_url(self):
        return self.host.url

    def rights(self):
        """Fields of the host's configuration: where it is, and as whom it is spoken to."""
        key = self.home / "app.pem"
        if not key.exists():
            subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
        (self.home / "token").write_text("token-of-the-bot\n")
        who = f"app_id: '1', private_key: 'file:{key}'" if self.APP and self.KIND == "github" else \
            f"token: 'file:{self.home}/token'"
        return f"api_url: '{self.api_url()}', web_url: 'https://hub.example', {who}"

    def start(self):
        """Starts self.server, and sees to its end."""
        self.server.start()
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.kill())

    def restart(self, kill=False):
        if self.server.process.poll() is None:
            self.server.kill() if kill else self.server.stop()
        for attempt in range(20):  # a worker of the one that was killed may hold its port for a moment
            try:
                return self.server.start()
            except RuntimeError:
                if attempt == 19:
                    raise
                time.sleep(0.2)

    def cli(self, *arguments, who=None):
        env = {**self.server.client_env(), **({"MERGEGATE_AS": who} if who else {})}
        return mergegate(self.repo, *arguments, env=env)

    def completed(self, head, count=1):
        """The check runs of a commit, all of which have ended."""
        self.host.wait(lambda: [c["status"] for c in self.host.checks if c["head_sha"] == head] == ["completed"] * count,
                       what=f"a final status of {head[:8]}")
        return [c for c in self.host.checks if c["head_sha"] == head]

    def waiting(self):
        done = self.cli("admin", "outbox", "list", "--format", "json")
        self.assertEqual(done.returncode, PASS, done.stderr)
        return [message for message in map(json.loads, done.stdout.splitlines()) if message["kind"] != "overdue"]

    def quiet(self):
        """Waits until the outbox is empty."""
        self.host.wait(lambda: not self.waiting(), what="an empty outbox")

    def dead(self):
        done = self.cli("admin", "outbox", "list", "--dead", "--format", "json")
        return [json.loads(line) for line in done.stdout.splitlines()]


class BehindPrism:
    """The same stories; every request is held against the host's own description, strictly."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.description = DESCRIPTIONS / f"{cls.KIND}-slice.json"
        if not PRISM.exists() or not cls.description.exists():
            raise unittest.SkipTest(f"needs {PRISM} (or MERGEGATE_PRISM) and {cls.description}: requests are not held "
                                    "against the host's description")
        cls.address, cls.behind = free_address(), free_address()
        place = pathlib.Path(tempfile.mkdtemp(prefix="mergegate-prism-"))
        cls.addClassCleanup(shutil.rmtree, place, ignore_errors=True)
        cls.prism_log = place / "log"
        with open(cls.prism_log, "w") as log:
            prism = subprocess.Popen([str(PRISM), "proxy", "-h", "127.0.0.1", "-p", cls.address.split(":")[1],
                                      str(cls.description), f"http://{cls.behind}"], stdout=log, stderr=log)
        cls.addClassCleanup(lambda: (prism.kill(), prism.wait()))
        end = time.monotonic() + 120
        while "is listening" not in cls.prism_log.read_text():
            if time.monotonic() > end or prism.poll() is not None:
                raise RuntimeError(f"Prism does not start:\n{cls.prism_log.read_text()}")
            time.sleep(0.1)

    def make_host(self):
        self.log_begins = len(self.prism_log.read_text())
        return super().make_host(port=int(self.behind.split(":")[1]))

    def api_url(self):
        return self.host.url.replace(self.behind, self.address)

    def violations(self):
        """What was asked otherwise than described since the last call, and since the test began."""
        text = self.prism_log.read_text()
        lines, self.log_begins = text[self.log_begins:].splitlines(), len(text)
        self.assertTrue(any("Received forward response" in line for line in lines))
        return [line for line in lines if "Violation: request" in line and "route not found" not in line]

    def tearDown(self):
        self.assertEqual(self.violations(), [])
        described = [(method.upper(), re.sub(r"\{\w+\}", "[^/]+", path))
                     for path, methods in json.loads(self.description.read_text())["paths"].items() for method in methods]
        paths = {(method, path.split("?")[0]) for method, path, *_ in self.host.log}
        lacking = {(method, re.sub(r"/\d+(?=/|$)", "/N", path).replace("projects/N", "projects/42"))
                   for method, path in paths if not any(method == m and re.fullmatch(p, path) for m, p in described)}
        self.assertLessEqual(lacking, NOT_DESCRIBED[self.KIND])
