// A producer of its own: drawn games of noughts and crosses by chance. It shows that a campaign
// takes a way to explore that it has never heard of: nothing in campaign/ names it.
#include "api/producer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "campaign/status.h"
#include "cli/families.h"
#include "tests/campaign/campaign_fixture.h"

namespace tesuji::campaign {
namespace {

using testing::HasSubstr;

/// Plays random games, a move a Step(), and keeps the moves of a game in flight as its bytes.
class RandomGames final : public env::ProducerWorker {
 public:
  RandomGames(int pause_after, int lie_every, env::ProducerHost* host)
      : pause_after_(pause_after), lie_every_(lie_every), host_(*host) {}

  Status Adopt(const env::EpisodeInFlight& episode) override {
    const Json moves = Json::parse(episode.bytes, nullptr, false);
    if (!moves.is_array()) return Fail("expected a list of moves");
    Begin(episode.episode);
    for (const Json& move : moves) Play(move.get<env::Action>());
    return {};
  }

  bool Step() override {
    if (!number_) {
      const auto number = host_.NextEpisode();
      if (!number) return false;
      Begin(*number);
    }
    std::vector<env::Action> legal;
    state_->LegalActions(&legal);
    Play(legal[random_->Below(legal.size())]);
    host_.Count({.actions = 1});
    if (state_->phase() != env::Phase::kOngoing) HandOver();
    return pause_after_ == 0 || played_ < pause_after_;
  }

  std::vector<env::EpisodeInFlight> Unfinished() const override {
    if (!number_) return {};
    Json moves = Json::array();
    for (const auto& step : trajectory_.steps) moves.push_back(step.action);
    return {{*number_, moves.dump()}};
  }

 private:
  void Begin(std::uint64_t number) {
    number_ = number;
    random_.emplace(RandomStream{host_.provenance().campaign_seed, env::kEpisodeStream, number});
    trajectory_ = {};
    trajectory_.provenance = host_.provenance();
    trajectory_.provenance.episode = number;
    trajectory_.provenance.checkpoints = {"random"};
    trajectory_.task = host_.environment().SampleTask(*random_);
    state_ = std::move(host_.environment().NewState(trajectory_.task).value());
  }

  void Play(env::Action action) {
    env::Step step;
    step.action = action;
    step.is_target = true;
    step.policy = {{action, 1.0F}};
    trajectory_.steps.push_back(step);
    state_->Apply(action);
    ++played_;
  }

  void HandOver() {
    trajectory_.outcome.value = state_->Value();
    if (lie_every_ > 0 && *number_ % static_cast<std::uint64_t>(lie_every_) == 0) {
      trajectory_.outcome.value = 0.5F;
    }
    trajectory_.outcome.termination = state_->Termination();
    trajectory_.artifact = state_->Artifact();
    trajectory_.final_fingerprint = state_->Fingerprint();
    host_.Finish({.trajectory = std::move(trajectory_)});
    number_.reset();
  }

  const int pause_after_;
  const int lie_every_;
  env::ProducerHost& host_;
  int played_ = 0;
  std::optional<std::uint64_t> number_;
  std::optional<RandomStream> random_;
  std::unique_ptr<env::State> state_;
  env::Trajectory trajectory_;
};

class RandomProducer final : public env::Producer {
 public:
  explicit RandomProducer(const Json& settings)
      : learns_(settings.at("learn")),
        pause_after_(settings.at("pause_after")),
        lie_every_(settings.at("lie_every")) {}
  bool learns() const override { return learns_; }
  Result<std::unique_ptr<env::ProducerWorker>> MakeWorker(int, env::ProducerHost* host) override {
    return std::make_unique<RandomGames>(pause_after_, lie_every_, host);
  }
  std::vector<env::Figure> Score(const env::Policy& policy, const std::function<bool()>&) override {
    return {{"hash_length", static_cast<double>(policy.hash().size())}};
  }

 private:
  const bool learns_;
  const int pause_after_;
  const int lie_every_;
};

env::ProducerFactory RandomFactory() {
  env::ProducerFactory factory;
  factory.environment = "tictactoe";
  factory.section = "chance";
  factory.summary = "Games by chance";
  factory.parameters = {
      {.name = "play", .default_value = false, .help = "Play by chance."},
      {.name = "learn", .default_value = true, .help = "Teach the games."},
      {.name = "pause_after",
       .default_value = 0,
       .help = "Moves after which a worker stops; 0: none.",
       .minimum = 0,
       .maximum = 1000},
      {.name = "lie_every",
       .default_value = 0,
       .help = "Every n-th game is stored with a wrong value; 0: none.",
       .minimum = 0,
       .maximum = 1000},
  };
  factory.chosen_by = "play";
  factory.make = [](const env::ProducerSetup& setup) -> Result<std::unique_ptr<env::Producer>> {
    if (setup.settings.at("pause_after") == 13) return Fail("13 brings bad luck");
    return std::make_unique<RandomProducer>(setup.settings);
  };
  return factory;
}

class ProducerTest : public CampaignFixture {
 protected:
  ProducerTest() { registry_.AddProducer(RandomFactory()); }

