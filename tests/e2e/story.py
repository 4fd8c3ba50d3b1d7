"""The whole way of a change at its host: a signed webhook comes in, git is fetched, the code is analyzed and judged, and
the host hears of it. After each story everything was said, once, and there is one final status on each head.

    class GitHub(Story, unittest.TestCase):
        def test_...(self): head = self.commit({"a.cc": CLEAN + bugs(1)}); <webhook>; self.settle(); <what the host has>
"""
from harness import Repository, Server, folder
from hook_sender import Hub, wait_for
from hosted import Hosted

POLICY = """version: 1
analysis: {tier: full}
conditions:
  - {name: no-new-problems, kind: findings, severity: major, max: 0, override_roles: [lead]}
"""
APPROVED = "  - {name: approved, kind: approvals, min: 1}\n"
CLEAN = "int Twice(int x) { return 2 * x; }\n"
BASE = {"a.cc": CLEAN, "compile_flags.txt": "-std=c++17\n", ".mergegate.yaml": POLICY}


def bugs(*numbers):
    """Functions of five lines, each with one finding in its fourth."""
    return "".join(f"\nint Null{i}() {{\n  int* p = nullptr;\n  return *p;\n}}\n" for i in numbers)


class Story(Hosted):
    def setUp(self):
        self.host, self.home, self.repo = self.make_host(), folder(self), Repository(self)
        self.base = self.repo.commit(BASE)
        self.heads = []  # that the host has shown, oldest first
        self.hub = Hub(self, self.repo, **{self.KIND: self.rights()})
        self.begin()

    def begin(self, *arguments, data=None):
        self.server = Server(self, "--config", str(self.hub.config), *arguments, data=data or folder(self))
        self.start()
        self.hub.find(self.server)

    def commit(self, files, parent=None):
        """A head of the change at the host, on top of `parent`."""
        self.repo.git("checkout", "-q", "--detach", parent or self.base)
        head = self.repo.commit(files)
        self.repo.git("checkout", "-q", "main")
        self.heads.append(head)
        return head

    def settle(self):
        """Until everything that came in was worked on, decided and told; then nothing is dead or was told twice."""
        open_work = ("SELECT 1 FROM host_deliveries WHERE state < 3 UNION SELECT 1 FROM runs WHERE state < 3"
                     " UNION SELECT 1 FROM outbox WHERE state < 3 AND kind <> 2")
        wait_for(lambda: not self.server.query(open_work), self.server)
        self.assertEqual(self.dead(), [])
        self.said_once()

    def runs(self):
        return [head for head, in self.server.query("SELECT head_commit FROM runs WHERE judges_again IS NULL ORDER BY number")]
