#include "tests/plugin/loopback/allocations.hpp"

#include <cstdlib>
#include <new>

namespace {
thread_local std::uint64_t made = 0;
}

std::uint64_t allocations() noexcept { return made; }

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void* operator new(std::size_t size) {
  ++made;
  if (void* room = std::malloc(size != 0 ? size : 1)) return room;
  throw std::bad_alloc();
}
void operator delete(void* room) noexcept { std::free(room); }
void operator delete(void* room, std::size_t) noexcept { std::free(room); }
#endif
