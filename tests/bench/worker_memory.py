#!/usr/bin/env python3
"""Memory of a worker over many units: a server with one worker analyzes small generated units, and the resident size of
worker, zygote and server is printed at the start, after 100 units' tasks and at the end.

    MERGEGATE_BIN=build/bin tests/bench/worker_memory.py [TASKS]        # default 1000, in steps of 100
"""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from harness import BIN, Repository, Server, mergegate  # noqa: E402

STEP = 100
TASKS_PER_UNIT = 2  # matching checks, static analyzer
UNITS = STEP // TASKS_PER_UNIT


def processes():
    """{pid: (parent, command line)} of all processes."""
    found = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            found[int(entry.name)] = (int(stat[1]), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def resident_mib(pid):
    """Anonymous and whole resident size."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    value = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in status.splitlines() if line.endswith(" kB")}
    return f"{value['VmRSS']:6.1f} MiB ({value['RssAnon']:5.1f} anonymous)"


def unit(number, version):
    return (f"#include <string>\nint F{number}(int* p) {{\n  std::string text(\"{version}\");\n"
            f"  if (p == nullptr) return *p + {version};\n  return text.size() + {number};\n}}\n")


class Memory(unittest.TestCase):
    def test_is_steady(self):
        total = int(ARGUMENTS[0]) if ARGUMENTS else 1000
        repo = Repository(self)
        names = [f"unit{i}.cc" for i in range(UNITS)]
        base = repo.commit({name: unit(i, 0) for i, name in enumerate(names)})
        commands = repo.compile_commands(*names)
        with Server(self) as server:
            print(f"{'tasks':>6}  {'worker':36}{'zygote':36}server")
            for done in range(0, total + 1, STEP):
                if done > 0:
                    head = repo.commit({name: unit(i, done) for i, name in enumerate(names)})
                    checked = mergegate(repo, "check", "--base", base, "--head", head, "--compile-commands", commands,
                                        "--format", "json", env=server.client_env(), timeout=1200)
                    self.assertIn(checked.returncode, (0, 1), checked.stderr + checked.stdout[:2000])
                    base = head
                if done in (STEP, total) or done == 0:
                    self.show(done, server.process.pid)

    def show(self, done, server):
        every = processes()
        while not (worker := [pid for pid, (up, words) in every.items() if up == server and "mergegate-worker" in words]) \
                or not (zygote := [pid for pid, (up, words) in every.items() if up == worker[0] and "--zygote" in words]):
            every = processes()
        print(f"{done:6}  {resident_mib(worker[0]):36}{resident_mib(zygote[0]):36}{resident_mib(server)}", flush=True)


if __name__ == "__main__":
    ARGUMENTS = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
