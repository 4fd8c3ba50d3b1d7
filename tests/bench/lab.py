"""What the measurements and comparisons share: a scratch copy of a repository, stock clang-tidy, a running mergegate.

    lab = Lab(repo, compile_commands, scratch)         # clones; the repository itself is left alone
    stock = lab.stock(checkout, "db/db_impl.cc", analyzer=False)       # findings and CPU seconds, remembered on disk
    with lab.server() as server: verdict = server.check(base, head, policy)
    lost, extra = compare(new_at_head(diff, stock_base, stock_head), verdict)

Oracle: what stock clang-tidy says about the head and not about the base. CPU is always user + system seconds.
Thread safety: one Checkout and one Verdict per thread; everything else may be shared.
"""
import collections
import fnmatch
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
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

    def server(self, data=None, arguments=()):
        return Server(self, data, arguments)


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
    """A work tree of the lab's repository at one commit at a time."""

    def __init__(self, lab, name):
        self.lab, self.path, self.tree = lab, lab.scratch / f"tree-{name}", None
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


class Diff:
    """Where lines of the base went: git's line map, renames followed."""

    HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")

    def __init__(self, repo, base, head):
        self.renamed, self.hunks, self.changed = {}, collections.defaultdict(list), set()
        old = new = None
        for line in git(repo, "diff", "-U0", "-M", "--no-color", base, head).split("\n"):
            if line.startswith("--- "):
                old = line[6:].rstrip("\t") if line != "--- /dev/null" else None
            elif line.startswith("+++ "):
                new = line[6:].rstrip("\t") if line != "+++ /dev/null" else None
                self.changed |= {path for path in (new,) if path}
                if old and new and old != new:
                    self.renamed[old] = new
            elif line.startswith("rename from "):
                old = line[12:]
            elif line.startswith("rename to "):
                self.renamed[old] = line[10:]
            elif (hunk := self.HUNK.match(line)) and old:
                first, count = int(hunk[1]), int(hunk[2] or 1)
                self.hunks[old].append((first if count else first + 1, count, int(hunk[4] or 1) - count))

    def path(self, path):
        return self.renamed.get(path, path)

    def old_path(self, path):
        return next((old for old, new in self.renamed.items() if new == path), path)

    def line(self, path, line):
        """The line at the head, or None when it was altered."""
        shift = 0
        for first, count, grown in self.hunks.get(path, ()):
            if line < first:
                break
            if line < first + count:
                return None
            shift += grown
        return line + shift


def new_at_head(diff, base, head):
    """Findings of the head that the base does not have: by line map, then (path, check, message, text) as a multiset."""
    placed = collections.defaultdict(list)
    for f in base:
        placed[diff.path(f.path), diff.line(f.path, f.line), f.check, f.message].append(f)
    left = [f for f in head if not (placed[f.path, f.line, f.check, f.message] and
                                    placed[f.path, f.line, f.check, f.message].pop())]
    old = collections.Counter((diff.path(f.path), f.check, f.message, f.text) for same in placed.values() for f in same)
    new = []
    for f in left:
        key = (f.path, f.check, f.message, f.text)
        if old[key] > 0:
            old[key] -= 1
        else:
            new.append(f)
    return new


