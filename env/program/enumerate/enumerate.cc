#include "env/program/enumerate/enumerate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "env/program/enumerate/bank.h"
#include "env/program/enumerate/bodies.h"
#include "env/program/enumerate/evaluate.h"
#include "env/program/enumerate/points.h"
#include "env/program/enumerate/put_together.h"

namespace tesuji::env::program::enumerate {
namespace {

constexpr int kMaxLevel = 240;
// When the time is up, what was put together is still tried for a part of it: one in so many.
constexpr int kSpareTime = 20;
// How much earlier than its turn a program that was put together is accepted. Conditionals are
// many: some of them answers any eight examples. Halves that fit, and a lambda that has the right
// values everywhere, seldom do so by chance.
constexpr int kEarly = 2 * kUnitsPerBit;
constexpr int kEarlier = 6 * kUnitsPerBit;  // Than that.

struct Span {
  TermId begin;
  TermId end;
};

class Enumeration {
 public:
  Enumeration(const ProgramTask& task, const Costs& costs, const EnumerationOptions& options)
      : task_(task),
        costs_(costs),
        options_(options),
        points_(task),
        evaluator_(bank_, points_),
        together_(bank_, target_, task.signature.output, points_.examples()),
        bodies_(bank_, points_, target_),
        vocabulary_(task.EmptyProgram().vocabulary()),
        started_(std::chrono::steady_clock::now()) {
    spans_.resize(static_cast<std::size_t>(kScopes) * kPlaces);
    for (auto& levels : spans_) levels.resize(kMaxLevel + 1);
    target_.Start(task.signature.output, points_.examples());
    for (int i = 0; i < points_.examples(); ++i) {
      const Datum& output = task.seen[static_cast<std::size_t>(i)].output;
      target_.Add(output.type == Type::kInt
                      ? Value{output.number, nullptr}
                      : Value{static_cast<std::int32_t>(output.list.size()), output.list.data()});
    }
    FindLags();
  }

  EnumerationResult Run() {
    AddLeaves();
    int level = 1;
    for (; level <= kMaxLevel && !done_; ++level) {
      grew_ = false;
      level_ = level;
      if (!full_) {
        for (const Scope scope : {Scope::kTwo, Scope::kRow, Scope::kOne}) {
          for (int& at = reached_[static_cast<std::size_t>(scope)];
               at < level - lag_[static_cast<std::size_t>(scope)] && !done_ && !full_;) {
            RunLevel(scope, ++at);
          }
        }
      }
      if (!done_) RunLevel(Scope::kClosed, level);
      AcceptAssembled(level + kEarly);
    }
    AcceptAssembled(kMaxLevel * 4);
    return Finish(level);
  }

 private:
  static std::size_t SpanIndex(Scope scope, int place) {
    return static_cast<std::size_t>(scope) * kPlaces + static_cast<std::size_t>(place);
  }
  void FindLags();
  void AddLeaves();
  void AddRange(Scope scope, Op op, int level, TermId begin, TermId end);
  void RunLevel(Scope scope, int level);
  void RunProduction(Scope scope, const Production& production, int level);
  template <class Visit>
  void ForEachKid(Scope scope, const Production& production, int argument, int level,
                  const Visit& visit);
  void Try(Term* term);
  void TryWhole(const Term& term);
  void Keep(const Term& term);
  void CheckTarget(const Term& term);
  bool AddSolution(const Assembly& assembly);
  double BitsOfAssembly(const Assembly& assembly) const;
  void AcceptAssembled(int level);
  void CheckLimits();
  bool OverTime() const;
  EnumerationResult Finish(int level);

