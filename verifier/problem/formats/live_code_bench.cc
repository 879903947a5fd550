// LiveCodeBench: public and private tests, each of standard input or of a call. Private tests may
// be packed: base64 of zlib of a pickled string.
#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <optional>

#include "core/untrusted_json.h"
#include "verifier/problem/formats/formats.h"

namespace tesuji::verifier {
namespace {

bool FitsLiveCodeBench(const TaskRow& row) {
  return row.Has("public_test_cases") || row.Has("private_test_cases");
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    int value = -1;
    if (c >= 'A' && c <= 'Z') value = c - 'A';
    if (c >= 'a' && c <= 'z') value = c - 'a' + 26;
    if (c >= '0' && c <= '9') value = c - '0' + 52;
    if (c == '+') value = 62;
    if (c == '/') value = 63;
    if (value < 0 && c != '=' && c != '\n') return std::nullopt;
    if (value < 0) continue;
    bits = bits << 6 | static_cast<unsigned>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xff);
    }
  }
  return out;
}

std::optional<std::string> Inflate(const std::string& packed, std::size_t most) {
  z_stream stream = {};
  if (inflateInit(&stream) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  std::array<char, 1 << 16> part;
  int state = Z_OK;
  while (state == Z_OK && out.size() <= most) {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = part.size();
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(part.data(), part.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END || out.size() > most) return std::nullopt;
  return out;
}

/// The string of a pickle that holds one string and nothing else. No other opcode is obeyed.
std::optional<std::string> Unpickle(std::string_view text) {
  if (text.size() < 2 || text[0] != '\x80') return std::nullopt;
  text.remove_prefix(2);
  if (!text.empty() && text[0] == '\x95' && text.size() >= 9) text.remove_prefix(9);  // A frame.
  if (text.empty()) return std::nullopt;
  const std::size_t width = text[0] == '\x8c' ? 1 : text[0] == 'X' ? 4 : text[0] == '\x8d' ? 8 : 0;
  if (width == 0 || text.size() < 1 + width) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = width; i > 0; --i) size = size << 8 | static_cast<unsigned char>(text[i]);
  text.remove_prefix(1 + width);
  if (size > text.size()) return std::nullopt;
  return std::string(text.substr(0, size));
}

Result<Json> TestCases(const TaskRow& row, const char* key) {
  const std::string text = row.TextOr({key});
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos || text[first] == '[' || text[first] == '{') return row.Inner(key);
  const auto bytes = DecodeBase64(text);
  const auto pickle = bytes ? Inflate(*bytes, row.most_unpacked()) : std::nullopt;
  const auto inside = pickle ? Unpickle(*pickle) : std::nullopt;
  auto value = inside ? ParseUntrustedJson(*inside) : Result<Json>(Json());
  if (!inside || !value) {
    return row.Wrong(key,
                     fmt::format("must be a list of tests, JSON in a string, or base64 of zlib "
                                 "of a pickled string, at most {} MiB",
                                 row.most_unpacked() >> 20));
  }
  return std::move(*value);
}

Status AddTests(const TaskRow& row, const char* key, Json* inputs, Json* outputs, bool* calls) {
  auto tests = TestCases(row, key);
  if (!tests) return tl::unexpected(tests.error());
  if (tests->is_null()) return {};
  if (!tests->is_array()) return row.Wrong(key, "must be a list of tests");
  for (const Json& test : *tests) {
    const bool whole = test.is_object() && test.contains("input") && test.contains("output");
    if (!whole) return row.Wrong(key, "has a test without 'input' and 'output'");
    inputs->push_back(test["input"]);
    outputs->push_back(test["output"]);
    *calls = *calls || (test.contains("testtype") && test["testtype"] == "functional");
  }
  return {};
}

Result<JudgeTask> ReadLiveCodeBench(const TaskRow& row) {
  JudgeTask task = row.Begin("LiveCodeBench", {"task_id", "question_id", "id", "name"});
  task.canonical = row.TextOr({"canonical_solution", "solution"});
  task.canonical_language = "python3";
  Json inputs = Json::array();
  Json outputs = Json::array();
  bool calls = false;
  for (const char* key : {"public_test_cases", "private_test_cases"}) {
    if (Status added = AddTests(row, key, &inputs, &outputs, &calls); !added) {
      return tl::unexpected(added.error());
    }
  }
  if (inputs.empty()) task.refusal = "its lists of tests are empty: nothing tests an answer";
  if (!calls) {
    StdioTask work;
    work.prelude = kGraderImports;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      work.tests.push_back(MakeStdioTest(i, inputs[i], outputs[i]));
    }
    task.work = std::move(work);
    return task;
  }
  std::string entry = row.TextOr({"func_name", "fn_name", "entry_point"});
  const auto metadata = row.Inner("metadata");
  if (!metadata) return tl::unexpected(metadata.error());
  if (metadata->is_object() && metadata->contains("func_name") &&
      (*metadata)["func_name"].is_string()) {
    entry = (*metadata)["func_name"];
  }
  if (entry.empty()) {
    return row.Wrong("metadata", "has no 'func_name', which tests of type functional call");
  }
  auto work = CallTask(entry, inputs, outputs);
  if (!work) {
    task.refusal = "'public_test_cases': " + work.error().message;
    return task;
  }
  FinishFunctionTask(std::move(*work), &task);
  return task;
}

}  // namespace

TaskFormat LiveCodeBenchFormat() {
  return {"LiveCodeBench", "public_test_cases, private_test_cases", FitsLiveCodeBench,
          ReadLiveCodeBench};
}

}  // namespace tesuji::verifier
