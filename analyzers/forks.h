// Work in copies of this process, which see everything that it has in memory and hand back bytes.
//
//   Forks forks(/*most=*/2);
//   forks.Start(7, [&] { return Explore(function).SerializeAsString(); });
//   while (forks.running() > 0) Use(forks.Wait());        // {7, bytes}
//
// A copy that ends in any other way than by handing something back gave nothing: whoever waits does the work itself, so
// what ends a copy ends the process, too. Copies die with the process.
// Thread safety: none; the process must have one thread.
#ifndef MERGEGATE_ANALYZERS_FORKS_H_
#define MERGEGATE_ANALYZERS_FORKS_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mergegate::analyzers {

class Forks {
 public:
  // At most so many copies at once.
  explicit Forks(int most) : most_(static_cast<size_t>(most)) {}
  ~Forks();
  Forks(const Forks&) = delete;
  Forks& operator=(const Forks&) = delete;

  // False when the system gives no more, or there are as many as may be.
  bool Start(size_t id, const std::function<std::string()>& work);
  size_t running() const { return copies_.size(); }
  bool full() const { return copies_.size() == most_; }

  struct Done {
    size_t id;
    std::optional<std::string> bytes;
  };
  // Waits for one of those that run.
  Done Wait();

 private:
  struct Copy {
    size_t id;
    int pid;
    int pipe;
    std::string bytes;
  };
  size_t most_;
  std::vector<Copy> copies_;
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_FORKS_H_
