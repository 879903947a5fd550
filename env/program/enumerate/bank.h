// Terms found so far, each with its values at the points of its scope, hash-consed: children are
// numbers of earlier terms, and terms with equal values at all points are one.
//
// The points of the closed scope are a task's examples; of scope x: (example, x) pairs; and so on.
// Thread-safety: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "env/program/language/value.h"
#include "env/program/tasks/task.h"

namespace tesuji::env::program::enumerate {

using TermId = std::int32_t;

struct Term {
  Op op = kDigit0;
  Type type = Type::kInt;
  Scope scope = Scope::kClosed;
  std::uint8_t level = 0;  ///< Cost (weights.h) of everything below the root of the term.
  TermId kids[kMaxArity] = {-1, -1, -1};
  const std::int32_t* values = nullptr;
};

/// Where variables have values.
struct Point {
  int example = 0;
  std::int32_t x = 0;
  std::int32_t y = 0;
  std::vector<std::int32_t> row;
};

/// Reads a term's values at ascending points. Layout: one header a point (the number, or the
/// length), then for lists and rows all data, point after point.
class Cursor {
 public:
  Cursor() = default;
  Cursor(const Term& term, int points)
      : header_(term.values), data_(term.values + points), type_(term.type) {}
  /// REQUIRES: `point` is the last one or the next one.
  Value At(int point) {
    while (at_ < point) {
      data_ += Size(at_);
      ++at_;
    }
    return {header_[point], type_ >= Type::kList ? data_ : nullptr};
  }

 private:
  std::int32_t Size(int point) const;
  const std::int32_t* header_ = nullptr;
  const std::int32_t* data_ = nullptr;
  Type type_ = Type::kInt;
  int at_ = 0;
};

/// Values of one candidate, written point by point.
class Candidate {
 public:
  void Start(Type type, int points) {
    type_ = type;
    header_.clear();
    data_.clear();
    header_.reserve(static_cast<std::size_t>(points));
    hash_ = 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(type);
    good_ = 0;
  }
  void Add(const Value& value);
  std::uint64_t hash() const { return hash_; }
  int good() const { return good_; }  ///< Points without failure.
  const std::vector<std::int32_t>& header() const { return header_; }
  const std::vector<std::int32_t>& data() const { return data_; }

 private:
  void Mix(std::int32_t number) {
    hash_ = (hash_ ^ static_cast<std::uint32_t>(number)) * 0xD6E8FEB86659FD93ULL;
    hash_ ^= hash_ >> 32;
  }
  Type type_ = Type::kInt;
  std::vector<std::int32_t> header_;
  std::vector<std::int32_t> data_;
  std::uint64_t hash_ = 0;
  int good_ = 0;
};

/// A set of 64-bit hashes, open addressing.
class HashSet {
 public:
  HashSet() : slots_(1 << 16, 0) {}
  /// False when it was there.
  bool Insert(std::uint64_t hash);
  std::size_t bytes() const { return slots_.size() * sizeof(std::uint64_t); }

 private:
  void Double();
  std::vector<std::uint64_t> slots_;
  std::size_t used_ = 0;
};

class Bank {
 public:
  const Term& operator[](TermId id) const { return terms_[static_cast<std::size_t>(id)]; }
  TermId size() const { return static_cast<TermId>(terms_.size()); }
  std::size_t bytes() const { return bytes_ + seen_.bytes(); }
  /// True when no term of this scope had these values.
  bool IsNew(Scope scope, const Candidate& candidate) {
    return seen_.Insert(candidate.hash() * 4 + static_cast<std::uint64_t>(scope) + 1);
  }
  /// `term` without values; they are copied from `candidate`.
  TermId Store(Term term, const Candidate& candidate);
  /// The term as prefix code.
  void AppendCode(TermId id, std::vector<Op>* code) const;

 private:
  std::int32_t* Take(std::size_t count);
  std::vector<Term> terms_;
  HashSet seen_;
  std::vector<std::unique_ptr<std::int32_t[]>> chunks_;
  std::size_t left_ = 0;
  std::int32_t* next_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace tesuji::env::program::enumerate
