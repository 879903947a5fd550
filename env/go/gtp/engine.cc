#include "env/go/gtp/engine.h"

#include <algorithm>

#include "core/version.h"
#include "env/go/gtp/engine_session.h"

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
  (void)game.Reset({.komi = komi});
  player = std::make_unique<Thinker>(*table.environment, table.evaluator.get(), options.search,
                                     options.now);
  clock.Restart();
  hopeless[0] = hopeless[1] = 0;
}

Result<PlayingTable> Session::TableFor(const env::go::Rules& wanted) const {
  if (wanted.width < env::go::kMinSide || wanted.width > env::go::kMaxSide ||
      wanted.height < env::go::kMinSide || wanted.height > env::go::kMaxSide) {
    return Fail("unacceptable size");
  }
  return make_table(wanted);
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

std::vector<StoneStatus> Session::Statuses() {
  return StoneStatuses(game.state(), Ownership(game.state().color_to_play()));
}

Thinker& Session::analyst() {
  if (options.search.root == search::RootPolicy::kPuct) return *player;
  if (analyst_ == nullptr) {
    search::SearchOptions puct = options.search;
    puct.root = search::RootPolicy::kPuct;
    analyst_ =
        std::make_unique<Thinker>(*table.environment, table.evaluator.get(), puct, options.now);
  }
  return *analyst_;
}

Status Expect(const Call& call, std::size_t least, std::size_t most) {
  const std::size_t given = call.command.arguments.size();
  if (given < least || given > most) return Fail("syntax error");
  return {};
}

Result<env::go::Color> ColorArgument(const Call& call, std::size_t index) {
  if (index >= call.command.arguments.size()) return Fail("syntax error");
  const auto color = ParseColor(call.command.arguments[index]);
  if (!color) return Fail("syntax error");
  return *color;
}

struct Engine::Impl {
  Impl(TableMaker maker, EngineOptions options, PlayingTable table)
      : session(std::move(maker), std::move(options), std::move(table)) {
    for (const auto group : {SetupCommands(), RecordCommands(), ThinkingCommands(),
                             AnalysisCommands(), PositionCommands()}) {
      entries.insert(entries.end(), group.begin(), group.end());
    }
  }

  Handler Find(std::string_view name) const {
    for (const CommandEntry& entry : entries) {
      if (entry.name == name) return entry.handler;
    }
    return nullptr;
  }

  // The few commands that are about the engine itself.
  Result<Answer> Run(const Call& call) {
    const std::string& name = call.command.name;
    if (name == "protocol_version") return "2";
    if (name == "name") return session.options.name;
    if (name == "version") {
      return session.options.version.empty() ? kSoftwareVersion : session.options.version;
    }
    if (name == "quit") {
      session.quit = true;
      return "";
    }
    if (name == "list_commands") {
      std::string text;
      for (const std::string& known : Names()) text.append(known).append("\n");
      return text;
    }
    if (name == "known_command") {
      if (call.arguments().size() != 1) return Fail("syntax error");
      const std::vector<std::string> names = Names();
      const bool known = std::find(names.begin(), names.end(), call.arguments()[0]) != names.end();
      return known ? "true" : "false";
    }
    const Handler handler = Find(name);
    if (handler == nullptr) return Fail("unknown command");
    return handler(session, call);
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names{"protocol_version", "name",          "version",
                                   "known_command",    "list_commands", "quit"};
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
std::vector<std::string> Engine::commands() const { return impl_->Names(); }
const Game& Engine::game() const { return impl_->session.game; }

}  // namespace tesuji::gtp
