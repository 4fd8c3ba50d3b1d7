"""A GitHub and a GitLab of some hundred lines, with a memory, rules of the real ones, and faults on demand.

    host = GitHubDouble(self)                                    # stopped with the test
    host.pull(12, head="<40 hex>", lines={"a.cc": range(1, 9)})  # where comments may stand; without `lines`: anywhere
    host.fault("POST", r"/check-runs$", status=502, times=2)     # the next two such requests
    host.fault("PATCH", r"/check-runs/", lose=True)              # it is done, and the answer is lost
    ... api_url: host.url ...
    host.wait(lambda: host.checks and host.checks[-1]["status"] == "completed")
    host.asked("POST", r"/check-runs$")                          # [body, ...] of the requests that were answered well

Faults: status (with headers, body; echo: the body repeats the token), lose (done, then the connection breaks), hang (seconds without an answer), and
before=callable. The rules that are kept: 50 annotations a request, a conclusion with "completed", comments on lines of
the diff only (else the whole review is refused), reviewers who are collaborators, tokens that lapse.
"""
import base64
import gzip
import http.server
import json
import re
import threading
import time
import urllib.parse

DIFF_REFUSED = "Unprocessable Entity: pull_request_review_thread.line must be part of the diff"


class Refused(Exception):
    def __init__(self, status, message, **more):
        super().__init__(message)
        self.status, self.body = status, {"message": message, **more}


class Double:
    """What both have: a server, a log, faults. With a port, which others had before: no connection outlives its answer."""

    def __init__(self, test, port=0):
        self.lock = threading.RLock()
        self.log = []        # (method, path, status, body) of every request, in order
        self.faults = []
        self.headers = []    # of every request
        double = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0" if port else "HTTP/1.1"

            def handle_one(self):
                length = int(self.headers.get("Content-Length") or 0)
                text = self.rfile.read(length) if length else b""
                double.serve(self, self.command, self.path, json.loads(text) if text else None)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_one

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        test.addCleanup(self.stop)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def fault(self, method, pattern, times=1, **what):
        with self.lock:
            self.faults.append({"method": method, "pattern": pattern, "times": times, **what})

    def asked(self, method, pattern):
        with self.lock:
            return [body for m, path, status, body in self.log
                    if m == method and re.search(pattern, path) and 200 <= status < 300]

    def tried(self, method, pattern):
        with self.lock:
            return [status for m, path, status, _ in self.log if m == method and re.search(pattern, path)]

    def wait(self, condition, seconds=60, what="the host to hear it"):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with self.lock:
                if condition():
                    return
            time.sleep(0.05)
        raise AssertionError(f"waited {seconds} s for {what}; the host heard:\n"
                             + "\n".join(f"{m} {p} {s}" for m, p, s, _ in self.log[-40:]))

    def due_fault(self, method, path):
        for fault in self.faults:
            if fault["times"] > 0 and fault["method"] == method and re.search(fault["pattern"], path):
                fault["times"] -= 1
                return fault
        return None

    def serve(self, request, method, path, body):
        with self.lock:
            fault = self.due_fault(method, path) or {}
        if "before" in fault:
            fault["before"]()
        if "hang" in fault:
            time.sleep(fault["hang"])
        headers = {}
        if "status" in fault:
            status, answer, headers = fault["status"], fault.get("body", {"message": "fault"}), fault.get("headers", {})
        else:
            with self.lock:
                try:
                    self.authorize(request.headers, method, path)
                    status, answer = self.answer(method, urllib.parse.urlsplit(path), body)
                except Refused as refused:
                    status, answer = refused.status, refused.body
        if fault.get("echo"):
            answer = {"message": "bad credentials: " + request.headers.get("Authorization", "")}
        with self.lock:
            self.log.append((method, path, status, body))
            self.headers.append(dict(request.headers))
        if fault.get("lose") or "hang" in fault:
            request.close_connection = True
            request.connection.close()
            return
        text = b"" if answer is None else json.dumps(answer).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(text)))
        for name, value in headers.items():
            request.send_header(name, value)
        try:
            request.end_headers()
            request.wfile.write(text)
        except BrokenPipeError:
            request.close_connection = True  # whoever asked is gone

    def answer(self, method, url, body):
        query = dict(urllib.parse.parse_qsl(url.query))
        for route_method, pattern, handler in self.routes():
            match = re.fullmatch(pattern, url.path)
            if match and route_method == method:
                return handler(*match.groups(), body=body, query=query)
        raise Refused(404, "Not Found")


