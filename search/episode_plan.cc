#include "search/episode_plan.h"

#include "search/options_json.h"

namespace tesuji::search {

Result<EpisodePlan> EpisodePlan::Make(const EpisodeOptions& options) {
  if (Status valid = Validate(options); !valid) return tl::unexpected(valid.error());
  return EpisodePlan(
      std::make_shared<const Content>(Content{.options = options, .json = ToJson(options)}));
}

}  // namespace tesuji::search
