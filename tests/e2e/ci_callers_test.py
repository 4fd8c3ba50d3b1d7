"""CI jobs around the command line: what the GitHub Action and the GitLab component of deploy/ci do with an event.

The jobs are run as their files say: inputs and variables are filled in as the hosts document it, then the scripts run.
"""
import json
import os
import re
import unittest

import yaml

from harness import AUTH, BIN, FAIL, INCONCLUSIVE, PASS, TOP, USAGE, Repository, Server, folder, run

CLEAN_CC = "int Twice(int x) { return 2 * x; }\n"
USE_AFTER_MOVE = """#include <string>
#include <utility>
std::string Join(std::string left, std::string right) {
  std::string joined = std::move(left);
  joined += right;
  return joined + left;
}
"""


def fill(text, values, pattern):
    return re.sub(pattern, lambda match: values[match.group(1).replace("-", "_")], text)


class CiJob(unittest.TestCase):
    def setUp(self):
        self.upstream = Repository(self)
        self.upstream.commit({"lib.cc": "int Once(int x) { return x; }\n"})
        self.base = self.upstream.commit({"lib.cc": CLEAN_CC})
        self.upstream.git("checkout", "-q", "-b", "topic")
        self.good = self.upstream.commit({"lib.cc": CLEAN_CC + "int Thrice(int x) { return 3 * x; }\n"})
        self.bad = self.upstream.commit({"lib.cc": CLEAN_CC + USE_AFTER_MOVE})
        self.work = folder(self) / "work"
        commands = [{"directory": str(self.work), "file": "lib.cc", "command": "c++ -std=c++17 -c lib.cc"}]
        self.commands = folder(self) / "compile_commands.json"
        self.commands.write_text(json.dumps(commands))
        self.home = folder(self)

    def check_out(self, head):
        """As CI does it: one commit deep, without branches."""
        run("git", "init", "-q", self.work)
        self.upstream.git("config", "uploadpack.allowAnySHA1InWant", "true")
        for arguments in (("remote", "add", "origin", f"file://{self.upstream.path}"),
                          ("fetch", "-q", "--depth=1", "origin", head), ("checkout", "-q", "FETCH_HEAD")):
            done = run("git", *arguments, cwd=self.work, env={"HOME": str(self.home)})
            self.assertEqual(done.returncode, 0, done.stderr)

    def run_script(self, script, env):
        return run("bash", "-e", "-o", "pipefail", "-c", script, cwd=self.work,
                   env={"HOME": str(self.home), "PATH": f"{BIN}:{os.environ['PATH']}", "CI": "true", **env})

    def github(self, event_name, event, env=None, **inputs):
        action = yaml.safe_load((TOP / "deploy/ci/github/action.yml").read_text())
        values = {name.replace("-", "_"): given["default"] for name, given in action["inputs"].items()}
        values.update(inputs, compile_commands=str(self.commands))
        self.outputs, self.summary, path = (folder(self) / name for name in ("output", "summary", "event.json"))
        self.outputs.write_text("")
        self.summary.write_text("")
        path.write_text(json.dumps(event))
        code, text = 0, ""
        for step in action["runs"]["steps"]:
            given = {k: fill(v, values, r"\$\{\{ inputs\.([\w-]+) \}\}") for k, v in step.get("env", {}).items()}
            done = self.run_script(step["run"], {
                "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event_name, "GITHUB_EVENT_PATH": str(path),
                "GITHUB_ACTION_PATH": str(TOP / "deploy/ci/github"), "GITHUB_OUTPUT": str(self.outputs),
                "GITHUB_STEP_SUMMARY": str(self.summary), **given, **(env or {})})
            code, text = done.returncode, text + done.stdout + done.stderr
            if code != 0:
                break
        return code, text

    def pull_request(self, head, fork=False):
        return {"repository": {"id": 1},
                "pull_request": {"number": 7, "base": {"sha": self.base},
                                 "head": {"sha": head, "repo": None if fork else {"id": 1}}}}


