// Parts of Decide(): rows still in the race, the bookkeeping of who left and why.
// Inside dataset/curate/ only. Thread-safety: none.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dataset/curate/decide.h"

namespace tesuji::dataset {

/// A row that has not been dropped yet.
struct Candidate {
  std::int64_t row = 0;
  Key128 episode;
  Key128 task;
  Key128 group;
  Key128 behaviour;
  std::uint64_t shape = 0;
  float value = 0;
  bool two_players = false;
  std::string filter;         ///< Reason of the filters; empty: passes.
  std::string contamination;  ///< "contaminated:…"; empty: clean.
  std::string detail;         ///< Of the contamination.
  std::vector<std::uint64_t> bands;
};

Candidate MakeCandidate(std::int64_t row, RowFacts facts, const Key128& group, std::string filter);

/// Counts and writes down what is dropped.
class Drops {
 public:
  explicit Drops(Decisions* decisions) : decisions_(decisions) {}
  void AddRow() { decisions_->rows.emplace_back(), decisions_->details.emplace_back(); }
  void Begin(const char* step);
  void End(std::size_t left);
  void Drop(std::int64_t row, const std::string& reason, std::string detail);

  /// Drops the rows for which `reason(index)` is not null.
  template <class Reason>
  void Keep(std::vector<Candidate>* rows, Reason reason) {
    std::vector<Candidate> kept;
    for (std::size_t i = 0; i < rows->size(); ++i) {
      if (const char* why = reason(i)) {
        Drop((*rows)[i].row, why, std::move((*rows)[i].detail));
      } else {
        kept.push_back(std::move((*rows)[i]));
      }
    }
    *rows = std::move(kept);
  }

 private:
  Decisions* decisions_;
  std::map<std::string, std::uint16_t> numbers_;
  std::map<std::string, std::int64_t> counts_;
};

void DropNearDuplicates(const DedupSection& options, const ShingleSource& shingles,
                        std::vector<Candidate>* rows, Drops* drops);

/// Better against worse episodes of one task, for lone agents.
void PairEpisodes(const Recipe& recipe, const std::vector<Candidate>& rows, Decisions* result);

/// Which positions of the kept rows stay.
void DecidePositions(const Recipe& recipe, const FactStream& facts, Decisions* result);

}  // namespace tesuji::dataset