class Server:
    """mergegated with a data folder of its own, which reads the lab's repository directly."""

    def __init__(self, lab, data=None, arguments=()):
        self.lab, self.arguments = lab, list(arguments)
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="mergegate-lab-"))
        self.keep = data is not None
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        if not self.keep:
            shutil.rmtree(self.data, ignore_errors=True)

    def start(self):
        self.data.mkdir(parents=True, exist_ok=True)
        self.folder = tempfile.mkdtemp(prefix="mergegate-s-")
        self.log = open(self.data / "log", "a")
        self.process = subprocess.Popen(
            [str(self.lab.bin / "mergegated"), "--data-dir", str(self.data), "--listen", f"unix:{self.folder}/s", "--adopt",
             f"lab={self.lab.repo}/.git", *self.arguments],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env={**CLEAN, "HOME": str(self.data)})
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError((self.data / "log").read_text())
        return self

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def check(self, base, head, policy, commands=None):
        """The verdict's JSON object; its wall seconds and those of the whole call under "measured"."""
        policy_file = self.data / f"policy-{digest(policy)}.yaml"
        if not policy_file.exists():
            policy_file.write_text(policy)
        token = (self.data / "token").read_text().strip()
        done = run([self.lab.bin / "mergegate", "check", "--server", f"unix:{self.folder}/s", "--project", "lab", "--repo",
                    self.lab.repo, "--base", base, "--head", head, "--compile-commands",
                    commands or self.lab.compile_commands, "--policy", policy_file, "--format", "json"],
                   env={"MERGEGATE_TOKEN": token, "HOME": str(self.data)})
        if not done.stdout.startswith("{"):
            raise RuntimeError(f"mergegate check: exit code {done.code}: {done.stderr}")
        verdict = json.loads(done.stdout)
        verdict["measured"] = {"wall": done.wall, "cpu": done.cpu}
        return verdict

    def cpu(self):
        """CPU seconds so far of the server and all below it, ended ones included. Exact to about 10 ms a process."""
        return sum(process_cpu(pid) for pid in family(self.process.pid))

    def settle(self, quiet=1.0, at_most=600.0):
        """Waits until the server has done nothing for `quiet` seconds: it warms its caches when it is idle."""
        end, last, since = time.monotonic() + at_most, self.cpu(), time.monotonic()
        while time.monotonic() - since < quiet and time.monotonic() < end:
            time.sleep(0.1)
            now = self.cpu()
            if now - last > 0.005:
                last, since = now, time.monotonic()


def family(pid):
    """The process and its descendants."""
    children = collections.defaultdict(list)
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                children[int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])].append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    found, queue = [], [pid]
    while queue:
        found.append(queue.pop())
        queue += children[found[-1]]
    return found


