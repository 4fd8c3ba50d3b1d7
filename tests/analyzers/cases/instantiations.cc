// What a unit makes of templates: argument lists count once, bodies that nobody asks for not at all.
// CHECKS: -*,bugprone-use-after-move
// INSTANTIATIONS: app::Larger 2
// INSTANTIATIONS: app::Declared 0
// INSTANTIATIONS: app::Unused 0
// INSTANTIATIONS: app::Box 3
// INSTANTIATIONS: app::Box::Get 1
// INSTANTIATIONS: app::Box::Put 2
// INSTANTIATIONS: app::Box::Convert 2
// INSTANTIATIONS: app::Box::Inner 1
// INSTANTIATIONS: app::kSize 2
// INSTANTIATIONS: app::Special 1
// INSTANTIATIONS: app::Use none
#include "box.h"
namespace app {
template <typename T>
T Declared(T);
template <typename T>
T Unused(T a) {
  return a;
}
template int Larger(int, int);
template <>
char Larger(char a, char) {
  return a;
}
int Use() {
  using Number = int;
  Box<int> ints;
  Box<Number> same;
  Box<long> longs;
  Box<char> chars;
  Box<int>::Inner inner = ints.Open();
  chars.Put('x');
  longs.Put(3);
  ints.Convert<char>();
  longs.Convert<char>();
  return Larger(1, 2) + static_cast<int>(Larger(1L, 2L)) + Larger('a', 'b') + same.Get() + inner.size +
         (same == ints) + kSize<int> + kSize<Number> + kSize<long> + Declared(1) + Special<int*>().size +
         sizeof(decltype(Unused(1)));
}
}  // namespace app
//--- box.h
namespace app {
template <typename T>
T Larger(T a, T b);
template <typename T>
T Larger(T a, T b) {
  return a < b ? b : a;
}
template <typename T>
class Box {
 public:
  struct Inner {
    int size = 1;
  };
  Inner Open() { return {}; }
  T Get() { return value; }
  void Put(T v);
  template <typename U>
  U Convert() {
    return static_cast<U>(value);
  }
  friend bool operator==(const Box& a, const Box& b) { return a.value == b.value; }

 private:
  T value{};
};
template <typename T>
void Box<T>::Put(T v) {
  value = v;
}
template <typename T>
constexpr int kSize = sizeof(T);
template <typename T>
struct Special {
  int size = 0;
};
template <typename T>
struct Special<T*> {
  int size = 1;
};
}  // namespace app
