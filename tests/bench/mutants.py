#!/usr/bin/env python3
"""Seeds faults into a repository, one commit each, and counts those that mergegate loses against stock clang-tidy.

    tests/bench/mutants.py REPO compile_commands.json --scratch /tmp/lab --results /tmp/mutants.jsonl --count 300 \
        --files 'util/*.cc' --files 'include/*.h' [--analyzer --unit-seconds 60]

A fault is an operator applied at a place of a file at --base: text replaced or a statement put in, chosen by --seed, all
operators equally often. One that does not compile is discarded and another is made. Oracle: stock clang-tidy on the
faulty commit minus stock on the base, on the file's unit; for a header on those that mergegate chose and --oracle-units
others that include it. Lost: stock says it newly, mergegate says neither new nor caused. Extra: the reverse.
The exit code is 1 when a difference is unexplained.

How others measure the same: no gate that we know ships such a generator; mutation testers (mull, dextool mutate) seed the
same kinds of faults but ask the tests about them.
"""
import argparse
import collections
import itertools
import random
import re
import sys

import compare
import lab

# The rest of a function's first line; the group that it closes is the line.
HEAD = r"\([^;{}()]*\)(?: const)?(?: override)? \{)$"
# Replaces in code: name -> (pattern, replacement). One match is one place.
REPLACED = {
    "null check inverted": (r"!= nullptr\)", "== nullptr)"),
    "null check dropped": (r"if \((\w+) != nullptr\)", "if (true)"),
    "null check after use": (r"^( +)(\w+)->(.*);$", r"\1\2->\3;\n\1if (\2 == nullptr) return;"),
    "break dropped": (r"^ +break;$", ""),
    "return dropped": (r"^ +return [^;]*;$", ""),
    "delete dropped": (r"^ +delete (\[\] )?\w+;$", ""),
    "delete doubled": (r"^( +)(delete (?:\[\] )?\w+;)$", r"\1\2\n\1\2"),
    "statement dropped": (r"^ +[\w.\->]+\([^;]*\);$", ""),
    "statement doubled": (r"^( +)([\w.\->]+\([^;{}]*\);)$", r"\1\2\n\1\2"),
    "arguments swapped": (r"\b(\w+)\((\w+), (\w+)\)", r"\1(\3, \2)"),
    "assignment in a condition": (r"if \((\w+) == (\w+)\)", r"if (\1 = \2)"),
    "condition always true": (r"if \((\w+) (<|>|==) ", r"if (\1 == \1 && \1 \2 "),
    "branch emptied": (r"^( +if \(.*\)) \{$", r"\1; {"),
    "and for or": (r" && ", " || "),
    "or for and": (r" \|\| ", " && "),
    "bit for truth": (r" && ", " & "),
    "off by one": (r" < (\w)", r" <= \1"),
    "less for greater": (r" > (\w)", r" < \1"),
    "initializer dropped": (r"^( +)((?:int|bool|char|size_t|uint\d+_t|unsigned|const char\*|\w+\*) \w+) = [^;]+;$",
                            r"\1\2;"),
    "member initializer dropped": (r"(\w+_)\((?:0|false|nullptr|\w+)\),", ""),
    "parameter copied": (r"const (std::string|Slice|Options|std::vector<\w+>)& (\w+)(?=[,)])", r"\1 \2"),
    "loop copies": (r"for \((?:const )?(auto|[\w:]+)& (\w+) :", r"for (\1 \2 :"),
    "loop variable signed": (r"for \(size_t (\w+) =", r"for (int \1 ="),
    "loop variable narrow": (r"for \((?:int|size_t|uint32_t|uint64_t) (\w+) =", r"for (short \1 ="),
    "loop never ends": (r"for \((\w+ \w+ = \w+; \w+ < \w+;) (?:\+\+\w+|\w+\+\+)\)", r"for (\1)"),
    "size of the pointer": (r"sizeof\((\w+)\)", r"sizeof(&\1)"),
    "self assignment": (r"^( +)(\w+_?) = (?!\2\b)\w[^;]*;$", r"\1\2 = \2;"),
    "cast dropped": (r"static_cast<(?:double|float|size_t|int|uint32_t|uint64_t|int64_t)>\((\w+)\)", r"\1"),
    "virtual dropped": (r"virtual ~", "~"),
    "override dropped": (r" override;", ";"),
    "noexcept dropped": (r" noexcept( \{|;)", r"\1"),
    "member constant dropped": (r"\) const \{", ") {"),
    "macro without parentheses": (r"(#define \w+\((\w+)\).*)\(\2\)", r"\1\2"),
    "number altered": (r"(?<=[ (\[])([1-9])(?=[;,)\]])", "0"),
    "unsigned member": (r"^  int (\w+_);", r"  unsigned int \1;"),
    "member widened": (r"^  (?:int|uint32_t) (\w+_);", r"  long long \1;"),
    "enumerator added": (r"(enum (?:class )?\w+(?: : \w+)? \{)", r"\1 kMutant = 77,"),
    "returns null at once": (r"^((?:[\w:]+ )*[\w:]+\* (?:\w+::)?\w+" + HEAD, r"\1\n  return nullptr;"),
    "returns true at once": (r"^( *(?:static |inline )*bool (?:\w+::)*\w+" + HEAD, r"\1\n  return true;"),
    "returns zero at once": (r"^( *(?:static |inline )*(?:int|size_t|uint32_t|uint64_t) (?:\w+::)*\w+" + HEAD,
                             r"\1\n  return 0;"),
    "out parameter not set": (r"^ +\*(\w+) = [^;]+;$", ""),
    "lock dropped": (r"^ +MutexLock \w+\([^;]*\);$", ""),
    "unlock dropped": (r"^ +(?:\w+(?:\.|->))?(?:mutex_|mu_|mu)(?:\.|->)Unlock\(\);$", ""),
    "assert dropped": (r"^ +assert\([^;]*\);$", ""),
    "line moved": (r"^(.*[;}])$", r"\1\n"),
}

