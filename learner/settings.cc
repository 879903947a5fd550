#include "learner/settings.h"

namespace tesuji::learner {
void Describe(SettingsTable* table, NetworkConfig* config) {
  const auto fixed = [](double minimum, double maximum) {
    return SettingRules{.minimum = minimum, .maximum = maximum, .on_resume = OnResume::kRefused};
  };
  table->Section("network");
  table->Add("blocks", &config->blocks, "Residual blocks.", fixed(0, 256));
  table->Add("channels", &config->channels, "Channels of the trunk.", fixed(4, 2048));
  table->Add("pooling_every", &config->pooling_every,
             "Every n-th block pools over the whole board; 0: none.", fixed(0, 256));
  table->Add("head_channels", &config->head_channels, "Channels of each head.", fixed(1, 1024));
  table->AddChoice("norm", &config->norm, {"batch", "fixed"},
                   "What stands behind convolutions: batch normalisation, or a scale and a shift "
                   "without statistics, whose values are more precise.",
                   {.on_resume = OnResume::kRefused, .stored_if_set = true});
}

void Describe(SettingsTable* table, Device* device) {
  table->Add("device",
             SettingText{[device] { return DeviceName(*device); },
                         [device](const std::string& text) -> Status {
                           auto parsed = ParseDevice(text);
                           if (!parsed) return tl::unexpected(parsed.error());
                           *device = *parsed;
                           return {};
                         }},
             "Processor of networks: auto (a GPU where LibTorch has one), cpu, cuda, or cuda:N for "
             "the GPU of that number.",
             {.stored_if_set = true});
}

void Describe(SettingsTable* table, TrainerOptions* o) {
  table->Section("learner");
  table->Add("batch", &o->batch, "Rows a training step.", {.minimum = 1, .maximum = 65536});
  table->Add("threads", &o->threads, "CPU threads of the learner.",
             {.minimum = 1, .maximum = 1024});
  table->AddChoice("optimizer", &o->optimizer, {"sgd", "adam"},
                   "adam where a value must be learned precisely from few, noisy episodes.",
                   {.on_resume = OnResume::kRefused});
  table->Add("learning_rate", &o->learning_rate,
             "Peak learning rate; 0: 0.02 for sgd, 0.001 for adam.", {.minimum = 0, .maximum = 10});
  table->AddFormer("momentum", &o->momentum, "Of SGD; beta 1 of Adam.",
                   {.minimum = 0, .maximum = 0.9999});
  table->AddFormer("weight_decay", &o->weight_decay, "On convolution weights.",
                   {.minimum = 0, .maximum = 1});
  table->AddFormer("warmup_steps", &o->warmup_steps, "Linear warm-up.",
                   {.minimum = 0, .maximum = 1e9});
  table->Add("decay_steps", &o->decay_steps,
             "Cosine decay to a tenth over so many steps; 0: constant.",
             {.minimum = 0, .maximum = 1e12});
  table->AddFormer("gradient_clip", &o->gradient_clip, "Largest gradient norm; 0: off.",
                   {.minimum = 0, .maximum = 1e9});
  table->Add("ema_decay", &o->ema_decay, "Weight averaging, per step.",
             {.minimum = 0, .maximum = 0.999999});
  table->Add("value_weight", &o->value_weight, "Of the value loss.",
             {.minimum = 0, .maximum = 1000});
  table->AddFormer("ownership_weight", &o->ownership_weight, "Of the ownership loss.",
                   {.minimum = 0, .maximum = 1000});
  table->Add("score_weight", &o->score_weight, "Of the score loss.",
             {.minimum = 0, .maximum = 1000});
}

void Describe(SettingsTable* table, WindowOptions* o) {
  table->Section("learner");
  table->Add("window_minimum_rows", &o->minimum_rows,
             "The replay window is never smaller, once so many rows are there.",
             {.minimum = 1, .maximum = 1e12});
  table->AddFormer("window_exponent", &o->exponent, "Power law of its growth with the rows made.",
                   {.minimum = 0.01, .maximum = 1});
  table->Add("window_scale", &o->scale, "Slope of the window's growth at the start.",
             {.minimum = 0.001, .maximum = 10});
  table->Add("window_maximum_rows", &o->maximum_rows, "The window is never larger.",
             {.minimum = 1, .maximum = 1e12});
  table->Add("value_horizon", &o->value_horizon,
             "Decisions over which later search values are averaged for the value target; 0: the "
             "outcome alone.",
             {.minimum = 0, .maximum = 1e6});
}

}  // namespace tesuji::learner
