// The headers at the start of a main file, parsed once and kept: a precompiled header, with what the checks of the
// matching tier found in it. It is used again for every main file text that starts with the same lines, while the same
// files are read, at any commit.
//
//   std::optional<Preamble> preamble = FindPreamble(unit, cache);           // from an earlier task
//   if (!preamble) preamble = BuildPreamble(unit, checks, cache);           // null when the headers do not parse
//   preamble->Apply(invocation, fs);                                        // the next parse starts after the headers
//
// What follows from this split, for every unit and at base and head alike: headers are examined by themselves, the rest
// of the main file together with what it instantiates of them.
// Thread safety: none. Ownership: bytes that Apply was given must outlive the parse.
#ifndef MERGEGATE_ANALYZERS_PREAMBLE_H_
#define MERGEGATE_ANALYZERS_PREAMBLE_H_
#endif  // MERGEGATE_ANALYZERS_PREAMBLE_H_
