"""What the end-to-end stories share: throw-away repositories, a real server, the real command line.

    repo = Repository(self)                     # removed with the test
    base = repo.commit({"a.cc": "int x;\n"})
    run = check(repo, base, head)               # mergegate check --local --format json
    with Server(self) as server: ...            # mergegated on loopback and a unix socket

Programs come from the folder in MERGEGATE_BIN (default build/bin).
"""
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = pathlib.Path(os.environ.get("MERGEGATE_BIN", TOP / "build" / "bin"))
BUF = TOP / "tests/tools/node_modules/@bufbuild/buf-linux-x64/bin/buf"
PASS, FAIL, USAGE, INCONCLUSIVE, AUTH, PENDING = 0, 1, 2, 3, 4, 8

# A home without anybody's settings; git without anybody's configuration.
CLEAN = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "CI": "true", "NO_COLOR": "1",
         "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "A",
         "GIT_COMMITTER_EMAIL": "a@example.org"}


def folder(test):
    path = pathlib.Path(tempfile.mkdtemp(prefix="mergegate-e2e-"))
    test.addCleanup(shutil.rmtree, path, ignore_errors=True)
    return path


def run(*command, env=None, stdin=None, cwd=None, timeout=300, binary=False):
    """A finished process; text unless `binary`."""
    return subprocess.run([str(part) for part in command], env={**CLEAN, **(env or {})}, input=stdin, cwd=cwd,
                          timeout=timeout, capture_output=True, text=not binary)


class Repository:
    """A repository with a work tree, made of {path: content} maps."""

    def __init__(self, test):
        self.path = folder(test) / "repo"
        self.home = folder(test)
        self.git("init", "-q", "-b", "main", str(self.path), cwd="/")

    def git(self, *arguments, cwd=None, stdin=None, binary=False):
        done = run("git", *arguments, cwd=cwd or self.path, env={"HOME": str(self.home)}, stdin=stdin, binary=binary)
        if done.returncode != 0:
            raise RuntimeError(f"git {arguments}: {done.stderr}")
        return done.stdout if binary else done.stdout.strip()

    def commit(self, files, remove=(), message="change"):
        for path, content in files.items():
            target = self.path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content)
        for path in remove:
            self.git("rm", "-q", "-r", path)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def compile_commands(self, *files, flags="-std=c++17 -I."):
        """compile_commands.json for the files, beside the repository."""
        path = self.home / "compile_commands.json"
        path.write_text(json.dumps([{"directory": str(self.path), "file": file, "command": f"c++ {flags} -c {file}"}
                                    for file in files]))
        return path


class Checked:
    """The outcome of `mergegate check`: exit code, JSON object (or None), both streams."""

    def __init__(self, done):
        self.code, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr
        self.json = json.loads(done.stdout) if done.stdout.startswith("{") else None

    def findings(self, *states):
        return [f for f in self.json["findings"] if not states or f["state"] in states]

    def condition(self, kind):
        return next(c for c in self.json["conditions"] if c["kind"] == kind)

    def decided(self):
        """What must not depend on time, cache or name of the run."""
        return json.dumps({k: v for k, v in self.json.items() if k not in ("stats", "run")})


def mergegate(repo, *arguments, env=None, **options):
    return run(BIN / "mergegate", *arguments, cwd=repo.path, env={"HOME": str(repo.home), **(env or {})}, **options)


def check(repo, base, head, *arguments, env=None):
    """The documented call that other programs rely on."""
    return Checked(mergegate(repo, "check", "--local", "--repo", repo.path, "--base", base, "--head", head, "--format",
                             "json", *arguments, env=env))


def forget_cache(repo):
    """Removes the local store, so that the next check starts from nothing."""
    shutil.rmtree(repo.path / ".git" / "mergegate", ignore_errors=True)


def free_address():
    """Below the ports that the system hands out to connections: one of those could take it before the server does."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return f"127.0.0.1:{port}"


class Server:
    """mergegated on a loopback port and a unix socket, with a data folder of its own."""

    def __init__(self, test, *arguments, data=None):
        self.test, self.arguments = test, arguments
        self.data = data or folder(test)
        self.socket = folder(test) / "s"
        self.address, self.http = free_address(), free_address()
        self.process, self.env = None, {}

    def start(self):
        self.log = open(self.data / "log", "a")
        self.process = subprocess.Popen(
            [str(BIN / "mergegated"), "--data-dir", str(self.data), "--listen", self.address, "--listen",
             f"unix:{self.socket}", "--http", self.http, *self.arguments],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env={**CLEAN, "HOME": str(self.data), **self.env})
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError((self.data / "log").read_text())
        return self

    def kill(self):
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def work(self):
        """A worker of its own, for a server with --no-worker; ends with the test."""
        with open(self.data / "log", "a") as log:
            worker = subprocess.Popen([str(BIN / "mergegate-worker"), "--server", f"unix:{self.socket}", "--repositories",
                                       str(self.data / "mirrors"), "--cache-dir", str(self.data / "engine-cache")],
                                      stderr=log, env={**CLEAN, "HOME": str(self.data)})
        self.test.addCleanup(lambda: (worker.kill(), worker.wait()))
        return worker

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        self.log.close()
        return code

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()

    @property
    def token(self):
        return (self.data / "token").read_text().strip()

    def client_env(self):
        return {"MERGEGATE_SERVER": self.address, "MERGEGATE_TOKEN": self.token}

    def query(self, sql):
        """Rows of its database."""
        database = sqlite3.connect(f"file:{self.data}/mergegate.db?mode=ro", uri=True, timeout=10)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def call(self, method, request, token=None):
        """A call by buf, a gRPC client that nobody here wrote. `request`: a message or, for a stream, a list."""
        messages = request if isinstance(request, list) else [request]
        header = self.token if token is None else token
        done = run(BUF, "curl", "--protocol", "grpc", "--http2-prior-knowledge", "-H",
                   f"authorization: Bearer {header}", "-d", "@-", f"http://{self.address}/{method}",
                   stdin="".join(json.dumps(message) for message in messages))
        return Called(done)


class Called:
    """The outcome of a call: messages that came back, or the error."""

    def __init__(self, done):
        self.ok, self.error = done.returncode == 0, done.stderr
        self.messages, text = [], done.stdout.strip()
        decoder = json.JSONDecoder()
        while text:
            message, end = decoder.raw_decode(text)
            self.messages.append(message)
            text = text[end:].lstrip()

    @property
    def answer(self):
        if not self.ok:
            raise RuntimeError(self.error)
        return self.messages[-1]
