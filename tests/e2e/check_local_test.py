"""Somebody with a C++ repository and nothing else asks: may this change merge?"""
import json
import unittest
from decimal import Decimal

from harness import FAIL, INCONCLUSIVE, PASS, USAGE, Repository, check, forget_cache, mergegate

CLEAN_CC = """#include "lib.h"

int Twice(int x) { return 2 * x; }
"""
LIB_H = "#pragma once\nint Twice(int x);\n"
# Dereferences a null pointer on one path: the static analyzer sees it, and no compiler warns.
NULL_DEREFERENCE = """
int First(const int* values, int count) {
  const int* first = nullptr;
  if (count > 0) first = values;
  return *first;
}
"""
USE_AFTER_MOVE = """
#include <string>
#include <utility>

std::string Join(std::string left, std::string right) {
  std::string joined = std::move(left);
  joined += right;
  return joined + left;
}
"""


class CheckLocal(unittest.TestCase):
    def setUp(self):
        self.repo = Repository(self)
        self.base = self.repo.commit({"lib.h": LIB_H, "lib.cc": CLEAN_CC})
        self.commands = self.repo.compile_commands("lib.cc")

    def check(self, head, *arguments, base=None):
        return check(self.repo, base or self.base, head, "--compile-commands", self.commands, *arguments)

    def test_a_clean_change_passes(self):
        head = self.repo.commit({"lib.cc": CLEAN_CC + "\nint Thrice(int x) { return 3 * x; }\n"})
        done = self.check(head)
        self.assertEqual(done.code, PASS, done.stdout + done.stderr)
        self.assertEqual(done.json["verdict"], "pass")
        self.assertEqual(done.findings("new", "caused"), [])
        self.assertEqual(done.json["counterfactual"]["actions"], [])

    def test_a_bug_fails_and_is_explained(self):
        head = self.repo.commit({"lib.cc": CLEAN_CC + USE_AFTER_MOVE + NULL_DEREFERENCE})
        done = self.check(head)
        self.assertEqual(done.code, FAIL, done.stdout + done.stderr)
        found = {f["check"]: f for f in done.findings("new")}
        self.assertIn("bugprone-use-after-move", found)
        self.assertIn("clang-analyzer-core.NullDereference", found)
        moved = found["bugprone-use-after-move"]
        self.assertEqual((moved["path"], moved["line"], moved["function"]), ("lib.cc", 11, "Join"))
        condition = done.condition("findings")
        self.assertEqual(condition["result"], "unsatisfied")
        self.assertIn(moved["fingerprint"], json.dumps(done.json["counterfactual"]))

    def test_the_ledger_sums_to_q_exactly(self):
        head = self.repo.commit({"lib.cc": CLEAN_CC + USE_AFTER_MOVE})
        text = self.check(head).stdout
        quality = json.loads(text, parse_float=Decimal, parse_int=Decimal)["metrics"]["Q"]
        self.assertEqual(sum(entry["points"] for entry in quality["ledger"]), quality["value"])
        self.assertLess(quality["value"], 1)
        self.assertGreaterEqual(quality["value"], 0)

    def test_an_old_bug_is_not_held_against_the_change(self):
        base = self.repo.commit({"lib.cc": CLEAN_CC + USE_AFTER_MOVE})
        head = self.repo.commit({"lib.cc": "// A comment above moves every line.\n" + CLEAN_CC + USE_AFTER_MOVE})
        done = self.check(head, base=base)
        self.assertEqual(done.code, PASS, done.stdout)
        self.assertIn("bugprone-use-after-move", [f["check"] for f in done.findings("unchanged")])

    def test_fixing_a_bug_shows_it_as_fixed(self):
        base = self.repo.commit({"lib.cc": CLEAN_CC + USE_AFTER_MOVE})
        head = self.repo.commit({"lib.cc": CLEAN_CC + USE_AFTER_MOVE.replace(" + left", "")})
        done = self.check(head, base=base)
        self.assertEqual(done.code, PASS, done.stdout)
        self.assertEqual([f["check"] for f in done.findings("fixed")], ["bugprone-use-after-move"])

    def test_a_renamed_tree_has_no_new_findings(self):
        base = self.repo.commit({"src/lib.h": LIB_H, "src/lib.cc": CLEAN_CC + USE_AFTER_MOVE}, remove=["lib.cc", "lib.h"])
        self.repo.git("mv", "src", "core")
        head = self.repo.commit({})
        done = check(self.repo, base, head)
        self.assertEqual(done.findings("new", "caused", "fixed"), [])
        self.assertEqual(done.code, PASS, done.stdout)

    def test_a_comment_never_changes_a_verdict(self):
        for code in (CLEAN_CC, CLEAN_CC + USE_AFTER_MOVE):
            base = self.repo.commit({"lib.cc": code})
            head = self.repo.commit({"lib.cc": code.replace("int Twice", "// Doubles.\nint Twice")})
            self.assertEqual(self.check(head, base=base).code, PASS)

    def test_a_finding_off_the_diff_names_its_cause(self):
        # The header's new value makes an untouched function divide by zero.
        caller = '#include "lib.h"\nint Use() { return 10 / Divisor(); }\n'
        divisor = "#pragma once\ninline int Divisor() {\n  return %d;\n}\n"
        base = self.repo.commit({"lib.h": divisor % 1, "lib.cc": caller})
        head = self.repo.commit({"lib.h": divisor % 0})
        done = self.check(head, base=base)
        caused = done.findings("caused")
        self.assertEqual([(f["check"], f["path"], f["caused_by"]) for f in caused],
                         [("clang-analyzer-core.DivideZero", "lib.cc", "Divisor")])
        self.assertEqual(done.code, FAIL)

    def test_a_new_file_is_not_charged_with_old_problems_of_the_headers_it_includes(self):
        base = self.repo.commit({"lib.h": "#pragma once\ninline int Divide(int x) { return x / (x - x); }\n"
                                          "#define TWICE(x) x * 2\n"})
        head = self.repo.commit({"new.cc": '#include "lib.h"\nint Use() { return TWICE(4); }\n'})
        self.commands = self.repo.compile_commands("new.cc")
        done = self.check(head, base=base)
        self.assertEqual(done.findings("new", "caused"), [], done.stdout)
        self.assertGreater(len(done.findings("unchanged")), 0)
        self.assertEqual(done.code, PASS)

    def test_cached_and_uncached_verdicts_are_equal(self):
        head = self.repo.commit({"lib.cc": CLEAN_CC + USE_AFTER_MOVE})
        first, second = self.check(head), self.check(head)
        self.assertEqual(first.json["stats"]["units_from_cache"], 0)
        self.assertEqual(second.json["stats"]["units_analyzed"], 0)
        self.assertEqual(first.decided(), second.decided())
        forget_cache(self.repo)
        self.assertEqual(self.check(head).decided(), first.decided())

    def test_a_verdict_can_be_replayed(self):
        head = self.repo.commit({"lib.cc": CLEAN_CC + USE_AFTER_MOVE})
        run = self.check(head).json["run"]
        replayed = mergegate(self.repo, "replay", "--local", run)
        self.assertEqual(replayed.returncode, 0, replayed.stdout + replayed.stderr)

    def test_a_missing_base_is_inconclusive_and_says_what_to_do(self):
        head = self.repo.commit({"lib.cc": CLEAN_CC + "\n"})
        done = self.check(head, base="7" * 40)
        self.assertEqual(done.code, INCONCLUSIVE, done.stdout + done.stderr)
        self.assertIn("git fetch", done.stdout + done.stderr)

    def test_a_shallow_clone_is_inconclusive_and_says_what_to_do(self):
        head = self.repo.commit({"lib.cc": CLEAN_CC + "\n"})
        shallow = Repository(self)
        shallow.git("fetch", "-q", "--depth", "1", f"file://{self.repo.path}", "main")
        done = check(shallow, self.base, head)
        self.assertEqual(done.code, INCONCLUSIVE, done.stdout + done.stderr)
        self.assertIn("--unshallow", done.stdout + done.stderr)

    def test_an_unparsable_unit_is_inconclusive_not_green(self):
        head = self.repo.commit({"lib.cc": '#include "generated.h"\n' + CLEAN_CC})
        done = self.check(head)
        self.assertEqual(done.code, INCONCLUSIVE, done.stdout)
        self.assertIn("generated.h", json.dumps(done.json["failures"]))

    def test_nothing_but_a_repository_is_needed(self):
        head = self.repo.commit({"lib.cc": CLEAN_CC + "\nint Thrice(int x) { return 3 * x; }\n"})
        done = check(self.repo, self.base, head)
        self.assertEqual(done.code, PASS, done.stdout)
        self.assertGreater(done.json["coverage"]["guessed_lines"], 0)

    def test_a_suppression_that_the_change_adds_does_not_help_it(self):
        head = self.repo.commit(
            {"lib.cc": CLEAN_CC + USE_AFTER_MOVE.replace("return joined + left;", "return joined + left;  // NOLINT")})
        done = self.check(head)
        self.assertEqual(done.code, FAIL, done.stdout)
        self.assertEqual([r["kind"] for r in done.json["relaxations"]], ["nolint"])

    def test_a_policy_that_the_change_relaxes_does_not_help_it(self):
        head = self.repo.commit({"lib.cc": CLEAN_CC + USE_AFTER_MOVE,
                                 ".mergegate.yaml": "version: 1\nconditions: []\n"})
        done = self.check(head)
        self.assertEqual(done.code, FAIL, done.stdout)
        self.assertIn("policy", [r["kind"] for r in done.json["relaxations"]])

    def test_an_unreadable_policy_is_inconclusive_and_names_line_and_column(self):
        base = self.repo.commit({".mergegate.yaml": "version: 1\nconditons: []\n"})
        head = self.repo.commit({"lib.cc": CLEAN_CC + "\n"})
        done = self.check(head, base=base)
        self.assertEqual(done.code, INCONCLUSIVE, done.stdout)
        self.assertIn("2:1", done.stdout)

    def test_reports_of_other_tools_gate_other_languages(self):
        self.repo.commit({"app.py": "x = 1\n"})
        base = self.repo.git("rev-parse", "HEAD")
        head = self.repo.commit({"app.py": "x = 1\nimport os\n"})
        report = self.repo.home / "pylint.sarif"
        report.write_text(json.dumps({"version": "2.1.0", "runs": [{
            "tool": {"driver": {"name": "pylint"}},
            "results": [{"ruleId": "W0611", "level": "error", "message": {"text": "unused import os"},
                         "locations": [{"physicalLocation": {"artifactLocation": {"uri": "app.py"},
                                                             "region": {"startLine": 2}}}]}]}]}))
        done = self.check(head, "--sarif", report, base=base)
        self.assertEqual(done.code, FAIL, done.stdout)
        self.assertEqual([(f["check"], f["line"]) for f in done.findings("new")], [("W0611", 2)])

    def test_a_report_of_coverage_decides_on_changed_lines(self):
        base = self.repo.commit({
            ".mergegate.yaml": "version: 1\nconditions:\n  - {name: tested, kind: test_coverage, min: 0.5}\n"})
        head = self.repo.commit({"lib.cc": CLEAN_CC + "int F(int x) {\n  if (x > 1) {\n    return 2;\n  }\n  return x;\n}\n"})
        done = self.check(head, base=base)
        self.assertEqual(done.code, INCONCLUSIVE, done.stdout)
        self.assertIn("no readable report of coverage", done.condition("test_coverage")["reason"])
        report = self.repo.home / "cov.info"
        report.write_text("SF:/ci/build/../lib.cc\nDA:3,9\nDA:4,1\nDA:5,1\nDA:6,0\nDA:8,1\nend_of_record\n")
        done = self.check(head, "--coverage", report, base=base)
        self.assertEqual(done.code, PASS, done.stdout)
        self.assertEqual(done.condition("test_coverage")["actual"], "75%")
        self.assertIn("no test ran 1 of 4 changed executable lines of lib.cc", json.dumps(done.json["metrics"]["Q"]))
        report.write_text("SF:lib.cc\nDA:4,1\nDA:5,0\nDA:6,0\nDA:8,0\nend_of_record\n")
        done = self.check(head, "--coverage", report, base=base)
        self.assertEqual(done.code, FAIL, done.stdout)
        self.assertIn("not lib.cc:5-6, 8", done.condition("test_coverage")["reason"])

    def test_a_hostile_compile_command_does_nothing(self):
        written = self.repo.home / "written"
        self.commands = self.repo.compile_commands(
            "lib.cc", flags=f"-I. -fplugin=/tmp/evil.so -Xclang -load -Xclang /tmp/evil.so @/etc/passwd -MF {written} -MD "
                            f"-o {written} -include /etc/passwd -ivfsoverlay /tmp/x --config=/tmp/y -B/tmp")
        head = self.repo.commit({"lib.cc": CLEAN_CC + "\nint Thrice(int x) { return 3 * x; }\n"})
        done = self.check(head)
        self.assertEqual(done.code, PASS, done.stdout + done.stderr)
        self.assertFalse(written.exists())

    def test_sources_cannot_read_this_machine(self):
        head = self.repo.commit({"lib.cc": '#include "/etc/passwd"\n#include "../../../../../../etc/passwd"\n'})
        done = self.check(head)
        self.assertEqual(done.code, INCONCLUSIVE, done.stdout)
        self.assertNotIn("root:x", done.stdout + done.stderr)

    def test_bad_usage_is_two(self):
        self.assertEqual(mergegate(self.repo, "check", "--no-such-flag").returncode, USAGE)
        self.assertEqual(check(self.repo, "HEAD", "no-such-revision").code, USAGE)

    def test_every_format_can_be_had(self):
        head = self.repo.commit({"lib.cc": CLEAN_CC + USE_AFTER_MOVE})
        for name, sign in (("text", "fail"), ("sarif", '"2.1.0"'), ("codeclimate", "check_name"),
                           ("github", "::error "), ("markdown", "fail")):
            done = mergegate(self.repo, "check", "--local", "--base", self.base, "--head", head, "--compile-commands",
                             self.commands, "--format", name)
            self.assertEqual(done.returncode, FAIL, done.stderr)
            self.assertIn(sign, done.stdout.lower() if name in ("text", "markdown") else done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
