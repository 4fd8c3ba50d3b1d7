#!/usr/bin/env python3
"""Times mergegate beside the compiler's own parse and its peers, in one run, and prints the table of the README.

    tests/bench/engine_bench.py --scratch /tmp/bench                                    # this repository, its last changes
    tests/bench/engine_bench.py --scratch /tmp/bench --repo DIR --compile-commands FILE [--exclude GLOB] COMMIT...

Every commit is a change on its first parent. Per change, user + system CPU seconds of whole process trees, medians of --runs:
    parse        clang++-22 -fsyntax-only on the units of the change, at the head
    tidy, full   clang-tidy-22 on the same, same checks: without and with the static analyzer
    diff         clang-tidy-diff-22.py with the analyzer (it reports changed lines only)
    cold         mergegate's first change of the project: nothing cached. Matching checks alone, then with the analyzer
    warm         mergegate after an earlier change of the same files, and idle time in which it warmed the base; the head
                 itself was never seen
    again        wall milliseconds of the whole command for a second identical request; it must start no compiler
Units of a change are its main files; for a changed header, all that include it ("all"), of which stock tools run on a sample
of --sample and are scaled up. A measurement that takes more than --seconds is made once.

How others measure, one command each:
    parse            perf stat -e task-clock clang++-22 -fsyntax-only ARGUMENTS FILE
    clang-tidy       clang-tidy-22 --enable-check-profile -p BUILD FILE
    clang-tidy-diff  git diff -U0 BASE HEAD | perf stat -e task-clock clang-tidy-diff-22.py -p1 -path BUILD
    CodeChecker      perf stat -e task-clock CodeChecker analyze compile_commands.json -o REPORTS   (once for each side)
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import statistics
import sys
import time

import gate
import lab

# name, numerator, denominator, most that the bar allows, goal
BARS = (("warm matching / parse", "warm", "parse", 1 / 4, 1 / 10),
        ("warm full / clang-tidy-diff", "warm_full", "diff", 1 / 20, 1 / 50),
        ("cold matching / clang-tidy", "cold", "tidy", 1.2, 0.7), ("cold full / clang-tidy", "cold_full", "full", 1.2, 0.7))
HEADER_BARS = (("warm full / clang-tidy on all", "warm_full", "full", 1 / 10, 1 / 30),
               ("warm matching / clang-tidy on all", "warm", "tidy", 1 / 10, 1 / 30))


def median(measure, options):
    """Median of `measure()`; once is enough when it takes long."""
    values, start = [], time.monotonic()
    while len(values) < options.runs and (not values or time.monotonic() - start < options.seconds):
        values.append(measure())
    return statistics.median(values)


class Change:
    """One commit with the units that it affects."""

    def __init__(self, options, commit):
        self.options, self.lab = options, options.lab
        self.head = lab.git(self.lab.repo, "rev-parse", commit).strip()
        self.base = lab.git(self.lab.repo, "rev-parse", f"{commit}^").strip()
        self.checkout = self.lab.checkout("bench").at(self.head, config=self.base)
        excluded = lab.Globs(options.exclude)
        self.changed = set(lab.git(self.lab.repo, "diff", "--name-only", "--diff-filter=d", self.base, self.head).split())
        changed = {path for path in self.changed if not excluded(path)}
        units = [unit for unit in self.lab.units(self.head) if not excluded(unit)]
        self.headers = sorted(path for path in changed if path.endswith(lab.SOURCES) and path not in units and
                              not path.endswith(lab.MAIN_FILES))
        self.units = [unit for unit in units
                      if unit in changed or self.headers and changed & set(self.lab.inputs(self.checkout, unit))]

    def sample(self):
        """(units that stock runs on, factor to all)."""
        if not self.headers or len(self.units) <= self.options.sample:
            return self.units, 1.0
        some = sorted(random.Random(self.head).sample(self.units, self.options.sample))
        return some, len(self.units) / len(some)

    def stock(self):
        """CPU seconds of the compiler and the peers on the units of the change."""
        units, scale = self.sample()
        full = [] if self.options.no_analyzer else [("full", lambda: self.checkout.clang_tidy(units, True).cpu)]
        measured = {name: scale * median(measure, self.options) for name, measure in [
            ("parse", lambda: self.checkout.parse_only(units)),
            ("tidy", lambda: self.checkout.clang_tidy(units, False).cpu), *full]}
        if full and not self.headers:
            measured["diff"] = median(self.clang_tidy_diff, self.options)
        return measured

    def clang_tidy_diff(self):
        entries = []
        for unit in self.units:
            words, directory = self.checkout.arguments(unit)
            entries.append({"directory": str(directory), "file": str(self.checkout.path / unit),
                            "arguments": ["c++", *words, "-c", str(self.checkout.path / unit)]})
        folder = self.lab.scratch / "diff-commands"
        folder.mkdir(exist_ok=True)
        (folder / "compile_commands.json").write_text(json.dumps(entries))
        changes = lab.git(self.lab.repo, "diff", "-U0", self.base, self.head, "--", *self.units)
        return lab.run([lab.CLANG_TIDY_DIFF, "-p1", "-path", folder, "-clang-tidy-binary", shutil.which(lab.CLANG_TIDY),
                        "-quiet", f"-checks=-*,{lab.CHECKS}"], cwd=self.checkout.path, stdin=changes.encode()).cpu

    def gate(self):
        """CPU seconds of mergegate, cold and warm, in both tiers; wall milliseconds of a second identical request."""
        measured = {}
        for tier, analyzer in (("", False), ("_full", True)):
            if analyzer and self.options.no_analyzer:
                continue
            self.history(gate.policy(analyzer, exclude=self.options.exclude))
            measured[f"cold{tier}"] = median(lambda: self.once(None)[0], self.options)
            warmed = self.warm()
            runs = []
            measured[f"warm{tier}"] = median(lambda: runs.append(self.once(warmed)) or runs[-1][0], self.options)
            measured[f"again{tier}"] = statistics.median(wall for _, wall, _ in runs) * 1000
            measured[f"compiled{tier}"] = statistics.median(compiled for _, _, compiled in runs)
            measured[f"spared{tier}"] = self.spared
            measured["chosen"] = len(self.chosen)
        return measured

    def history(self, policy):
        """Commits that have the policy in their tree, as a project has: an earlier change of the same files (a comment at
        their ends), the base, the change, and another one that touches no code."""
        repo, rules = self.lab.repo, {".mergegate.yaml": policy}
        there = set(lab.git(repo, "ls-tree", "-r", "--name-only", self.base).split("\n"))
        files = {path: lab.git(repo, "show", f"{self.base}:{path}") + "// Earlier.\n"
                 for path in sorted(self.changed & there) if path.endswith(lab.SOURCES)}
        self.earlier = lab.commit(repo, self.base, files | rules)
        self.target = lab.commit(repo, self.base, rules, parent=self.earlier)
        self.change = lab.commit(repo, self.head, rules, parent=self.target)
        self.other = lab.commit(repo, self.target, {"OTHER.md": "Nothing.\n"})

    def server(self, data):
        units = self.options.warm_units or len(self.units)
        return gate.Server(self.lab, data, [*self.options.server_arg, f"--warm-units={units}"])

    def once(self, warmed):
        """CPU of a first request in a server whose data are a copy of `warmed` and which has answered for an earlier
        change, wall seconds of a second one, and how many units that analyzed again."""
        data = self.lab.scratch / "server"
        shutil.rmtree(data, ignore_errors=True)
        if warmed:
            shutil.copytree(warmed, data)
        with self.server(data) as server:
            if warmed:  # it has been up for a while
                server.check(self.earlier, self.target)
            server.settle()
            before = server.cpu()
            verdict = server.check(self.target, self.change)
            cpu = server.cpu() - before + verdict["measured"]["cpu"]
            self.chosen = gate.chosen_units(verdict)
            self.spared = {key: verdict["stats"].get(key) for key in
                           ("parses", "preambles_reused", "bodies_skipped", "entries_analyzed", "entries_reused")}
            again = [server.check(self.target, self.change) for _ in range(3)]
        return cpu, min(v["measured"]["wall"] for v in again), statistics.median(v["stats"]["units_analyzed"] for v in again)

    def warm(self):
        """Data of a server that gated the earlier change, then saw the target branch move to the base and was idle."""
        data = self.lab.scratch / "warmed"
        shutil.rmtree(data, ignore_errors=True)
        with self.server(data) as server:
            for change in ((self.earlier, self.target), (self.target, self.other)):
                server.check(*change)
                server.settle(quiet=2)
        return data


def ratio(value, most, goal):
    return f"{value:.2f}" + (" (goal)" if value <= goal else " (bar)" if value <= most else " **missed**")


def table(title, rows, bars):
    """Markdown: seconds, then ratios."""
    columns = [c for c in ("parse", "tidy", "full", "diff", "cold", "cold_full", "warm", "warm_full", "again", "again_full")
               if c in rows[0]]
    bars = [bar for bar in bars if any(bar[1] in row and bar[2] in row for row in rows)]
    print(f"\n### {title}\n\n| change | units | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 2))
    for row in rows:
        cells = [f"{row[c]:.0f} ms" if c.startswith("again") else f"{row[c]:.2f}" for c in columns if c in row]
        print(f"| {row['name']} | {row['units']} | {' | '.join(cells)} |")
    print("\n| change | " + " | ".join(name for name, *_ in bars) + " |\n|" + "---|" * (len(bars) + 1))
    for row in rows:
        print(f"| {row['name']} | " + " | ".join(
            ratio(row[n] / row[d], most, goal) if n in row and d in row else "-" for _, n, d, most, goal in bars) + " |")
    middle = [statistics.median(row[n] / row[d] for row in rows if n in row and d in row) for _, n, d, _, _ in bars]
    print("| **median** | " + " | ".join(ratio(v, most, goal) for v, (_, _, _, most, goal) in zip(middle, bars)) + " |")
    print("| bar, goal | " + " | ".join(f"{most:.2f}, {goal:.2f}" for *_, most, goal in bars) + " |", flush=True)


def own_commands(scratch):
    """This repository's compile commands; generated headers, which no commit has, stand in a folder outside it."""
    generated = pathlib.Path(scratch).resolve() / "generated"
    shutil.copytree(lab.TOP / "build/generated", generated, dirs_exist_ok=True)
    text = (lab.TOP / "build/compile_commands.json").read_text()
    file = pathlib.Path(scratch) / "own_commands.json"
    entries = json.loads(text.replace(str(lab.TOP / "build/generated"), str(generated)))
    file.write_text(json.dumps([e for e in entries if e["file"].startswith(f"{lab.TOP}/")]))
    return file, [f"--worker-arg=--extra-root={generated}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repo", default=lab.TOP, help="[this repository]")
    parser.add_argument("--compile-commands", help="[this repository's, of build/]")
    parser.add_argument("--scratch", required=True, help="folder for the clone, work trees and servers' data")
    parser.add_argument("--bin", default=lab.TOP / "build" / "bin", help="folder of mergegate's programs")
    parser.add_argument("--server-arg", action="append", default=[], help="further argument for mergegated")
    parser.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="paths that nobody analyzes")
    parser.add_argument("--runs", type=int, default=5, help="[5]")
    parser.add_argument("--seconds", type=float, default=60, help="time for the repetitions of one measurement [60]")
    parser.add_argument("--sample", type=int, default=6, help="units for stock tools at a changed header; 0 = all [6]")
    parser.add_argument("--warm-units", type=int, default=0, help="units warmed in idle time [those of the change]")
    parser.add_argument("--no-analyzer", action="store_true", help="matching checks only")
    parser.add_argument("--json", help="file for the figures")
    parser.add_argument("commits", nargs="*", help="[the last five that touch C++]")
    options = parser.parse_args()
    options.sample = options.sample or sys.maxsize
    os.makedirs(options.scratch, exist_ok=True)
    if not options.compile_commands:
        options.compile_commands, arguments = own_commands(options.scratch)
        options.server_arg += arguments
    options.lab = lab.Lab(options.repo, options.compile_commands, options.scratch, options.bin)
    commits = options.commits or lab.git(options.lab.repo, "log", "--first-parent", "--format=%H", "-5", "origin/HEAD", "--",
                                         *[f"*{ending}" for ending in lab.SOURCES]).split()
    rows = []
    for commit in commits:
        change = Change(options, commit)
        if not change.units:
            print(f"{commit}: no unit", file=sys.stderr)
            continue
        row = {"name": f"{os.path.basename(os.path.abspath(options.repo))} {change.head[:8]}", "headers": change.headers,
               **change.stock(), **change.gate()}
        row["units"] = f"{row['chosen']} of {len(change.units)}" if change.headers else str(len(change.units))
        if row.get("compiled") or row.get("compiled_full"):
            row["units"] += " **compiled again**"
        print(json.dumps(row), file=sys.stderr, flush=True)
        rows.append(row)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=1))
    for title, some, bars in (("Changes of main files", [r for r in rows if not r["headers"]], BARS),
                              ("Changes of headers", [r for r in rows if r["headers"]], HEADER_BARS)):
        if some:
            table(title, some, bars)


if __name__ == "__main__":
    main()
