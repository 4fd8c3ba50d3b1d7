#!/usr/bin/env python3
"""Compares mergegate with stock clang-tidy over real commits: head minus base, on the units that mergegate chose.

    tests/bench/commits.py REPO compile_commands.json --scratch /tmp/lab --results /tmp/commits.jsonl --count 60

Takes the last COUNT first-parent commits (from --tip) that touch C or C++, but not very many files, and for which a unit is
chosen, or those that are named. Every difference is explained by a category that code computes, or listed with its
details; the exit code is 1 when one is unexplained. Stock's results are remembered in the scratch folder, so that a second
run costs only mergegate's part; remove the results to judge another build.

How others do it, one command each:
    clang-tidy-diff  git diff -U0 BASE HEAD | clang-tidy-diff-22.py -p1 -path BUILD       (changed lines only)
    CodeChecker      CodeChecker cmd diff -b BASE_REPORTS -n HEAD_REPORTS --new           (after analyzing both sides whole)
"""
import argparse
import itertools
import sys

import compare
import lab


def candidates(options):
    if options.commits:
        return [lab.git(options.lab.repo, "rev-parse", commit).strip() for commit in options.commits]
    log = lab.git(options.lab.repo, "log", "--first-parent", "--min-parents=1", "--name-only", "--format=commit %H",
                  "--diff-merges=first-parent", options.tip, "--", *[f"*{ending}" for ending in lab.SOURCES])
    commits = [entry.split() for entry in log.split("commit ")[1:]]
    return [commit for commit, *files in commits if len(files) <= options.max_files]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    compare.add_options(parser)
    parser.add_argument("--count", type=int, default=50, help="commits to judge [50]")
    parser.add_argument("--max-files", type=int, default=12,
                        help="commits that touch more C and C++ files are passed over [12]")
    parser.add_argument("--tip", default="origin/HEAD", help="where the history starts [origin/HEAD]")
    parser.add_argument("commits", nargs="*", help="these instead")
    options = compare.finish_options(parser.parse_args())

    def judge(server, checkout, change):
        head = change["key"]
        base = lab.git(options.lab.repo, "rev-parse", f"{head}^").strip()
        return compare.judge(server, checkout, base, head, options)

    # Commits without a unit that anybody could analyze do not count: judge as many more.
    judged, rest = [], iter(candidates(options))
    while len(judged) < options.count and (some := list(itertools.islice(rest, options.count - len(judged)))):
        records = compare.judge_all("commits", options, [{"key": commit} for commit in some], judge)
        judged += [r for r in records if "error" in r or r["units"]]
    return 1 if compare.report(judged) else 0


if __name__ == "__main__":
    sys.exit(main())
