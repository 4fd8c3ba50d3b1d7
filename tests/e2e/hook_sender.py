"""A host as the server sees it: signed webhooks, and git repositories under a folder.

    hub = Hub(test, repo)                 # acme/widget, repository number 42, is repo
    Server(test, "--config", hub.config)
    hub.find(server); hub.send("pull_request", hub.pull("opened", head))     # 202
"""
import base64
import datetime
import hashlib
import hmac
import http.client
import json
import time
import uuid

from harness import folder

SECRET, TOKEN = "hook-secret", "lab-token"


def wait_for(condition, server, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError((server.data / "log").read_text()[-5000:])
        time.sleep(0.05)


class Hub:
    """`github`, `gitlab`: more fields of the two hosts ("api_url: ..., token: ...")."""

    def __init__(self, test, repo, github="", gitlab=""):
        self.folder = folder(test)
        self.name = "acme/widget"
        self.repo = repo
        self.clock = 1_800_000_000
        (self.folder / "acme").mkdir()
        self.show()
        for name, text in [("secret", SECRET), ("token", TOKEN)]:
            (self.folder / name).write_text(text + "\n")
            (self.folder / name).chmod(0o600)
        self.config = self.folder / "server.yaml"
        self.config.write_text(
            f"hosts:\n"
            f"  - {{name: hub, kind: github, git_url: 'file://{self.folder}', webhook_secrets: ['file:{self.folder}/secret'], {github}}}\n"
            f"  - {{name: lab, kind: gitlab, git_url: 'file://{self.folder}', webhook_secrets: ['file:{self.folder}/token'], {gitlab}}}\n")

    def moment(self):
        return datetime.datetime.fromtimestamp(self.clock, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def find(self, server):
        """The server that is called from now on."""
        self.port = int(server.http.rsplit(":", 1)[1])

    def place(self):
        return self.folder / (self.name + ".git")

    def show(self):
        self.place().symlink_to(self.repo.path / ".git")

    def hide(self):
        self.place().unlink()

    def rename(self, name):
        self.hide()
        self.name = name
        self.show()

    def repository(self):
        return {"id": 42, "full_name": self.name, "default_branch": "main"}

    def pull(self, action, head, before=None):
        """An event of pull request 12."""
        event = {"action": action, "number": 12, "repository": self.repository(), "installation": {"id": 7},
                 "sender": {"login": "ann", "id": 1, "type": "User"},
                 "pull_request": {"number": 12, "state": "open", "draft": False, "title": "Widen", "merged": False,
                                  "updated_at": self.moment(),
                                  "user": {"login": "ann", "id": 1},
                                  "head": {"sha": head, "ref": "wide", "repo": {"id": 42}},
                                  "base": {"sha": self.repo.git("rev-parse", "main"), "ref": "main",
                                           "repo": {"id": 42}}}}
        if before:
            event.update(before=before, after=head)
        return event

    def check(self, action, head, kind="check_run"):
        """An event of a check run, or a check suite, of ours; it names no pull request, as for forks."""
        return {"action": action, "repository": self.repository(), "installation": {"id": 7},
                kind: {"head_sha": head, "pull_requests": []}, "sender": {"login": "ann", "type": "User"}}

    def merge_group(self, action, head):
        """An entry of the merge queue of main."""
        return {"action": action, "repository": self.repository(), "installation": {"id": 7},
                "merge_group": {"head_sha": head, "head_ref": "refs/heads/gh-readonly-queue/main/pr-12",
                                "base_sha": self.repo.git("rev-parse", "main"), "base_ref": "refs/heads/main",
                                "head_commit": {"message": "Merge #12", "timestamp": "2027-01-15T08:00:00Z"}}}

    def comment(self, text, login, number=12):
        return {"action": "created", "repository": self.repository(), "installation": {"id": 7},
                "issue": {"number": number, "user": {"login": "ann"}, "pull_request": {"url": "x"}},
                "comment": {"id": uuid.uuid4().int % 10**12, "body": text, "author_association": "NONE",
                            "user": {"login": login, "id": 5, "type": "Bot" if login.endswith("[bot]") else "User"}},
                "sender": {"login": login, "type": "User"}}

    def merge_request(self, action, head, oldrev=None):
        """An event of merge request 3."""
        state = {"merge": "merged", "close": "closed"}.get(action, "opened")
        moment = datetime.datetime.fromtimestamp(self.clock, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
        return {"object_kind": "merge_request", "user": {"id": 1, "username": "ann"},
                "project": {"id": 42, "path_with_namespace": self.name, "default_branch": "main"},
                "object_attributes": {"id": 900, "iid": 3, "action": action, "state": state, "author_id": 1,
                                      **({"oldrev": oldrev} if oldrev else {}),
                                      "title": "Widen", "source_branch": "wide", "target_branch": "main",
                                      "source_project_id": 42, "target_project_id": 42,
                                      "updated_at": moment, "last_commit": {"id": head}}}

    def note(self, text, username, head):
        """A comment on merge request 3."""
        return {"object_kind": "note", "user": {"id": 5, "username": username},
                "project": {"id": 42, "path_with_namespace": self.name, "default_branch": "main"},
                "object_attributes": {"id": uuid.uuid4().int % 10**9, "note": text, "noteable_type": "MergeRequest",
                                      "action": "create", "system": False, "created_at": "2027-01-15 08:00:00 UTC"},
                "merge_request": self.merge_request("open", head)["object_attributes"]}

    def send(self, event, body, delivery=None):
        """The status of the answer."""
        headers = {"X-GitHub-Delivery": delivery} if delivery else {}
        return self.post(event, json.dumps(body).encode(), headers)

    def post(self, event, body, headers=None, secret=SECRET, host="hub"):
        """Header names in any case; None leaves one out."""
        signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        fields = {"x-github-EVENT": event, "X-GitHub-Delivery": str(uuid.uuid4()), "X-Hub-Signature-256": signature,
                  "Content-Type": "application/json", **(headers or {})}
        return self.call(f"/hooks/{host}/acme", body, fields)

    def send_gitlab(self, event, body, token=TOKEN, delivery=None):
        return self.call("/hooks/lab/acme", json.dumps(body).encode(),
                         {"X-Gitlab-Event": event, "X-Gitlab-Token": token, "Content-Type": "application/json",
                          "Idempotency-Key": delivery or str(uuid.uuid4())})

    def call(self, path, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, body, {k: v for k, v in headers.items() if v is not None})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


def standard_signature(secret, identity, timestamp, body):
    """As Standard Webhooks want it; `secret` is "whsec_" and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{identity}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
