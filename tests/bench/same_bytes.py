#!/usr/bin/env python3
"""Verdicts must not depend on what is cached: gates commits with every kind of cache full or empty and compares the bytes.

    tests/bench/same_bytes.py REPO compile_commands.json --scratch /tmp/lab --count 30 [--no-analyzer]

For the last COUNT commits that touch C or C++, oldest first, the JSON of `mergegate check` (all but "stats" and the run's
name) is the same
    alone       in a server that has nothing cached, which is what the others are compared with,
    in turn     in one server, after the commits before it,
    again       a second time there, from the result cache,
    engine      there without the result cache, from what the engine kept,
    results     there without the engine's cache, from the result cache.
Prints where bytes differ; the exit code is 1 then.
"""
import argparse
import difflib
import json
import shutil
import sqlite3
import sys

import lab
from gate import Server, policy


def decided(verdict):
    return json.dumps({k: v for k, v in verdict.items() if k not in ("stats", "run", "measured")}, indent=1)


def forget_results(data):
    with sqlite3.connect(data / "mergegate.db") as database:
        database.execute("DELETE FROM results")
    database.close()


def forget_engine(data):
    shutil.rmtree(data / "engine-cache", ignore_errors=True)


def verdicts(options, changes, rules):
    """(way, change, verdict) for each way of caching, "alone" first."""
    for change in changes:
        with Server(options.lab, arguments=["--warm-units=0"]) as server:
            yield "alone", change, server.check(*change, rules)
    data = options.lab.scratch / "same-bytes"
    shutil.rmtree(data, ignore_errors=True)
    for ways, forget in ((("in turn", "again"), None), (("engine",), forget_results), (("results",), forget_engine)):
        if forget:
            forget(data)
        with Server(options.lab, data, ["--warm-units=0"]) as server:
            for way in ways:
                for change in changes:
                    yield way, change, server.check(*change, rules)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo")
    parser.add_argument("compile_commands")
    parser.add_argument("--scratch", required=True, help="folder for the clone and servers' data")
    parser.add_argument("--bin", default=lab.TOP / "build" / "bin", help="folder of mergegate's programs")
    parser.add_argument("--count", type=int, default=30, help="[30]")
    parser.add_argument("--tip", default="origin/HEAD", help="where the history starts [origin/HEAD]")
    parser.add_argument("--no-analyzer", action="store_true", help="matching checks only")
    parser.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="paths that nobody analyzes")
    options = parser.parse_args()
    options.lab = lab.Lab(options.repo, options.compile_commands, options.scratch, options.bin)
    heads = lab.git(options.lab.repo, "log", "--first-parent", "--min-parents=1", "--format=%H", f"-{options.count}",
                    options.tip, "--", *[f"*{ending}" for ending in lab.SOURCES]).split()
    changes = [(lab.git(options.lab.repo, "rev-parse", f"{head}^").strip(), head) for head in reversed(heads)]

    alone, differing, cost = {}, 0, {}
    for way, change, verdict in verdicts(options, changes, policy(not options.no_analyzer, exclude=options.exclude)):
        text = decided(verdict)
        expected = alone.setdefault(change, text)
        units, cpu = cost.get(way, (0, 0.0))
        cost[way] = units + verdict["stats"]["units_analyzed"], cpu + verdict["stats"]["cpu_seconds"]
        if text != expected:
            differing += 1
            print(f"DIFFERENT {way}: {change[0][:10]}..{change[1][:10]}")
            print("\n".join(list(difflib.unified_diff(expected.split("\n"), text.split("\n"), "alone", way, n=1))[:40]))
    print(f"{len(changes)} changes, {differing} verdicts differ\n\n| caches | units analyzed | CPU seconds |\n|---|---|---|")
    for way, (units, cpu) in cost.items():
        print(f"| {way} | {units} | {cpu:.1f} |")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
