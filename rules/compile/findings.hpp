#pragma once
// Collects what check() and lint() find.
#include "rules/model/pack.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sidedish::compile {

class Findings {
 public:
  void add(std::string_view id, std::string pointer, std::string message) {
    add({}, id, std::move(pointer), std::move(message));
  }
  /// `code`: a literal, see model::Finding.
  void add(std::string_view code, std::string_view id, std::string pointer, std::string message) {
    all_.push_back({std::string(id), std::move(pointer), std::move(message), code});
  }
  std::vector<model::Finding> take() { return std::move(all_); }

 private:
  std::vector<model::Finding> all_;
};

/// "/rules/" + 3 and the like.
inline std::string at(std::string_view base, std::size_t index) {
  return std::string(base) + "/" + std::to_string(index);
}

/// A member name within a JSON pointer (RFC 6901 section 3).
inline std::string escape(std::string_view member) {
  std::string out;
  for (const char c : member) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace sidedish::compile
