"""The HTTP edge as strangers meet it: real sockets, curl, buf, openssl; slow, large, broken and many."""
import gzip
import json
import pathlib
import re
import resource
import shutil
import socket
import ssl
import subprocess
import unittest

from harness import BIN, BUF, CLEAN, PASS, Repository, Server, folder, free_address, mergegate, run

RUNS = "mergegate.v1.RunService"
WHO_AM_I = "/mergegate.v1.AccessService/WhoAmI"


def connect(address):
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=60)


def read_all(sock):
    data = b""
    while piece := sock.recv(65536):
        data += piece
    return data


def talk(address, request):
    with connect(address) as sock:
        sock.sendall(request)
        return read_all(sock)


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition("\r\n\r\n")
        while head.startswith("HTTP/1.1 100"):
            head, _, self.body = self.body.partition("\r\n\r\n")
        lines = head.split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:])}

    @property
    def json(self):
        return json.loads(self.body)


class HttpCase(unittest.TestCase):
    def serve(self, *arguments, scheme="http", data=None):
        self.server = Server(self, *arguments, data=data)
        self.base = f"{scheme}://{self.server.http}"
        self.server.start()
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.stop())
        return self.server

    def curl(self, path, *arguments, token=None, data=None, url=None):
        headers = ["-H", f"Authorization: Bearer {token}"] if token else []
        done = subprocess.run(["curl", "-sS", "-i", "--max-time", "60", *headers, *map(str, arguments),
                               *(["--data-binary", "@-"] if data is not None else []), (url or self.base) + path],
                              input=data, capture_output=True, env=CLEAN)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return Answer(done.stdout.decode(errors="replace").replace("\r\n", "\n").replace("\n", "\r\n"))

    def call(self, method, message, *arguments, token=None):
        return self.curl(f"/{method}", "-H", "Content-Type: application/json", *arguments,
                         token=self.server.token if token is None else token, data=json.dumps(message).encode())

    def log(self):
        return (self.server.data / "log").read_text()


