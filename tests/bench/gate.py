"""A running mergegate and what it costs.

    with Server(lab) as server:
        verdict = server.check(base, head, policy(analyzer=True))      # the JSON of `mergegate check`
        server.cpu(), server.memory()

Thread safety: check may be called by many threads.
"""
import collections
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from lab import CHECKS, CLEAN, digest, run


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
            [str(self.lab.bin / "mergegated"), "--data-dir", str(self.data), "--listen", f"unix:{self.folder}/s", "--http", "off",
             "--adopt", f"lab={self.lab.repo}/.git", "--exit-with-parent", *self.arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, env={**CLEAN, "HOME": str(self.data)})
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError((self.data / "log").read_text())
        return self

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def check(self, base, head, policy=None):
        """The verdict's JSON object; seconds of the whole call under "measured". Without a policy the base's decides."""
        given = []
        if policy:
            policy_file = self.data / f"policy-{digest(policy)}.yaml"
            if not policy_file.exists():
                policy_file.write_text(policy)
            given = ["--policy", policy_file]
        token = (self.data / "token").read_text().strip()
        done = run([self.lab.bin / "mergegate", "check", "--server", f"unix:{self.folder}/s", "--project", "lab", "--repo",
                    self.lab.repo, "--base", base, "--head", head, "--compile-commands",
                    self.lab.compile_commands, "--format", "json", *given],
                   env={"MERGEGATE_TOKEN": token, "HOME": str(self.data)})
        if not done.stdout.startswith("{"):
            raise RuntimeError(f"mergegate check: exit code {done.code}: {done.stderr}")
        verdict = json.loads(done.stdout)
        verdict["measured"] = {"wall": done.wall, "cpu": done.cpu}
        return verdict

    def cpu(self):
        """CPU seconds so far of the server and all below it, ended ones included. Exact to about 10 ms a process."""
        return sum(process_cpu(pid) for pid in family(self.process.pid))

    def memory(self):
        """"name resident" of each process, in MiB; what forked from one program for one task comes and goes."""
        found = []
        for pid in family(self.process.pid):
            try:
                status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
                found.append(f"{status['Name']} {int(status['VmRSS'].split()[0]) // 1024}")
            except (FileNotFoundError, ProcessLookupError, KeyError):
                continue
        return ", ".join(found)

    def settle(self, quiet=1.0, at_most=600.0):
        """Waits until the server did next to nothing for `quiet` seconds: it warms its caches when it is idle."""
        end = time.monotonic() + at_most
        while time.monotonic() < end:
            before = self.cpu()
            time.sleep(quiet)
            if self.cpu() - before < 0.05 * quiet:
                return


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
