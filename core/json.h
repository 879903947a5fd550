// The JSON type of the whole project (nlohmann/json), keys kept in sorted order so that equal
// objects print equal bytes.
#pragma once

#include <nlohmann/json.hpp>

namespace tesuji {

using Json = nlohmann::json;

}  // namespace tesuji