class Health(HttpCase):
    def test_health_readiness_and_metrics(self):
        self.serve()
        self.assertEqual(self.curl("/healthz").body, "ok\r\n")
        head = self.curl("/healthz", "--head")
        self.assertEqual((head.status, head.headers["content-length"], head.body), (200, "3", ""))
        while self.curl("/readyz").status == 503:  # until the worker has asked for work
            pass
        self.assertIn("store: ok", self.curl("/readyz").body)
        self.call(WHO_AM_I[1:], {})
        metrics = self.curl("/metrics")
        self.assertEqual(metrics.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")
        for line in ("mergegate_workers_present 1", 'mergegate_waiting{queue="runs"} 0',
                     'mergegate_http_requests_total{route="/healthz",status="200"} 2',
                     'mergegate_grpc_calls_total{method="mergegate.v1.AccessService/WhoAmI",code="OK"} 1'):
            self.assertIn(line, metrics.body)

    def test_without_a_worker_it_is_alive_but_not_ready(self):
        self.serve("--no-worker")
        self.assertEqual(self.curl("/healthz").status, 200)
        ready = self.curl("/readyz")
        self.assertEqual(ready.status, 503)
        self.assertIn("worker: none asked for work", ready.body)

    def test_wrong_paths_and_verbs_are_told_as_problems(self):
        self.serve("--no-worker")
        nothing = self.curl("/nothing")
        self.assertEqual((nothing.status, nothing.headers["content-type"]), (404, "application/problem+json"))
        self.assertEqual(nothing.json["status"], 404)
        wrong = self.curl("/healthz", "-X", "DELETE")
        self.assertEqual((wrong.status, wrong.headers["allow"]), (405, "GET, HEAD, OPTIONS"))
        self.assertEqual(self.curl("/healthz", "-X", "OPTIONS").status, 204)


class Limits(HttpCase):
    def test_slow_clients_are_told_and_hurt_nobody(self):
        self.serve("--no-worker", "--http-header-seconds", "1", "--http-body-seconds", "1")
        with connect(self.server.http) as header, connect(self.server.http) as body:
            header.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-")
            body.sendall(b"POST " + WHO_AM_I.encode() +
                         b" HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{")
            self.assertEqual(self.curl("/healthz").status, 200)
            self.assertTrue(read_all(header).startswith(b"HTTP/1.1 408"))
            self.assertTrue(read_all(body).startswith(b"HTTP/1.1 408"))

    def test_a_thousand_connections_and_one_more(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 4096:
            self.skipTest(f"this machine allows {hard} files a process only")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
        self.serve("--no-worker")
        crowd = []
        try:
            for i in range(1000):
                crowd.append(connect(self.server.http))
                if i % 2:
                    crowd[-1].sendall(b"GET /healthz HTTP/1.1\r\nHos")
            self.assertEqual(self.curl("/healthz").status, 200)
            self.assertEqual(self.call(WHO_AM_I[1:], {}).status, 200)
            crowd[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            self.assertTrue(read_all(crowd[0]).startswith(b"HTTP/1.1 200"))
        finally:
            for sock in crowd:
                sock.close()

    def test_a_full_house_lets_go_who_waits_longest(self):
        self.serve("--no-worker", "--http-connections", "50")
        crowd = [connect(self.server.http) for _ in range(50)]
        self.assertEqual(self.curl("/healthz").status, 200)
        self.assertEqual(crowd[0].recv(1), b"")
        for sock in crowd:
            sock.close()

    def test_who_never_reads_holds_nothing_of_others(self):
        self.serve("--no-worker")
        deaf = [connect(self.server.http) for _ in range(20)]
        for sock in deaf:
            sock.setblocking(False)
            try:
                while True:
                    sock.send(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 100)
            except BlockingIOError:
                pass
        for _ in range(20):
            self.assertEqual(self.curl("/readyz").status, 503)
        for sock in deaf:
            sock.close()

    def test_too_much_is_refused(self):
        self.serve("--no-worker")
        large = b" " * (33 << 20)
        for encoding in ([], ["-H", "Transfer-Encoding: chunked"]):
            answer = self.curl(WHO_AM_I, "-H", "Content-Type: application/json", *encoding, data=large)
            self.assertEqual(answer.status, 413)
            self.assertEqual(answer.json["title"], "Content Too Large")
        self.assertEqual(self.curl("/healthz", "-H", "X-Long: " + "x" * 20000).status, 431)
        bomb = gzip.compress(b" " * (200 << 20))
        self.assertLess(len(bomb), 1 << 20)
        for token, status, code in ((self.server.token, 429, "resource_exhausted"), ("nobody", 401, "unauthenticated")):
            answer = self.curl(WHO_AM_I, "-H", "Content-Type: application/json", "-H", "Content-Encoding: gzip",
                               token=token, data=bomb)
            self.assertEqual((answer.status, answer.json["code"]), (status, code))

    def test_requests_in_one_piece_are_answered_in_their_order(self):
        self.serve("--no-worker")
        call = (f"POST {WHO_AM_I} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                f"Authorization: Bearer {self.server.token}\r\nX-Request-Id: second\r\nContent-Length: 2\r\n\r\n{{}}")
        answer = talk(self.server.http, ("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request-Id: first\r\n\r\n" + call +
                                         "GET /nothing HTTP/1.1\r\nHost: a\r\nX-Request-Id: third\r\n"
                                         "Connection: close\r\n\r\n").encode()).decode()
        ids, statuses = re.findall(r"X-Request-Id: (\w+)", answer), re.findall(r"HTTP/1\.1 (\d+)", answer)
        self.assertEqual((ids, statuses), (["first", "second", "third"], ["200", "200", "404"]))

    def test_what_is_no_http_is_told_so(self):
        self.serve("--no-worker")
        for request, status in ((b"\x16\x03\x01\x00\xa5\x01\r\n\r\n", 400), (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
                                (b"GET / HTTP/1.1\r\n\r\n", 400),
                                (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501)):
            self.assertEqual(int(talk(self.server.http, request).split()[1]), status, request)


class Stopping(HttpCase):
    def test_what_is_under_way_finishes_and_nobody_new_comes_in(self):
        self.serve("--no-worker")
        body = b'{"worker": "w", "analyzerBuild": "b", "maxTasks": 1, "waitSeconds": 2}'
        with connect(self.server.http) as waiting:
            waiting.sendall((f"POST /mergegate.v1.WorkerService/LeaseTasks HTTP/1.1\r\nHost: a\r\n"
                             f"Content-Type: application/json\r\nAuthorization: Bearer {self.server.token}\r\n"
                             f"Content-Length: {len(body)}\r\n\r\n").encode() + body)
            while 'mergegate_under_way{queue="http"} 2' not in self.curl("/metrics").body:  # it, and this question
                pass
            self.server.process.terminate()
            refused = False
            while not refused:
                try:
                    connect(self.server.http).close()
                except ConnectionError:
                    refused = True
            answer = read_all(waiting).decode()
        self.assertTrue(answer.startswith("HTTP/1.1 200"), answer)
        self.assertIn("Connection: close", answer)
        self.assertEqual(self.server.stop(), 0)


class Connect(HttpCase):
    def setUp(self):
        self.serve("--no-worker")
        self.assertEqual(self.call("mergegate.v1.ProjectService/CreateProject", {"projectId": "p"}).status, 200)

    def test_a_call_over_http_has_the_roles_of_grpc(self):
        self.assertEqual(self.call(WHO_AM_I[1:], {}).json["role"], "ROLE_ADMIN")
        self.assertEqual(self.call(WHO_AM_I[1:], {}, token="wrong").status, 401)
        nobody = self.curl(WHO_AM_I, "-H", "Content-Type: application/json", data=b"{}")
        self.assertEqual((nobody.status, nobody.headers["www-authenticate"]), (401, "Bearer"))
        self.assertEqual(nobody.json["code"], "unauthenticated")
        made = self.call("mergegate.v1.AccessService/CreateToken",
                         {"token": {"person": "ann@example.org", "role": "ROLE_VIEWER"}})
        self.assertEqual(made.status, 200, made.body)
        token = made.json["text"]
        refused = self.call("mergegate.v1.ProjectService/CreateProject", {"projectId": "q"}, token=token)
        self.assertEqual((refused.status, refused.json["code"]), (403, "permission_denied"))
        self.assertEqual(refused.json["details"][0]["debug"]["reason"], "ROLE_MISSING")

    def test_errors_carry_code_message_and_details(self):
        missing = self.call(f"{RUNS}/GetRun", {"name": "projects/p/runs/none"})
        self.assertEqual((missing.status, missing.json["code"]), (404, "not_found"))
        unknown = self.call(f"{RUNS}/GetRun", {"nam": "x"})
        self.assertEqual((unknown.status, unknown.json["code"]), (400, "invalid_argument"))
        self.assertIn("nam", unknown.json["message"])
        self.assertEqual(self.curl(f"/{RUNS}/GetRun", "-H", "Content-Type: application/json", data=b"").status, 400)
        self.assertEqual(self.curl(f"/{RUNS}/GetRun", "-H", "Content-Type: text/plain", data=b"{}").status, 415)
        self.assertEqual(self.call(f"{RUNS}/WatchRun", {}).status, 501)
        self.assertEqual(self.call(f"{RUNS}/GetRun", {}, "-H", "Connect-Protocol-Version: 2").status, 400)
        self.assertEqual(self.call(f"{RUNS}/GetRun", {}, "-H", "Connect-Timeout-Ms: soon").status, 400)
        self.assertEqual(self.call(f"{RUNS}/GetRun", {}, token="caf\u00e9").status, 400)

    def test_a_timeout_is_the_callers(self):
        late = self.call("mergegate.v1.WorkerService/LeaseTasks",
                         {"worker": "w", "analyzerBuild": "b", "maxTasks": 1, "waitSeconds": 20}, "-H", "Connect-Timeout-Ms: 200")
        self.assertEqual((late.status, late.json["code"]), (504, "deadline_exceeded"))

    def test_reading_methods_answer_get(self):
        answer = self.curl("/mergegate.v1.ProjectService/GetProject?encoding=json&message=%7B%22name%22:%22projects/p%22%7D",
                           token=self.server.token)
        self.assertEqual((answer.status, answer.json["name"]), (200, "projects/p"), answer.body)
        self.assertEqual(self.curl("/mergegate.v1.ProjectService/CreateProject?encoding=json&message=%7B%7D",
                                   token=self.server.token).status, 405)

    def test_compression_both_ways(self):
        body = gzip.compress(b'{"name": "projects/p"}')
        answer = self.curl("/mergegate.v1.ProjectService/GetProject", "-H", "Content-Type: application/json", "-H",
                           "Content-Encoding: gzip", token=self.server.token, data=body)
        self.assertEqual(answer.json["name"], "projects/p")
        text = self.call("mergegate.v1.ServerService/GetMetrics", {}, "--compressed")
        self.assertEqual(text.headers["content-encoding"], "gzip")
        self.assertIn("mergegate_runs_total", text.json["text"])

    @unittest.skipUnless(BUF.exists(), "buf is not installed: tests/run installs it")
    def test_a_connect_client_of_others(self):
        def buf(method, message, *arguments):
            return run(BUF, "curl", "--schema", pathlib.Path(__file__).parents[2] / "proto", "--protocol", "connect", "-H",
                       f"authorization: Bearer {self.server.token}", "-d", json.dumps(message), *arguments,
                       f"{self.base}/{method}")
        done = buf("mergegate.v1.ProjectService/GetProject", {"name": "projects/p"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["name"], "projects/p")
        failed = buf(f"{RUNS}/GetRun", {"name": "projects/p/runs/none"})
        self.assertNotEqual(failed.returncode, 0)
        error = json.loads(failed.stderr)
        self.assertEqual(error["code"], "not_found")
        self.assertTrue(error["details"], failed.stderr)

    def test_pages_of_other_origins_need_a_word(self):
        page = "https://gate.example.org"
        self.assertNotIn("access-control-allow-origin", self.curl("/healthz", "-H", f"Origin: {page}").headers)
        self.server.stop()
        self.serve("--no-worker", "--http-origin", page)
        preflight = self.curl(WHO_AM_I, "-X", "OPTIONS", "-H", f"Origin: {page}", "-H",
                              "Access-Control-Request-Method: POST")
        self.assertEqual((preflight.status, preflight.headers["access-control-allow-origin"]), (204, page))
        self.assertEqual(self.call(WHO_AM_I[1:], {}, "-H", f"Origin: {page}").headers["access-control-allow-origin"], page)
        self.assertNotIn("access-control-allow-origin",
                         self.call(WHO_AM_I[1:], {}, "-H", "Origin: https://evil.example").headers)

    def test_the_log_has_no_secrets(self):
        self.call(WHO_AM_I[1:], {}, token="mg_secret_of_somebody")
        self.curl("/nothing?token=in-the-query")
        self.curl("/nothing%0ainjected")
        log = self.log()
        for secret in (self.server.token, "mg_secret_of_somebody", "in-the-query"):
            self.assertNotIn(secret, log)
        self.assertRegex(log, r"http [0-9a-f]{16} 127\.0\.0\.1 POST /mergegate\.v1\.AccessService/WhoAmI 401 [0-9.]+ ms")


def certificate(where, name, authority=None, subject="localhost"):
    """NAME.pem and NAME.key, signed by AUTHORITY.key or by itself."""
    signed = ["-CA", where / f"{authority}.pem", "-CAkey", where / f"{authority}.key"] if authority else []
    done = run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
               "-subj", f"/CN={subject}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", *signed, "-keyout",
               where / f"{name}.key", "-out", where / f"{name}.pem")
    if done.returncode != 0:
        raise RuntimeError(done.stderr)


def serial(address, authority):
    context = ssl.create_default_context(cafile=authority)
    with connect(address) as raw, context.wrap_socket(raw, server_hostname="localhost") as sock:
        return sock.getpeercert()["serialNumber"]


class Tls(HttpCase):
    def setUp(self):
        self.files = folder(self)
        certificate(self.files, "ca", subject="an authority")
        certificate(self.files, "server", "ca")
        certificate(self.files, "client", "ca", subject="a client")
        self.tls = ["--tls-cert", self.files / "server.pem", "--tls-key", self.files / "server.key"]

    def buf(self, method, *arguments):
        return run(BUF, "curl", "--protocol", "grpc", "--schema", pathlib.Path(__file__).parents[2] / "proto", "-H",
                   f"authorization: Bearer {self.server.token}", "-d", "{}", *arguments,
                   f"https://{self.server.address}/{method}")

    def serve_tls(self, *arguments):
        self.serve("--no-worker", *map(str, [*self.tls, *arguments]), scheme="https")

    def test_http_speaks_tls(self):
        self.serve_tls()
        self.assertEqual(self.curl("/healthz", "--cacert", self.files / "ca.pem").status, 200)
        self.assertEqual(self.call(WHO_AM_I[1:], {}, "--cacert", self.files / "ca.pem").status, 200)
        plain = subprocess.run(["curl", "-sS", f"http://{self.server.http}/healthz"], capture_output=True, env=CLEAN)
        self.assertNotEqual(plain.returncode, 0)

    @unittest.skipUnless(BUF.exists(), "buf is not installed: tests/run installs it")
    def test_grpc_speaks_tls(self):
        self.serve_tls()
        done = self.buf("mergegate.v1.AccessService/WhoAmI", "--cacert", self.files / "ca.pem")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_mutual_tls_wants_a_certificate_of_the_client(self):
        self.serve_tls("--tls-client-ca", self.files / "ca.pem")
        own = ["--cert", self.files / "client.pem", "--key", self.files / "client.key"]
        self.assertEqual(self.curl("/healthz", "--cacert", self.files / "ca.pem", *own).status, 200)
        without = subprocess.run(["curl", "-sS", "--cacert", str(self.files / "ca.pem"), f"{self.base}/healthz"],
                                 capture_output=True, env=CLEAN)
        self.assertNotEqual(without.returncode, 0)
        # A certificate admits to the door; what one may do, the token says.
        self.assertEqual(self.call(WHO_AM_I[1:], {}, "--cacert", self.files / "ca.pem", *own, token="wrong").status, 401)

    def test_the_command_line_speaks_tls(self):
        self.serve_tls()
        repo, env = Repository(self), {"MERGEGATE_TOKEN": self.server.token}
        verb = ["admin", "token", "list", "--server", f"https://{self.server.address}"]
        done = mergegate(repo, *verb, "--tls-ca", self.files / "ca.pem", env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotEqual(mergegate(repo, *verb, env=env).returncode, 0)  # an authority that nobody trusts

    def test_the_command_line_shows_its_certificate(self):
        self.serve_tls("--tls-client-ca", self.files / "ca.pem")
        repo, env = Repository(self), {"MERGEGATE_TOKEN": self.server.token}
        verb = ["admin", "token", "list", "--server", f"https://{self.server.address}", "--tls-ca", self.files / "ca.pem"]
        self.assertNotEqual(mergegate(repo, *verb, env=env).returncode, 0)
        done = mergegate(repo, *verb, "--tls-cert", self.files / "client.pem", "--tls-key", self.files / "client.key", env=env)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_here_analyzes_behind_mutual_tls(self):
        self.serve_tls("--tls-client-ca", self.files / "ca.pem")
        repo = Repository(self)
        base = repo.commit({"a.cc": "int One() { return 1; }\n"})
        head = repo.commit({"a.cc": "int One() { return 1; }\nint Two() { return 2; }\n"})
        done = mergegate(repo, "check", "--here", "--base", base, "--head", head, "--compile-commands",
                         repo.compile_commands("a.cc"), "--server", f"https://{self.server.address}", "--tls-ca",
                         self.files / "ca.pem", "--tls-cert", self.files / "client.pem", "--tls-key",
                         self.files / "client.key", env={"MERGEGATE_TOKEN": self.server.token})
        self.assertEqual(done.returncode, PASS, done.stdout + done.stderr)

    def test_new_certificates_are_taken_up(self):
        self.serve_tls()
        addresses = (self.server.http, self.server.address)
        before = [serial(address, self.files / "ca.pem") for address in addresses]
        certificate(self.files, "next", "ca")
        shutil.move(self.files / "next.key", self.files / "server.key")
        shutil.move(self.files / "next.pem", self.files / "server.pem")
        for address, old in zip(addresses, before):
            while serial(address, self.files / "ca.pem") == old:
                pass
        # What is broken is said, and the last good one stays.
        (self.files / "server.pem").write_text("nonsense")
        while f"{self.files}/server.pem: holds no certificate" not in self.log():
            self.curl("/healthz", "--cacert", self.files / "ca.pem")

    def start_error(self, *arguments):
        done = run(BIN / "mergegated", "--data-dir", folder(self), *arguments)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def test_what_is_not_in_order_is_named_at_the_start(self):
        error = self.start_error("--listen", free_address(), "--http", "off", *self.tls[:2], "--tls-key", self.files / "ca.key")
        self.assertIn(f"{self.files}/ca.key: is not the key of the first certificate in {self.files}/server.pem", error)
        for flag, other in (("--listen", ("--http", "off")), ("--http", ("--listen", free_address()))):
            error = self.start_error(flag, "0.0.0.0:0", *other)
            self.assertIn(f"{flag} 0.0.0.0:0: other machines would send sources and tokens in the clear", error)
            self.assertIn("--insecure", error)


if __name__ == "__main__":
    unittest.main(verbosity=2)
