#include "env/go/gtp/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "core/version.h"
#include "env/go/gtp/engine_session.h"
#include "search/root_rule.h"

namespace tesuji::gtp {

Session::Session(TableMaker maker, EngineOptions engine_options, PlayingTable first_table)
    : make_table(std::move(maker)),
      options(std::move(engine_options)),
      table(std::move(first_table)),
      game(table.environment),
      clock(options.time),
      random({options.seed, 0x677470}) {
  Sit(table);
  game.SetKomi(options.komi);
}

void Session::Sit(PlayingTable new_table) {
  const float komi = game.start().komi;
  player.reset();  // They borrow from the old table.
  analyst_.reset();
  table = std::move(new_table);
  game = Game(table.environment);
  const Status reset = game.Reset({.komi = komi});
  assert(reset);  // Every board takes the komi that another one had: SetKomi() has no limit either.
  static_cast<void>(reset);
  player = std::make_unique<Thinker>(*table.environment, table.evaluator.get(), options.search,
                                     options.now);
  clock.Restart();
  hopeless[0] = hopeless[1] = 0;
}

Result<PlayingTable> Session::TableFor(const env::go::Rules& wanted) const {
  if (wanted.width < env::go::kMinSide || wanted.width > env::go::kMaxSide ||
      wanted.height < env::go::kMinSide || wanted.height > env::go::kMaxSide) {
    return Fail(fmt::format("sides go from {} to {}", env::go::kMinSide, env::go::kMaxSide));
  }
  return make_table(wanted);
}

std::string Session::WhySizeRefused(const Failure& refusal) const {
  return options.sizes.empty() ? refusal.message : "this network plays " + options.sizes;
}

Status Session::NewGame(const env::go::Start& start) {
  const Status status = game.Reset(start);
  if (status) {
    clock.Restart();
    hopeless[0] = hopeless[1] = 0;
  }
  return status;
}

std::vector<float> Session::Ownership(env::go::Color color) {
  if (table.ownership_evaluator == nullptr) return {};
  const std::unique_ptr<env::go::GoState> state = game.StateFor(color);
  std::vector<env::Action> legal;
  state->LegalActions(&legal);
  const search::EvaluationRequest request{.state = state.get(), .legal = legal};
  search::Evaluation evaluation;
  table.ownership_evaluator->Evaluate({&request, 1}, {&evaluation, 1});
  return std::move(evaluation.ownership);
}

std::vector<env::go::StoneStatus> Session::Statuses() {
  const std::vector<float> ownership = Ownership(game.state().color_to_play());
  return env::go::FindFinalStatus(game.state().board(), {.ownership = ownership});
}

float Session::FinalScore() { return ScoreWithout(game.state(), DeadStones(Statuses())); }

Thinker& Session::analyst() {
  // An analysis goes on for as long as it is watched.
  if (!search::FindRootRule(options.search.root)->plans_ahead) return *player;
  if (analyst_ == nullptr) {
    search::SearchOptions puct = options.search;
    puct.root = "puct";
    analyst_ =
        std::make_unique<Thinker>(*table.environment, table.evaluator.get(), puct, options.now);
  }
  return *analyst_;
}

tl::unexpected<Failure> SyntaxError(std::string_view reason) {
  return Fail(fmt::format("syntax error: {}", reason));
}

Result<env::go::Color> ColorArgument(const Call& call, std::size_t index) {
  const std::string& word = call.command.arguments[index];
  const auto color = ParseColor(word);
  if (!color) return SyntaxError(fmt::format("\"{}\" is no color, expected b or w", word));
  return *color;
}

namespace {

// What the number of arguments should have been.
std::string ArgumentCount(const CommandEntry& entry, std::size_t given) {
  if (entry.most == 0) return fmt::format("{} takes no arguments, {} given", entry.name, given);
  std::string count = fmt::format("{}", entry.least);
  if (entry.most == kAnyNumber) {
    count += " or more";
  } else if (entry.most != entry.least) {
    count += fmt::format(" to {}", entry.most);
  }
  return fmt::format("{} takes {} argument{} ({}), {} given", entry.name, count,
                     entry.most == 1 ? "" : "s", entry.arguments, given);
}

Result<Answer> ProtocolVersion(Session&, const Call&) { return "2"; }
Result<Answer> Name(Session& session, const Call&) { return session.options.name; }
Result<Answer> Version(Session& session, const Call&) {
  return session.options.version.empty() ? kSoftwareVersion : session.options.version;
}
Result<Answer> Quit(Session& session, const Call&) {
  session.quit = true;
  return "";
}

// The engine itself answers these two, for it alone knows all commands.
constexpr std::string_view kListCommands = "list_commands";
constexpr std::string_view kKnownCommand = "known_command";

constexpr CommandEntry kAdministration[] = {
    {"protocol_version", ProtocolVersion},
    {"name", Name},
    {"version", Version},
    {kListCommands, nullptr},
    {kKnownCommand, nullptr, 1, 1, "COMMAND"},
    {"quit", Quit},
};

}  // namespace

struct Engine::Impl {
  Impl(TableMaker maker, EngineOptions options, PlayingTable table)
      : session(std::move(maker), std::move(options), std::move(table)) {
    for (const std::span<const CommandEntry> group :
         {std::span<const CommandEntry>(kAdministration), SetupCommands(), RulesCommands(),
          ClockCommands(), RecordCommands(), ThinkingCommands(), AnalysisCommands(),
          PositionCommands()}) {
      entries.insert(entries.end(), group.begin(), group.end());
    }
  }

