// Text that is compiled into the program: the table of languages, and the parts of
// <bits/stdc++.h> that stand in for it where nobody can tell (precompiled.h).
// Thread-safety: constant data.
#pragma once

namespace tesuji::verifier {

extern const char kBuiltInLanguages[];
/// What most programs use; what is missing here costs a quarter of a second a program in templates
/// that its inline functions ask for.
extern const char kLightHeader[];
/// A second step, for programs with clocks, generators and the words that come with them.
extern const char kMoreHeaders[];

}  // namespace tesuji::verifier
