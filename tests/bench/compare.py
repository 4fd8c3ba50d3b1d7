"""What stock clang-tidy says about the head and not about the base, beside what mergegate calls new or caused.

    record = judge(server, checkout, base, head, options)      # both answers for one change
    report(records)                                            # every difference explained, or listed as unexplained

`options`: what add_options and finish_options made of the command line. Thread safety: one Checkout per thread.
"""
import collections
import json
import pathlib
import re
import threading

from gate import Server, chosen_units, policy
from lab import TOP, Finding, Lab, git, plain


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


def judge(server, checkout, base, head, options, units=None):
    """Both sides' answers for one change, as a record for a line of JSON. `units`: what stock runs on besides the
    chosen ones."""
    lab = options.lab
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

    def work():
        checkout = lab.checkout(name)
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

    # Nobody would use what it warmed: the policy comes with each change.
    with Server(lab, arguments=["--warm-units=0"]) as server:
        threads = [threading.Thread(target=work) for _ in range(options.jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if todo:
            print(f"resident MiB after {len(todo)} changes: {server.memory()}")
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
