#!/usr/bin/env python3
"""How well `mergegate risk` tells which changes will cause defects.

    tests/bench/risk_eval.py --mergegate build/bin/mergegate dpdk=/mirrors/dpdk.git ovs=/mirrors/ovs.git@d6a632a9

Each repository is judged as its history went (a model knows only what was known then), and the last 30 % of the changes
whose year is over are looked at: ROC AUC, the mean of the AUCs within the ten deciles of lines added, the expected
calibration error over ten bins of equal size, and the AUC of lines added alone. Where ../shared/risk/data/NAME.csv.gz
is there, the values of 1 000 random commits are compared with it, and the figures are taken over its rows. Needs
nothing but Python; --keep FOLDER keeps what was read.
"""
import argparse
import collections
import csv
import gzip
import json
import pathlib
import random
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
SHARED = TOP.parent / "shared/risk/data"
VALUES = "LA maxhunk ctrl NF n90 NDEV fIndRate baseRate commentOnly onlyTest nBuild".split()
YEAR = 365 * 86400


def auc(rows):
    """Of (label, score) pairs, ties counting half; None when one label is all there is."""
    positives = sum(label for label, _ in rows)
    negatives = len(rows) - positives
    if not positives or not negatives:
        return None
    rows = sorted(rows, key=lambda row: row[1])
    rank_sum, i = 0.0, 0
    while i < len(rows):
        j = i
        while j < len(rows) and rows[j][1] == rows[i][1]:
            j += 1
        rank_sum += (i + j + 1) / 2 * sum(label for label, _ in rows[i:j])
        i = j
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def tenths(rows, key):
    rows = sorted(rows, key=key)
    return [rows[len(rows) * i // 10:len(rows) * (i + 1) // 10] for i in range(10)]


def auc_within_size(rows):
    """Mean of the AUCs within deciles of lines added; deciles of one outcome have none."""
    parts = [auc([(r["label"], r["p"]) for r in part]) for part in tenths(rows, lambda r: r["LA"])]
    parts = [part for part in parts if part is not None]
    return sum(parts) / len(parts) if parts else float("nan")


def calibration_error(rows):
    return sum(abs(sum(r["label"] - r["p"] for r in part)) for part in tenths(rows, lambda r: r["p"])) / len(rows)


def judge(mergegate, repository, ref, keep, name):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "risk.csv"
        command = [mergegate, "risk", "--history", repository, "--out", str(out)]
        command += ["--ref", ref] if ref else []
        command += ["--keep", f"{keep}/{name}.risk"] if keep else []
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: {done.stderr}")
        print(f"{name}: {done.stderr.strip()}")
        with open(out, newline="") as file:
            return list(csv.DictReader(file))


def reference(name):
    path = SHARED / f"{name}.csv.gz"
    if not path.exists():
        print(f"{name}: no {path}: values are not compared")
        return None
    with gzip.open(path, "rt", newline="") as file:
        return {row["sha"]: row for row in csv.DictReader(file)}


def same(a, b):
    return abs(a - b) <= 1e-5 * abs(a) + 1e-12  # both are printed with six digits


def compare(name, rows, wanted, sample):
    """Share of equal values over random commits, and over all."""
    ours = {row["sha"]: row for row in rows}

    def equal(ids):
        wrong = collections.Counter()
        for sha in ids:
            for value in VALUES:
                if sha not in ours or not same(float(wanted[sha][value]), float(ours[sha][value])):
                    wrong[value] += 1
        return 1 - sum(wrong.values()) / (len(ids) * len(VALUES)), dict(wrong)

    some = random.Random(1).sample(sorted(wanted), min(sample, len(wanted)))
    share, wrong = equal(some)
    whole, wrong_all = equal(list(wanted))
    labels = sum(sha not in ours or ours[sha]["label365"] != row["label365"] for sha, row in wanted.items())
    print(f"{name}: {100 * share:.3f} % of the values of {len(some)} random commits equal {wrong or ''}; of all "
          f"{len(wanted)}: {100 * whole:.3f} % {wrong_all or ''}; {labels} labels differ; "
          f"{sum(sha not in ours for sha in wanted)} commits missing")
    return share


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="+", metavar="NAME=PATH[@REF]")
    parser.add_argument("--mergegate", default=str(TOP / "build/bin/mergegate"))
    parser.add_argument("--keep", default="")
    parser.add_argument("--sample", type=int, default=1000)
    parser.add_argument("--json", default="", help="write the figures there, too")
    options = parser.parse_args()
    table = {}
    for argument in options.repositories:
        name, _, place = argument.partition("=")
        path, _, ref = place.partition("@")
        rows = judge(options.mergegate, path, ref, options.keep, name)
        wanted = reference(name)
        share = compare(name, rows, wanted, options.sample) if wanted else None
        rows = [{"sha": r["sha"], "time": int(r["time"]), "label": int(r["label365"]), "LA": float(r["LA"]),
                 "p": float(r["probability"])} for r in rows]
        if wanted:
            rows = [dict(r, label=int(wanted[r["sha"]]["label365"])) for r in rows if r["sha"] in wanted]
        else:
            end = max(r["time"] for r in rows)
            rows = [r for r in rows if r["time"] <= end - YEAR]
        test = rows[len(rows) * 7 // 10:]
        table[name] = {"changes": len(test), "inducing": sum(r["label"] for r in test),
                       "lines": auc([(r["label"], r["LA"]) for r in test]),
                       "auc": auc([(r["label"], r["p"]) for r in test]), "within": auc_within_size(test),
                       "ece": calibration_error(test), "equal": share}
    print(f"{'':16}{'changes':>9}{'inducing':>9}{'LA alone':>9}{'AUC':>8}{'within':>8}{'ECE':>8}{'equal':>9}")
    for name, row in table.items():
        equal = f"{100 * row['equal']:8.2f}%" if row["equal"] is not None else f"{'-':>9}"
        print(f"{name:16}{row['changes']:9}{row['inducing']:9}{row['lines']:9.4f}{row['auc']:8.4f}{row['within']:8.4f}"
              f"{row['ece']:8.4f}{equal}")
    print(f"{'mean':42}{sum(r['auc'] for r in table.values()) / len(table):8.4f}"
          f"{sum(r['within'] for r in table.values()) / len(table):8.4f}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
