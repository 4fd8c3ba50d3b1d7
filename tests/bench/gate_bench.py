#!/usr/bin/env python3
"""Times the gate beside its peers in one run, and prints ratios.

    tests/bench/gate_bench.py --repo DIR --compile-commands FILE [--bin build/bin] [--policy FILE] COMMIT...

For each commit, against its first parent: a cold check (no cache), a second one (everything cached), and plain clang-tidy-22
with the same checks on the same units of the head alone, in a checkout of its own. CPU is user + system seconds of all
processes. Ratios under 1 mean that the gate is cheaper.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time

CHECKS = ("-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,performance-*,concurrency-*,"
          "-concurrency-mt-unsafe,clang-analyzer-*,clang-diagnostic-*")


def timed(command, **options):
    """(process, wall seconds, CPU seconds of it and its children)"""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done, time.monotonic() - start, cpu


def gate(arguments, commit, git_dir):
    command = [str(pathlib.Path(arguments.bin) / "mergegate"), "check", "--local", "--repo", arguments.repo, "--base",
               f"{commit}^", "--head", commit, "--compile-commands", arguments.compile_commands, "--format", "json"]
    if arguments.policy:
        command += ["--policy", arguments.policy]
    shutil.rmtree(git_dir / "mergegate", ignore_errors=True)
    results = []
    for _ in range(2):
        done, wall, _ = timed(command)
        report = json.loads(done.stdout)
        results.append((report, wall, report["stats"]["cpu_seconds"]))
    return results


def clang_tidy(arguments, commit, units):
    """CPU seconds of clang-tidy on the units in a checkout of the commit."""
    with tempfile.TemporaryDirectory() as checkout:
        archive = subprocess.run(["git", "-C", arguments.repo, "archive", commit], capture_output=True, check=True)
        subprocess.run(["tar", "x", "-C", checkout], input=archive.stdout, check=True)
        commands = json.loads(pathlib.Path(arguments.compile_commands).read_text())
        for entry in commands:
            entry["directory"] = checkout
        pathlib.Path(checkout, "compile_commands.json").write_text(json.dumps(commands))
        _, wall, cpu = timed(["clang-tidy-22", "--quiet", "-p", checkout, f"--checks={CHECKS}", "--header-filter=.*",
                              *[os.path.join(checkout, unit) for unit in units]])
        return wall, cpu


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repo", default=".")
    parser.add_argument("--compile-commands", required=True)
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--policy")
    parser.add_argument("commits", nargs="+")
    arguments = parser.parse_args()
    git_dir = subprocess.run(["git", "-C", arguments.repo, "rev-parse", "--path-format=absolute", "--git-common-dir"],
                             capture_output=True, text=True, check=True).stdout.strip()
    print(f"{'commit':10} {'verdict':13} {'units':>5} {'cold s':>8} {'cold CPU':>9} {'warm s':>7} {'tidy CPU':>9} "
          f"{'cold/tidy':>9} {'warm/tidy':>9}")
    for commit in arguments.commits:
        (cold, cold_wall, cold_cpu), (_, warm_wall, warm_cpu) = gate(arguments, commit, pathlib.Path(git_dir))
        units = sorted({unit for file in cold["coverage"]["files"] for unit in file["units"]})
        _, tidy_cpu = clang_tidy(arguments, commit, units)
        print(f"{commit[:10]:10} {cold['verdict']:13} {len(units):5} {cold_wall:8.2f} {cold_cpu:9.2f} {warm_wall:7.2f} "
              f"{tidy_cpu:9.2f} {cold_cpu / tidy_cpu:9.2f} {warm_cpu / tidy_cpu:9.2f}", flush=True)


if __name__ == "__main__":
    main()