def process_cpu(pid):
    """User + system seconds of a process (exact) and its reaped children (in clock ticks); 0 when it is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        own = time.clock_gettime((~pid << 3) | 2)  # the CPU clock of that process
    except (FileNotFoundError, ProcessLookupError, OSError):
        return 0.0
    return own + (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def policy(analyzer, header_units=None, exclude=()):
    """A policy of mergegate with the checks that stock clang-tidy gets here."""
    text = f'version: 1\nanalysis:\n  checks: "{CHECKS}"\n  exclude_paths: {json.dumps(list(exclude))}\n'
    if not analyzer:
        text += "  static_analyzer: false\n"
    if header_units is not None:
        text += f"  header_units: {header_units}\n"
    return text


def chosen_units(verdict):
    """Main files that were analyzed, or could not be."""
    return sorted({unit for file in verdict["coverage"]["files"] for unit in file["units"]} |
                  {entry["unit"] for entry in verdict["findings"] + verdict["failures"] if entry["unit"]})


# One disagreement: side "lost" or "extra", why (empty: unexplained).
Difference = collections.namedtuple("Difference", "side finding why")


def expected_new(base, head, diff):
    """The oracle: findings of all units of the head that the base does not have."""
    base, head = (sorted({f for stock in side.values() for f in stock.findings}) for side in (base, head))
    return new_at_head(diff, base, head)


def compare(verdict, base, head, diff):
    """Differences between what stock says newly at the head and what the verdict says is new or caused. `base` and
    `head`: {unit: Stock}, on the same units."""
    found = {side: sorted({f for stock in stocks.values() for f in stock.findings})
             for side, stocks in (("base", base), ("head", head))}
    expected = expected_new(base, head, diff)
    ours = {(f["path"], f["line"], f["column"], f["check"], plain(f["message"])): f for f in verdict["findings"]}
    seen = {f[:5] for f in found["head"]}
    differences = []
    for f in expected:
        mine = ours.get(f[:5])
        if not mine or mine["state"] not in ("new", "caused"):
            units = {unit for unit, stock in head.items() if f in stock.findings}
            differences.append(Difference("lost", f, why_lost(f, mine, units, verdict, base, head, found["base"], diff)))
    wanted = {f[:5] for f in expected}
    for key, f in ours.items():
        if f["state"] in ("new", "caused") and key not in wanted:
            finding = Finding(*key, f["line_text"].strip())
            differences.append(Difference("extra", finding, why_extra(f, key, seen, verdict, head, base)))
    return differences


def commit(repo, base, files):
    """A commit on the base with other texts: {path: text}."""
    index = {"GIT_INDEX_FILE": str(repo / f"index-{threading.get_ident()}")}
    git(repo, "read-tree", base, env=index)
    for path, text in files.items():
        blob = git(repo, "hash-object", "-w", "--stdin", stdin=text.encode()).strip()
        mode = git(repo, "ls-tree", base, "--", path).split()[0]
        git(repo, "update-index", "--cacheinfo", f"{mode},{blob},{path}", env=index)
    tree = git(repo, "write-tree", env=index).strip()
    os.unlink(index["GIT_INDEX_FILE"])
    return git(repo, "commit-tree", tree, "-p", base, "-m", f"altered {' '.join(files)}"[:200]).strip()


class Globs:
    """Whether a path matches one of the patterns, "*" also across "/"."""

    def __init__(self, patterns):
        self.patterns = patterns

    def __call__(self, path):
        return any(fnmatch.fnmatchcase(path, pattern) for pattern in self.patterns)


def judge(lab, server, checkout, base, head, options, units=None):
    """Both sides' answers for one change, as a record for a line of JSON. `units`: what stock runs on besides the
    chosen ones."""
    verdict = server.check(base, head, policy(options.analyzer, options.header_units, options.exclude))
    known = {commit: set(lab.units(commit)) for commit in (base, head)}
    diff = Diff(lab.repo, base, head)
    units = sorted((set(chosen_units(verdict)) | set(units or ())) & set(lab.arguments))
    stocks = {}
    for commit in (base, head):
        checkout.at(commit, config=base)
        here = [unit for unit in units if (unit if commit == head else diff.old_path(unit)) in known[commit]]
        stocks[commit] = {unit: lab.stock(checkout, unit if commit == head else diff.old_path(unit), options.analyzer,
                                          options.unit_seconds) for unit in here}
    differences = compare(verdict, stocks[base], stocks[head], diff)
    return {"base": base, "head": head, "analyzer": options.analyzer, "units": units, "verdict": verdict["verdict"],
            "new": [list(f) for f in expected_new(stocks[base], stocks[head], diff)],
            "differences": [d._asdict() | {"finding": list(d.finding)} for d in differences],
            "failures": [f"{f['unit']}: {f['message']}" for f in verdict["failures"]],
            "stock_failures": sorted({f"{u}: {s.failed}" for side in stocks.values() for u, s in side.items() if s.failed}),
            "cpu": verdict["stats"]["cpu_seconds"], "stock_cpu": round(sum(s.cpu for s in stocks[head].values()), 3)}


def judge_all(name, options, changes, judge_one):
    """Calls judge_one(server, checkout, change) for each, `options.jobs` at a time, and appends its record with the
    change's key to the results, of which those that are there already are not made again."""
    results = Results(pathlib.Path(options.results))
    lab = options.lab
    todo = [change for change in changes if change["key"] not in results.known]
    lock, queue = threading.Lock(), iter(todo)

    def work(number):
        checkout = lab.checkout(f"{name}-{number}")
        while True:
            with lock:
                change = next(queue, None)
            if change is None:
                return
            try:
                record = judge_one(server, checkout, change)
            except RuntimeError as error:
                record = {"error": str(error)}
            with lock:
                results.add(change["key"], record)

    with lab.server() as server:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(options.jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return [results.known[change["key"]] for change in changes if change["key"] in results.known]


class Results:
    """Records by key, one JSON object a line."""

    def __init__(self, path):
        self.path, self.known = path, {}
        if path.exists():
            for line in path.read_text().splitlines():
                record = json.loads(line)
                self.known[record["key"]] = record

    def add(self, key, record):
        self.known[key] = {"key": key, **record}
        with self.path.open("a") as file:
            file.write(json.dumps(self.known[key]) + "\n")


def report(records):
    """Prints what was compared and every difference that is not explained; returns the number of those."""
    judged = [r for r in records if "error" not in r]
    for record in records:
        if "error" in record:
            print(f"error: {record['key']}: {record['error']}")
    unexplained = 0
    for record in judged:
        for d in record["differences"]:
            if not d["why"]:
                unexplained += 1
                path, line, column, check, message, text = d["finding"]
                print(f"UNEXPLAINED {d['side']}: {record['key']} ({record['base'][:10]}..{record['head'][:10]})\n"
                      f"    {path}:{line}:{column}: {message} [{check}]\n    {text}\n    units {' '.join(record['units'])}"
                      + "".join(f"\n    failure {f}" for f in record["failures"]))
    why = collections.Counter((d["side"], d["why"] or "UNEXPLAINED") for r in judged for d in r["differences"])
    print(f"\n{len(judged)} changes, {sum(len(r['units']) for r in judged)} units, "
          f"{sum(len(r['new']) for r in judged)} findings that stock says newly at the head "
          f"(in {sum(bool(r['new']) for r in judged)} changes); CPU seconds: stock at the head "
          f"{sum(r['stock_cpu'] for r in judged):.0f}, mergegate {sum(r['cpu'] for r in judged):.0f}")
    print("\n| side | differences | why |\n|---|---|---|")
    for (side, reason), count in sorted(why.items()):
        print(f"| {side} | {count} | {reason} |")
    print(f"| lost or extra | {unexplained} | in all unexplained |")
    return unexplained


def add_options(parser):
    """Options that the comparisons have in common; `finish_options` makes the lab."""
    parser.add_argument("repo", help="repository; it is cloned, never altered")
    parser.add_argument("compile_commands", help="its compile_commands.json, made elsewhere")
    parser.add_argument("--scratch", required=True, help="folder for the clone, work trees and stock's results")
    parser.add_argument("--results", required=True, help="JSON lines; what is there is not made again")
    parser.add_argument("--bin", default=TOP / "build" / "bin", help="folder of mergegate's programs")
    parser.add_argument("--analyzer", action="store_true", help="with the static analyzer (slow)")
    parser.add_argument("--header-units", type=int, help="policy's analysis.header_units")
    parser.add_argument("--unit-seconds", type=int, help="CPU seconds for stock on a unit; slower ones count as failed")
    parser.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="paths that nobody analyzes")
    parser.add_argument("--jobs", type=int, default=1, help="changes at a time")


def finish_options(options):
    options.lab = Lab(options.repo, options.compile_commands, options.scratch, options.bin)
    return options


def why_lost(f, mine, units, verdict, base, head, base_findings, diff):
    if mine:
        return f"shown as {mine['state']}: matched to the base by its declaration or as moved code"
    if not units & set(chosen_units(verdict)):
        return "only in units that were not chosen"
    if any(stock.failed for unit in units for stock in (head[unit], base.get(unit, head[unit]))):
        return "stock could not analyze the unit"
    moved = any(diff.path(b.path) == f.path and diff.line(b.path, b.line) == f.line and b.check == f.check
                for b in base_findings)
    if moved:
        return "same check on the same line of the base, other message"
    return ""


def why_extra(f, key, seen, verdict, head, base):
    if key in seen:
        return "stock says it too, and matches it to another finding of the base"
    if f["suppressed_by_change"]:
        return "under a NOLINT that the change adds"
    if f["unit"] not in head:
        return "of a unit that stock did not run on"
    if any(stock.failed for stock in (head[f["unit"]], base.get(f["unit"], head[f["unit"]]))):
        return "stock could not analyze the unit"
    return ""
