#include "env/matmul/matmul_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>

namespace tesuji::env::matmul {
namespace {

bool Subtract(const FactorBits& x, const FactorBits& y, Ring ring, FactorBits* difference) {
  return Add(x, ring == Ring::kZ2 ? y : -y, ring, difference);
}

bool SameUpToSign(const FactorBits& x, const FactorBits& y) { return x == y || x == -y; }

int Weight(const FactorBits& x) { return std::popcount(x.plus | x.minus); }

// The sum of two terms that share two factors, as one term (or a zero one). False: no such pair, or
// it does not fit.
bool MergeTerms(const Term& x, const Term& y, Ring ring, Term* merged) {
  for (int side = 0; side < 3; ++side) {
    const int t = (side + 1) % 3;
    const int u = (side + 2) % 3;
    if (!SameUpToSign(x[t], y[t]) || !SameUpToSign(x[u], y[u])) continue;
    const bool opposite = (x[t] == y[t]) != (x[u] == y[u]);
    *merged = x;
    return opposite ? Subtract(x[side], y[side], ring, &(*merged)[side])
                    : Add(x[side], y[side], ring, &(*merged)[side]);
  }
  return false;
}

std::uint64_t Mix(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xD6E8FEB86659FD93ULL;
  x ^= x >> 32;
  x *= 0xD6E8FEB86659FD93ULL;
  return x ^ (x >> 32);
}

std::string Form(const FactorBits& factor, char matrix, int columns) {
  std::string text;
  for (int entry = 0; entry < kMaxEntries; ++entry) {
    const int coefficient = factor.coefficient(entry);
    if (coefficient == 0) continue;
    text += coefficient < 0 ? "-" : text.empty() ? "" : "+";
    text += fmt::format("{}{}{}", matrix, entry / columns + 1, entry % columns + 1);
  }
  return text;
}

}  // namespace

MatmulState::MatmulState(const StateContext& context, Scheme scheme, int steps, std::string end)
    : context_(&context), scheme_(std::move(scheme)), steps_(steps), end_(std::move(end)) {
  Normalise();
  assert(scheme_.rank() <= context_->max_rank);
  if (end_.empty() && steps_ >= context_->max_steps) end_ = "step-limit";
}

MatmulState::Move MatmulState::Decode(Action action) const {
  const int cells = context_->cells();
  const int plane = action / cells;
  const int cell = action % cells;
  const int flips = 3 * context_->signs();
  return {.plus = plane >= flips,
          .side = plane % 3,
          .subtract = plane >= 3 && plane < flips,
          .i = cell / context_->max_rank,
          .j = cell % context_->max_rank};
}

bool MatmulState::MakeFlip(const Move& move, Term* i, Term* j) const {
  const int rank = scheme_.rank();
  if (move.i == move.j || move.i >= rank || move.j >= rank) return false;
  *i = scheme_.terms[move.i];
  *j = scheme_.terms[move.j];
  const int t = (move.side + 1) % 3;
  const int u = (move.side + 2) % 3;
  if (!SameUpToSign((*i)[move.side], (*j)[move.side])) return false;
  if ((*i)[move.side] != (*j)[move.side]) {
    (*j)[move.side] = -(*j)[move.side];
    (*j)[t] = -(*j)[t];
  }
  const Term old = *i;
  const Ring ring = scheme_.ring;
  if (move.subtract) {
    return Subtract(old[t], (*j)[t], ring, &(*i)[t]) && Add((*j)[u], old[u], ring, &(*j)[u]);
  }
  return Add(old[t], (*j)[t], ring, &(*i)[t]) && Subtract((*j)[u], old[u], ring, &(*j)[u]);
}

bool MatmulState::MakePlus(const Move& move, Term* i, Term* j, Term* third) const {
  const int rank = scheme_.rank();
  if (move.i == move.j || move.i >= rank || move.j >= rank) return false;
  *i = scheme_.terms[move.i];
  *j = scheme_.terms[move.j];
  for (int side = 0; side < 3; ++side) {
    if (SameUpToSign((*i)[side], (*j)[side])) return false;
  }
  const int x = move.side;
  const int y = (x + 1) % 3;
  const int z = (x + 2) % 3;
  const Ring ring = scheme_.ring;
  (*third)[x] = (*j)[x];
  (*third)[y] = (*i)[y];
  return Add((*i)[z], (*j)[z], ring, &(*third)[z]) && Subtract((*i)[x], (*j)[x], ring, &(*i)[x]) &&
         Subtract((*j)[y], (*i)[y], ring, &(*j)[y]);
}

void MatmulState::LegalActions(std::vector<Action>* out) const {
  assert(phase() == Phase::kOngoing);
  out->clear();
  const int grid = context_->max_rank;
  const int rank = scheme_.rank();
  Term i;
  Term j;
  Term third;
  for (int plane = 0; plane < context_->action_planes(); ++plane) {
    for (int cell = 0; cell < rank * rank; ++cell) {
      const Action action = plane * context_->cells() + cell / rank * grid + cell % rank;
      const Move move = Decode(action);
      const bool legal =
          move.plus ? MayPlus() && MakePlus(move, &i, &j, &third) : MakeFlip(move, &i, &j);
      if (legal) out->push_back(action);
    }
  }
  out->push_back(context_->stop_action());
}

void MatmulState::Apply(Action action) {
  assert(phase() == Phase::kOngoing);
  ++steps_;
  if (action == context_->stop_action()) {
    end_ = "stop";
    return;
  }
  const Move move = Decode(action);
  Term i;
  Term j;
  Term third;
  [[maybe_unused]] const bool legal =
      move.plus ? MayPlus() && MakePlus(move, &i, &j, &third) : MakeFlip(move, &i, &j);
  assert(legal);
  scheme_.terms[move.i] = i;
  scheme_.terms[move.j] = j;
  if (move.plus) scheme_.terms.push_back(third);
  Normalise();
  if (steps_ >= context_->max_steps) end_ = "step-limit";
}

// Takes every reduction there is, then the canonical order.
void MatmulState::Normalise() {
  auto& terms = scheme_.terms;
  const auto is_zero = [](const Term& term) {
    return std::ranges::any_of(term, [](const FactorBits& factor) { return factor.zero(); });
  };
  for (bool again = true; again;) {
    again = false;
    std::erase_if(terms, is_zero);
    Canonicalise(&scheme_);
    for (std::size_t i = 0; i < terms.size() && !again; ++i) {
      for (std::size_t j = i + 1; j < terms.size() && !again; ++j) {
        Term merged;
        if (!MergeTerms(terms[i], terms[j], scheme_.ring, &merged)) continue;
        terms[i] = merged;
        terms.erase(terms.begin() + static_cast<std::ptrdiff_t>(j));
        again = true;
      }
    }
  }
}

float MatmulState::Value() const {
  const auto standard = static_cast<float>(context_->format.standard_rank());
  const auto target = static_cast<float>(context_->target_rank);
  const float above = (static_cast<float>(scheme_.rank()) - target) / (standard - target);
  return std::clamp(1 - 2 * above, -1.0F, 1.0F);
}

FinalTargets MatmulState::Targets() const {
  return {.ownership = {},
          .score = static_cast<float>(context_->format.standard_rank() - scheme_.rank())};
}

Key128 MatmulState::Fingerprint() const {
  Key128 key{.high = 0x6D61746D756CULL, .low = 0x736368656D65ULL};
  const auto add = [&](std::uint64_t x) {
    key.high = Mix(key.high ^ x) + 0x9E3779B97F4A7C15ULL;
    key.low = Mix(key.low + x * 0xC2B2AE3D27D4EB4FULL) ^ std::rotl(key.low, 23);
  };
  for (const Term& term : scheme_.terms) {
    for (const FactorBits& factor : term) {
      add(factor.plus | (static_cast<std::uint64_t>(factor.minus) << 32));
    }
  }
  add(static_cast<std::uint64_t>(steps_) * 2 + (end_.empty() ? 0 : 1));
  return key;
}

void MatmulState::Encode(std::span<float> out) const {
  const int grid = context_->max_rank;
  const int cells = context_->cells();
  const int rank = scheme_.rank();
  assert(static_cast<int>(out.size()) == context_->observation_planes() * cells);
  std::ranges::fill(out, 0.0F);
  const int flips = 3 * context_->signs();
  Term ti;
  Term tj;
  for (int i = 0; i < rank; ++i) {
    for (int j = 0; j < rank; ++j) {
      float* cell = out.data() + i * grid + j;
      const auto plane = [&](int index) -> float& { return cell[index * cells]; };
      for (int side = 0; side < 3; ++side) {
        const FactorBits& x = scheme_.terms[i][side];
        const FactorBits& y = scheme_.terms[j][side];
        const auto entries = static_cast<float>(context_->format.entries(side));
        plane(side) = x == y ? 1.0F : SameUpToSign(x, y) ? -1.0F : 0.0F;
        plane(3 + side) =
            static_cast<float>(std::popcount((x.plus & y.plus) | (x.minus & y.minus)) -
                               std::popcount((x.plus & y.minus) | (x.minus & y.plus))) /
            entries;
        plane(6 + side) = static_cast<float>(Weight(x)) / entries;
        plane(9 + side) = static_cast<float>(Weight(y)) / entries;
      }
      // How heavy the two new factors of a flip would be, and whether other terms hold them.
      for (int flip = 0; flip < flips; ++flip) {
        const Move move{.plus = false, .side = flip % 3, .subtract = flip >= 3, .i = i, .j = j};
        if (!MakeFlip(move, &ti, &tj)) continue;
        const int t = (move.side + 1) % 3;
        const int u = (move.side + 2) % 3;
        float meets = 0;
        for (const Term& other : scheme_.terms) {
          meets += SameUpToSign(other[t], ti[t]) ? 0.25F : 0.0F;
          meets += SameUpToSign(other[u], tj[u]) ? 0.25F : 0.0F;
        }
        plane(12 + flip) = ti[t].zero() || tj[u].zero() ? 2.0F : meets;
        if (flip < 3) {
          plane(12 + flips + flip) =
              static_cast<float>(Weight(ti[t]) + Weight(tj[u])) / (2.0F * kMaxEntries);
        }
      }
      plane(15 + flips) = 1.0F;
    }
  }
  const int last = context_->observation_planes() - 2;
  const float above = static_cast<float>(rank) / static_cast<float>(grid);
  std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(last) * cells, cells, above);
  std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(last + 1) * cells, cells,
              static_cast<float>(steps_) / static_cast<float>(context_->max_steps));
}

std::string MatmulState::Artifact() const {
  Json json = SchemeToJson(scheme_);
  json["steps"] = steps_;
  if (!end_.empty()) json["end"] = end_;
  return json.dump();
}

std::string MatmulState::ToText() const {
  const auto& format = context_->format;
  std::string text = fmt::format("{} over {}, rank {}, after {} actions\n", format.ToText(),
                                 RingName(scheme_.ring), scheme_.rank(), steps_);
  for (int term = 0; term < scheme_.rank(); ++term) {
    const Term& factors = scheme_.terms[term];
    text += fmt::format("{:3}: ({}) ({}) -> {}\n", term, Form(factors[0], 'a', format.m),
                        Form(factors[1], 'b', format.p), Form(factors[2], 'c', format.p));
  }
  return text;
}

std::string MatmulState::ActionToText(Action action) const {
  if (action == context_->stop_action()) return "stop";
  const Move move = Decode(action);
  if (move.plus) return fmt::format("plus {} {} {}", "abc"[move.side], move.i, move.j);
  return fmt::format("flip{} {} {} {}", move.subtract ? "-" : "", "abc"[move.side], move.i, move.j);
}

}  // namespace tesuji::env::matmul
