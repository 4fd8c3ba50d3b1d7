// CHECKS: -*,clang-analyzer-core.NullDereference
// ANALYZERS: static-analyzer
namespace store {
struct Page {
  int size;
  int Read(const Page* next, bool last) {
    if (next == nullptr) size = 0;  // NOTE: Taking true branch
    if (last) return size;
    return next->size;  // FINDING: clang-analyzer-core.NullDereference Access to field 'size' // IN: store::Page::Read
  }
};
}  // namespace store

int First(const int* p) {
  if (!p) return *p;  // FINDING: clang-analyzer-core.NullDereference Dereference of null pointer
  return 0;
}

