// A program as C without any header, for judging many at once: the text defines
//     int solve(const long long *in, int n, long long *out)
// which returns how many numbers it wrote, or -1 when the program fails. One list as input is `in`
// itself; otherwise each list comes as its length and its numbers, in the signature's order.
// The helpers are guarded, so that any number of programs can be one unit.
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "env/program/language/evaluator.h"

namespace tesuji::env::program {

/// `tag` keeps the names of lambdas apart when programs share a unit. REQUIRES: CheckProgram().
std::string ToC(const Program& program, const std::string& tag);

/// What `in` holds for an input.
std::vector<long long> FlattenInput(const Signature& signature, const Input& input);

}  // namespace tesuji::env::program
