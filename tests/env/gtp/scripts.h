// Small fake engines, written as shell scripts into a folder that goes away with the test.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tesuji::gtp {

class ScriptFolder {
 public:
  ScriptFolder()
      : path_(std::filesystem::path(testing::TempDir()) /
              fmt::format("tesuji-gtp-{}-{}", getpid(),
                          testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(path_);
  }
  ~ScriptFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  /// A command that answers each line by the shell code `body`, which sees the words of the line
  /// as $1, $2, ... and answers with `ok TEXT` or `no TEXT`.
  std::string Engine(const std::string& name, const std::string& body) const {
    return Script(name, fmt::format(R"(ok() {{ printf '= %s\n\n' "$*"; }}
no() {{ printf '? %s\n\n' "$*"; }}
while read -r line; do set -- $line
{}
done
)",
                                    body));
  }

  std::string Script(const std::string& name, const std::string& code) const {
    const std::filesystem::path file = path_ / (name + ".sh");
    std::ofstream(file) << code;
    return fmt::format("sh '{}'", file.string());
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Body of an engine that plays along: it accepts everything and passes.
inline constexpr const char* kPasser =
    "case $1 in quit) ok; exit 0;; genmove) ok pass;; "
    "name) ok passer;; *) ok;; esac";

}  // namespace tesuji::gtp
