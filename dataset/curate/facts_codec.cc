// RowFacts as bytes: what lies in the work folder between two runs of one recipe.
#include <fmt/format.h>

#include "core/sha256.h"
#include "dataset/curate/facts.h"
#include "storage/bytes.h"

namespace tesuji::dataset {
namespace {

constexpr std::string_view kMagic = "tesuji facts 2\n";
constexpr std::size_t kDigest = 64;

void PutKey(const Key128& key, storage::ByteWriter* out) {
  out->Fixed64(key.high);
  out->Fixed64(key.low);
}

Key128 GetKey(storage::ByteReader* in) {
  const std::uint64_t high = in->Fixed64("key");
  return {.high = high, .low = in->Fixed64("key")};
}

void Put(const RowFacts& facts, storage::ByteWriter* out) {
  for (const auto* text : {&facts.problem, &facts.detail, &facts.hash, &facts.termination,
                           &facts.contamination, &facts.contamination_detail}) {
    out->String(*text);
  }
  out->Byte(facts.reverified ? 1 : 0);
  out->Byte(facts.two_players ? 1 : 0);
  out->Fixed64(facts.shape);
  for (const auto* key : {&facts.episode, &facts.task, &facts.opening, &facts.behaviour}) {
    PutKey(*key, out);
  }
  out->Signed(facts.generation);
  out->Varint(static_cast<std::uint64_t>(facts.length));
  out->Varint(static_cast<std::uint64_t>(facts.targets));
  for (const float figure : {facts.value, facts.score, facts.mean_visits, facts.mean_surprise,
                             facts.max_surprise, facts.difficulty}) {
    out->Float(figure);
  }
  out->Varint(facts.bands.size());
  for (const std::uint64_t key : facts.bands) out->Fixed64(key);
  out->Varint(facts.positions.size());
  for (const auto& position : facts.positions) {
    out->Fixed64(position.key);
    out->Varint(position.visits);
  }
}

RowFacts Get(storage::ByteReader* in) {
  RowFacts facts;
  for (auto* text : {&facts.problem, &facts.detail, &facts.hash, &facts.termination,
                     &facts.contamination, &facts.contamination_detail}) {
    *text = in->String("text");
  }
  facts.reverified = in->Byte("reverified") != 0;
  facts.two_players = in->Byte("two_players") != 0;
  facts.shape = in->Fixed64("shape");
  for (auto* key : {&facts.episode, &facts.task, &facts.opening, &facts.behaviour}) {
    *key = GetKey(in);
  }
  facts.generation = in->Signed(-1, INT64_MAX, "generation");
  facts.length = static_cast<std::int64_t>(in->Varint("length"));
  facts.targets = static_cast<std::int64_t>(in->Varint("targets"));
  for (auto* figure : {&facts.value, &facts.score, &facts.mean_visits, &facts.mean_surprise,
                       &facts.max_surprise, &facts.difficulty}) {
    *figure = in->Float("figure");
  }
  facts.bands.resize(in->Count(8, "bands"));
  for (auto& key : facts.bands) key = in->Fixed64("band");
  facts.positions.resize(in->Count(9, "positions"));
  for (auto& position : facts.positions) {
    position.key = in->Fixed64("position");
    position.visits = static_cast<std::uint32_t>(in->VarintUpTo(UINT32_MAX, "visits"));
  }
  return facts;
}

}  // namespace

std::string EncodeFacts(const std::vector<RowFacts>& facts) {
  storage::ByteWriter out;
  out.Bytes(kMagic);
  out.Varint(facts.size());
  for (const RowFacts& one : facts) Put(one, &out);
  std::string bytes = out.Take();
  return bytes + Sha256Hex(bytes);
}

Result<std::vector<RowFacts>> DecodeFacts(std::string_view bytes) {
  if (bytes.size() < kMagic.size() + kDigest || !bytes.starts_with(kMagic)) {
    return Fail("not a file of facts");
  }
  const std::string_view content = bytes.substr(0, bytes.size() - kDigest);
  if (Sha256Hex(content) != bytes.substr(content.size())) return Fail("damaged: wrong checksum");
  storage::ByteReader in(content.substr(kMagic.size()));
  std::vector<RowFacts> facts(in.Count(64, "rows"));
  for (RowFacts& one : facts) one = Get(&in);
  if (in.failed() || in.remaining() != 0) return Fail("damaged: " + in.error());
  return facts;
}

}  // namespace tesuji::dataset
