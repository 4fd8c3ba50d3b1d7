"""Over thirty commits the verdict is the same, byte for byte, whatever is cached."""
import unittest

from harness import BIN, TOP, Repository, folder, run

HEADER = """#ifndef SHARED_H_
#define SHARED_H_
enum class Kind {{ kOne, kTwo{more} }};
inline int* Find(int key) {{
  static int value = 0;
  return key > {limit} ? &value : {otherwise};
}}
template <typename T>
T Half(T value) {{ return value / {divisor}; }}
#define SQUARE(x) {square}
#endif
"""
# Each in two versions, sound and faulty, the last of which is faulty by what the header does.
FUNCTIONS = ("int Sum{n}(int n) {{ int sum = 0; for (int i = 0; i < n; ++i) sum += i; return sum; }}",
             "int Sum{n}(int n) {{ int sum; for (int i = 0; i < n; ++i) sum += i; return sum; }}",
             "int Deref{n}(int* p) {{ if (p == nullptr) return 0; return *p; }}",
             "int Deref{n}(int* p) {{ if (p == nullptr) return *p; return 1; }}",
             "double Ratio{n}(int a) {{ return a / 2.0; }}",
             "double Ratio{n}(int a) {{ return a / 2; }}",
             "int Name{n}(Kind kind) {{ switch (kind) {{ case Kind::kOne: return 1; case Kind::kTwo: return 2; }} return 0; }}",
             "int Read{n}() {{ return *Find({n}) + Half(SQUARE({n} + 1)); }}")


def tree(step):
    """Files after `step` commits: every commit alters one function; every fifth the header; two do not compile."""
    turn = step // 5
    files = {"shared.h": HEADER.format(more=", kThree" if turn % 2 else "", limit=turn % 3,
                                       otherwise="nullptr" if turn % 3 else "&value", divisor=turn % 4 or 2,
                                       square="x * x" if turn % 2 else "((x) * (x))")}
    for number, name in enumerate(("a.cc", "b.cc", "c.cc")):
        # Of this file's functions, each step alters one.
        altered = (step + 2 - number) // 3
        bodies = [FUNCTIONS[(n + altered // 4 + (n < altered % 4)) % len(FUNCTIONS)].format(n=n) for n in range(4)]
        files[name] = "\n".join(['#include "shared.h"', "// A comment that grows." * (altered % 3), *bodies, ""])
    if step in (11, 23):
        files["b.cc"] += "int Broken( {\n"
    return files


class SameBytes(unittest.TestCase):
    def test_thirty_commits(self):
        repo = Repository(self)
        for step in range(31):
            repo.commit(tree(step))
        commands = repo.compile_commands("a.cc", "b.cc", "c.cc", flags="-std=c++17 -Wall -I.")
        done = run("python3", TOP / "tests/bench/same_bytes.py", repo.path, commands, "--scratch", folder(self), "--bin", BIN,
                   "--tip", "origin/main", timeout=1000)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("30 changes, 0 verdicts differ", done.stdout)


if __name__ == "__main__":
    unittest.main()
