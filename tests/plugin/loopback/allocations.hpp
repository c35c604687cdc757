#pragma once
#include <cstdint>

/// By operator new, of this thread, since it began; 0 under a sanitizer, which has its own.
std::uint64_t allocations() noexcept;
