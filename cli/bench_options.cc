#include "cli/bench_options.h"

#include <fmt/format.h>

#include <charconv>
#include <iostream>

namespace tesuji::cli {

Result<learner::NetworkConfig> NetworkOption::Read() const {
  learner::NetworkConfig config;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto read = [&](char letter, int* number) {
    if (at == end || *at != letter) return false;
    const auto parsed = std::from_chars(at + 1, end, *number);
    at = parsed.ptr;
    return parsed.ec == std::errc();
  };
  if (!read('b', &config.blocks) || !read('c', &config.channels) || at != end ||
      config.blocks > 999 || config.channels > 9999) {
    return Fail(fmt::format("--net {}: expected bBLOCKScCHANNELS, such as b4c64", text));
  }
  if (config.blocks < 1 || config.channels < 4) {
    return Fail(fmt::format("--net {}: needs at least one block and four channels", text));
  }
  return config;
}

void PrintFigure(const bench::Figure& figure, bool json) {
  Json line = {{"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}};
  std::string text = fmt::format("{:<34} {:>14.4g} {}", figure.name, figure.value, figure.unit);
  if (figure.reference) {
    const double ratio = figure.value / *figure.reference;
    line["reference"] = *figure.reference;
    line["reference_name"] = figure.reference_name;
    line["ratio"] = ratio;
    text += fmt::format("   {:.3f} x {} ({:.4g})", ratio, figure.reference_name, *figure.reference);
  }
  if (json) {
    PrintJson(line);
  } else {
    std::cout << text << std::endl;
  }
}

}  // namespace tesuji::cli
