// A search tree as bytes, so that an episode that reuses its tree goes on after a restart exactly
// as if it had not stopped.
//
// Only what cannot be derived is written: visits, sums, evaluations, priors, the order of edges.
// What a node is, its legal actions, its end values and all proofs are taken from the rules and
// from the children, so bytes cannot claim them: damaged or hostile bytes give a Failure or a tree
// that is sound, never a crash. Same machine or another of the same byte order.
// Thread-safety: free functions.
#pragma once

#include <string>
#include <string_view>

#include "api/environment.h"
#include "core/result.h"
#include "search/options.h"
#include "search/tree.h"

namespace tesuji::search {

/// REQUIRES: nothing pending.
std::string EncodeTree(const Tree& tree);

/// Fills *tree, whose root stands at `root`. On a Failure *tree is left empty.
Status DecodeTree(std::string_view bytes, const env::State& root, const env::Spec& spec,
                  const SearchOptions& options, Tree* tree);

}  // namespace tesuji::search
