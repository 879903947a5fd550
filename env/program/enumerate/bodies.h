// Finds the lambda that makes the target out of a known list, out of the order of enumeration:
// (map f a), (filter p a), (mapi f a), (filteri p a). A list says which values the body must have
// at which points; a body is found when it has them, whatever both cost together. Thread-safety:
// one thread.
#pragma once

#include <array>
#include <vector>

#include "env/program/enumerate/points.h"
#include "env/program/enumerate/put_together.h"

namespace tesuji::env::program::enumerate {

class Bodies {
 public:
  /// `target`: the outputs, lists. All are borrowed and outlive this.
  Bodies(const Bank& bank, const Points& points, const Candidate& target)
      : bank_(bank), points_(points), target_(target) {}

  /// Call for every stored closed list that has a value for every example.
  void NoteList(TermId id, std::vector<Assembly>* out);
  /// Call for every stored number or truth with one or two variables.
  void NoteBody(TermId id, std::vector<Assembly>* out);

 private:
  enum Kind { kMaps, kFilters, kMapsIndex, kFiltersIndex, kKinds };
  struct Wanted {
    TermId list;
    std::vector<std::pair<std::int32_t, std::int32_t>> values;  ///< (point, value of the body)
  };
  static int KindOf(const Term& body);
  void Want(Kind kind, Wanted wanted, std::vector<Assembly>* out);
  bool Has(TermId body, const Wanted& wanted) const;

  const Bank& bank_;
  const Points& points_;
  const Candidate& target_;
  std::array<std::vector<Wanted>, kKinds> wanted_;
  std::array<std::vector<TermId>, kKinds> bodies_;
};

}  // namespace tesuji::env::program::enumerate
