#include "env/matmul/discover.h"

#include <fmt/format.h>

#include <bit>
#include <cassert>

#include "env/matmul/scheme_search.h"
#include "env/matmul/tensor_check.h"

namespace tesuji::env::matmul {
namespace {

std::uint32_t MoveBits(std::uint32_t bits, int columns, int new_columns) {
  std::uint32_t moved = 0;
  for (int entry = 0; entry < kMaxEntries; ++entry) {
    if (((bits >> entry) & 1U) == 0) continue;
    moved |= 1U << (entry / columns * new_columns + entry % columns);
  }
  return moved;
}

FactorBits MoveFactor(const FactorBits& factor, int columns, int new_columns) {
  return {MoveBits(factor.plus, columns, new_columns),
          MoveBits(factor.minus, columns, new_columns)};
}

// Smaller squares need a lucky number of cubes (3x3x3 in 23 has two or five) and are found by
// growing in less than a second; 4x4x4 over Z2 has not come to its 47 without breaking the
// symmetry.
bool CyclicIsBetter(const Format& format, Ring ring) {
  return format == Format{.n = 5, .m = 5, .p = 5} && ring == Ring::kZ2;
}

}  // namespace

Status CheckDiscoverOptions(const DiscoverOptions& options) {
  const Format& format = options.format;
  if (auto status = CheckFormat(format); !status) return status;
  if (options.cyclic && (format.n != format.m || format.m != format.p)) {
    return Fail(fmt::format("matmul: format {}: only square matrices have cyclic schemes",
                            format.ToText()));
  }
  const auto positive = [](const char* name, auto value) -> Status {
    if (value >= 1) return {};
    return Fail(fmt::format("matmul: {} = {}: expected at least 1", name, value));
  };
  for (const Status& status :
       {positive("workers", options.workers), positive("walkers", options.walkers),
        positive("walk_flips", options.walk_flips), positive("plus_after", options.plus_after),
        positive("band", options.band), positive("patience", options.patience)}) {
    if (!status) return status;
  }
  for (const Scheme& scheme : options.start) {
    if (scheme.format != options.format || scheme.ring != options.ring) {
      return Fail(fmt::format("matmul: a start is for {} over {}, expected {} over {}",
                              scheme.format.ToText(), RingName(scheme.ring),
                              options.format.ToText(), RingName(options.ring)));
    }
    if (scheme.rank() > options.format.standard_rank() + 2) {
      return Fail(fmt::format("matmul: a start has {} terms, more than the standard scheme",
                              scheme.rank()));
    }
    if (auto status = CheckScheme(scheme); !status) {
      return Fail("matmul: start: " + status.error().message);
    }
  }
  return {};
}

DiscoverOptions MeasuredOptions(const Format& format, Ring ring, std::optional<bool> cyclic) {
  DiscoverOptions options;
  options.format = format;
  options.ring = ring;
  options.cyclic = cyclic.value_or(CyclicIsBetter(format, ring));
  if (options.cyclic) {
    options.plus_after = 20'000;
    options.band = 2;
  }
  return options;
}

Result<DiscoverResult> DiscoverSchemes(const DiscoverOptions& options,
                                       const DiscoverCallbacks& callbacks) {
  auto search = SchemeSearch::Begin(options, callbacks);
  if (!search) return tl::unexpected(search.error());
  while (!(*search)->over()) {
    if (auto status = (*search)->Round(); !status) return tl::unexpected(status.error());
  }
  return (*search)->result();
}

Scheme ExtendScheme(const Scheme& scheme, const Format& format) {
  const Format& old = scheme.format;
  assert(format.n >= old.n && format.m >= old.m && format.p >= old.p);
  Scheme extended{.format = format, .ring = scheme.ring, .terms = {}};
  for (const Term& term : scheme.terms) {
    extended.terms.push_back({MoveFactor(term[0], old.m, format.m),
                              MoveFactor(term[1], old.p, format.p),
                              MoveFactor(term[2], old.p, format.p)});
  }
  for (const Term& term : StandardScheme(format, scheme.ring).terms) {
    const int left = std::countr_zero(term[0].plus);
    const int right = std::countr_zero(term[1].plus);
    const bool inside =
        left / format.m < old.n && left % format.m < old.m && right % format.p < old.p;
    if (!inside) extended.terms.push_back(term);
  }
  return extended;
}

}  // namespace tesuji::env::matmul
