// What every benchmark reports: figures, each named, with its unit and where there is one something
// measured in the same run to hold it against. Speed of a machine changes; ratios last.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace tesuji::bench {

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  std::optional<double> reference;
  std::string reference_name;
};

/// Called with each figure as soon as it is known.
using ShowFigure = std::function<void(const Figure&)>;

}  // namespace tesuji::bench
