"""The life of a review: two reviewers, a push, a rebase, a hand-over and an approval, over loopback."""
import json
import unittest

from harness import AUTH, FAIL, PASS, USAGE, Repository, Server, mergegate

AUTHOR, ANN, BEN, CLEO = "author@example.org", "ann@example.org", "ben@example.org", "cleo@example.org"
POLICY = """version: 1
reviewers: {count: 2, respond_hours: 8}
conditions:
  - {name: approved, kind: approvals, min: 1}
  - {name: owners, kind: owners}
"""
DB = "int Get(int key) {\n  return key;\n}\n\nint Put(int key) {\n  return key + 1;\n}\n"
UI = "int Draw(int width) {\n  return width;\n}\n"


def as_author(mail):
    return {"GIT_AUTHOR_NAME": mail.split("@")[0].title(), "GIT_AUTHOR_EMAIL": mail}


class ReviewStory(unittest.TestCase):
    def setUp(self):
        self.repo = Repository(self)
        # Ann works on the database, Ben on the pictures; Cleo has seen both.
        self.commit(ANN, {"db/db.cc": DB, "CODEOWNERS": f"/ui/ {BEN} {CLEO}\n", ".mergegate.yaml": POLICY})
        self.commit(BEN, {"ui/ui.cc": UI})
        for i in range(6):
            self.commit(ANN, {"db/db.cc": DB + f"// {i}\n"}, f"db {i}\n\nReviewed-by: Cleo <{CLEO}>")
            self.commit(BEN, {"ui/ui.cc": UI + f"// {i}\n"}, f"ui {i}\n\nReviewed-by: Ann <{ANN}>")
        self.base = self.commit(CLEO, {"db/db.cc": DB, "ui/ui.cc": UI}, f"clean\n\nReviewed-by: Ben <{BEN}>")
        self.repo.git("checkout", "-q", "-b", "work")
        self.server = Server(self).start()
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.stop())
        self.commands = self.repo.compile_commands("db/db.cc", "ui/ui.cc")

    def commit(self, who, files, message="change"):
        for path, content in files.items():
            target = self.repo.path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content)
        self.repo.git("add", "-A")
        self.repo.git("-c", f"user.email={who}", "-c", "user.name=x", "commit", "-q", "--author",
                      f"{who.split('@')[0].title()} <{who}>", "-m", message)
        return self.repo.git("rev-parse", "HEAD")

    def run_as(self, who, *arguments):
        return mergegate(self.repo, *arguments, env={**self.server.client_env(), "MERGEGATE_AS": who})

    def json_as(self, who, *arguments):
        done = self.run_as(who, *arguments, "--format", "json")
        self.assertTrue(done.stdout.startswith("{"), done.stdout + done.stderr)
        return json.loads(done.stdout)

    def push(self, expected, base=None):
        done = self.run_as(AUTHOR, "check", "--base", base or self.base, "--head", "HEAD", "--change", "pr-1",
                           "--compile-commands", self.commands)
        self.assertEqual(done.returncode, expected, done.stdout + done.stderr)
        return done.stdout

    def review(self):
        return self.json_as(AUTHOR, "show", "--change", "pr-1")

    def stances(self):
        return {r["person"]: r["stance"] for r in self.review()["reviewers"]}

    def turns(self, who):
        return [r["change"] for r in self.json_as(who, "inbox")["reviews"] if r["my_turn"]]

    def test_story(self):
        # The author proposes a change of both parts.
        first = self.commit(AUTHOR, {"db/db.cc": DB.replace("return key;", "return 2 * key;"),
                                     "ui/ui.cc": UI.replace("return width;", "return -width;")}, "Twice as good")
        said = self.push(FAIL)
        self.assertIn("get the approval of", said)
        review = self.review()
        self.assertEqual((review["title"], review["author"], review["parts"]), ("Twice as good", AUTHOR, 2))
        self.assertIn(review["reviewers"][0]["person"], (ANN, BEN, CLEO))
        self.assertTrue(review["reviewers"][0]["responsible"])
        self.assertTrue(all(r["reasons"] for r in review["reviewers"]))
        self.assertNotIn(AUTHOR, self.stances())
        asked = [r["person"] for r in review["reviewers"]]
        self.assertTrue({BEN, CLEO} & set(asked), "an owner of ui/ is asked")
        for person in asked:
            self.assertEqual(self.turns(person), ["pr-1"])
        self.assertEqual(self.turns(AUTHOR), [])

        # Nobody approves their own; nobody writes without a name.
        refused = self.run_as(AUTHOR, "approve", "pr-1")
        self.assertIn("you are the author", refused.stderr)
        nameless = mergegate(self.repo, "approve", "pr-1", env=self.server.client_env())
        self.assertEqual(nameless.returncode, USAGE)
        self.assertIn("who are you", nameless.stderr)
        bare = self.server.call("mergegate.v1.ReviewService/RespondToReview",
                                {"name": review["review"], "action": "REVIEW_ACTION_APPROVE"})
        self.assertIn("unauthenticated", bare.error)

        # A hand-over: whoever answers for it declines in favour of somebody who is not asked yet.
        giver, taker = asked[0], next(p for p in (ANN, BEN, CLEO) if p not in asked)
        self.assertEqual(self.run_as(giver, "decline", "pr-1", "--to", taker, "-m", "on leave").returncode, PASS)
        review = self.review()
        self.assertEqual(self.stances()[giver], "declined")
        self.assertEqual([r["person"] for r in review["reviewers"] if r["responsible"]], [taker])
        self.assertEqual(self.turns(giver), [])
        self.assertEqual(self.turns(taker), ["pr-1"])

        # One wants changes: the author's turn. The author pushes: theirs again.
        owner = next(p for p in (BEN, CLEO) if self.stances().get(p) == "asked")
        self.assertEqual(self.run_as(owner, "request-changes", "pr-1", "-m", "why negative?").returncode, PASS)
        self.assertEqual(self.turns(AUTHOR), ["pr-1"])
        self.assertEqual(self.turns(owner), [])
        second = self.commit(AUTHOR, {"ui/ui.cc": UI.replace("return width;", "return width / 2;")}, "Half as wide")
        self.push(FAIL)
        self.assertEqual(self.turns(owner), ["pr-1"])
        self.assertIn(giver, self.stances(), "a push forgets nobody")
        self.assertEqual(self.stances()[giver], "declined")

        # The owner approves: enough for the gate, which decides again without an analysis.
        done = self.run_as(owner, "approve", "pr-1", "-m", "better")
        self.assertEqual(done.returncode, PASS, done.stderr)
        self.assertIn("gate: pass", done.stdout)
        self.assertEqual(self.review()["verdict"], "pass")
        judged = self.json_as(AUTHOR, "runs", "--change", "pr-1")["runs"][0]
        self.assertEqual(judged["verdict"], "pass")

        # A pure rebase keeps it.
        self.repo.git("checkout", "-q", "main")
        onto = self.commit(ANN, {"db/other.cc": "int other;\n", "db/db.cc": "// licence\n" + DB}, "meanwhile")
        self.repo.git("checkout", "-q", "work")
        self.repo.git("rebase", "-q", "main")
        self.push(PASS, base=onto)
        self.assertEqual([r["lost"] for r in self.review()["reviewers"] if r["person"] == owner], [[]])

        # A push that changes one function loses the approval of that one only.
        self.commit(AUTHOR, {"db/db.cc": "// licence\n" + DB.replace("return key;", "return 3 * key;")}, "Thrice")
        said = self.push(FAIL, base=onto)
        lost = next(r for r in self.review()["reviewers"] if r["person"] == owner)
        self.assertEqual(lost["lost"], ["the body of Get (db/db.cc) changed"])
        self.assertEqual(lost["parts_approved"], 1)
        self.assertIn("the body of Get (db/db.cc) changed", " ".join(said.split()))
        kinds = [e["kind"] for e in self.review()["log"]]
        self.assertEqual(kinds[:2], ["pushed", "assigned"])
        self.assertIn("approval_lost", kinds)

        # The other reviewer approves that; nothing else is open; the review is closed.
        self.assertEqual(self.run_as(taker, "approve", "pr-1").returncode, PASS)
        self.assertEqual(self.review()["verdict"], "pass", self.review()["verdict_summary"])
        self.assertEqual(mergegate(self.repo, "replay", judged["run"], env=self.server.client_env()).returncode, PASS)
        self.assertEqual(self.run_as(AUTHOR, "close", "pr-1", "-m", "merged").returncode, PASS)
        self.assertEqual(self.json_as(owner, "inbox")["reviews"], [])
        self.assertNotEqual((first, second), (None, None))

    def test_who_load_away_and_diff(self):
        self.commit(AUTHOR, {"ui/ui.cc": UI.replace("return width;", "int* p = nullptr;\n  return *p + width;")}, "Oops")
        self.push(FAIL)
        who = self.json_as(AUTHOR, "who", "ui/", "--author", AUTHOR)
        self.assertIn(BEN, [e["person"] for e in who["experts"]])
        self.assertEqual(who["owners"][0]["rule"], "CODEOWNERS:1")
        self.assertTrue(who["assignment"]["reviewers"])
        load = {p["person"]: p["open_reviews"] for p in self.json_as(AUTHOR, "load")["people"]}
        self.assertEqual(sum(load.values()), len(self.stances()))
        away = self.json_as(BEN, "away", "--until", "2099-01-01", "--reason", "holiday")
        self.assertEqual(away["absences"][0]["reason"], "holiday")
        self.assertNotIn(BEN, [r["person"] for r in self.json_as(AUTHOR, "who", "ui/ui.cc")["assignment"]["reviewers"]])
        self.assertFalse([a for a in self.json_as(BEN, "away", "--back")["absences"] if a["until"] > "2099"])
        self.assertIn(BEN, [e["person"] for e in self.json_as(AUTHOR, "who", "ui/ui.cc")["experts"]])
        diff = self.run_as(ANN, "diff", "pr-1").stdout
        self.assertIn("NullDereference", diff)
        self.assertLess(diff.index("return *p + width"), diff.index("NullDereference"))
        for verb in (["inbox"], ["who", "ui/"], ["load"], ["away"], ["show", "--change", "pr-1"], ["diff", "pr-1"]):
            text = self.run_as(ANN, *verb).stdout
            self.assertTrue(text.strip(), verb)
            self.assertLessEqual(max(len(line) for line in text.splitlines()), 80, f"{verb}: {text}")
        self.assertEqual(self.run_as(ANN, "show", "--change", "none").returncode, USAGE)


if __name__ == "__main__":
    unittest.main(verbosity=2)
