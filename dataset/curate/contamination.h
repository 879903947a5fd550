// Decontamination: does a document share text, moves or behaviour with held-out suites?
//
// A document is contaminated when a large enough share of its word n-grams occurs in the suites
// (Brown et al. 2020 use 13, Dodge et al. 2021 and later work 8 to 13 words), when a long enough
// run of words stands in one suite document, or when its behaviour is that of a suite's answer or
// answers a suite's task (tasks are read by the environment: api/dataset_hooks.h).
// For games the words are moves, and a suite's game is known in all of its symmetric images.
// Thread-safety: Load() by one thread; Find() from any.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/dataset_hooks.h"
#include "api/environment.h"
#include "api/registry.h"
#include "core/result.h"
#include "dataset/recipe.h"

namespace tesuji::dataset {

struct SuiteFile {
  std::string path;
  std::string sha256;
  std::int64_t documents = 0;  ///< Texts in it.
  std::int64_t objects = 0;    ///< JSON objects in it: tasks, perhaps.
};

struct ContaminationHit {
  std::string reason;  ///< "ngram", "longest", "behaviour" or "examples".
  std::string detail;  ///< Which suite document, and how much of it.
};

class Suites {
 public:
  /// Reads all suites; failures name the file and line. The registry's families say which files are
  /// records.
  static Result<std::unique_ptr<Suites>> Load(const DecontaminateSection& options,
                                              const env::Registry& registry);

  bool empty() const { return documents_.empty() && entries_.empty(); }
  /// For people: how many tasks the environments read that were asked so far.
  std::vector<std::string> Notes() const;
  const std::vector<SuiteFile>& files() const { return files_; }

  /// `words`: of the document as it is (TextWords() or ActionWords()). `finished` may be null.
  std::optional<ContaminationHit> Find(const env::Environment& environment,
                                       const std::vector<std::uint64_t>& words, bool are_actions,
                                       const std::string& behaviour,
                                       const env::State* finished) const;

 private:
  struct Document {
    std::string name;  ///< "suite.jsonl:12 prompt".
    std::string text;
  };
  struct Place {
    std::uint32_t document;
    std::uint32_t position;
  };
  /// N-grams of one kind of words: of texts, or of one environment's actions.
  struct Index {
    std::unordered_map<std::uint64_t, std::vector<Place>> ngrams;
    std::vector<std::string> names;
    std::map<std::string, std::string> behaviours;  ///< Behaviour -> document.
    std::unique_ptr<env::HeldOutTasks> tasks;       ///< Null: the environment knows none.
    void Add(const std::string& name, const std::vector<std::uint64_t>& words, int ngram);
  };

  explicit Suites(const DecontaminateSection& options) : options_(options) {}
  Status LoadFile(const std::string& path, const env::Registry& registry);
  const Index& IndexFor(const env::Environment& environment, bool are_actions) const;
  std::unique_ptr<Index> BuildIndex(const env::Environment& environment, bool are_actions) const;

  DecontaminateSection options_;
  std::vector<SuiteFile> files_;
  std::vector<Document> documents_;
  std::vector<env::HeldOutEntry> entries_;
  mutable std::mutex mutex_;
  mutable std::map<std::pair<const env::Environment*, bool>, std::unique_ptr<Index>> indices_;
};

}  // namespace tesuji::dataset
