// Where chance comes from. Logic takes a Chance so that tests decide.
//
//   if (chance() < 0.01) Recheck();
//
// Thread safety: UniformChance may be called from any thread.
#ifndef MERGEGATE_SERVER_BASE_CHANCE_H_
#define MERGEGATE_SERVER_BASE_CHANCE_H_

#include <functional>
#include <random>

namespace mergegate {

// A number in [0, 1), each as likely as any other.
using Chance = std::function<double()>;

inline double UniformChance() {
  thread_local std::mt19937_64 random(std::random_device{}());
  return std::uniform_real_distribution<>()(random);
}

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_CHANCE_H_
