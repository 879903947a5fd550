#include "core/random.h"

#include <bit>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cassert>
#include <cmath>

#include "core/mix64.h"

namespace tesuji {
namespace {

std::uint64_t SplitMix64(std::uint64_t& x) {
  const std::uint64_t mixed = Mix64(x);
  x += 0x9e3779b97f4a7c15ULL;
  return mixed;
}

}  // namespace

RandomStream::RandomStream(std::initializer_list<std::uint64_t> path) {
  std::uint64_t mixed = 0x7e507e50aa5500ffULL;
  for (std::uint64_t part : path) {
    std::uint64_t seed = mixed ^ part;
    mixed = SplitMix64(seed) + std::rotl(part, 23);
  }
  for (auto& word : state_) word = SplitMix64(mixed);
}

RandomStream RandomStream::FromState(const std::array<std::uint64_t, 4>& state) {
  RandomStream stream(std::uint64_t{0});
  stream.state_ = state;
  return stream;
}

RandomStream::result_type RandomStream::operator()() {
  const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t RandomStream::Below(std::uint64_t bound) {
  assert(bound > 0);
  // Lemire's multiplication with rejection: unbiased.
  __extension__ using Wide = unsigned __int128;
  std::uint64_t random = (*this)();
  Wide product = Wide{random} * bound;
  auto low = static_cast<std::uint64_t>(product);
  if (low < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (low < threshold) {
      random = (*this)();
      product = Wide{random} * bound;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double RandomStream::Uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

double RandomStream::Normal() { return boost::random::normal_distribution<double>()(*this); }

double RandomStream::Gumbel() {
  // Uniform() may be 0; the midpoint shift keeps both logarithms finite.
  const double uniform = (static_cast<double>((*this)() >> 12) + 0.5) * 0x1.0p-52;
  return -std::log(-std::log(uniform));
}

double RandomStream::Gamma(double shape) {
  return boost::random::gamma_distribution<double>(shape, 1.0)(*this);
}

std::size_t RandomStream::Pick(std::span<const float> weights) {
  double total = 0;
  for (float weight : weights) total += weight;
  assert(total > 0);
  double left = Uniform() * total;
  std::size_t last_positive = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0) continue;
    last_positive = i;
    left -= weights[i];
    if (left < 0) return i;
  }
  return last_positive;
}

}  // namespace tesuji