# Put in after a statement; {n} makes names unique.
INSERTED = {
    "null dereferenced": "int* mutant{n} = nullptr; *mutant{n} = 1;",
    "null dereferenced after a test": "static int* mutant{n}; if (mutant{n} == nullptr) *mutant{n} = 1;",
    "uninitialized used": "int mutant{n}; if (mutant{n} > 3) mutant{n} = 0;",
    "leak": "int* mutant{n} = new int(3); *mutant{n} += 1;",
    "double delete": "int* mutant{n} = new int(3); delete mutant{n}; delete mutant{n};",
    "use after delete": "int* mutant{n} = new int(3); delete mutant{n}; *mutant{n} = 1;",
    "mismatched delete": "int* mutant{n} = new int[3]; delete mutant{n};",
    "division by tested zero": "static int mutant{n}; if (mutant{n} == 0) mutant{n} = 10 / mutant{n};",
    "integer division": "static double mutant{n}; static int divisor{n} = 3; mutant{n} = 7 / divisor{n};",
    "dead store": "int mutant{n} = 1; mutant{n} = 2; mutant{n} = 3;",
    "self assignment of a value": "int mutant{n} = 1; mutant{n} = mutant{n}; (void)mutant{n};",
    "assignment tested": "static int mutant{n}; if (mutant{n} = 3) mutant{n} += 1;",
    "infinite loop": "int mutant{n} = 0; int other{n} = 0; while (mutant{n} < 10) other{n}++;",
    "narrow loop variable": "static long limit{n} = 100000; for (short mutant{n} = 0; mutant{n} < limit{n}; "
                            "++mutant{n}) limit{n} -= 2;",
    "address of a local": "static int* mutant{n}; int local{n} = 1; mutant{n} = &local{n};",
    "array overrun": "int mutant{n}[3] = {{0, 1, 2}}; mutant{n}[2] = 1; (void)mutant{n}[3];",
    "misplaced sizeof": "char* mutant{n} = new char[9]; for (unsigned i = 0; i < sizeof(mutant{n}); "
                        "++i) mutant{n}[i] = 0; delete[] mutant{n};",
    "use after move": "std::string mutant{n}(3, 'a'); std::string other{n} = std::move(mutant{n}); mutant{n}.clear(); "
                      "other{n} = std::move(mutant{n}); if (mutant{n}.size() > 3) other{n}.clear();",
    "branch clone": "static int mutant{n}; if (mutant{n} > 1) {{ mutant{n} = 4; }} else {{ mutant{n} = 4; }}",
    "widened product": "static int mutant{n}; static long wide{n}; wide{n} = mutant{n} * mutant{n};",
    "suspicious semicolon": "static int mutant{n}; if (mutant{n} > 1); mutant{n} = 2;",
    "copy of a class": "struct Mutant{n} {{ char c[400]; }}; static Mutant{n} all{n}[3]; "
                       "for (Mutant{n} one : all{n}) (void)one.c[0];",
    "unused value": "static int mutant{n}; mutant{n} == 3;",
    "fallthrough": "static int mutant{n}; switch (mutant{n}) {{ case 1: mutant{n} = 2; "
                   "case 2: mutant{n} = 3; break; default: break; }}",
    "destructor not virtual": "struct Mutant{n} {{ virtual void f() {{}} }}; Mutant{n}* m{n} = new Mutant{n}; "
                                     "delete m{n};",
}
STATEMENT = re.compile(r"^( {2,})[\w*][^\n]*;$", re.MULTILINE)


