#pragma once
// Untrusted JSON text -> a checked tree. Everybody who takes JSON from outside reads it with this:
// the limits hold while parsing, before anything is built of it.
//
// Strict RFC 8259: UTF-8 without byte order mark, no U+0000 in a text, member names unique,
// numbers are integers that fit 64 bits (money and quantities travel as text). Not recursive: a
// small stack is enough for any input.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::format {

struct JsonLimits {
  std::size_t bytes = std::size_t{1} << 20;  ///< of the whole text
  std::size_t depth = 32;                    ///< arrays and objects open at once
  std::size_t text = 4096;                   ///< bytes of a text or member name
  std::size_t items = 10'000;                ///< of an array, or members of an object
  /// Arrays that may be longer, by JSON pointer.
  std::vector<std::string_view> long_arrays;
  std::size_t long_items = 100'000;
};

struct JsonError {
  std::string pointer;  ///< RFC 6901
  std::string message;  ///< what was expected and what was there
};

class JsonDocument;

/// A value of a document, as cheap as a pointer. A default one is "not there": its type is absent
/// and it has no members.
class Json {
 public:
  enum class Type : std::uint8_t {
    absent,
    null,
    boolean,
    integer,
    text,
    array,
    object,
    refused,  ///< something that an error of the document already tells about
  };

  Json() = default;
  Type type() const;
  explicit operator bool() const { return document_ != nullptr; }
  bool is(Type type_wanted) const { return type() == type_wanted; }

  /// Of a boolean, an integer, a text; false, 0 and empty for every other type.
  bool boolean() const;
  std::int64_t integer() const;
  std::string_view text() const;

  /// Items of an array or members of an object, in the document's order.
  std::size_t size() const;
  class Iterator;
  Iterator begin() const;
  Iterator end() const;
  /// Member of an object; absent when it has none of that name. Linear.
  Json find(std::string_view name) const;
  /// Its name as a member; empty for an item.
  std::string_view key() const;
  /// Where it is, from the root; empty for the root. Cost: its depth.
  std::string pointer() const;
  /// Type and, when short, the value: for "found ..." in messages.
  std::string found() const;

 private:
  friend class JsonDocument;
  friend class JsonBuilder;
  Json(const JsonDocument* document, std::uint32_t node) : document_(document), node_(node) {}
  const JsonDocument* document_ = nullptr;
  std::uint32_t node_ = 0;
};

class Json::Iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = Json;
  using difference_type = std::ptrdiff_t;
  using pointer = const Json*;
  using reference = Json;
  Iterator() = default;
  explicit Iterator(Json at) : at_(at) {}
  Json operator*() const { return at_; }
  Iterator& operator++();
  Iterator operator++(int) {
    const Iterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Iterator& other) const {
    return at_.document_ == other.at_.document_ && at_.node_ == other.at_.node_;
  }

 private:
  Json at_;
};

/// Owns the tree; values of it must not outlive it, nor a move of it. 32 bytes a value.
class JsonDocument {
 public:
  /// Never fails outright: look at errors(). Duplicate names and numbers that are no integers are
  /// collected (the first 100); bad syntax and a passed limit end the parse.
  static JsonDocument parse(std::string_view text, const JsonLimits& limits = {});

  const std::vector<JsonError>& errors() const { return errors_; }
  /// Everything was read to the end; errors() may still name single values.
  bool complete() const { return complete_; }
  /// Absent unless complete().
  Json root() const { return complete_ ? Json(this, 0) : Json(); }

 private:
  friend class Json;
  friend class Json::Iterator;
  friend class JsonBuilder;
  struct Node {
    Json::Type type = Json::Type::absent;
    std::uint16_t key_length = 0;
    std::uint32_t key = 0;  ///< offset in texts_
    std::uint32_t parent = 0;
    std::uint32_t ordinal = 0;  ///< place within the parent
    std::uint32_t next = 0;     ///< sibling, 0 = none
    std::uint32_t length = 0;   ///< bytes of a text; items of an array or object
    std::int64_t value = 0;     ///< integer; boolean; offset of a text; first child, 0 = none
  };
  std::string_view slice(std::size_t offset, std::size_t length) const {
    return {texts_.data() + offset, length};
  }
  std::vector<Node> nodes_;
  std::string texts_;  ///< the source, and behind it what had escapes
  std::vector<JsonError> errors_;
  bool complete_ = false;
};

inline Json::Type Json::type() const {
  return document_ == nullptr ? Type::absent : document_->nodes_[node_].type;
}

inline bool Json::boolean() const {
  return is(Type::boolean) && document_->nodes_[node_].value != 0;
}

inline std::int64_t Json::integer() const {
  return is(Type::integer) ? document_->nodes_[node_].value : 0;
}

inline std::string_view Json::text() const {
  if (!is(Type::text)) return {};
  const auto& node = document_->nodes_[node_];
  return document_->slice(static_cast<std::size_t>(node.value), node.length);
}

inline std::size_t Json::size() const {
  return is(Type::array) || is(Type::object) ? document_->nodes_[node_].length : 0;
}

inline Json::Iterator Json::begin() const {
  if (size() == 0) return Iterator();
  return Iterator(Json(document_, static_cast<std::uint32_t>(document_->nodes_[node_].value)));
}

inline Json::Iterator Json::end() const { return Iterator(); }

inline Json::Iterator& Json::Iterator::operator++() {
  const std::uint32_t next = at_.document_->nodes_[at_.node_].next;
  at_ = next == 0 ? Json() : Json(at_.document_, next);
  return *this;
}

inline std::string_view Json::key() const {
  if (document_ == nullptr) return {};
  const auto& node = document_->nodes_[node_];
  return document_->slice(node.key, node.key_length);
}

/// A member name as a step of a JSON pointer: "/" and the name with ~ and / escaped.
std::string pointer_step(std::string_view member);

}  // namespace sidedish::format