class GitHubDouble(Double):
    TOKEN_SECONDS = 3600

    def __init__(self, test, repository="acme/widget", app=True, port=0):
        super().__init__(test, port)
        self.repository, self.app = repository, app
        self.checks, self.statuses, self.reviews, self.comments, self.issue_comments = [], [], [], [], []
        self.pulls, self.sarifs, self.deliveries, self.redelivered = {}, [], [], []
        self.collaborators = {"ann-gh", "ben-gh", "author-gh"}
        self.tokens, self.tokens_made, self.token_seconds = {}, 0, self.TOKEN_SECONDS
        self.last_id = 1000

    def id(self):
        self.last_id += 1
        return self.last_id

    def pull(self, number, head, lines=None, author="author-gh", **more):
        self.pulls[number] = {"number": number, "head": head, "lines": lines, "author": author, "requested": [],
                              "state": "open", **more}

    def authorize(self, headers, method, path):
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if not headers.get("User-Agent"):
            raise Refused(403, "Request forbidden by administrative rules. User-Agent is missing")
        if re.match(r"/app\b", path) and self.app:
            claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
            if not claims["iat"] <= time.time() or not time.time() < claims["exp"] <= claims["iat"] + 600:
                raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")
        elif self.app and self.tokens.get(token, 0) <= time.time():
            raise Refused(401, "Bad credentials")
        elif not token:
            raise Refused(401, "Requires authentication")

    def routes(self):
        repo = "/repos/" + re.escape(self.repository)
        return [
            ("POST", r"/app/installations/(\d+)/access_tokens", self.make_token),
            ("GET", "/app", lambda **_: (200, {"id": 1, "slug": "mergegate-app"})),
            ("GET", "/user", lambda **_: (200, {"login": "mergegate-app[bot]"})),
            ("GET", "/app/hook/deliveries", lambda **_: (200, self.deliveries)),
            ("POST", r"/app/hook/deliveries/(\d+)/attempts", self.redeliver),
            ("POST", repo + "/check-runs", self.make_check),
            ("PATCH", repo + r"/check-runs/(\d+)", self.change_check),
            ("GET", repo + "/commits/([0-9a-f]{40})/check-runs", self.list_checks),
            ("POST", repo + "/statuses/([0-9a-f]{40})", self.make_status),
            ("GET", repo + "/pulls", lambda **_: (200, [self.pull_json(p) for p in self.pulls.values()
                                                        if p["state"] == "open"])),
            ("GET", repo + r"/pulls/(\d+)", lambda n, **_: (200, self.pull_json(self.pulls[int(n)]))),
            ("POST", repo + r"/pulls/(\d+)/reviews", self.make_review),
            ("GET", repo + r"/pulls/(\d+)/comments", lambda n, **_: (200, [c for c in self.comments
                                                                           if c["pull"] == int(n)])),
            ("POST", repo + r"/pulls/(\d+)/comments", self.make_comment),
            ("GET", repo + r"/pulls/(\d+)/requested_reviewers", self.list_reviewers),
            ("POST", repo + r"/pulls/(\d+)/requested_reviewers", self.add_reviewers),
            ("DELETE", repo + r"/pulls/(\d+)/requested_reviewers", self.drop_reviewers),
            ("GET", repo + r"/issues/(\d+)/comments", lambda n, **_: (200, [c for c in self.issue_comments
                                                                            if c["issue"] == int(n)])),
            ("POST", repo + r"/issues/(\d+)/comments", self.make_issue_comment),
            ("PATCH", repo + r"/issues/comments/(\d+)", self.change_issue_comment),
            ("GET", repo + "/collaborators", lambda **_: (200, [{"login": c} for c in sorted(self.collaborators)])),
            ("POST", repo + "/code-scanning/sarifs", self.take_sarif),
            ("POST", "/graphql", self.graphql),
        ]

    def make_token(self, installation, body, **_):
        self.tokens_made += 1
        token = f"ghs_{installation}_{self.tokens_made}"
        self.tokens[token] = time.time() + self.token_seconds
        return 201, {"token": token, "expires_at": "2099-01-01T00:00:00Z", "permissions": body.get("permissions", {})}

    def forget_tokens(self):
        """As if an hour had gone."""
        self.tokens.clear()

    def redeliver(self, number, **_):
        (delivery,) = [d for d in self.deliveries if d["id"] == int(number)]
        self.redelivered.append(delivery["guid"])
        return 202, {}

    def check_output(self, check, body):
        annotations = body.get("output", {}).get("annotations", [])
        if len(annotations) > 50:
            raise Refused(422, "Invalid request. No more than 50 items are allowed")
        if body.get("status") == "completed" and not body.get("conclusion"):
            raise Refused(422, "conclusion is required when status is completed")
        if "output" in body and not (body["output"].get("title") and body["output"].get("summary")):
            raise Refused(422, "output.title and output.summary are required")
        if len(body.get("output", {}).get("summary", "")) > 65535:
            raise Refused(422, "summary is too long")
        for annotation in annotations:
            if annotation["start_line"] != annotation["end_line"] and "start_column" in annotation:
                raise Refused(422, "start_column needs one line")
        check.update({k: v for k, v in body.items() if k != "output"})
        if body.get("status") == "in_progress":
            check["conclusion"] = None
        check["annotations"] = check.get("annotations", []) + annotations
        check["output"] = {**{k: v for k, v in body.get("output", {}).items() if k != "annotations"},
                           "annotations_count": len(check["annotations"])}

    def shown(self, check):
        return {k: v for k, v in check.items() if k != "annotations"}

    def make_check(self, body, **_):
        if not self.app:
            raise Refused(403, "You must authenticate via a GitHub App.")
        check = {"id": self.id(), "conclusion": None}
        self.check_output(check, body)
        self.checks.append(check)
        return 201, self.shown(check)

    def change_check(self, number, body, **_):
        for check in self.checks:
            if check["id"] == int(number):
                self.check_output(check, body)
                return 200, self.shown(check)
        raise Refused(404, "Not Found")

    def list_checks(self, sha, query, **_):
        found = [self.shown(c) for c in self.checks
                 if c["head_sha"] == sha and query.get("check_name") in (None, c["name"])]
        return 200, {"total_count": len(found), "check_runs": found[::-1]}

    def make_status(self, sha, body, **_):
        if body["state"] not in ("error", "failure", "pending", "success") or len(body.get("description", "")) > 140:
            raise Refused(422, "Validation Failed")
        self.statuses.append({"sha": sha, **body})
        return 201, {"id": self.id(), **body}

    def pull_json(self, pull):
        repo = {"id": 42, "full_name": self.repository}
        return {"number": pull["number"], "state": pull["state"], "draft": False, "title": "Make it smaller",
                "head": {"sha": pull["head"], "ref": "work", "repo": repo},
                "base": {"sha": pull.get("base", "0" * 40), "ref": "main", "repo": repo},
                "user": {"login": pull["author"]}, "updated_at": pull.get("updated", "2026-01-01T00:00:00Z")}

    def shows(self, pull, comment):
        lines = pull["lines"]
        wanted = range(comment.get("start_line", comment["line"]), comment["line"] + 1)
        return lines is None or all(line in lines.get(comment["path"], ()) for line in wanted)

    def make_review(self, number, body, **_):
        pull = self.pulls[int(number)]
        comments = body.get("comments", [])
        if not all(self.shows(pull, comment) for comment in comments):
            raise Refused(422, "Unprocessable Entity", errors=[DIFF_REFUSED])
        review = {"id": self.id(), "pull": int(number), "count": len(comments), "body": body.get("body", ""),
                  "event": body["event"], "commit_id": body.get("commit_id")}
        self.reviews.append(review)
        for comment in comments:
            self.keep_comment(number, comment, review["id"])
        return 200, review

    def keep_comment(self, number, comment, review=None):
        kept = {"id": self.id(), "pull": int(number), "pull_request_review_id": review, "resolved": False,
                "user": {"login": "mergegate-app[bot]"}, **comment}
        self.comments.append(kept)
        return kept

    def make_comment(self, number, body, **_):
        if not self.shows(self.pulls[int(number)], body):
            raise Refused(422, "Validation Failed", errors=[DIFF_REFUSED])
        return 201, self.keep_comment(number, body)

    def list_reviewers(self, number, **_):
        return 200, {"users": [{"login": login} for login in self.pulls[int(number)]["requested"]], "teams": []}

    def add_reviewers(self, number, body, **_):
        pull = self.pulls[int(number)]
        for login in body["reviewers"]:
            if login not in self.collaborators or login == pull["author"]:
                raise Refused(422, "Reviews may only be requested from collaborators.")
        pull["requested"] += [login for login in body["reviewers"] if login not in pull["requested"]]
        return 201, self.pull_json(pull)

    def drop_reviewers(self, number, body, **_):
        pull = self.pulls[int(number)]
        pull["requested"] = [login for login in pull["requested"] if login not in body["reviewers"]]
        return 200, self.pull_json(pull)

    def make_issue_comment(self, number, body, **_):
        comment = {"id": self.id(), "issue": int(number), "user": {"login": "mergegate-app[bot]"}, "body": body["body"]}
        self.issue_comments.append(comment)
        return 201, comment

    def change_issue_comment(self, number, body, **_):
        for comment in self.issue_comments:
            if comment["id"] == int(number):
                comment["body"] = body["body"]
                return 200, comment
        raise Refused(404, "Not Found")

    def take_sarif(self, body, **_):
        if not re.match(r"refs/(heads|pull)/", body["ref"]):
            raise Refused(422, "ref is not valid")
        self.sarifs.append(json.loads(gzip.decompress(base64.b64decode(body["sarif"]))))
        return 202, {"id": "47177e22"}

    def graphql(self, body, **_):
        variables = body["variables"]
        if "resolveReviewThread" in body["query"]:
            for comment in self.comments:
                if f"T{comment['id']}" == variables["id"]:
                    comment["resolved"] = True
            return 200, {"data": {"resolveReviewThread": {"thread": {"id": variables["id"]}}}}
        nodes = [{"id": f"T{c['id']}", "isResolved": c["resolved"], "comments": {"nodes": [
                     {"body": c["body"], "viewerDidAuthor": c["user"]["login"] == "mergegate-app[bot]"}]}}
                 for c in self.comments if c["pull"] == variables["number"]]
        return 200, {"data": {"repository": {"pullRequest": {"reviewThreads": {
            "pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}}}}}


class GitLabDouble(Double):
    """One project, number 42, under /api/v4."""

    ME = {"id": 1, "username": "mergegate"}

    def __init__(self, test, port=0):
        super().__init__(test, port)
        self.url += "/api/v4"
        self.statuses, self.notes, self.discussions, self.requests = [], [], [], {}
        self.members = {"ann-gl": 5, "ben-gl": 6}
        self.last_id = 100

    def id(self):
        self.last_id += 1
        return self.last_id

    def request(self, number, head, base, lines=None, reviewers=()):
        """`lines`: {path: {new line: old line or None}} that take comments."""
        self.requests[number] = {"iid": number, "head": head, "base": base, "lines": lines,
                                 "reviewers": list(reviewers), "author": 9, "state": "opened"}

    def authorize(self, headers, method, path):
        if not headers.get("PRIVATE-TOKEN"):
            raise Refused(401, "401 Unauthorized")

    def routes(self):
        project = "/api/v4/projects/42"
        request = project + r"/merge_requests/(\d+)"
        return [
            ("GET", "/api/v4/user", lambda **_: (200, self.ME)),
            ("POST", project + "/statuses/([0-9a-f]{40})", self.make_status),
            ("GET", project + "/merge_requests", lambda **_: (200, [self.request_json(r)
                                                                    for r in self.requests.values()])),
            ("GET", request, lambda n, **_: (200, self.request_json(self.requests[int(n)]))),
            ("PUT", request, self.change_request),
            ("GET", request + "/versions", self.versions),
            ("GET", request + "/notes", lambda n, **_: (200, self.notes)),
            ("POST", request + "/notes", self.make_note),
            ("PUT", request + r"/notes/(\d+)", self.change_note),
            ("GET", request + "/discussions", lambda n, **_: (200, self.discussions)),
            ("POST", request + "/discussions", self.make_discussion),
            ("PUT", request + r"/discussions/(\w+)", self.resolve),
            ("GET", project + "/members/all", self.list_members),
        ]

    def request_json(self, request):
        return {"iid": request["iid"], "sha": request["head"], "author": {"id": request["author"]},
                "reviewers": [{"id": reviewer} for reviewer in request["reviewers"]], "state": request["state"]}

    def make_status(self, sha, body, **_):
        if body["state"] not in ("pending", "running", "success", "failed", "canceled", "skipped"):
            raise Refused(400, "state does not have a valid value")
        last = next((s for s in self.statuses[::-1] if s["sha"] == sha), None)
        if last and last["state"] == body["state"]:
            raise Refused(400, f"Cannot transition status via :run from :{body['state']} (Reason(s): Status cannot "
                               "transition via \"run\")")
        self.statuses.append({"sha": sha, **body})
        return 201, {"id": self.id(), **body}

    def change_request(self, number, body, **_):
        if any(not isinstance(reviewer, int) for reviewer in body["reviewer_ids"]):
            raise Refused(400, "reviewer_ids is invalid")
        self.requests[int(number)]["reviewers"] = list(body["reviewer_ids"])
        return 200, self.request_json(self.requests[int(number)])

    def versions(self, number, **_):
        request = self.requests[int(number)]
        return 200, [{"id": 2, "head_commit_sha": request["head"], "base_commit_sha": request["base"],
                      "start_commit_sha": request["base"]}]

    def make_note(self, number, body, **_):
        note = {"id": self.id(), "author": self.ME, "body": body["body"]}
        self.notes.append(note)
        return 201, note

    def change_note(self, number, note_id, body, **_):
        for note in self.notes:
            if note["id"] == int(note_id):
                note["body"] = body["body"]
                return 200, note
        raise Refused(404, "404 Not found")

    def make_discussion(self, number, body, **_):
        request, position = self.requests[int(number)], body["position"]
        if {position["base_sha"], position["start_sha"]} != {request["base"]} or position["head_sha"] != request["head"]:
            raise Refused(400, "position is invalid")
        lines = request["lines"]
        if lines is not None and lines.get(position["new_path"], {}).get(position["new_line"], -1) != position.get("old_line"):
            raise Refused(400, "Note {:line_code=>[\"can't be blank\", \"must be a valid line code\"]}")
        discussion = {"id": f"d{self.id()}",
                      "notes": [{"id": self.id(), "author": self.ME, "body": body["body"], "resolved": False,
                                 "position": position}]}
        self.discussions.append(discussion)
        return 201, discussion

    def resolve(self, number, discussion, body, **_):
        for known in self.discussions:
            if known["id"] == discussion:
                known["notes"][0]["resolved"] = body["resolved"]
                return 200, known
        raise Refused(404, "404 Not found")

    def list_members(self, query, **_):
        return 200, [{"id": number, "username": name} for name, number in self.members.items()
                     if query.get("query", "") in name]


class ChatDouble(Double):
    """The incoming webhook of a chat."""

    def __init__(self, test):
        super().__init__(test)
        self.said = []

    def authorize(self, headers, method, path):
        pass

    def routes(self):
        return [("POST", "/services/.*", self.hear)]

    def hear(self, body, **_):
        if not body.get("text") or len(body.get("blocks", [])) > 50:
            raise Refused(400, "invalid_blocks")
        self.said.append(body)
        return 200, "ok"
