#include "service/run_code.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "core/printable.h"
#include "core/untrusted_json.h"
#include "service/base64.h"
#include "service/language_names.h"

namespace tesuji::service {
namespace {

using verifier::Ending;

constexpr double kDefaultSeconds = 10;

double Seconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) * 1e-9; }

const char* TypeName(const Json& value) { return value.type_name(); }

/// Reads one object's keys; the first thing that is wrong stays.
class Reader {
 public:
  explicit Reader(const Json& object) : object_(object) {}

  const Json* Find(const char* key) {
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }
  std::string Text(const char* key) {
    const Json* value = Find(key);
    if (value == nullptr) return {};
    if (!value->is_string()) return Complain(key, "a string", *value), std::string();
    return value->get<std::string>();
  }
  double Number(const char* key, double otherwise, double least, double most) {
    const Json* value = Find(key);
    if (value == nullptr) return otherwise;
    if (!value->is_number()) return Complain(key, "a number", *value), otherwise;
    const double number = value->get<double>();
    if (!(number >= least && number <= most)) {
      Say(fmt::format("{} is {}, expected {} to {}", key, number, least, most));
    }
    return number;
  }
  void Complain(const char* key, const char* expected, const Json& value) {
    Say(fmt::format("{} must be {}, not {}", key, expected, TypeName(value)));
  }
  void Say(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }
  const std::string& error() const { return error_; }

 private:
  const Json& object_;
  std::string error_;
};

void ReadFiles(Reader& reader, verifier::ProgramRun* run) {
  if (const Json* files = reader.Find("files")) {
    if (!files->is_object()) return reader.Complain("files", "an object", *files);
    for (const auto& [name, content] : files->items()) {
      if (content.is_null()) continue;  // As there: no file.
      if (!content.is_string()) {
        return reader.Say(
            fmt::format("files: '{}' must be base64, not {}", Printable(name), TypeName(content)));
      }
      auto bytes = DecodeBase64(content.get_ref<const std::string&>());
      if (!bytes) return reader.Say(fmt::format("files: '{}' is no base64", Printable(name)));
      run->files.push_back({name, std::move(*bytes)});
    }
  }
  if (const Json* fetch = reader.Find("fetch_files")) {
    if (!fetch->is_array()) return reader.Complain("fetch_files", "a list", *fetch);
    for (const Json& name : *fetch) {
      if (!name.is_string()) return reader.Complain("fetch_files", "a list of strings", name);
      run->fetch.push_back(name.get<std::string>());
    }
  }
}

void ReadLimits(Reader& reader, const RunBounds& bounds, verifier::ProgramRun* run) {
  run->compile_seconds = reader.Number("compile_timeout", kDefaultSeconds, 0.01, bounds.seconds);
  const double seconds = reader.Number("run_timeout", kDefaultSeconds, 0.01, bounds.seconds);
  const auto wall = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  run->limits.wall = wall;
  // The limit there is one of wall time: a program may use all processors as long as that.
  run->limits.cpu = wall * std::max(1U, std::thread::hardware_concurrency());
  const double mib =
      reader.Number("memory_limit_MB", -1, -1, static_cast<double>(bounds.memory_mib));
  run->limits.memory_bytes = (mib <= 0 ? bounds.memory_mib : static_cast<std::int64_t>(mib)) << 20;
  run->limits.output_bytes = bounds.output_bytes;
}

Json Command(const char* status, double seconds, Json code, std::string out, std::string err) {
  return {{"status", status},
          {"execution_time", seconds},
          {"return_code", std::move(code)},
          {"stdout", std::move(out)},
          {"stderr", std::move(err)}};
}

Json CompileResult(const verifier::ProgramOutput::Compilation& compilation) {
  if (compilation.out_of_time) {
    return Command("TimeLimitExceeded", Seconds(compilation.wall), nullptr, "",
                   compilation.messages);
  }
  return Command("Finished", Seconds(compilation.wall), compilation.exit_code, "",
                 compilation.messages);
}

/// The run as the answer's `run_result`; `message` says what a return code does not.
Json RunResult(const verifier::RunResult& run, const verifier::Limits& limits,
               std::string* message) {
  Json code = nullptr;
  const char* status = "Finished";
  switch (run.ending) {
    case Ending::kCpuLimit:
    case Ending::kWallLimit:
      status = "TimeLimitExceeded";
      break;
    case Ending::kMemoryLimit:
      code = -SIGKILL;
      *message = fmt::format("the program used more than {} MiB", limits.memory_bytes >> 20);
      break;
    case Ending::kOutputLimit:
      code = -SIGXFSZ;
      *message = fmt::format("the program wrote more than {} bytes", limits.output_bytes);
      break;
    case Ending::kSignalled:
      code = -run.signal;  // As Python's subprocess has it.
      *message = verifier::DescribeEnding(run);
      break;
    default:
      code = run.exit_code;
  }
  Json result = Command(status, Seconds(run.wall), code, run.standard_output, run.standard_error);
  result["cpu_time"] = Seconds(run.cpu);
  return result;
}

Json SandboxError(const std::string& message) {
  return {{"status", "SandboxError"}, {"message", message},      {"compile_result", nullptr},
          {"run_result", nullptr},    {"executor_pod_name", ""}, {"files", Json::object()}};
}

}  // namespace

Result<verifier::ProgramRun> ParseRunCode(std::string_view body,
                                          const verifier::LanguageTable& languages,
                                          const RunBounds& bounds) {
  auto json = ParseUntrustedJson(body);
  if (!json) return Fail("the body is " + json.error().message);
  if (!json->is_object())
    return Fail(fmt::format("the body must be an object, not {}", TypeName(*json)));
  Reader reader(*json);
  verifier::ProgramRun run;
  for (const char* key : {"code", "language"}) {
    if (reader.Find(key) == nullptr) return Fail(fmt::format("{} is missing", key));
  }
  run.code = reader.Text("code");
  run.standard_input = reader.Text("stdin");
  const std::string language = reader.Text("language");
  ReadLimits(reader, bounds, &run);
  ReadFiles(reader, &run);
  if (!reader.error().empty()) return Fail(reader.error());
  run.language = FindLanguage(languages, language);
  if (run.language == nullptr) {
    std::vector<std::string> known;
    for (const auto& one : languages.all()) known.push_back(one.id);
    return Fail(fmt::format("language '{}' is not in the table; known are {}",
                            Printable(language.substr(0, 40)), fmt::join(known, " ")));
  }
  if (std::string why = UnfitFiles(run); !why.empty()) return Fail("files: " + Printable(why));
  return run;
}

Json RunCodeAnswer(const verifier::ProgramOutput& output, const verifier::ProgramRun& program) {
  if (!output.broken.empty()) return SandboxError(output.broken);
  Json answer = SandboxError("");
  std::string message;
  bool success = true;
  if (output.compilation) {
    answer["compile_result"] = CompileResult(*output.compilation);
    success = !output.compilation->rejected;
  }
  if (output.run) {
    if (output.run->ending == Ending::kCannotStart || output.run->ending == Ending::kCancelled) {
      return SandboxError(verifier::DescribeEnding(*output.run));
    }
    answer["run_result"] = RunResult(*output.run, program.limits, &message);
    success = output.run->ending == Ending::kExited && output.run->exit_code == 0;
  }
  for (const auto& file : output.fetched) answer["files"][file.name] = EncodeBase64(file.text);
  answer["status"] = success ? "Success" : "Failed";
  answer["message"] = message;
  return answer;
}

}  // namespace tesuji::service