class GitHubAction(CiJob):
    def test_a_failing_pull_request_is_annotated_summed_up_and_reported(self):
        self.check_out(self.bad)
        code, text = self.github("pull_request", self.pull_request(self.bad))
        self.assertEqual(code, FAIL, text)
        self.assertRegex(text, r"::error file=lib\.cc,line=7\b")
        self.assertIn("'left' used after it was moved", self.summary.read_text())
        self.assertIn("verdict=fail\nexit-code=1\n", self.outputs.read_text())
        reports = self.work / "mergegate-reports"
        self.assertEqual(json.loads((reports / "mergegate.json").read_text())["verdict"], "fail")
        self.assertEqual(json.loads((reports / "mergegate.sarif").read_text())["version"], "2.1.0")
        quality = json.loads((reports / "gl-code-quality-report.json").read_text())
        self.assertEqual({entry["location"]["path"] for entry in quality}, {"lib.cc"})

    def test_a_verdict_need_not_fail_the_job(self):
        self.check_out(self.bad)
        code, text = self.github("pull_request", self.pull_request(self.bad), fail_on="never")
        self.assertEqual(code, PASS, text)
        self.assertIn("verdict=fail", self.outputs.read_text())
        self.assertEqual(self.github("pull_request", self.pull_request(self.bad), fail_on="often")[0], USAGE)

    def test_pushes_and_merge_queues_are_gated_too(self):
        self.check_out(self.good)
        code, text = self.github("push", {"before": self.base, "after": self.good})
        self.assertEqual(code, PASS, text)
        code, text = self.github("merge_group", {"merge_group": {"base_sha": self.base, "head_sha": self.good}})
        self.assertEqual(code, PASS, text)

    def test_a_forks_pull_request_needs_no_secret(self):
        self.check_out(self.bad)
        code, text = self.github("pull_request", self.pull_request(self.bad, fork=True), server="127.0.0.1:1")
        self.assertEqual(code, FAIL, text)
        self.assertIn("the server reports by itself", text)

    def test_a_forgotten_secret_is_said(self):
        self.check_out(self.good)
        code, text = self.github("pull_request", self.pull_request(self.good), server="127.0.0.1:1")
        self.assertEqual(code, AUTH, text)
        self.assertIn("mergegate admin token create ci --role bot", text)

    def test_the_server_decides(self):
        with Server(self) as server:
            token = (server.data / "token").read_text().strip()
            self.check_out(self.bad)
            code, text = self.github("pull_request", self.pull_request(self.bad), server=server.address, token=token,
                                     here="true")
            self.assertEqual(code, FAIL, text)
            self.assertNotIn(token, text)
            shown = run(BIN / "mergegate", "show", "--change", "pr-7", "--server", server.address, cwd=self.work,
                        env={"HOME": str(self.home), "MERGEGATE_TOKEN": token})
            self.assertIn("pr-7", shown.stdout, shown.stderr)


class GitLabComponent(CiJob):
    def gitlab(self, head, **inputs):
        header, job = yaml.safe_load_all((TOP / "deploy/ci/gitlab/mergegate.yml").read_text())
        values = {name: (given or {}).get("default", "") for name, given in header["spec"]["inputs"].items()}
        values.update(inputs, compile_commands=str(self.commands))
        job = job["mergegate"]
        variables = {k: fill(v, values, r"\$\[\[ inputs\.(\w+) \]\]") for k, v in job["variables"].items()}
        programs = folder(self)
        (programs / "mergegate-ci-gate").symlink_to(TOP / "deploy/ci/gate")  # where deploy/ci/install puts it
        self.artifacts = [job["artifacts"]["reports"]["codequality"], *job["artifacts"]["paths"]]
        return self.run_script("\n".join(job["script"]), {
            "GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "4", "CI_MERGE_REQUEST_DIFF_BASE_SHA": self.base,
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": head, "CI_MERGE_REQUEST_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1", **variables,
            "PATH": f"{programs}:{BIN}:{os.environ['PATH']}"})

    def test_a_merge_request_leaves_a_code_quality_report(self):
        self.check_out(self.bad)
        done = self.gitlab(self.bad)
        self.assertEqual(done.returncode, FAIL, done.stdout + done.stderr)
        self.assertNotIn("::error", done.stdout)
        for artifact in self.artifacts:
            self.assertTrue((self.work / artifact).exists(), artifact)

    def test_an_inconclusive_verdict_fails_the_job_unless_told_otherwise(self):
        broken = self.upstream.commit({"lib.cc": CLEAN_CC + "#include \"absent.h\"\n"})
        self.check_out(broken)
        done = self.gitlab(broken)
        self.assertEqual(done.returncode, INCONCLUSIVE, done.stdout + done.stderr)
        self.assertEqual(self.gitlab(broken, fail_on="fail").returncode, PASS)


if __name__ == "__main__":
    unittest.main()