  const ProgramTask& task_;
  const Costs& costs_;
  const EnumerationOptions& options_;
  Bank bank_;
  Points points_;
  TermEvaluator evaluator_;
  Candidate target_;
  Candidate candidate_;
  PutTogether together_;
  Bodies bodies_;
  const Vocabulary vocabulary_;
  /// By (scope of the kid, place) and cost with its edge: ranges of terms.
  std::vector<std::vector<std::vector<Span>>> spans_;
  std::array<int, kScopes> reached_{};
  std::array<int, kScopes> lag_{};
  std::vector<std::pair<double, Assembly>> assembled_;
  std::vector<Assembly> found_;
  std::set<std::vector<Op>> tried_;  ///< Every solution that was found.
  Runner runner_;
  EnumerationResult result_;
  bool done_ = false;
  bool full_ = false;
  bool grew_ = false;
  int level_ = 0;
  const std::chrono::steady_clock::time_point started_;
};

/// Bodies of lambdas are needed only up to what is left beside the lambda's other arguments.
void Enumeration::FindLags() {
  const auto cheapest = [&](Scope scope, int place) {
    int best = 200;
    for (int op = 0; op < kOps; ++op) {
      best = std::min<int>(best, costs_.Of(scope, place, static_cast<Op>(op)));
    }
    return best;
  };
  std::array<int, kScopes> lag;
  lag.fill(200);
  int nested = 200;
  for (const Production& production : Productions()) {
    int total = 0;
    Binds binds = Binds::kNothing;
    for (int i = 0; i < production.arity; ++i) {
      const Argument& argument = production.arguments[i];
      total += cheapest(Inner(Scope::kClosed, argument.binds), PlaceOf(production.op, i));
      if (argument.binds != Binds::kNothing) binds = argument.binds;
    }
    if (binds == Binds::kNothing) continue;
    int& mine = lag[static_cast<std::size_t>(Inner(Scope::kClosed, binds))];
    mine = std::min(mine, total);
    if (binds == Binds::kOne) nested = std::min(nested, total);
  }
  const auto one = static_cast<std::size_t>(Scope::kOne);
  const auto two = static_cast<std::size_t>(Scope::kTwo);
  lag[two] = std::min(lag[two], lag[one] + nested);
  lag_ = lag;
}

void Enumeration::AddLeaves() {
  for (int s = 0; s < kScopes; ++s) {
    const auto scope = static_cast<Scope>(s);
    for (const Production& production : Productions()) {
      const Op op = production.op;
      if (production.arity > 0 || !Fits(op, production.type, scope, vocabulary_)) continue;
      const bool variable = op == kX || op == kY || op == kRow;
      if (variable == (scope == Scope::kClosed)) continue;  // Closed leaves are lifted.
      candidate_.Start(production.type, points_.Count(scope));
      for (const Point& point : points_.Of(scope)) {
        Value value;
        if (op < kCopyInt) {
          value.n = op;
        } else if (op < kCopyList) {
          value.n = task_.constants.ints[op - kCopyInt];
        } else if (op < kX) {
          const auto& list = task_.constants.lists[op - kCopyList];
          value = {static_cast<std::int32_t>(list.size()), list.data()};
        } else if (op == kX || op == kY) {
          value.n = op == kX ? point.x : point.y;
        } else if (op == kRow) {
          value = {static_cast<std::int32_t>(point.row.size()), point.row.data()};
        } else if (op != kEmpty) {
          const auto& example = task_.seen[static_cast<std::size_t>(point.example)];
          for (std::size_t i = 0; i < example.input.size(); ++i) {
            if (task_.signature.VariableOf(static_cast<int>(i)) != op) continue;
            const Datum& datum = example.input[i];
            value = datum.type == Type::kInt
                        ? Value{datum.number, nullptr}
                        : Value{static_cast<std::int32_t>(datum.list.size()), datum.list.data()};
          }
        }
        candidate_.Add(value);
      }
      ++result_.candidates;
      const TermId begin = bank_.size();
      Term term{op, production.type, scope, 0, {-1, -1, -1}, nullptr};
      Keep(term);
      if (scope == Scope::kClosed) CheckTarget(term);
      AddRange(scope, op, 0, begin, bank_.size());
    }
  }
}

void Enumeration::AddRange(Scope scope, Op op, int level, TermId begin, TermId end) {
  if (begin == end) return;
  for (int s = 0; s < kScopes; ++s) {
    const auto into = static_cast<Scope>(s);
    if (into != scope && scope != Scope::kClosed) continue;  // Only closed terms are lifted.
    for (int place = 1; place < kPlaces; ++place) {
      const std::uint8_t cost = costs_.Of(into, place, op);
      if (cost == Costs::kImpossible || level + cost > kMaxLevel) continue;
      spans_[SpanIndex(into, place)][static_cast<std::size_t>(level + cost)].push_back(
          {begin, end});
    }
  }
}

void Enumeration::RunLevel(Scope scope, int level) {
  for (const Production& production : Productions()) {
    if (production.arity == 0 || !Fits(production.op, production.type, scope, vocabulary_)) {
      continue;
    }
    if (full_ && (scope != Scope::kClosed || production.type != task_.signature.output)) continue;
    const TermId begin = bank_.size();
    RunProduction(scope, production, level);
    if (done_) return;
    AddRange(scope, production.op, level, begin, bank_.size());
  }
}

template <class Visit>
void Enumeration::ForEachKid(Scope scope, const Production& production, int argument, int level,
                             const Visit& visit) {
  const Scope inner = Inner(scope, production.arguments[argument].binds);
  const auto& levels = spans_[SpanIndex(inner, PlaceOf(production.op, argument))];
  for (const Span& span : levels[static_cast<std::size_t>(level)]) {
    for (TermId id = span.begin; id < span.end && !done_; ++id) visit(id);
  }
}

void Enumeration::RunProduction(Scope scope, const Production& production, int level) {
  Term term{production.op, production.type, scope, static_cast<std::uint8_t>(level),
            {-1, -1, -1},  nullptr};
  if (production.arity == 1) {
    ForEachKid(scope, production, 0, level, [&](TermId a) {
      term.kids[0] = a;
      Try(&term);
    });
    return;
  }
  for (int first = 1; first < level; ++first) {
    if (production.arity == 2) {
      ForEachKid(scope, production, 0, first, [&](TermId a) {
        term.kids[0] = a;
        ForEachKid(scope, production, 1, level - first, [&](TermId b) {
          term.kids[1] = b;
          Try(&term);
        });
      });
      continue;
    }
    for (int second = 1; first + second < level; ++second) {
      ForEachKid(scope, production, 0, first, [&](TermId a) {
        term.kids[0] = a;
        ForEachKid(scope, production, 1, second, [&](TermId b) {
          term.kids[1] = b;
          ForEachKid(scope, production, 2, level - first - second, [&](TermId c) {
            term.kids[2] = c;
            Try(&term);
          });
        });
      });
    }
  }
}

void Enumeration::Try(Term* term) {
  if (term->scope != Scope::kClosed) {
    // A term that uses no variable of its scope is a closed term, known already.
    bool own = false;
    for (const TermId kid : term->kids)
      own = own || (kid >= 0 && bank_[kid].scope != Scope::kClosed);
    if (!own) return;
  }
  if ((++result_.candidates & 255) == 0) CheckLimits();
  if (done_) return;
  if (full_) return TryWhole(*term);
  if (!evaluator_.Evaluate(*term, &candidate_)) return;
  const int points = points_.Count(term->scope);
  if (candidate_.good() == 0 || 2 * candidate_.good() < points) return;
  Keep(*term);
}

void Enumeration::TryWhole(const Term& term) {
  if (term.type == task_.signature.output && evaluator_.Matches(term, target_)) CheckTarget(term);
}

void Enumeration::Keep(const Term& term) {
  const bool closed = term.scope == Scope::kClosed;
  if (closed && term.type == task_.signature.output && candidate_.hash() == target_.hash()) {
    // Asked first: a constant may have the target's values and not be the program that is wanted.
    CheckTarget(term);
    return;  // Its values are known to be the target's: no use as a part.
  }
  if (!bank_.IsNew(term.scope, candidate_)) return;
  const TermId id = bank_.Store(term, candidate_);
  if (bank_.bytes() > options_.memory_bytes) full_ = true;
  if (!options_.put_together) return;
  found_.clear();
  if (closed) together_.Note(id, candidate_, &found_);
  if (task_.signature.output == Type::kList) {
    const bool whole = candidate_.good() == points_.examples();
    if (!closed) bodies_.NoteBody(id, &found_);
    if (closed && term.type == Type::kList && whole) bodies_.NoteList(id, &found_);
  }
  for (const Assembly& assembly : found_) {
    const int early = assembly.op == kIfList || assembly.op == kIfInt ? 0 : kEarlier;
    assembled_.emplace_back(BitsOfAssembly(assembly) * kUnitsPerBit - early, assembly);
  }
}

/// REQUIRES: closed term whose values are the target's at all points.
void Enumeration::CheckTarget(const Term& term) {
  if (done_ || term.type != task_.signature.output) return;
  Assembly assembly{term.op, {term.kids[0], term.kids[1], term.kids[2]}};
  if (Of(term.op).arity == 0 && candidate_.hash() != target_.hash()) return;
  AddSolution(assembly);
}

double Enumeration::BitsOfAssembly(const Assembly& assembly) const {
  std::vector<Op> code{assembly.op};
  for (const TermId kid : assembly.kids) {
    if (kid >= 0) bank_.AppendCode(kid, &code);
  }
  return code.size() > kMaxNodes ? 1e6 : costs_.BitsOf(code);
}

bool Enumeration::AddSolution(const Assembly& assembly) {
  Program program = task_.EmptyProgram();
  program.code.push_back(assembly.op);
  for (const TermId kid : assembly.kids) {
    if (kid >= 0) bank_.AppendCode(kid, &program.code);
  }
  if (!CheckProgram(program)) return false;
  if (CountRight(&runner_, program, task_.seen, false) != static_cast<int>(task_.seen.size())) {
    return false;
  }
  if (!tried_.insert(program.code).second) return false;
  Solution solution{std::move(program.code), 0, result_.candidates};
  solution.bits = costs_.BitsOf(solution.code);
  if (options_.accept && !options_.accept(solution)) return false;
  result_.solutions.push_back(std::move(solution));
  if (static_cast<int>(result_.solutions.size()) >= options_.solutions) {
    result_.end = EnumerationEnd::kSolved;
    done_ = true;
  }
  return true;
}

void Enumeration::AcceptAssembled(int level) {
  if (done_ && result_.end == EnumerationEnd::kSolved) return;
  std::ranges::stable_sort(assembled_, {}, &std::pair<double, Assembly>::first);
  std::size_t used = 0;
  for (; used < assembled_.size() && assembled_[used].first <= level; ++used) {
    AddSolution(assembled_[used].second);
    if (result_.end == EnumerationEnd::kSolved || OverTime()) break;
  }
  assembled_.erase(assembled_.begin(), assembled_.begin() + static_cast<std::ptrdiff_t>(used));
}

void Enumeration::CheckLimits() {
  const auto end = [&](EnumerationEnd why) {
    result_.end = why;
    done_ = true;
  };
  if (options_.candidates > 0 && result_.candidates >= options_.candidates) {
    return end(EnumerationEnd::kCandidates);
  }
  if (options_.stop != nullptr && *options_.stop) return end(EnumerationEnd::kStopped);
  if (options_.won != nullptr && *options_.won) return end(EnumerationEnd::kStopped);
  if (options_.time.count() > 0 && (result_.candidates & 4095) == 0 &&
      std::chrono::steady_clock::now() - started_ > options_.time) {
    end(EnumerationEnd::kTime);
  }
}

bool Enumeration::OverTime() const {
  if (options_.won != nullptr && *options_.won) return true;
  return options_.time.count() > 0 &&
         std::chrono::steady_clock::now() - started_ > options_.time + options_.time / kSpareTime;
}

EnumerationResult Enumeration::Finish(int level) {
  if (!result_.solutions.empty()) result_.end = EnumerationEnd::kSolved;
  result_.distinct = bank_.size();
  result_.bits_reached = static_cast<double>(level - 1) / kUnitsPerBit;
  result_.memory_bytes = bank_.bytes();
  result_.memory_full = full_;
  result_.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  return std::move(result_);
}

}  // namespace

std::string_view EndName(EnumerationEnd end) {
  constexpr std::array<std::string_view, 5> kNames = {"solved", "candidates", "time", "exhausted",
                                                      "stopped"};
  return kNames[static_cast<std::size_t>(end)];
}

EnumerationResult Enumerate(const ProgramTask& task, const Costs& costs,
                            const EnumerationOptions& options) {
  return Enumeration(task, costs, options).Run();
}

}  // namespace tesuji::env::program::enumerate
