#include "verifier/problem/expectation.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

namespace tesuji::verifier {
using env::Verdict;

namespace {

struct Meaning {
  std::string_view word;  ///< Upper case, '_' between words.
  std::vector<Verdict> verdicts;
};

/// Folder names of packages and words of the tag. Packages have no MLE and no OLE: RTE.
const std::vector<Meaning>& Meanings() {
  static const std::vector<Verdict> kRejected = {Verdict::kWrongAnswer, Verdict::kTimeLimit,
                                                 Verdict::kRuntimeError};
  static const std::vector<Meaning> kMeanings = {
      {"ACCEPTED", {Verdict::kAccepted}},
      {"CORRECT", {Verdict::kAccepted}},
      {"SLOW_ACCEPTED", {Verdict::kAccepted}},
      {"WRONG_ANSWER", {Verdict::kWrongAnswer}},
      {"NO_OUTPUT", {Verdict::kWrongAnswer}},
      {"TIME_LIMIT_EXCEEDED", {Verdict::kTimeLimit}},
      {"TIMELIMIT", {Verdict::kTimeLimit}},
      {"RUN_TIME_ERROR", {Verdict::kRuntimeError}},
      {"RUN_ERROR", {Verdict::kRuntimeError}},
      {"MEMORY_LIMIT_EXCEEDED", {Verdict::kRuntimeError}},
      {"MEMORY_LIMIT", {Verdict::kRuntimeError}},
      {"OUTPUT_LIMIT_EXCEEDED", {Verdict::kRuntimeError}},
      {"OUTPUT_LIMIT", {Verdict::kRuntimeError}},
      {"COMPILE_ERROR", {Verdict::kCompileError}},
      {"COMPILER_ERROR", {Verdict::kCompileError}},
      {"REJECTED", kRejected},
      {"BRUTE_FORCE", {Verdict::kTimeLimit, Verdict::kRuntimeError}},
  };
  return kMeanings;
}

/// "wrong-answer", "Wrong_Answer" and "WRONG_ANSWER" are one word.
std::string Word(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const bool separates = c == '-' || c == ' ' || c == '_';
    word += separates ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return word;
}

void Add(std::string_view text, std::set<Verdict>* verdicts) {
  const std::string word = Word(text);
  for (const Meaning& meaning : Meanings()) {
    if (meaning.word == word) verdicts->insert(meaning.verdicts.begin(), meaning.verdicts.end());
  }
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\"';*/";  // Comments and strings end so.
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

/// The words behind the first tag in one file.
void AddTagged(std::string_view text, std::set<Verdict>* verdicts) {
  constexpr std::string_view kTag = "@EXPECTED_RESULTS@:";
  const std::size_t at = text.find(kTag);
  if (at == std::string_view::npos) return;
  std::string_view line = text.substr(at + kTag.size());
  line = line.substr(0, line.find('\n'));
  while (!line.empty()) {
    const std::size_t comma = std::min(line.find(','), line.size());
    Add(Trimmed(line.substr(0, comma)), verdicts);
    line.remove_prefix(std::min(comma + 1, line.size()));
  }
}

}  // namespace

std::vector<Verdict> ExpectedVerdicts(const std::string& kind,
                                      const std::vector<SourceFile>& files) {
  std::set<Verdict> verdicts;
  for (const SourceFile& file : files) AddTagged(file.text, &verdicts);
  if (verdicts.empty()) Add(kind, &verdicts);
  return {verdicts.begin(), verdicts.end()};
}

}  // namespace tesuji::verifier