  Result<CampaignConfig> Read(const std::string& toml) {
    auto file = ConfigFile::Parse(toml, "chance.toml");
    if (!file) return tl::unexpected(file.error());
    return ReadCampaign(*file, registry_);
  }
  CampaignConfig Config(const std::string& chance, int episodes, int workers = 1) {
    return ReadConfig("[environment]\nid = \"tictactoe\"\n[chance]\nplay = true\n" + chance +
                          "[selfplay]\nworkers = " + std::to_string(workers) +
                          "\n[network]\nblocks = 1\nchannels = 8\nhead_channels = 8\n"
                          "[learner]\ngeneration_episodes = 30\nfirst_rows = 50\nbatch = 32\n"
                          "[evaluation]\ngames = 2\nvisits = 4\nfinal_games = 0\n",
                      registry_, "a.db", episodes);
  }
  CampaignOutcome Run(const CampaignConfig& config) { return RunCampaign(config, registry_); }
  void ExpectSound(std::int64_t episodes) { ExpectEachOnceAndSound("a.db", registry_, episodes); }

  env::Registry registry_ = env::BuiltInFamilies();
};

TEST_F(ProducerTest, ItsEpisodesAreStoredTaughtAndScored) {
  EXPECT_EQ(Run(Config("", 70)).episodes, 70);
  ExpectSound(70);
  const Json status = StatusJson(*Reopen("a.db"));
  ASSERT_GE(status["checkpoints"].size(), 2U);
  EXPECT_EQ(status["checkpoints"].back()["hash_length"], 64);
}

TEST_F(ProducerTest, SeveralWorkersShareTheNumbers) {
  EXPECT_EQ(Run(Config("", 200, 3)).episodes, 200);
  ExpectSound(200);
}

TEST_F(ProducerTest, OneThatDoesNotLearnNeedsNoNetwork) {
  Run(Config("learn = false\n", 40));
  ExpectSound(40);
  const Json status = StatusJson(*Reopen("a.db"));
  EXPECT_TRUE(status["checkpoints"].empty());
  EXPECT_EQ(status["heldout"], 0);
}

// However fast games are made, no generation has to take in much more than its own.
TEST_F(ProducerTest, PlayersWaitForALearnerThatIsBehind) {
  Run(Config("", 600, 3));
  const auto checkpoints = Reopen("a.db")->ListCheckpoints();
  ASSERT_GE(checkpoints.size(), 8U);
  for (std::size_t i = 1; i < checkpoints.size(); ++i) {
    EXPECT_LE(checkpoints[i].episodes - checkpoints[i - 1].episodes, 2 * 30 + 3);
  }
}

TEST_F(ProducerTest, ManyRejectedEpisodesEndTheCampaignWithAnExplanation) {
  const auto outcome = Run(Config("lie_every = 5\n", 400));
  EXPECT_THAT(outcome.given_up, HasSubstr("more than 1 %"));
  EXPECT_THAT(outcome.given_up, HasSubstr("episode 0: "));
  const auto counts = Reopen("a.db")->counts();
  EXPECT_EQ(counts.rejected, 11);
  EXPECT_LT(counts.episodes, 80);
}

TEST_F(ProducerTest, AFewRejectedEpisodesDoNotEndIt) {
  const auto outcome = Run(Config("learn = false\nlie_every = 100\n", 250));
  EXPECT_EQ(outcome.given_up, "");
  EXPECT_EQ(Reopen("a.db")->counts().rejected, 3);
}

TEST_F(ProducerTest, ARunThatTrainsNothingSaysWhatTheFirstGenerationWaitsFor) {
  EXPECT_THAT(Run(Config("", 10)).nothing_trained, HasSubstr("first generation at 30 games"));
  EXPECT_EQ(Run(Config("", 80)).nothing_trained, "");
}

TEST_F(ProducerTest, WhatIsInFlightGoesOnWithTheNextRun) {
  const auto first = Run(Config("learn = false\npause_after = 98\n", 40));
  EXPECT_EQ(first.kept_unfinished, 1);
  const auto second = Run(Config("learn = false\n", 40));
  EXPECT_EQ(second.resumed_unfinished, 1);
  EXPECT_EQ(first.episodes + second.episodes, 40);
  ExpectSound(40);
}

TEST_F(ProducerTest, ItsSettingsAreCheckedWithTheirLines) {
  const auto error = [&](const std::string& toml) {
    const auto config = Read(toml);
    return config ? std::string("(no error)") : config.error().message;
  };
  const std::string mine = "[environment]\nid = \"tictactoe\"\n[chance]\n";
  EXPECT_THAT(error(mine + "play = true\nlern = false\n"), HasSubstr("chance.toml:5: chance.lern"));
  EXPECT_THAT(error(mine + "lern = false\n"), HasSubstr("did you mean \"learn\""));
  EXPECT_THAT(error(mine + "pause_after = -1\n"), HasSubstr("expected 0 to 1000"));
  EXPECT_THAT(error(mine + "pause_after = 13\n"),
              HasSubstr("chance.toml:4: chance.pause_after: 13 brings bad luck"));
  EXPECT_THAT(error("[environment]\nid = \"go\"\n[chance]\nplay = true\n"),
              HasSubstr("chance.toml:4: chance.play: needs environment.id = \"tictactoe\""));
  EXPECT_THAT(error("[chanse]\nplay = true\n"), HasSubstr("did you mean \"chance\""));
}

TEST_F(ProducerTest, TheReferenceNamesItsKeys) {
  const std::string reference = CampaignReference(registry_);
  EXPECT_THAT(reference, HasSubstr("## [chance]"));
  EXPECT_THAT(reference, HasSubstr("`pause_after`"));
}

}  // namespace
}  // namespace tesuji::campaign
