#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <utility>

namespace tesuji::cli {

Option& Option::Required() {
  option_->required();
  return *this;
}

Option& Option::ShowDefault() {
  option_->capture_default_str();
  return *this;
}

Option& Option::Between(int smallest, int largest) {
  option_->check(CLI::Range(smallest, largest));
  return *this;
}

Option& Option::Between(double smallest, double largest) {
  option_->check(CLI::Range(smallest, largest));
  return *this;
}

Option& Option::NotNegative() {
  option_->check(CLI::NonNegativeNumber);
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
  return Option(app_->add_option(names, value, help));
}

void Command::AddFlag(const std::string& names, bool& value, const std::string& help) {
  app_->add_flag(names, value, help);
}

void Command::AddEach(const std::string& names, std::function<void(const std::string&)> each,
                      const std::string& help) {
  app_->add_option(names, help)
      ->expected(1)
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
    return app_->exit(error) == 0 ? Outcome::kToldHelp : Outcome::kRefused;
  }
}

template Option Command::Add(const std::string&, int&, const std::string&);
template Option Command::Add(const std::string&, std::int64_t&, const std::string&);
template Option Command::Add(const std::string&, std::uint64_t&, const std::string&);
template Option Command::Add(const std::string&, double&, const std::string&);
template Option Command::Add(const std::string&, std::string&, const std::string&);
template Option Command::Add(const std::string&, std::vector<std::string>&, const std::string&);
template Option Command::Add(const std::string&, std::optional<double>&, const std::string&);
template Option Command::Add(const std::string&, std::optional<int>&, const std::string&);
template Option Command::Add(const std::string&, std::optional<std::int64_t>&, const std::string&);

}  // namespace tesuji::cli
