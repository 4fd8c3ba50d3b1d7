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
import socket
import subprocess
import time

from harness import PASS, TOP, folder, mergegate
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

    def make_host(self):
        return GitHubDouble(self, app=self.APP) if self.KIND == "github" else GitLabDouble(self)

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

    def api_url(self):
        self.description = DESCRIPTIONS / f"{self.KIND}-slice.json"
        if not PRISM.exists() or not self.description.exists():
            self.skipTest(f"needs {PRISM} (or MERGEGATE_PRISM) and {self.description}: requests are not held against the host's "
                          "description")
        origin = "/".join(self.host.url.split("/")[:3])
        if not hasattr(self, "prism_port"):
            self.start_prism(origin)
        return f"http://127.0.0.1:{self.prism_port}" + self.host.url[len(origin):]

    def start_prism(self, origin):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.prism_port = probe.getsockname()[1]
        self.prism_log = folder(self) / "prism.log"
        with open(self.prism_log, "w") as log:
            prism = subprocess.Popen([str(PRISM), "proxy", "-h", "127.0.0.1", "-p", str(self.prism_port),
                                      str(self.description), origin], stdout=log, stderr=log)
        self.addCleanup(lambda: (prism.kill(), prism.wait()))
        self.host.wait(lambda: "is listening" in self.prism_log.read_text(), what="Prism")

    def tearDown(self):
        if not hasattr(self, "prism_log"):
            return
        text = self.prism_log.read_text()
        self.assertIn("Received forward response", text)
        self.assertEqual([line for line in text.splitlines() if "Violation: request" in line
                          and "route not found" not in line], [])
        described = [(method.upper(), re.sub(r"\{\w+\}", "[^/]+", path))
                     for path, methods in json.loads(self.description.read_text())["paths"].items() for method in methods]
        paths = {(method, path.split("?")[0]) for method, path, *_ in self.host.log}
        lacking = {(method, re.sub(r"/\d+(?=/|$)", "/N", path).replace("projects/N", "projects/42"))
                   for method, path in paths if not any(method == m and re.fullmatch(p, path) for m, p in described)}
        self.assertLessEqual(lacking, NOT_DESCRIBED[self.KIND])
