#!/usr/bin/env python3
"""Measures who is recommended as reviewer, against histories of real projects.

  tests/bench/reviewers_bench.py --build build --scratch DIR [--data ../shared/reviewers]
      [--repo NAME=BARE ...]    the same questions out of a bare repository (NAME is a history of --data)
      [--held-out BARE ...]     repositories that no weight has seen: questions are made from their own trailers
      [--speed BARE]            first read, and 100 commits more

Prints tables: top-1 and MRR for compact, general and fitted weights; what leaving a history out of the general weights costs;
the load frontier; the cheat test (reviewers after a cutoff shuffled, or the history cut there: same answers); times.
Histories that are absent are said to be, not passed over. Exit code 1 when the cheat test fails or a bar is missed.
"""
import argparse, json, pathlib, random, subprocess, sys

NAMES = ("openssl", "impala", "libcamera")
BARS = {"openssl": (62.5, 77.0), "impala": (48.5, 64.0), "libcamera": (58.5, 74.5)}


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def write_lines(path, objects):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in objects)


class Bench:
    def __init__(self, options):
        self.options, self.failed = options, False
        self.bin, self.data = pathlib.Path(options.build) / "bin", pathlib.Path(options.data)
        self.scratch = pathlib.Path(options.scratch)
        self.scratch.mkdir(parents=True, exist_ok=True)

    def present(self):
        for name in NAMES:
            if (self.data / f"data/{name}.jsonl").exists():
                yield name
            else:
                print(f"{name}: {self.data}/data/{name}.jsonl is not there")

    def file(self, name, kind):
        return str(self.data / f"data/{name}{kind}")

    def recommend(self, source, queries, tag, *more):
        """Answers by id, and what the tool said of its times."""
        out = self.scratch / f"{tag}.answers.jsonl"
        done = subprocess.run([self.bin / "mergegate", "recommend", *source, "--queries", queries, "--out", out, *more],
                              capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"recommend failed: {done.stderr}")
        return out, done.stderr.strip().splitlines()[-1]

    def score(self, name, out):
        """The scorer's figures for one file of answers."""
        done = subprocess.run([sys.executable, self.data / "score.py", "--reviews", self.file(name, ".jsonl"), "--people",
                               self.file(name, ".people.json"), "--pred", out, "--json"], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"score.py failed: {done.stderr}")
        return next(iter(json.loads(done.stdout)["methods"].values()))

    def row(self, name, title, source, *more, bar=False):
        out, said = self.recommend(source, self.file(name, ".queries.jsonl"), f"{name}.{title}".replace(" ", "-"), *more)
        got = self.score(name, out)
        top1, mrr = 100 * got["top1"], 100 * got["mrr"]
        mark = ""
        if bar and (top1 < BARS[name][0] or mrr < BARS[name][1]):
            mark, self.failed = "  BELOW THE BAR", True
        print(f"| {name} | {title} | {top1:.1f} / {mrr:.1f} | {100 * got['top3']:.1f} | {100 * got['s5']:.0f} % | "
              f"{got['ms']:.3f} | {got['ms95']:.3f} |{mark}")
        return said

    def figures(self):
        print("| history | weights | top-1 / MRR | top-3 | five busiest | ms | ms, 95 % |\n|---|---|---|---|---|---|---|")
        for name in self.present():
            source = ["--history-jsonl", self.file(name, ".jsonl")]
            self.row(name, "compact", source, "--weights", "compact", "--no-fit")
            self.row(name, "general", source, "--no-fit")
            self.row(name, "fitted", source, bar=True)
            others = [n for n in NAMES if n != name and (self.data / f"data/{n}.jsonl").exists()]
            if len(others) == 2:
                weights = self.scratch / f"without-{name}.json"
                files = [self.file(n, kind) for n in others for kind in (".jsonl", ".queries.jsonl")]
                weights.write_bytes(subprocess.run([self.bin / "reviewer_weights", *files], check=True, capture_output=True).stdout)
                self.row(name, "general of the other two", source, "--weights", str(weights), "--no-fit")
                self.row(name, "fitted from those", source, "--weights", str(weights))
        for given in self.options.repo:
            name, _, bare = given.partition("=")
            print("| " + name + " | from the repository: " + self.row(name, "fitted, repository", ["--history", bare]) + " |")

    def frontier(self, name="openssl"):
        if name not in set(self.present()):
            return
        print(f"\nLoad frontier on {name}: lambda, top-1 / MRR, reviews on the five busiest")
        for weight in ("0", "0.1", "0.2", "0.4"):
            out, _ = self.recommend(["--history-jsonl", self.file(name, ".jsonl")], self.file(name, ".queries.jsonl"),
                                    f"{name}.load{weight}", "--load-weight", weight)
            got = self.score(name, out)
            print(f"  {weight:4} {100 * got['top1']:.1f} / {100 * got['mrr']:.1f}  {100 * got['s5']:.0f} %")

    def cheat(self):
        print("\nCheat test: answers to the first half of the questions")
        for name in self.present():
            records, queries = lines(self.file(name, ".jsonl")), lines(self.file(name, ".queries.jsonl"))
            cut = sorted(q["cutoff"] for q in queries)[len(queries) // 2]
            asked = [q for q in queries if q["cutoff"] <= cut]
            ids = {q["id"] for q in asked}
            later = [r for r in records if r["time"] > cut]
            reviewers = [r["reviewers"] for r in later]
            random.Random(7).shuffle(reviewers)
            shuffled = [r for r in records if r["time"] <= cut] + [dict(r, reviewers=v) for r, v in zip(later, reviewers)]
            answers = {}
            for title, given, questions in (("as it was", records, queries), ("shuffled", shuffled, queries),
                                            ("cut", [r for r in records if r["time"] <= cut], asked)):
                tag = f"{name}.cheat"
                write_lines(self.scratch / f"{tag}.jsonl", given)
                write_lines(self.scratch / f"{tag}.queries.jsonl", questions)
                out, _ = self.recommend(["--history-jsonl", self.scratch / f"{tag}.jsonl"],
                                        self.scratch / f"{tag}.queries.jsonl", tag)
                answers[title] = {a["id"]: a["ranked"] for a in lines(out) if a["id"] in ids}
            same = all(a == answers["as it was"] for a in answers.values())
            self.failed |= not same
            print(f"  {name}: {len(ids)} answers, shuffled and cut: {'the same' if same else 'DIFFERENT'}")

    def held_out(self, bare):
        """Questions from the repository's own trailers: the last 20 % of reviewed commits, at most 1000."""
        log = subprocess.run(["git", "-C", bare, "log", "--no-merges", "--name-only", "--format=%x01%H%x02%ct%x02%an%x02%ae%x02%s%x02%("
                              "trailers:key=Reviewed-by,key=Acked-by,key=Approved-by,valueonly,separator=%x03)%x02"],
                             capture_output=True, text=True, errors="replace", check=True).stdout
        questions, truth = [], {}
        for entry in log.split("\x01")[1:]:
            sha, time, name, mail, title, trailers, files = entry.split("\x02")
            mails = {t.split("<")[-1].strip(" >").lower() for t in trailers.split("\x03") if "@" in t} - {mail.lower()}
            paths = [f for f in files.splitlines() if f][:200]
            if mails and paths:
                truth[sha] = mails
                questions.append({"id": sha, "sha": sha, "now": int(time), "cutoff": int(time) - 3 * 86400, "author": f"{name} <{mail}>",
                                  "title": title, "files": paths})
        questions = questions[:min(1000, len(questions) // 5)]
        queries = self.scratch / "held-out.queries.jsonl"
        write_lines(queries, questions)
        for title, more in (("compact", ["--weights", "compact", "--no-fit"]), ("general", ["--no-fit"]), ("fitted", [])):
            out, said = self.recommend(["--history", bare], queries, "held-out", *more)
            first = reciprocal = 0
            for answer in lines(out):
                places = [i for i, who in enumerate(answer["ranked"], 1) if who.lower() in truth[answer["id"]]]
                first += bool(places) and places[0] == 1
                reciprocal += 1 / places[0] if places else 0
            count = max(1, len(questions))
            print(f"  {pathlib.Path(bare).parent.name} {title}: {100 * first / count:.1f} / {100 * reciprocal / count:.1f} "
                  f"of {len(questions)} ({said})")

    def speed(self, bare):
        queries, keep = self.scratch / "one.jsonl", self.scratch / "kept-history"
        write_lines(queries, [{"id": 1, "now": 2_000_000_000, "author": "A <a@example.org>", "title": "x", "files": ["a.c"]}])
        keep.unlink(missing_ok=True)
        def git(*arguments):
            return subprocess.run(["git", "-C", bare, "rev-list", *arguments], capture_output=True, text=True, check=True).stdout.split()
        line = git("--first-parent", "--max-count=101", "HEAD")
        before = next((c for c in line if int(git("--count", f"{c}..HEAD")[0]) >= 100), line[-1])
        print(f"\n{bare}: {git('--count', 'HEAD')[0]} commits")
        more = f"{git('--count', f'{before}..HEAD')[0]} commits more, with the kept file"
        for title, ref in (("first read", before), (more, line[0]), ("nothing new", line[0])):
            _, said = self.recommend(["--history", bare, "--ref", ref, "--keep", keep], queries, "speed")
            print(f"  {title}: {said}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--build", default=here / "build")
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--data", default=here.parent / "shared/reviewers")
    parser.add_argument("--repo", action="append", default=[])
    parser.add_argument("--held-out", action="append", default=[])
    parser.add_argument("--speed")
    bench = Bench(parser.parse_args())
    bench.figures()
    bench.frontier()
    bench.cheat()
    if bench.options.held_out:
        print("\nHeld out: top-1 / MRR")
    for bare in bench.options.held_out:
        bench.held_out(bare)
    if bench.options.speed:
        bench.speed(bench.options.speed)
    sys.exit(1 if bench.failed else 0)


if __name__ == "__main__":
    main()
