// Near duplicates: MinHash signatures cut into bands (Broder 1997; Leskovec, Rajaraman, Ullman,
// "Mining of Massive Datasets", chapter 3), and the true Jaccard similarity that decides.
// Thread-safety: free functions.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "api/environment.h"

namespace tesuji::dataset {

/// Hashes of the words of a text: runs of letters, digits and _ in lower case, and every other
/// printing character by itself.
std::vector<std::uint64_t> TextWords(std::string_view text);
/// Hashes of actions, as words.
std::vector<std::uint64_t> ActionWords(std::span<const env::Action> actions);

/// Hash of each run of `count` words in order of appearance; a shorter text is one run.
std::vector<std::uint64_t> WordRuns(std::span<const std::uint64_t> words, int count);
/// WordRuns(), ascending, each once.
std::vector<std::uint64_t> Shingles(std::span<const std::uint64_t> words, int count);

/// One key a band; two documents with an equal key in an equal place are candidates. Similarity J
/// makes candidates with probability 1 - (1 - J^rows)^bands.
std::vector<std::uint64_t> BandKeys(std::span<const std::uint64_t> shingles, int bands, int rows);

/// |A and B| / |A or B| of ascending sets; two empty sets are equal.
double Jaccard(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b);

}  // namespace tesuji::dataset
