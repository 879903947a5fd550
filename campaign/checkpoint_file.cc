#include "campaign/checkpoint_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/files.h"
#include "storage/store.h"

namespace tesuji::campaign {
namespace {

/// SQLite files say so in their first bytes.
bool IsDatabase(const std::string& path) {
  auto bytes = ReadFile(path);
  return bytes && bytes->starts_with("SQLite format 3");
}

Result<CheckpointSource> FromStore(const std::string& path, std::int64_t id) {
  auto store = storage::Store::Open(path, storage::OpenMode::kReadOnly);
  if (!store) return tl::unexpected(store.error());
  const auto checkpoints = (*store)->ListCheckpoints();
  if (checkpoints.empty()) return Fail(fmt::format("{}: holds no checkpoint yet", path));
  if (id < 0) id = checkpoints.back().id;
  auto blobs = (*store)->GetCheckpoint(id);
  if (!blobs) return tl::unexpected(blobs.error());
  return CheckpointSource{fmt::format("{}:{}", path, id), std::move(blobs->weights),
                          (*store)->GetFact("campaign").value_or(Json())};
}

}  // namespace

Result<CheckpointSource> FindCheckpoint(const std::string& reference) {
  if (std::filesystem::exists(reference)) {
    if (IsDatabase(reference)) return FromStore(reference, -1);
    auto bytes = ReadFile(reference);
    if (!bytes) return tl::unexpected(bytes.error());
    return CheckpointSource{reference, std::move(*bytes)};
  }
  const auto colon = reference.rfind(':');
  if (colon != std::string::npos && std::filesystem::exists(reference.substr(0, colon))) {
    const std::string number = reference.substr(colon + 1);
    std::int64_t id = -1;
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), id);
    if (parsed.ec != std::errc() || parsed.ptr != number.data() + number.size() || id < 0) {
      return Fail(fmt::format("{}: expected a checkpoint number after the colon", reference));
    }
    return FromStore(reference.substr(0, colon), id);
  }
  return Fail(
      fmt::format("{}: no such store or weights file; expected STORE, STORE:ID or FILE.safetensors",
                  reference));
}

Result<LoadedCheckpoint> LoadCheckpoint(const std::string& reference, const env::Registry& registry,
                                        const learner::Device& device, const Json& overrides) {
  auto source = FindCheckpoint(reference);
  if (!source) return tl::unexpected(source.error());
  return LoadCheckpoint(std::move(*source), registry, device, overrides);
}

Result<LoadedCheckpoint> LoadCheckpoint(CheckpointSource source, const env::Registry& registry,
                                        const learner::Device& device, const Json& overrides) {
  auto metadata = learner::ReadWeightsMetadata(source.weights);
  if (!metadata) {
    return Fail(fmt::format("{}: {}", source.name, metadata.error().message));
  }
  Json parameters = metadata->value("parameters", Json::object());
  parameters.update(overrides);
  auto environment = registry.Make(metadata->value("environment", std::string()), parameters);
  if (!environment) {
    return Fail(fmt::format("{}: {}", source.name, environment.error().message));
  }
  auto network = learner::Network::Load(source.weights, (*environment)->spec(), device);
  if (!network) return Fail(fmt::format("{}: {}", source.name, network.error().message));
  return LoadedCheckpoint{source.name, std::move(*environment), std::move(*network)};
}

}  // namespace tesuji::campaign