  const CommandEntry* Find(std::string_view name) const {
    for (const CommandEntry& entry : entries) {
      if (entry.name == name) return &entry;
    }
    return nullptr;
  }

  Result<Answer> Run(const Call& call) {
    const CommandEntry* entry = Find(call.command.name);
    if (entry == nullptr) return Fail("unknown command");
    const std::size_t given = call.arguments().size();
    if (given < entry->least || given > entry->most) {
      return SyntaxError(ArgumentCount(*entry, given));
    }
    if (entry->name == kKnownCommand) {
      return Find(call.arguments()[0]) != nullptr ? "true" : "false";
    }
    if (entry->name == kListCommands) {
      std::string text;
      for (const std::string& known : Names()) text.append(known).append("\n");
      return text;
    }
    return entry->handler(session, call);
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const CommandEntry& entry : entries) names.emplace_back(entry.name);
    std::sort(names.begin(), names.end());
    return names;
  }

  Session session;
  std::vector<CommandEntry> entries;
};

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::Create(TableMaker make_table, EngineOptions options) {
  Result<PlayingTable> table = make_table(options.rules);
  if (!table) return tl::unexpected(table.error());
  return std::unique_ptr<Engine>(new Engine(
      std::make_unique<Impl>(std::move(make_table), std::move(options), std::move(*table))));
}

void Engine::Execute(std::string_view line, const Write& write, Input* input) {
  const std::optional<Command> command = ParseCommand(line);
  if (!command) return;
  const Result<Answer> answer = impl_->Run({*command, write, input});
  if (!answer) {
    write(FormatResponse(command->id, false, answer.error().message));
  } else if (*answer) {
    write(FormatResponse(command->id, true, **answer));
  }
}

std::string Engine::Execute(std::string_view line) {
  std::string out;
  Execute(line, [&out](std::string_view bytes) { out += bytes; });
  return out;
}

void Engine::RefuseLongLine(std::string_view beginning, const Write& write) {
  const std::optional<Command> command = ParseCommand(beginning.substr(0, 64));
  write(FormatResponse(command ? command->id : std::nullopt, false, "line too long"));
}

bool Engine::quit() const { return impl_->session.quit; }
const Game& Engine::game() const { return impl_->session.game; }

}  // namespace tesuji::gtp
