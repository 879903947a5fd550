#include "dataset/curate/minhash.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <string>

#include "dataset/curate/hash.h"

namespace tesuji::dataset {

std::vector<std::uint64_t> TextWords(std::string_view text) {
  std::vector<std::uint64_t> words;
  std::string word;
  const auto flush = [&] {
    if (!word.empty()) words.push_back(HashText(word));
    word.clear();
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '_' || byte >= 0x80) {
      word += static_cast<char>(std::tolower(byte));
      continue;
    }
    flush();
    if (std::isspace(byte) == 0 && std::iscntrl(byte) == 0) words.push_back(HashText({&c, 1}));
  }
  flush();
  return words;
}

std::vector<std::uint64_t> ActionWords(std::span<const env::Action> actions) {
  std::vector<std::uint64_t> words;
  words.reserve(actions.size());
  for (const env::Action action : actions) {
    words.push_back(Mix64(0xac7104ULL << 32 | static_cast<std::uint32_t>(action)));
  }
  return words;
}

std::vector<std::uint64_t> WordRuns(std::span<const std::uint64_t> words, int count) {
  std::vector<std::uint64_t> runs;
  if (words.empty()) return runs;
  const std::size_t length = std::min(words.size(), static_cast<std::size_t>(count));
  for (std::size_t i = 0; i + length <= words.size(); ++i) {
    std::uint64_t hash = length;
    for (std::size_t k = 0; k < length; ++k) hash = Combine64(hash, words[i + k]);
    runs.push_back(hash);
  }
  return runs;
}

std::vector<std::uint64_t> Shingles(std::span<const std::uint64_t> words, int count) {
  auto runs = WordRuns(words, count);
  std::ranges::sort(runs);
  const auto rest = std::ranges::unique(runs);
  runs.erase(rest.begin(), rest.end());
  return runs;
}

std::vector<std::uint64_t> BandKeys(std::span<const std::uint64_t> shingles, int bands, int rows) {
  std::vector<std::uint64_t> keys;
  for (int band = 0; band < bands; ++band) {
    std::uint64_t key = Mix64(static_cast<std::uint64_t>(band));
    for (int row = 0; row < rows; ++row) {
      const std::uint64_t salt = Mix64(static_cast<std::uint64_t>(band * rows + row) + 1);
      std::uint64_t smallest = std::numeric_limits<std::uint64_t>::max();
      for (const std::uint64_t shingle : shingles) {
        smallest = std::min(smallest, Mix64(shingle ^ salt));
      }
      key = Combine64(key, smallest);
    }
    keys.push_back(key);
  }
  return keys;
}

double Jaccard(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  if (a.empty() && b.empty()) return 1;
  std::size_t both = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      ++both, ++i, ++j;
    } else if (a[i] < b[j]) {
      ++i;
    } else {
      ++j;
    }
  }
  return static_cast<double>(both) / static_cast<double>(a.size() + b.size() - both);
}

}  // namespace tesuji::dataset
