#include "env/program/enumerate/put_together.h"

#include <algorithm>
#include <bit>

namespace tesuji::env::program::enumerate {
namespace {
constexpr std::size_t kMaxWanted = 200'000;
// A branch that answers a single example proves little.
constexpr int kMinBranch = 2;
}  // namespace

void PutTogether::Note(TermId id, const Candidate& values, std::vector<Assembly>* out) {
  const Type type = bank_[id].type;
  if (type == type_) {
    NotePart(id, values, out);
    if (type == Type::kList && values.good() == examples_) NoteEnds(id, values, out);
  } else if (type == Type::kBool && values.good() == examples_) {
    NoteCondition(id, values, out);
  }
}

TermId PutTogether::Covering(std::uint32_t mask) const {
  for (const auto& [answered, id] : parts_) {
    if ((answered & mask) == mask) return id;
  }
  return -1;
}

void PutTogether::NotePart(TermId id, const Candidate& values, std::vector<Assembly>* out) {
  std::uint32_t mask = 0;
  const std::int32_t* mine = values.data().data();
  const std::int32_t* theirs = target_.data().data();
  const bool lists = type_ == Type::kList;
  for (int p = 0; p < examples_; ++p) {
    const std::int32_t n = values.header()[static_cast<std::size_t>(p)];
    const std::int32_t wanted = target_.header()[static_cast<std::size_t>(p)];
    const std::int32_t count = lists && n != Value::kFailed ? n : 0;
    if (n == wanted && std::equal(mine, mine + count, theirs)) mask |= 1U << p;
    mine += count;
    theirs += lists ? wanted : 0;
  }
  if (std::popcount(mask) < kMinBranch) return;
  const bool known =
      std::ranges::any_of(parts_, [&](const auto& part) { return (part.first & mask) == mask; });
  if (known) return;
  parts_.emplace_back(mask, id);
  const std::uint32_t all = (1U << examples_) - 1;
  for (const auto& [when, condition] : conditions_) {
    const Op op = lists ? kIfList : kIfInt;
    if ((when & ~mask) == 0) {
      const TermId other = Covering(all & ~when);
      if (other >= 0) out->push_back({op, {condition, id, other}});
    } else if ((all & ~when & ~mask) == 0) {
      const TermId other = Covering(when);
      if (other >= 0) out->push_back({op, {condition, other, id}});
    }
  }
}

void PutTogether::NoteCondition(TermId id, const Candidate& values, std::vector<Assembly>* out) {
  std::uint32_t when = 0;
  for (int p = 0; p < examples_; ++p) {
    if (values.header()[static_cast<std::size_t>(p)] != 0) when |= 1U << p;
  }
  const std::uint32_t all = (1U << examples_) - 1;
  if (std::popcount(when) < kMinBranch || std::popcount(all & ~when) < kMinBranch) return;
  conditions_.emplace_back(when, id);
  const TermId yes = Covering(when);
  const TermId no = Covering(all & ~when);
  if (yes >= 0 && no >= 0) {
    out->push_back({type_ == Type::kList ? kIfList : kIfInt, {id, yes, no}});
  }
}

void PutTogether::NoteEnds(TermId id, const Candidate& values, std::vector<Assembly>* out) {
  bool front = true;
  bool back = true;
  bool all_empty = true;
  const std::int32_t* mine = values.data().data();
  const std::int32_t* theirs = target_.data().data();
  for (int p = 0; p < examples_ && (front || back); ++p) {
    const std::int32_t n = values.header()[static_cast<std::size_t>(p)];
    const std::int32_t wanted = target_.header()[static_cast<std::size_t>(p)];
    front = front && n <= wanted && std::equal(mine, mine + n, theirs);
    back = back && n <= wanted && std::equal(mine, mine + n, theirs + (wanted - n));
    all_empty = all_empty && n == 0;
    mine += n;
    theirs += wanted;
  }
  const auto rest = [&](bool of_front) {
    rest_.Start(Type::kList, examples_);
    const std::int32_t* data = target_.data().data();
    for (int p = 0; p < examples_; ++p) {
      const std::int32_t n = values.header()[static_cast<std::size_t>(p)];
      const std::int32_t wanted = target_.header()[static_cast<std::size_t>(p)];
      rest_.Add({wanted - n, of_front ? data : data + n});
      data += wanted;
    }
    return rest_.hash();
  };
  const auto front_owner = wanted_back_.find(values.hash());
  if (front_owner != wanted_back_.end()) {
    out->push_back({kConcat, {front_owner->second, id, -1}});
  }
  const auto back_owner = wanted_front_.find(values.hash());
  if (back_owner != wanted_front_.end()) {
    out->push_back({kConcat, {id, back_owner->second, -1}});
  }
  if (all_empty) return;
  if (front && wanted_back_.size() < kMaxWanted) wanted_back_.try_emplace(rest(false), id);
  if (back && wanted_front_.size() < kMaxWanted) wanted_front_.try_emplace(rest(true), id);
}

}  // namespace tesuji::env::program::enumerate
