#include "service/run_code.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "core/printable.h"
#include "service/base64.h"
#include "service/json_reader.h"

namespace tesuji::service {
namespace {

using verifier::Ending;

constexpr double kDefaultSeconds = 10;

double Seconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) * 1e-9; }

void ReadFiles(JsonReader& reader, verifier::ProgramRun* run) {
  if (const Json* files = reader.Object("files")) {
    for (const auto& [name, content] : files->items()) {
      if (content.is_null()) continue;  // As there: no file.
      if (!content.is_string()) {
        return reader.Say(fmt::format("files: '{}' must be base64, not {}", Printable(name),
                                      content.type_name()));
      }
      auto bytes = DecodeBase64(content.get_ref<const std::string&>());
      if (!bytes) return reader.Say(fmt::format("files: '{}' is no base64", Printable(name)));
      run->files.push_back({name, std::move(*bytes)});
    }
  }
  if (const Json* fetch = reader.List("fetch_files")) {
    for (const Json& name : *fetch) {
      if (!name.is_string()) return reader.Say("fetch_files must be a list of strings");
      run->fetch.push_back(name.get<std::string>());
    }
  }
}

void ReadLimits(JsonReader& reader, const RunBounds& bounds, verifier::ProgramRun* run) {
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

}  // namespace

Result<verifier::ProgramRun> ParseRunCode(std::string_view body,
                                          const verifier::LanguageTable& languages,
                                          const RunBounds& bounds) {
  const auto json = ParseBody(body);
  if (!json) return tl::unexpected(json.error());
  JsonReader reader(*json);
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
  run.language = languages.Find(language);
  if (run.language == nullptr) {
    std::vector<std::string> known;
    for (const auto& one : languages.all()) known.push_back(one.id);
    return Fail(fmt::format("language '{}' is not in the table; known are {}",
                            Printable(language.substr(0, 40)), fmt::join(known, " ")));
  }
  if (std::string why = UnfitFiles(run); !why.empty()) return Fail("files: " + Printable(why));
  return run;
}

Json SandboxErrorAnswer(const std::string& message) {
  return {{"status", "SandboxError"}, {"message", message},      {"compile_result", nullptr},
          {"run_result", nullptr},    {"executor_pod_name", ""}, {"files", Json::object()}};
}

Json RunCodeAnswer(const verifier::ProgramOutput& output, const verifier::ProgramRun& program) {
  if (!output.broken.empty()) return SandboxErrorAnswer(output.broken);
  Json answer = SandboxErrorAnswer("");
  std::string message;
  bool success = true;
  if (output.compilation) {
    answer["compile_result"] = CompileResult(*output.compilation);
    success = !output.compilation->rejected;
  }
  if (output.run) {
    if (output.run->ending == Ending::kCannotStart || output.run->ending == Ending::kCancelled) {
      return SandboxErrorAnswer(verifier::DescribeEnding(*output.run));
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
