// Subcommands and their options. All of CLI11 is behind this: its templates, instantiated in every
// subcommand's file, were half of what the program took to compile.
//
// Command and Option are handles, copied freely; what they stand for lives as long as the
// CommandLine. Values are written while CommandLine::Parse() runs, so they must outlive that.
// Thread-safety: one thread.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/settings.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tesuji::cli {

/// Thrown while arguments are read, for what an option's own checks do not see.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}
  Option& Required();
  /// Help shows what the value is now.
  Option& ShowDefault();
  /// Both ends included.
  Option& Between(int smallest, int largest);
  Option& Between(double smallest, double largest);
  Option& NotNegative();
  /// May be given without a value: a text is then empty.
  Option& OrAlone();
  /// Upper and lower case are the same; the value is as written here.
  Option& OneOf(const std::vector<std::string>& words);

 private:
  CLI::Option* option_;
};

class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  /// `run` is called after all arguments were read.
  Command AddCommand(const std::string& name, const std::string& help, std::function<void()> run);
  /// A command that only has commands, of which one must be chosen.
  Command AddGroup(const std::string& name, const std::string& help);

  /// `names` is "-p,--player", or a plain word for an option told by its place. T is one of those
  /// at the end of options.cc; a vector takes several values.
  template <typename T>
  Option Add(const std::string& names, T& value, const std::string& help);
  /// A row of an options struct's table brings place, range and help; so files and options agree.
  /// A number or a text; what the row points to must outlive the CommandLine.
  void AddSetting(const std::string& names, const Setting& row);
  void AddFlag(const std::string& names, bool& value, const std::string& help);
  /// Calls `each` with every value, in order, while arguments are read; may throw UsageError.
  void AddEach(const std::string& names, std::function<void(const std::string&)> each,
               const std::string& help);
  /// The end of the help: examples.
  void Footer(const std::string& text);

 private:
  CLI::App* app_;
};

/// The program's arguments.
class CommandLine {
 public:
  CommandLine(const std::string& name, const std::string& help, const std::string& version);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// One of its commands must be chosen.
  Command root();

  enum class Outcome { kRan, kToldHelp, kRefused };
  /// Reads the arguments and runs the command chosen; prints help, or what was wrong. What the
  /// command and the checks throw passes through.
  Outcome Parse(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace tesuji::cli
