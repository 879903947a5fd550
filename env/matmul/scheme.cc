#include "env/matmul/scheme.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>

#include "core/untrusted_json.h"

namespace tesuji::env::matmul {
namespace {

constexpr std::array<const char*, 3> kKeys = {"u", "v", "w"};
// Generous: no scheme that anyone needs has more terms than four times the largest standard one.
constexpr std::size_t kMaxTerms = 4 * kMaxSide * kMaxSide * kMaxSide;
constexpr std::size_t kMaxBytes = 4 << 20;

bool IsInteger(const Json& json, std::int64_t minimum, std::int64_t maximum) {
  if (!json.is_number_integer()) return false;
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > 1'000'000) return false;
  const auto value = json.get<std::int64_t>();
  return value >= minimum && value <= maximum;
}

// What was found, short enough for one line.
std::string Found(const Json& json) {
  if (json.is_structured()) return json.is_array() ? "a list" : "a table";
  std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > 40) text = text.substr(0, 40) + "…";
  return text;
}

Result<Format> ReadFormat(const Json& json) {
  const auto it = json.find("format");
  if (it == json.end()) return Fail("scheme: key \"format\" is missing; expected [n, m, p]");
  const bool three = it->is_array() && it->size() == 3;
  for (std::size_t i = 0; i < 3; ++i) {
    if (!three || !IsInteger((*it)[i], 1, kMaxSide)) {
      return Fail(
          fmt::format("scheme: format = {}: expected [n, m, p], each 1 to {}",
                      three ? it->dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, 60)
                            : Found(*it),
                      kMaxSide));
    }
  }
  return Format{.n = (*it)[0].get<int>(), .m = (*it)[1].get<int>(), .p = (*it)[2].get<int>()};
}

Result<FactorBits> ReadFactor(const Json& row, const char* key, std::size_t term, int entries,
                              Ring ring) {
  if (!row.is_array() || row.size() != static_cast<std::size_t>(entries)) {
    return Fail(fmt::format("scheme: {}[{}]: expected a list of {} coefficients, found {}", key,
                            term, entries,
                            row.is_array() ? fmt::format("{} of them", row.size()) : Found(row)));
  }
  FactorBits factor;
  for (int entry = 0; entry < entries; ++entry) {
    if (!IsInteger(row[entry], ring == Ring::kZ2 ? 0 : -1, 1)) {
      return Fail(fmt::format("scheme: {}[{}][{}] = {}: expected {}", key, term, entry,
                              Found(row[entry]), ring == Ring::kZ2 ? "0 or 1" : "-1, 0 or 1"));
    }
    const int value = row[entry].get<int>();
    if (value > 0) factor.plus |= 1U << entry;
    if (value < 0) factor.minus |= 1U << entry;
  }
  return factor;
}

Status ReadSide(const Json& json, int side, Scheme* scheme) {
  const char* key = kKeys[side];
  const auto it = json.find(key);
  if (it == json.end() || !it->is_array()) {
    return Fail(
        fmt::format("scheme: key \"{}\" is missing or no list; expected a row of {} "
                    "coefficients for each term",
                    key, scheme->format.entries(side)));
  }
  if (side == 0) {
    if (it->empty() || it->size() > kMaxTerms) {
      return Fail(fmt::format("scheme: {} terms; expected 1 to {}", it->size(), kMaxTerms));
    }
    scheme->terms.resize(it->size());
  }
  if (it->size() != scheme->terms.size()) {
    return Fail(fmt::format("scheme: \"{}\" has {} rows, \"u\" has {}", key, it->size(),
                            scheme->terms.size()));
  }
  for (std::size_t term = 0; term < scheme->terms.size(); ++term) {
    auto factor = ReadFactor((*it)[term], key, term, scheme->format.entries(side), scheme->ring);
    if (!factor) return tl::unexpected(factor.error());
    scheme->terms[term][side] = *factor;
  }
  return {};
}

}  // namespace

Scheme StandardScheme(const Format& format, Ring ring) {
  assert(CheckFormat(format).has_value());
  Scheme scheme{.format = format, .ring = ring, .terms = {}};
  for (int i = 0; i < format.n; ++i) {
    for (int j = 0; j < format.m; ++j) {
      for (int k = 0; k < format.p; ++k) {
        scheme.terms.push_back({FactorBits{1U << (i * format.m + j), 0},
                                FactorBits{1U << (j * format.p + k), 0},
                                FactorBits{1U << (i * format.p + k), 0}});
      }
    }
  }
  return scheme;
}

void Canonicalise(Scheme* scheme) {
  for (Term& term : scheme->terms) {
    for (int side = 0; side < 2; ++side) {
      if (!term[side].starts_negative()) continue;
      term[side] = -term[side];
      term[2] = -term[2];
    }
  }
  std::ranges::sort(scheme->terms);
}

Json SchemeToJson(const Scheme& scheme) {
  Json json = {{"format", {scheme.format.n, scheme.format.m, scheme.format.p}},
               {"ring", RingName(scheme.ring)},
               {"rank", scheme.rank()}};
  for (int side = 0; side < 3; ++side) {
    Json rows = Json::array();
    for (const Term& term : scheme.terms) {
      Json row = Json::array();
      for (int entry = 0; entry < scheme.format.entries(side); ++entry) {
        row.push_back(term[side].coefficient(entry));
      }
      rows.push_back(std::move(row));
    }
    json[kKeys[side]] = std::move(rows);
  }
  return json;
}

Result<Scheme> SchemeFromJson(const Json& json) {
  if (!json.is_object()) {
    return Fail("scheme: expected a JSON object with \"format\", \"ring\", \"u\", \"v\", \"w\"");
  }
  auto format = ReadFormat(json);
  if (!format) return tl::unexpected(format.error());
  const auto name = json.find("ring");
  if (name == json.end() || !name->is_string()) {
    return Fail("scheme: key \"ring\" is missing; expected \"Z2\" or \"ternary\"");
  }
  auto ring = ParseRing(name->get_ref<const std::string&>());
  if (!ring) return Fail("scheme: " + ring.error().message);
  Scheme scheme{.format = *format, .ring = *ring, .terms = {}};
  for (int side = 0; side < 3; ++side) {
    if (auto status = ReadSide(json, side, &scheme); !status) {
      return tl::unexpected(status.error());
    }
  }
  const auto rank = json.find("rank");
  if (rank != json.end() && !(rank->is_number_integer() && *rank == scheme.rank())) {
    return Fail(
        fmt::format("scheme: rank = {}, but there are {} terms", Found(*rank), scheme.rank()));
  }
  return scheme;
}

Result<Json> ParseSchemeJson(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return Fail(fmt::format("scheme: {} bytes; at most {} are read", text.size(), kMaxBytes));
  }
  auto json = ParseUntrustedJson(text);
  if (!json) return Fail("scheme: " + json.error().message);
  return json;
}

Result<Scheme> ParseScheme(std::string_view text) {
  auto json = ParseSchemeJson(text);
  if (!json) return tl::unexpected(json.error());
  return SchemeFromJson(*json);
}

}  // namespace tesuji::env::matmul
