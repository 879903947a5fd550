// Finds targets that two or three known terms make together, out of the order of enumeration:
// (concat a b), and (if c a b). Each new closed term is held against the target once.
// Thread-safety: one thread.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "env/program/enumerate/bank.h"

namespace tesuji::env::program::enumerate {

/// kids of a production that makes the target.
struct Assembly {
  Op op = kConcat;
  TermId kids[kMaxArity] = {-1, -1, -1};
};

class PutTogether {
 public:
  /// `target`: the outputs. All are borrowed and outlive this.
  PutTogether(const Bank& bank, const Candidate& target, Type type, int examples)
      : bank_(bank), target_(target), type_(type), examples_(examples) {}

  /// Call for every stored closed term, with its values. Assemblies that it completes.
  void Note(TermId id, const Candidate& values, std::vector<Assembly>* out);

 private:
  void NotePart(TermId id, const Candidate& values, std::vector<Assembly>* out);
  void NoteCondition(TermId id, const Candidate& values, std::vector<Assembly>* out);
  void NoteEnds(TermId id, const Candidate& values, std::vector<Assembly>* out);
  TermId Covering(std::uint32_t mask) const;

  const Bank& bank_;
  const Candidate& target_;
  const Type type_;
  const int examples_;
  std::vector<std::pair<std::uint32_t, TermId>> parts_;       ///< Mask of examples answered.
  std::vector<std::pair<std::uint32_t, TermId>> conditions_;  ///< Mask of examples where true.
  /// By hash of the values that are missing: who has the front, who has the back.
  std::unordered_map<std::uint64_t, TermId> wanted_back_;
  std::unordered_map<std::uint64_t, TermId> wanted_front_;
  Candidate rest_;
};

}  // namespace tesuji::env::program::enumerate
