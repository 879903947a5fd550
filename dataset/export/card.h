// What other tools read beside the data: the Hugging Face dataset card and Croissant metadata
// (MLCommons, https://docs.mlcommons.org/croissant/). Both are made of the manifest.
// Thread-safety: free functions.
#pragma once

#include <string>

#include "api/registry.h"
#include "core/json.h"

namespace tesuji::dataset {

/// README.md with YAML front matter: splits, features, sizes; the funnel for people.
std::string DatasetCard(const Json& manifest);

/// Croissant 1.1 as JSON-LD. The registry's families name the media types of their records.
Json CroissantMetadata(const Json& manifest, const env::Registry& registry);

}  // namespace tesuji::dataset
