// The options of many episodes, checked once, with the JSON that records them.
// Thread-safety: immutable after Make(); copies share nothing that changes.
#pragma once

#include <memory>
#include <utility>

#include "core/json.h"
#include "core/result.h"
#include "search/options.h"

namespace tesuji::search {

/// Copies are cheap: they share one set of options.
class EpisodePlan {
 public:
  /// Fails where Validate(options) does.
  static Result<EpisodePlan> Make(const EpisodeOptions& options);

  const EpisodeOptions& options() const { return content_->options; }
  /// ToJson(options()).
  const Json& json() const { return content_->json; }

 private:
  struct Content {
    EpisodeOptions options;
    Json json;
  };
  explicit EpisodePlan(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  std::shared_ptr<const Content> content_;
};

}  // namespace tesuji::search
