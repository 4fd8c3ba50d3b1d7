"""What becomes of a merge request of GitLab, from webhook to status (story.py)."""
import unittest

from hosted import MARK, BehindPrism
from story import CLEAN, Story, bugs


class GitLab(Story, unittest.TestCase):
    """Merge request 3 of ann."""
    KIND = "gitlab"

    def tell(self, action, files, parent=None, **attributes):
        before = self.heads[-1] if self.heads else None
        head = self.commit(files, parent)
        self.repo.git("update-ref", "refs/merge-requests/3/head", head)
        self.host.request(3, head, self.base)
        self.hub.clock += 10
        event = self.hub.merge_request(action, head, oldrev=before if action == "update" else None)
        event["object_attributes"].update(attributes)
        self.assertEqual(self.hub.send_gitlab("Merge Request Hook", event), 202)
        return head

    def states(self, head):
        return [status["state"] for status in self.host.statuses if status["sha"] == head]

    def said_once(self):
        notes = [note["body"][note["body"].rindex(MARK):] for note in
                 self.host.notes + [discussion["notes"][0] for discussion in self.host.discussions]]
        self.assertEqual(len(notes), len(set(notes)), notes)

    def test_open_push_command_and_merge(self):
        first = self.tell("open", {"a.cc": CLEAN + bugs(1, 2)})
        self.settle()
        self.assertEqual(self.states(first)[-1], "failed")
        self.assertEqual([d["notes"][0]["position"]["new_line"] for d in self.host.discussions], [5, 10])

        second = self.tell("update", {"a.cc": CLEAN + bugs(2)}, parent=first)
        self.settle()
        self.assertEqual(self.states(second)[-1], "failed")
        self.assertEqual([d["notes"][0]["resolved"] for d in self.host.discussions], [True, False])

        self.hub.send_gitlab("Note Hook", self.hub.note("/gate rerun", "ann", second))
        self.settle()
        self.assertEqual(self.runs(), [first, second, second])
        self.assertIn("Running again", self.host.notes[-1]["body"])

        third = self.tell("update", {"a.cc": CLEAN + "int Thrice(int x) { return 3 * x; }\n"})
        self.settle()
        self.assertEqual(self.states(third)[-1], "success")
        self.assertTrue(all(d["notes"][0]["resolved"] for d in self.host.discussions))
        self.hub.clock += 10
        self.hub.send_gitlab("Merge Request Hook", self.hub.merge_request("merge", third))
        self.settle()
        self.assertEqual(self.server.query("SELECT state FROM host_changes"), [(3,)])
        self.assertEqual(self.runs(), [first, second, second, third])


    def test_a_draft_of_a_fork(self):
        head = self.tell("open", {"a.cc": CLEAN + bugs(1)}, draft=True, source_project_id=43)
        self.settle()
        self.assertEqual((self.states(head), self.runs()), ([], []))
        self.hub.clock += 10
        ready = self.hub.merge_request("update", head)
        ready["object_attributes"].update(draft=False, source_project_id=43)
        ready["changes"] = {"draft": {"previous": True, "current": False}}
        self.hub.send_gitlab("Merge Request Hook", ready)
        self.settle()
        self.assertEqual(self.states(head)[-1], "failed")
        self.assertNotIn("ref", self.host.statuses[-1])  # a branch of another project

    def test_a_status_is_not_pending_for_ever(self):
        self.server.stop()
        self.begin("--no-worker", "--pending-seconds", "2", data=self.server.data)
        head = self.tell("open", {"a.cc": CLEAN + "int Thrice(int x) { return 3 * x; }\n"})
        self.host.wait(lambda: self.states(head)[-1:] == ["failed"], what="the watchdog")
        self.assertIn("inconclusive: the analysis still goes on after 2s", self.host.statuses[-1]["description"])
        self.server.work()
        self.settle()
        self.assertEqual(self.states(head), ["running", "failed", "success"])
        self.assertIn("**pass**", self.host.notes[-1]["body"])


class GitLabBehindPrism(BehindPrism, GitLab):
    pass


if __name__ == "__main__":
    unittest.main()
