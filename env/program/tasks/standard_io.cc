#include "env/program/tasks/standard_io.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <istream>
#include <sstream>
#include <utility>

namespace tesuji::env::program {
namespace {

/// Numbers of a test file, in order.
class NumberReader {
 public:
  explicit NumberReader(const std::string& text) : text_(text) {}
  Result<std::int32_t> Next() {
    std::int64_t value = 0;
    if (!(text_ >> value)) return Fail("expected another integer");
    if (value < -kLimit || value > kLimit) {
      return Fail(fmt::format("{} is outside [-{}, {}]", value, kLimit, kLimit));
    }
    return static_cast<std::int32_t>(value);
  }
  bool AtEnd() {
    text_ >> std::ws;
    return text_.peek() == std::istringstream::traits_type::eof();
  }

 private:
  std::istringstream text_;
};

Result<Datum> ReadList(NumberReader* reader, std::int64_t count) {
  if (count < 0 || count > kMaxLength) {
    return Fail(fmt::format("a list of {} numbers; expected 0 to {}", count, kMaxLength));
  }
  Datum datum;
  for (std::int64_t i = 0; i < count; ++i) {
    auto value = reader->Next();
    if (!value) return tl::unexpected(value.error());
    datum.list.push_back(*value);
  }
  return datum;
}

}  // namespace

std::string StandardInput(const Input& input) {
  std::string text;
  for (const Datum& datum : input) {
    if (datum.type == Type::kInt) {
      text += fmt::format("{}\n", datum.number);
    } else {
      text += fmt::format("{}\n{}\n", datum.list.size(), fmt::join(datum.list, " "));
    }
  }
  return text;
}

std::string StandardOutput(const Datum& datum) {
  if (datum.type == Type::kInt) return fmt::format("{}\n", datum.number);
  return fmt::format("{}\n", fmt::join(datum.list, " "));
}

Result<Example> ReadExample(const Signature& signature, const std::string& input,
                            const std::string& answer) {
  Example example;
  NumberReader reader(input);
  for (const Type type : signature.inputs) {
    auto value = reader.Next();
    if (!value) return tl::unexpected(value.error());
    if (type == Type::kInt) {
      example.input.push_back({Type::kInt, *value, {}});
    } else {
      auto list = ReadList(&reader, *value);
      if (!list) return tl::unexpected(list.error());
      example.input.push_back(std::move(*list));
    }
  }
  if (!reader.AtEnd()) return Fail("input goes on after what the signature says");
  NumberReader answers(answer);
  example.output.type = signature.output;
  if (signature.output == Type::kInt) {
    auto value = answers.Next();
    if (!value) return tl::unexpected(value.error());
    example.output.number = *value;
  } else {
    while (!answers.AtEnd()) {
      auto value = answers.Next();
      if (!value) return tl::unexpected(value.error());
      example.output.list.push_back(*value);
    }
  }
  if (!answers.AtEnd()) return Fail("answer goes on after what the signature says");
  return example;
}

}  // namespace tesuji::env::program
