"""What the measurements and comparisons share: a scratch copy of a repository, its compile commands, stock clang-tidy.

    lab = Lab(repo, compile_commands, scratch)         # clones; the repository itself is left alone
    checkout = lab.checkout("0").at(commit)
    stock = lab.stock(checkout, "db/db_impl.cc", analyzer=False)       # findings and CPU seconds, remembered on disk

CPU is always user + system seconds of whole process trees. Thread safety: one Checkout per thread; a Lab may be shared.
"""
import collections
import fcntl
import fnmatch
import hashlib
import itertools
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
CLANG, CLANG_TIDY, CLANG_TIDY_DIFF = "clang++-22", "clang-tidy-22", "clang-tidy-diff-22.py"
# The default profile of mergegate (analyzers/tidy_run.h).
CHECKS = ("-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,performance-*,concurrency-*,"
          "-concurrency-mt-unsafe,clang-analyzer-*,clang-diagnostic-*")
SOURCES = (".cc", ".cpp", ".cxx", ".c", ".h", ".hpp", ".hh", ".inc")
MAIN_FILES = (".cc", ".cpp", ".cxx", ".c")
CLEAN = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "CI": "true", "NO_COLOR": "1", "GIT_CONFIG_NOSYSTEM": "1",
         "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "A",
         "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
         "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
FINDING = re.compile(r"^(.+?):(\d+):(\d+): (?:warning|error): (.*) \[([^\]]+)\]$")

Finding = collections.namedtuple("Finding", "path line column check message text")
# A finished process: exit code, output, CPU and wall seconds of it and all its children.
Ran = collections.namedtuple("Ran", "code stdout stderr cpu wall")
# What clang-tidy said of one unit; `failed`: a compile error, a crash or more than the CPU seconds allowed.
Stock = collections.namedtuple("Stock", "findings cpu failed")


def checks(analyzer):
    return CHECKS if analyzer else CHECKS + ",-clang-analyzer-*"


def run(command, cwd=None, env=None, stdin=None, cpu_limit=None):
    """Runs a command; the CPU seconds are exact even when others run beside it. `cpu_limit`: seconds, then it is killed."""
    command = [str(part) for part in command]
    if cpu_limit:
        command = ["prlimit", f"--cpu={cpu_limit}", *command]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as given:
        given.write(stdin or b"")
        given.seek(0)
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=cwd, env={**CLEAN, **(env or {})}, stdin=given, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Ran(process.returncode, out.read().decode(errors="replace"), err.read().decode(errors="replace"),
                   usage.ru_utime + usage.ru_stime, wall)


