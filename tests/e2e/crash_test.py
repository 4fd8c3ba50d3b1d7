"""The server, a worker or an analyzer dies at the worst moment: nothing is lost, nothing is doubled.

MERGEGATE_KILLS sets how often the server is killed (default 3).
"""
import os
import random
import signal
import sqlite3
import subprocess
import time
import unittest

from harness import BIN, FAIL, INCONCLUSIVE, Repository, Server, check, folder, mergegate

CODE = "int Twice(int x) { return 2 * x; }\n"
RUNS_QUEUED = 10
# A hundred million expressions: more than any compiler holds in the memory or the time that the policy below gives.
BOMB = """#define A(x) x x x x x x x x x x
#define B(x) A(A(x))
#define C(x) B(B(x))
long Explode() { return 0 C(C(+ 1)); }
"""


class ServerIsKilled(unittest.TestCase):
    def test_nothing_is_lost_and_nothing_doubled(self):
        """Ten queued runs; the server is killed at a random moment, again and again, until all have a verdict."""
        kills = int(os.environ.get("MERGEGATE_KILLS", "3"))
        dice = random.Random(7)
        for kill in range(kills):
            repo, data = Repository(self), folder(self)
            commits = [repo.commit({"a.cc": CODE + f"int F{i}() {{ int* p = nullptr; return *p + {i}; }}\n"})
                       for i in range(RUNS_QUEUED + 1)]
            commands = repo.compile_commands("a.cc")
            server = Server(self, data=data).start()
            acknowledged = []
            for base, head in zip(commits, commits[1:]):
                done = mergegate(repo, "check", "--no-wait", "--base", base, "--head", head, "--compile-commands", commands,
                                 "--format", "json", env=server.client_env())
                self.assertEqual(done.returncode, 8, done.stdout + done.stderr)
                acknowledged.append(head)
                if len(acknowledged) == RUNS_QUEUED - kill % 3:
                    break
            time.sleep(dice.uniform(0, 1.5))  # the moment of death is what is random here
            server.kill()
            server = Server(self, data=data).start()
            database = sqlite3.connect(f"file:{data}/mergegate.db?mode=ro", uri=True)
            deadline = time.monotonic() + 240
            while time.monotonic() < deadline:
                runs = mergegate(repo, "runs", "--format", "json", env=server.client_env())
                if runs.stdout.count('"done"') == len(acknowledged):
                    break
                time.sleep(0.2)
            listed = mergegate(repo, "runs", "--format", "json", env=server.client_env()).stdout
            for head in acknowledged:
                self.assertEqual(listed.count(f'"head": "{head}"'), 1, listed)
            self.assertEqual(listed.count('"done"'), len(acknowledged), listed)
            verdicts = database.execute("SELECT count(*), count(DISTINCT run) FROM verdicts").fetchone()
            self.assertEqual(verdicts, (len(acknowledged), len(acknowledged)))
            database.close()
            server.stop()


class WorkerIsKilled(unittest.TestCase):
    def test_its_tasks_are_done_by_the_next_one(self):
        repo = Repository(self)
        base = repo.commit({"a.cc": CODE})
        head = repo.commit({"a.cc": CODE + "#include <regex>\nint F() { int* p = nullptr; return *p; }\n"})
        commands = repo.compile_commands("a.cc")
        with Server(self) as server:
            waiting = subprocess.Popen(
                [str(BIN / "mergegate"), "check", "--base", base, "--head", head, "--compile-commands", str(commands),
                 "--format", "json"], cwd=repo.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env={**os.environ, "HOME": str(repo.home), **server.client_env()})
            # Kill the worker as soon as it has started an analyzer.
            pattern = str(server.data)
            while not (worker := self.find("mergegate-worker", pattern)) or not self.has_task(worker):
                self.assertIsNone(waiting.poll(), "the verdict came before the worker could be killed")
                time.sleep(0.005)
            os.kill(worker, signal.SIGKILL)
            out, err = waiting.communicate(timeout=200)
            self.assertEqual(waiting.returncode, FAIL, out + err)

    @staticmethod
    def find(program, argument):
        """Process id of a running program with `argument` in its command line, or None."""
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/cmdline") as file:
                    words = file.read().split("\0")
            except OSError:
                continue
            if words[0].endswith(program) and any(argument in word for word in words[1:]):
                return int(entry)
        return None

    @staticmethod
    def has_task(worker):
        """Whether an analyzer is at work for the worker: a process forked from its zygote, but the worker's child."""
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/stat") as file:
                    name, facts = file.read().split("(", 1)[1].rsplit(")", 1)
            except OSError:
                continue
            if name == "mergegate-task" and int(facts.split()[1]) == worker:
                return True
        return False


class AnalyzerGoesWrong(unittest.TestCase):
    def test_a_bomb_is_a_failure_of_that_unit_and_nothing_else(self):
        repo = Repository(self)
        base = repo.commit({"good.cc": CODE, "bomb.cc": CODE})
        head = repo.commit({"good.cc": CODE + "int F() { int* p = nullptr; return *p; }\n", "bomb.cc": BOMB})
        commands = repo.compile_commands("good.cc", "bomb.cc", flags="-std=c++17 -ftemplate-depth=100")
        policy = repo.home / "policy.yaml"
        policy.write_text("version: 1\nanalysis:\n  unit_seconds: 20\n  unit_memory_mib: 600\nconditions:\n"
                          "  - {name: analyzed, kind: analysis_coverage, min: 1.0}\n")
        done = check(repo, base, head, "--compile-commands", commands, "--policy", policy)
        self.assertEqual(done.code, INCONCLUSIVE, done.stdout + done.stderr)
        self.assertEqual({f["unit"] for f in done.json["failures"]}, {"bomb.cc"})
        self.assertIn(done.json["failures"][0]["kind"], ("out_of_memory", "timed_out", "crashed"))
        self.assertIn("clang-analyzer-core.NullDereference", [f["check"] for f in done.findings("new")])


if __name__ == "__main__":
    unittest.main(verbosity=2)
