#pragma once
// Error texts of the form "image rules[17]: why", without allocation. Internal to the room.
#include "rules/base/result.hpp"

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sidedish::image {

inline tl::unexpected<Error> fail_at(Errc code, const char* table, std::uint64_t index,
                                     std::string_view why) noexcept {
  char where[64] = "image ";
  std::size_t n = std::strlen(where);
  for (const char* p = table; *p != '\0' && n < 32; ++p) where[n++] = *p;
  where[n++] = '[';
  char digits[20];
  std::size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + index % 10);
    index /= 10;
  } while (index > 0);
  while (count > 0) where[n++] = digits[--count];
  where[n++] = ']';
  return fail(code, {where, n}, why);
}

}  // namespace sidedish::image
