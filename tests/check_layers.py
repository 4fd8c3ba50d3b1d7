#!/usr/bin/env python3
"""Reads the includes and fails where a library includes what the layer table does not allow.

The table is server/CMakeLists.txt: mg_library(NAME n DEPS d...) under "# L<k>:" headings. Run as a ctest, and by hand:
    tests/check_layers.py
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^">]+)[">]', re.M)

# Foreign headers and the only folders that may include them.
FOREIGN = {
    r"(llvm|clang|clang-c|clang-tidy)/": ["analyzers", "tests/analyzers", "tests/unit/analyzers"],
    r"git2(\.h|/)": ["server/git", "analyzers/source", "client/git", "tests"],
    r"sqlite3\.h": ["server/storage", "tests"],
    r"mergegate/v1/.*\.pb\.h": ["server/wire", "server/rpc", "server/web", "analyzers", "client", "tests"],
    r"grpc(pp)?/": ["server/rpc", "server/web", "analyzers/worker", "client", "tests"],
    r"yaml-cpp/": ["server/config", "tests"],
    r"boost/": ["server/web"],
}
# Client and server meet only in proto/, but for this verb: it replays a history without any server, so it runs the
# ranking and the reader of histories in process.
IN_PROCESS = {"client/cli/commands/recommend.cc": ["server/reviewers/", "server/git/review_history.h",
                                                     "server/git/history_file.h"],
              "client/cli/commands/risk.cc": ["server/risk/", "server/git/risk_history.h", "server/git/risk_file.h"]}
# What the pipeline may see of L2: interfaces.
PIPELINE_SEES = ["server/git/mirror.h", "server/storage/store.h", "server/config/policy_file.h",
                 "server/planning/plan.h", "server/planning/compile_commands.h",
                 "server/hosts/event.h", "server/hosts/signature.h", "server/hosts/hook_body.h",
                 "server/hosts/host_reader.h",
                 "server/git/review_history.h", "server/git/history_file.h", "server/git/line_owners.h",
                 "server/git/risk_history.h", "server/git/risk_file.h", "server/git/frames.h",
                 "server/hosts/host_client.h", "server/notify/chat_client.h"]


def layer_table():
    """{library: (layer, all libraries it may include)}"""
    layer, direct, layers = 0, {}, {}
    for line in (TOP / "server/CMakeLists.txt").read_text().splitlines():
        if heading := re.match(r"# L(\d)", line):
            layer = int(heading[1])
        if entry := re.match(r"mg_library\(NAME (\S+)(.*)", line):
            deps = re.search(r"DEPS ([a-z ]+)", entry[2])
            direct[entry[1]] = set(deps[1].split()) - {"proto"} if deps else set()
            layers[entry[1]] = layer
    def closure(name):
        found = set()
        for dep in direct[name]:
            found |= {dep} | closure(dep)
        return found
    return {name: (layers[name], closure(name)) for name in direct}


def sources():
    for part in ("server", "analyzers", "client", "tests"):
        for path in sorted((TOP / part).rglob("*")):
            if path.suffix in (".h", ".cc") and "node_modules" not in path.parts and "cases" not in path.parts:
                yield path.relative_to(TOP).as_posix(), INCLUDE.findall(path.read_text(errors="replace"))


def problems():
    table = layer_table()
    for name, (layer, allowed) in table.items():
        for dep in allowed:
            if table[dep][0] >= layer and (name, dep) != ("domain", "base"):
                yield f"server/CMakeLists.txt: {name} (L{layer}) depends on {dep} (L{table[dep][0]}), which is not below"
    for path, includes in sources():
        part = path.split("/")[0]
        for include in includes:
            for pattern, homes in FOREIGN.items():
                if re.match(pattern, include) and not any(path.startswith(home + "/") for home in homes):
                    yield f"{path}: includes {include}, which only {', '.join(homes)} may"
            target = include.split("/")
            if target[0] not in ("server", "analyzers", "client", "tests") or len(target) < 2 or part == "tests":
                continue
            if any(include.startswith(seen) for seen in IN_PROCESS.get(path, [])):
                continue
            if target[0] != part:
                yield f"{path}: includes {include}; {part} and {target[0]} meet only in proto/"
                continue
            if part != "server" or path.count("/") == 1:  # the composition root
                continue
            library, wanted = path.split("/")[1], target[1]
            if library not in table:
                yield f"{path}: the folder is not in the layer table of server/CMakeLists.txt"
            elif wanted != library and wanted not in table[library][1]:
                yield f"{path}: includes {include}; the layer table does not let {library} see {wanted}"
            elif library == "pipeline" and table[wanted][0] == 2 and include not in PIPELINE_SEES:
                yield f"{path}: includes {include}; the pipeline sees only interfaces: {', '.join(PIPELINE_SEES)}"


def missing_paths():
    """Paths in backquotes in the README that name a file or folder of the repository must exist."""
    for path in re.findall(r"`((?:proto|server|analyzers|client|deploy|tests)/[A-Za-z0-9_./-]*)`",
                           (TOP / "README.md").read_text() if (TOP / "README.md").exists() else ""):
        if not (TOP / path).exists():
            yield f"README.md: names {path}, which does not exist"


found = [*problems(), *missing_paths()]
print("\n".join(found) or "the layers hold")
sys.exit(1 if found else 0)