def git(repo, *arguments, stdin=None, env=None):
    done = run(["git", "-C", repo, *arguments], stdin=stdin, env=env)
    if done.code != 0:
        raise RuntimeError(f"git {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


class Lab:
    """A repository copied into `scratch`, its compile commands, and stock results remembered in `scratch`/stock."""

    def __init__(self, repo, compile_commands, scratch, bin_dir=TOP / "build" / "bin"):
        self.scratch, self.bin = pathlib.Path(scratch).resolve(), pathlib.Path(bin_dir).resolve()
        self.repo = self.scratch / "repo"
        self.compile_commands = pathlib.Path(compile_commands).resolve()
        if not self.repo.exists():
            self.scratch.mkdir(parents=True, exist_ok=True)
            run(["git", "clone", "-q", "--no-checkout", pathlib.Path(repo).resolve(), self.repo])
        else:
            git(self.repo, "fetch", "-q", "origin")
        (self.scratch / "stock").mkdir(exist_ok=True)
        self.arguments = {}
        for entry in json.loads(self.compile_commands.read_text()):
            words = entry.get("arguments") or shlex.split(entry["command"])
            root = os.path.normpath(entry["directory"])
            file = os.path.relpath(os.path.join(root, entry["file"]), repo_root(root))
            self.arguments[file] = (os.path.relpath(root, repo_root(root)), strip(words, entry["file"]), repo_root(root))

    def units(self, commit):
        """Main files with a compile command that the commit has."""
        there = set(git(self.repo, "ls-tree", "-r", "--name-only", commit).split("\n"))
        return sorted(there & set(self.arguments))

    def checkout(self, name):
        return Checkout(self, name)

    def inputs(self, checkout, unit):
        """{path: digest} of what a unit of a checkout reads; remembered."""
        memo = self.scratch / "stock" / digest("reads", checkout.tree, unit, self.arguments[unit])
        if not memo.exists():
            write(memo, json.dumps(checkout.inputs(unit)))
        return json.loads(memo.read_text())

    def stock(self, checkout, unit, analyzer, cpu_limit=None):
        """clang-tidy on one unit of a checkout; results are remembered under the content of all that the unit reads."""
        key = digest(self.inputs(checkout, unit), unit, self.arguments[unit], CHECKS, tool_version())
        kept = self.scratch / "stock" / f"{key}-{'full' if analyzer else 'matching'}.json"
        if kept.exists():
            findings, cpu, failed = json.loads(kept.read_text())
            if failed != "too slow" or not cpu_limit or cpu >= cpu_limit * 0.9:
                return Stock(sorted({Finding(*f)._replace(message=plain(f[4])) for f in findings}), cpu, failed)
        done = checkout.clang_tidy([unit], analyzer, cpu_limit=cpu_limit)
        failed = ""
        if done.code == -signal.SIGXCPU or done.code == -signal.SIGKILL:
            failed = "too slow"
        elif "[clang-diagnostic-error]" in done.stdout:
            failed = "does not parse"
        elif done.code not in (0, 1):
            failed = f"exit code {done.code}"
        result = Stock(checkout.parse(done.stdout), round(done.cpu, 3), failed)
        write(kept, json.dumps(result))
        return result


def repo_root(directory):
    """The directory of a compile command is the repository or a folder in it."""
    folder = pathlib.Path(directory)
    return str(next((f for f in (folder, *folder.parents) if (f / ".git").exists()), folder))


def strip(words, file):
    """Arguments without the compiler, the file and the output."""
    kept, skip = [], False
    for word in words[1:]:
        if skip or word in ("-c", file):
            skip = False
        elif word == "-o":
            skip = True
        else:
            kept.append(word)
    return kept


def write(path, text):
    """All or nothing, when others write the same."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    partial.write_text(text)
    partial.rename(path)


def digest(*parts):
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def tool_version(known={}):
    if not known:
        known["version"] = run([CLANG_TIDY, "--version"]).stdout
    return known["version"]


class Checkout:
    """A work tree of the lab's repository at one commit at a time, its maker's alone while it lives."""

    def __init__(self, lab, name):
        self.lab, self.tree = lab, None
        for number in itertools.count():
            self.path = lab.scratch / f"tree-{name}-{number}"
            self.lock = open(f"{self.path}.lock", "w")
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:  # another one's, of this process or another
                continue
        if not self.path.exists():
            git(lab.repo, "worktree", "prune")
            git(lab.repo, "worktree", "add", "-q", "--detach", "--no-checkout", self.path, "HEAD")

    def at(self, commit, config=None):
        """Switches to the commit; .clang-tidy files as in `config`, the base whose rules hold for both sides."""
        git(self.path, "checkout", "-q", "--force", "--detach", commit)
        self.tree = git(self.path, "rev-parse", "HEAD^{tree}").strip()
        if config:
            for revision, write in ((commit, False), (config, True)):
                for path in git(self.path, "ls-tree", "-r", "--name-only", revision).split("\n"):
                    if os.path.basename(path) == ".clang-tidy":
                        text = git(self.path, "show", f"{revision}:{path}")
                        (self.path / path).write_text(text) if write else (self.path / path).unlink()
            self.tree += git(self.path, "diff", "--", "*.clang-tidy")
        return self

    def arguments(self, unit):
        """Compile command of the unit, in this folder."""
        directory, words, root = self.lab.arguments[unit]
        return [self.here(word, root) for word in words], self.path / directory

    def here(self, word, root):
        """The word with this folder for the root, but for what no commit has."""
        before, found, path = word.partition(root)
        return word if found and not (self.path / path.lstrip("/")).exists() else f"{before}{self.path if found else ''}{path}"

    def parse_only(self, units):
        """CPU seconds of clang -fsyntax-only."""
        return sum(self._compile(unit, "-fsyntax-only", "-w").cpu for unit in units)

    def parses(self, unit):
        return self._compile(unit, "-fsyntax-only", "-w").code == 0

    def inputs(self, unit):
        """{path: digest of the content} of what the unit reads in the tree, and of its configuration."""
        made = self._compile(unit, "-M", "-w").stdout.replace("\\\n", " ").split(":", 1)[-1].split()
        _, directory = self.arguments(unit)
        paths = {os.path.relpath(os.path.join(directory, name.replace("\\", "")), self.path) for name in made}
        inside = sorted(path for path in paths | {unit} if not path.startswith(".."))
        folders = {folder for path in inside for folder in pathlib.PurePath(path).parents}
        config = sorted(str(folder / ".clang-tidy") for folder in folders if (self.path / folder / ".clang-tidy").exists())
        return {p: hashlib.sha256((self.path / p).read_bytes()).hexdigest() for p in inside + config}

    def clang_tidy(self, units, analyzer, *options, cpu_limit=None):
        """One process per unit, as a build would call it; outputs joined."""
        runs = []
        for unit in units:
            words, directory = self.arguments(unit)
            runs.append(run([CLANG_TIDY, "--quiet", f"--checks=-*,{checks(analyzer)}", "--header-filter=.*", *options,
                             self.path / unit, "--", *words], cwd=directory, cpu_limit=cpu_limit))
        return Ran(min((r.code for r in runs), default=0), "".join(r.stdout for r in runs),
                   "".join(r.stderr for r in runs), sum(r.cpu for r in runs), sum(r.wall for r in runs))

    def parse(self, output):
        """Findings of clang-tidy's output that lie in the tree."""
        findings, texts = set(), {}
        for line in output.split("\n"):
            match = FINDING.match(line)
            if not match:
                continue
            path = os.path.relpath(os.path.normpath(os.path.join(self.path, match[1])), self.path)
            if path.startswith(".."):
                continue
            if path not in texts:
                texts[path] = (self.path / path).read_text(errors="replace").split("\n")
            number = int(match[2])
            text = texts[path][number - 1].strip() if number <= len(texts[path]) else ""
            for check in match[5].split(","):
                if check != "-warnings-as-errors":
                    findings.add(Finding(path, number, int(match[3]), check, plain(match[4]), text))
        return sorted(findings)

    def _compile(self, unit, *mode):
        words, directory = self.arguments(unit)
        return run([CLANG, *mode, *words, self.path / unit], cwd=directory)


def plain(message):
    """The message without places in it, as "(unnamed enum at ./a.h:3:1)": they move with the code."""
    return re.sub(r"[^\s'(]+:\d+:\d+", "PLACE", message)


def commit(repo, base, files, parent=None):
    """A commit of the base's tree with other texts, {path: text}; its parent is the base, or `parent`."""
    index = {"GIT_INDEX_FILE": str(repo / f"index-{threading.get_ident()}")}
    git(repo, "read-tree", base, env=index)
    for path, text in files.items():
        blob = git(repo, "hash-object", "-w", "--stdin", stdin=text.encode()).strip()
        mode = (git(repo, "ls-tree", base, "--", path).split() or ["100644"])[0]
        git(repo, "update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}", env=index)
    tree = git(repo, "write-tree", env=index).strip()
    os.unlink(index["GIT_INDEX_FILE"])
    return git(repo, "commit-tree", tree, "-p", parent or base, "-m", f"altered {' '.join(files)}"[:200]).strip()


class Globs:
    """Whether a path matches one of the patterns, "*" also across "/"."""

    def __init__(self, patterns):
        self.patterns = patterns

    def __call__(self, path):
        return any(fnmatch.fnmatchcase(path, pattern) for pattern in self.patterns)