def places(text, operator):
    """Offsets where the operator applies, preprocessor lines and comments left out unless it is about them."""
    pattern = STATEMENT if operator in INSERTED else re.compile(REPLACED[operator][0], re.MULTILINE)
    found = []
    for match in pattern.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        line = text[start:text.find("\n", start)].lstrip()
        if line.startswith(("//", "* ", "*/")) or (line.startswith("#") and "macro" not in operator):
            continue
        found.append(match.start())
    return found


def mutate(text, operator, offset):
    if operator in INSERTED:
        match = STATEMENT.search(text, offset)
        statement = match[1] + "{ " + INSERTED[operator].format(n=offset) + " }"
        return text[:match.end()] + "\n" + statement + text[match.end():]
    pattern, replacement = REPLACED[operator]
    match = re.compile(pattern, re.MULTILINE).search(text, offset)
    return text[:match.start()] + match.expand(replacement) + text[match.end():]


def generate(options):
    """Mutants without end or until no place is left: operators in turn, places in seeded order."""
    wanted, excluded = lab.Globs(options.files), lab.Globs(options.exclude)
    names = lab.git(options.lab.repo, "ls-tree", "-r", "--name-only", options.base).split()
    files = [name for name in names if wanted(name) and not excluded(name)]
    texts = {name: lab.git(options.lab.repo, "show", f"{options.base}:{name}") for name in files}
    queues = {}
    operators = [name for pair in itertools.zip_longest(REPLACED, INSERTED) for name in pair if name]
    for operator in operators:
        chosen = random.Random(f"{options.seed} {operator}")
        # A file has its turn however long it is.
        order = [(chosen.random() * len(offsets), name, offset) for name in files
                 if (offsets := places(texts[name], operator)) for offset in offsets]
        queues[operator] = [(name, offset) for _, name, offset in sorted(order, reverse=True)]
    while queues:
        for operator in list(queues):
            if not queues[operator]:
                del queues[operator]
                continue
            name, offset = queues[operator].pop()
            mutated = mutate(texts[name], operator, offset)
            if mutated != texts[name]:
                yield {"key": f"{name}:{operator}:{offset}", "file": name, "text": mutated}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    compare.add_options(parser)
    parser.add_argument("--base", default="HEAD", help="commit to put faults into [HEAD]")
    parser.add_argument("--count", type=int, default=250, help="faults that compile [250]")
    parser.add_argument("--seed", default="1", help="[1]")
    parser.add_argument("--files", action="append", metavar="GLOB", required=True, help="files to alter; * crosses /")
    parser.add_argument("--oracle-units", type=int, default=2, help="units for a header besides the chosen ones [2]")
    options = compare.finish_options(parser.parse_args())
    options.base = lab.git(options.lab.repo, "rev-parse", options.base).strip()

    checkout = options.lab.checkout("mutants").at(options.base)
    excluded = lab.Globs(options.exclude)
    readers = collections.defaultdict(list)  # file -> units that read it at the base
    for unit in options.lab.units(options.base):
        if not excluded(unit):
            for path in options.lab.inputs(checkout, unit):
                readers[path].append(unit)

    def judge(server, checkout, mutant):
        units = readers[mutant["file"]]
        if not units:
            return {"discarded": "no unit reads it"}
        order = random.Random(mutant["key"])
        some = [mutant["file"]] if mutant["file"] in units else order.sample(units, min(options.oracle_units, len(units)))
        head = lab.commit(options.lab.repo, options.base, {mutant["file"]: mutant["text"]})
        checkout.at(head)
        if any(options.lab.stock(checkout, unit, options.analyzer, options.unit_seconds).failed for unit in some):
            return {"discarded": "does not compile, or too slow"}
        return compare.judge(server, checkout, options.base, head, options, some)

    judged, mutants = [], generate(options)
    while len(judged) < options.count and (some := list(itertools.islice(mutants, options.count - len(judged)))):
        judged += [r for r in compare.judge_all("mutants", options, some, judge) if "discarded" not in r]
    return 1 if compare.report(judged) else 0


if __name__ == "__main__":
    sys.exit(main())
