// CHECKS: -*,bugprone-use-after-move
// REFERS: app::Run -> app::Engine
// REFERS: app::Run -> app::Engine::Start
// REFERS: app::Run -> kLimit
// REFERS: app::Run -> TWICE
// REFERS: app::Engine -> app::Base
// REFERS: app::Engine::Start -> app::Engine::Start
// REFERS: app::limit -> kLimit
// REFERS: app::Colour -> app::Base
// REFERS: app::Paint -> app::Colour
// REFERS: app::Sum -> app::Larger
#include "engine.h"
#define TWICE(x) ((x) + (x))
constexpr int kLimit = 3;
namespace app {
int limit = kLimit;
using Colour = Base;
void Paint(Colour) {}
int Engine::Start() { return 1; }
int Run() {
  Engine engine;
  return engine.Start() + TWICE(kLimit);
}
template <typename T>
T Larger(T a, T b) {
  return a < b ? b : a;
}
int Sum() { return Larger(1, 2); }
}  // namespace app
//--- engine.h
namespace app {
struct Base {};
struct Engine : Base {
  int Start();
};
}  // namespace app
