#include "tests/storage/support.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <fstream>
#include <iterator>
#include <limits>

#include "storage/damage.h"

namespace tesuji::storage {
namespace {

std::string RandomBytes(RandomStream* random, std::size_t at_most) {
  std::string bytes(random->Below(at_most + 1), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random->Below(256));
  return bytes;
}

float RandomFloat(RandomStream* random) {
  if (random->Chance(0.5)) return static_cast<float>(random->Uniform() * 2 - 1);
  return std::bit_cast<float>(static_cast<std::uint32_t>((*random)()));
}

Json RandomJson(RandomStream* random, int depth = 0) {
  switch (random->Below(depth < 3 ? 8 : 6)) {
    case 0:
      return nullptr;
    case 1:
      return random->Chance(0.5);
    case 2:
      return static_cast<std::int64_t>((*random)());
    case 3:
      return (*random)();
    case 4:
      return random->Normal();
    case 5:
      return std::string("text \"\\\n") + std::to_string(random->Below(1000));
    case 6: {
      Json array = Json::array();
      for (auto n = random->Below(4); n > 0; --n) array.push_back(RandomJson(random, depth + 1));
      return array;
    }
    default: {
      Json object = Json::object();
      for (auto n = random->Below(4); n > 0; --n) {
        object["key" + std::to_string(random->Below(100))] = RandomJson(random, depth + 1);
      }
      return object;
    }
  }
}

env::Action RandomAction(RandomStream* random) {
  if (random->Chance(0.9)) return static_cast<env::Action>(random->Below(400));
  return static_cast<env::Action>((*random)());
}

env::Step RandomStep(RandomStream* random) {
  env::Step step;
  step.action = RandomAction(random);
  step.checkpoint = static_cast<std::uint16_t>(random->Below(65536));
  step.is_target = random->Chance(0.5);
  step.visits = static_cast<std::uint32_t>((*random)());
  step.root_value = RandomFloat(random);
  step.surprise = RandomFloat(random);
  step.weight = RandomFloat(random);
  for (auto n = random->Below(20); n > 0; --n) {
    step.policy.push_back({RandomAction(random), RandomFloat(random)});
  }
  return step;
}

std::uint32_t Bits(float value) { return std::bit_cast<std::uint32_t>(value); }

bool SameSteps(const env::Step& a, const env::Step& b) {
  if (a.policy.size() != b.policy.size()) return false;
  for (std::size_t i = 0; i < a.policy.size(); ++i) {
    if (a.policy[i].action != b.policy[i].action) return false;
    if (Bits(a.policy[i].probability) != Bits(b.policy[i].probability)) return false;
  }
  return a.action == b.action && a.checkpoint == b.checkpoint && a.is_target == b.is_target &&
         a.visits == b.visits && Bits(a.root_value) == Bits(b.root_value) &&
         Bits(a.surprise) == Bits(b.surprise) && Bits(a.weight) == Bits(b.weight);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = testing::TempDir() + "tesuji-storage-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp: " + name);
  path_ = std::filesystem::canonical(name);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

env::Trajectory RandomTrajectory(RandomStream* random) {
  env::Trajectory t;
  t.provenance.environment_id = RandomBytes(random, 10);
  t.provenance.environment_version = static_cast<int>((*random)());
  t.provenance.environment_parameters = RandomJson(random);
  t.provenance.software_version = RandomBytes(random, 10);
  t.provenance.campaign_seed = (*random)();
  t.provenance.episode = (*random)();
  for (auto n = random->Below(4); n > 0; --n) {
    t.provenance.checkpoints.push_back(RandomBytes(random, 70));
  }
  t.provenance.search_settings = RandomJson(random);
  t.provenance.judge = RandomJson(random);
  t.task.id = RandomBytes(random, 30);
  t.task.parameters = RandomJson(random);
  for (auto n = random->Below(40); n > 0; --n) t.steps.push_back(RandomStep(random));
  t.outcome.value = RandomFloat(random);
  t.outcome.score = RandomFloat(random);
  for (const char c : RandomBytes(random, 100)) {
    t.outcome.ownership.push_back(static_cast<std::int8_t>(c));
  }
  t.outcome.termination = RandomBytes(random, 20);
  t.artifact = RandomBytes(random, 500);
  t.final_fingerprint = {(*random)(), (*random)()};
  t.evidence = RandomJson(random);
  t.timing = {static_cast<std::int64_t>((*random)()), static_cast<std::int64_t>((*random)()),
              static_cast<std::int64_t>((*random)())};
  return t;
}

env::Trajectory GameLikeTrajectory(std::uint64_t seed, std::uint64_t episode, int simulations) {
  RandomStream random{seed, episode};
  env::Trajectory t;
  t.provenance.environment_id = "go";
  t.provenance.environment_version = 1;
  t.provenance.environment_parameters = {{"size", 9}, {"komi", 7.0}, {"superko", "positional"}};
  t.provenance.software_version = "0.1.0";
  t.provenance.campaign_seed = seed;
  t.provenance.episode = episode;
  t.provenance.checkpoints = {"network " + std::to_string(episode % 10)};
  t.provenance.search_settings = {{"simulations", simulations}, {"c_puct", 1.1},
                                  {"root_noise", 0.25},         {"fpu_reduction", 0.2},
                                  {"full_search_share", 0.25},  {"forced_playouts", true}};
  t.task.id = "9x9";
  t.task.parameters = {{"komi", 7.0}};
  const auto moves = 50 + random.Below(25);
  for (std::uint64_t move = 0; move < moves; ++move) {
    env::Step step;
    step.action = static_cast<env::Action>(random.Below(82));
    step.is_target = random.Chance(0.25);
    step.visits = static_cast<std::uint32_t>(step.is_target ? simulations : simulations / 6);
    step.root_value = static_cast<float>(random.Uniform() * 2 - 1);
    if (step.is_target) {
      step.surprise = static_cast<float>(random.Uniform());
      for (env::Action action = 0; action < 82; ++action) {
        if (random.Chance(0.65)) continue;
        const auto visits = 1 + random.Below(static_cast<std::uint64_t>(simulations) / 10);
        step.policy.push_back(
            {action, static_cast<float>(visits) / static_cast<float>(simulations)});
      }
    }
    t.artifact += ";B[" + std::string(1, static_cast<char>('a' + step.action % 9)) +
                  std::string(1, static_cast<char>('a' + step.action / 9 % 9)) + "]";
    t.steps.push_back(std::move(step));
  }
  t.outcome = {1.0F, 3.0F, {}, "two-passes"};
  for (int cell = 0; cell < 81; ++cell) t.outcome.ownership.push_back(cell < 42 ? 1 : -1);
  t.final_fingerprint = {random(), random()};
  t.timing = {1'700'000'000'000, 9000, 7000};
  return t;
}

bool SameTrajectory(const env::Trajectory& a, const env::Trajectory& b) {
  return a.provenance == b.provenance && a.task.id == b.task.id &&
         a.task.parameters == b.task.parameters &&
         std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(), SameSteps) &&
         Bits(a.outcome.value) == Bits(b.outcome.value) &&
         Bits(a.outcome.score) == Bits(b.outcome.score) &&
         a.outcome.ownership == b.outcome.ownership &&
         a.outcome.termination == b.outcome.termination && a.artifact == b.artifact &&
         a.final_fingerprint == b.final_fingerprint && a.evidence == b.evidence &&
         a.timing.started_unix_ms == b.timing.started_unix_ms &&
         a.timing.wall_ms == b.timing.wall_ms && a.timing.evaluations == b.timing.evaluations;
}

Store::Append Verified(env::Trajectory trajectory, std::string split) {
  return {std::move(trajectory), TrajectoryStatus::kVerified, std::move(split)};
}

std::unique_ptr<Store> OpenStore(const std::filesystem::path& path, OpenMode mode) {
  auto store = Store::Open(path, mode);
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

testing::AssertionResult IsSound(const Store& store) {
  for (const TableReport& table : store.Inspect()) {
    for (const auto& problem : table.problems) {
      return testing::AssertionFailure()
             << table.table << " " << problem.row << ": " << problem.reason;
    }
  }
  std::string broken;
  store.ForEachTrajectory(
      1, [](const StoredTrajectory&) { return true; },
      [&](TrajectoryId id, const std::string& reason) {
        if (broken.empty()) broken = "trajectory " + std::to_string(id) + ": " + reason;
      });
  if (!broken.empty()) return testing::AssertionFailure() << broken;
  return testing::AssertionSuccess();
}

std::string RefusalOf(const std::filesystem::path& path, OpenMode mode) {
  std::string message;
  try {
    const auto store = Store::Open(path, mode);
    EXPECT_FALSE(store.has_value()) << path << " opened";
    if (store) return {};
    message = store.error().message;
  } catch (const DamagedError& error) {
    message = error.what();
  }
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  EXPECT_NE(message.find(path.filename().string()), std::string::npos) << message;
  return message;
}

int InChild(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      work();
    } catch (const std::exception&) {
      ::_exit(77);
    }
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status;
}

FileSizeLimit::FileSizeLimit(std::uint64_t bytes) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  before_ = limit.rlim_cur;
  limit.rlim_cur = bytes;
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

FileSizeLimit::~FileSizeLimit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = before_;
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

std::string ReadBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteBytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace tesuji::storage
