#include "env/program/enumerate/bank.h"

#include <algorithm>

namespace tesuji::env::program::enumerate {

std::int32_t Cursor::Size(int point) const {
  const std::int32_t n = header_[point];
  if (type_ < Type::kList || n == Value::kFailed) return 0;
  return type_ == Type::kList ? n : n + RowTotal({n, data_});
}

void Candidate::Add(const Value& value) {
  header_.push_back(value.n);
  Mix(value.n);
  if (value.failed()) return;
  ++good_;
  if (type_ < Type::kList) return;
  const std::int32_t count = type_ == Type::kList ? value.n : value.n + RowTotal(value);
  data_.insert(data_.end(), value.data, value.data + count);
  for (std::int32_t i = 0; i < count; ++i) Mix(value.data[i]);
}

bool HashSet::Insert(std::uint64_t hash) {
  if (hash == 0) hash = 1;
  if (2 * used_ >= slots_.size()) Double();
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = (hash * 0x9E3779B97F4A7C15ULL >> 20) & mask;
  while (slots_[at] != 0) {
    if (slots_[at] == hash) return false;
    at = (at + 1) & mask;
  }
  slots_[at] = hash;
  ++used_;
  return true;
}

void HashSet::Double() {
  std::vector<std::uint64_t> old(slots_.size() * 2, 0);
  old.swap(slots_);
  used_ = 0;
  for (const std::uint64_t hash : old) {
    if (hash != 0) Insert(hash);
  }
}

std::int32_t* Bank::Take(std::size_t count) {
  if (count > left_) {
    const std::size_t chunk = std::max<std::size_t>(count, std::size_t{1} << 18);
    chunks_.push_back(std::make_unique<std::int32_t[]>(chunk));
    next_ = chunks_.back().get();
    left_ = chunk;
    bytes_ += chunk * sizeof(std::int32_t);
  }
  std::int32_t* out = next_;
  next_ += count;
  left_ -= count;
  return out;
}

TermId Bank::Store(Term term, const Candidate& candidate) {
  const auto& header = candidate.header();
  const auto& data = candidate.data();
  std::int32_t* out = Take(header.size() + data.size());
  std::copy(header.begin(), header.end(), out);
  std::copy(data.begin(), data.end(), out + header.size());
  term.values = out;
  terms_.push_back(term);
  bytes_ += sizeof(Term);
  return size() - 1;
}

void Bank::AppendCode(TermId id, std::vector<Op>* code) const {
  const Term& term = (*this)[id];
  code->push_back(term.op);
  for (const TermId kid : term.kids) {
    if (kid >= 0) AppendCode(kid, code);
  }
}

}  // namespace tesuji::env::program::enumerate
