#include "cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/printable.h"

namespace tesuji::cli {
namespace {

/// What every option of a type is held to, whatever else it allows: CLI11 takes "nan" for a number
/// in any range, and turns a whole number that is too large into the largest.
template <typename T>
std::string CheckText(const std::string& text) {
  const char* const end = text.data() + text.size();
  if constexpr (std::is_same_v<T, std::string>) {
    return text.empty() ? "expected a text that is not empty" : "";
  } else {
    T number{};
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end) {
      if constexpr (std::is_floating_point_v<T>) {
        return std::isfinite(number) ? "" : fmt::format("expected a finite number, got {}", text);
      }
      return "";
    }
    return fmt::format("expected a {}{}, got {}",
                       std::is_floating_point_v<T> ? "number" : "whole number",
                       parsed.ec == std::errc::result_out_of_range ? " that is not as large" : "",
                       text.empty() ? "nothing" : text);
  }
}

/// `range` is for people. Text that is no number is CheckText()'s to refuse.
CLI::Validator InRange(double smallest, double largest, const std::string& range) {
  return CLI::Validator(
      [=](std::string& text) -> std::string {
        double number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        if (number >= smallest && number <= largest) return {};
        return fmt::format("expected {}, got {}", range, text);
      },
      range);
}

template <typename T>
struct Scalar {
  using Type = T;
};
template <typename T>
struct Scalar<std::optional<T>> {
  using Type = T;
};
template <typename T>
struct Scalar<std::vector<T>> {
  using Type = T;
};

/// One line, and where to read on.
void TellRefusal(const CLI::App& app, const std::string& what) {
  const auto chosen = app.get_subcommands();
  const std::string command = chosen.empty() ? "" : chosen.front()->get_name() + " ";
  std::string line = what.substr(0, what.find('\n'));
  std::cerr << fmt::format("{}: {}; see {} {}--help\n", app.get_name(), Printable(line),
                           app.get_name(), command);
}

}  // namespace

Option& Option::Required() {
  option_->required();
  return *this;
}

Option& Option::ShowDefault() {
  option_->capture_default_str();
  return *this;
}

Option& Option::OrAlone() {
  option_->expected(0, 1);
  // In brackets: the value may be left out, so that an empty one is the option alone.
  option_->type_name("[" + option_->get_type_name() + "]");
  return *this;
}

Option& Option::Between(int smallest, int largest) {
  option_->check(InRange(smallest, largest, fmt::format("{} to {}", smallest, largest)));
  return *this;
}

Option& Option::Between(double smallest, double largest) {
  option_->check(InRange(smallest, largest, fmt::format("{:g} to {:g}", smallest, largest)));
  return *this;
}

Option& Option::NotNegative() {
  option_->check(InRange(0, std::numeric_limits<double>::infinity(), "0 or more"));
  return *this;
}

Option& Option::OneOf(const std::vector<std::string>& words) {
  option_->transform(CLI::IsMember(words, CLI::ignore_case));
  return *this;
}

Command Command::AddCommand(const std::string& name, const std::string& help,
                            std::function<void()> run) {
  CLI::App* command = app_->add_subcommand(name, help);
  command->callback(std::move(run));
  return Command(command);
}

Command Command::AddGroup(const std::string& name, const std::string& help) {
  CLI::App* group = app_->add_subcommand(name, help);
  group->require_subcommand(1);
  return Command(group);
}

template <typename T>
Option Command::Add(const std::string& names, T& value, const std::string& help) {
  CLI::Option* option = app_->add_option(names, value, help);
  option->check(CLI::Validator(
      [](std::string& text) { return CheckText<typename Scalar<T>::Type>(text); }, ""));
  return Option(option);
}

void Command::AddSetting(const std::string& names, const Setting& row) {
  const Json now = row.Value();
  const bool is_text = now.is_string();
  const std::string type = is_text ? "TEXT" : now.is_number_float() ? "FLOAT" : "INT";
  app_->add_option(names, row.help)
      ->expected(1)
      ->type_name(row.allowed().empty() ? type : type + ":" + row.allowed())
      ->default_str(is_text ? now.get<std::string>() : now.dump())
      ->each([=](const std::string& text) {
        if (text.empty()) throw UsageError(names + ": expected a value that is not empty");
        const Json value = is_text ? Json(text) : Json::parse(text, nullptr, false);
        const Status set = row.Set(value.is_discarded() ? Json(text) : value);
        if (!set) throw UsageError(names + ": " + set.error().message);
      });
}

void Command::AddFlag(const std::string& names, bool& value, const std::string& help) {
  app_->add_flag(names, value, help);
}

void Command::AddEach(const std::string& names, std::function<void(const std::string&)> each,
                      const std::string& help) {
  app_->add_option(names, help)
      ->expected(1)
      ->type_name("TEXT")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->each(std::move(each));
}

void Command::Footer(const std::string& text) { app_->footer(text); }

CommandLine::CommandLine(const std::string& name, const std::string& help,
                         const std::string& version)
    : app_(std::make_unique<CLI::App>(help, name)) {
  app_->set_version_flag("--version", name + " " + version);
  app_->require_subcommand(1);
}

CommandLine::~CommandLine() = default;

Command CommandLine::root() { return Command(app_.get()); }

CommandLine::Outcome CommandLine::Parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
    return Outcome::kRan;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      app_->exit(error);
      return Outcome::kToldHelp;
    }
    TellRefusal(*app_, error.what());
    return Outcome::kRefused;
  }
}

template Option Command::Add(const std::string&, int&, const std::string&);
template Option Command::Add(const std::string&, std::int64_t&, const std::string&);
template Option Command::Add(const std::string&, std::uint64_t&, const std::string&);
template Option Command::Add(const std::string&, double&, const std::string&);
template Option Command::Add(const std::string&, std::string&, const std::string&);
template Option Command::Add(const std::string&, std::vector<std::string>&, const std::string&);
template Option Command::Add(const std::string&, std::optional<std::string>&, const std::string&);
template Option Command::Add(const std::string&, std::optional<int>&, const std::string&);
template Option Command::Add(const std::string&, std::optional<double>&, const std::string&);
template Option Command::Add(const std::string&, std::optional<std::int64_t>&, const std::string&);

}  // namespace tesuji::cli
