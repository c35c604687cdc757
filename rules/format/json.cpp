#include "rules/format/json.hpp"

#include "rules/base/text.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <functional>
#include <memory>
#include <unordered_set>

namespace sidedish::format {
namespace {

constexpr std::size_t kMostErrors = 100;
constexpr std::size_t kUsualDepth = 8;
constexpr std::size_t kFewMembers = 16;  ///< up to here a linear look for duplicates is faster

std::string place(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const auto before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 == 0
  return "line " + std::to_string(lines) + ", column " + std::to_string(offset - line_start + 1);
}

}  // namespace

std::string pointer_step(std::string_view member) {
  std::string out = "/";
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

/// A document grows by what is read; false: no more is wanted.
class JsonBuilder {
 public:
  using Type = Json::Type;

  JsonBuilder(std::string_view source, const JsonLimits& limits, JsonDocument& out)
      : source_(source), limits_(limits), out_(out) {
    open_.reserve(kUsualDepth);
  }

  bool null() { return add(Type::null) != nullptr; }
  bool boolean(bool value) {
    auto* node = add(Type::boolean);
    if (node != nullptr) node->value = value ? 1 : 0;
    return node != nullptr;
  }
  bool number_integer(std::int64_t value) {
    auto* node = add(Type::integer);
    if (node != nullptr) node->value = value;
    return node != nullptr;
  }
  bool number_unsigned(std::uint64_t value) {
    if (value <= INT64_MAX) return number_integer(static_cast<std::int64_t>(value));
    return refuse("expected an integer that fits 64 bits, found " + std::to_string(value));
  }
  bool number_other(std::string_view digits) {
    return refuse("expected an integer that fits 64 bits (money and quantities are text), found " +
                  std::string(digits.substr(0, 40)));
  }
  bool string(std::string_view value) {
    if (value.size() > limits_.text) return too_long(value.size());
    if (!in_source(value) && value.find('\0') != std::string_view::npos) {
      return refuse("expected a text without the character U+0000");
    }
    auto* node = add(Type::text);
    if (node == nullptr) return false;
    node->value = static_cast<std::int64_t>(keep(value));
    node->length = static_cast<std::uint32_t>(value.size());
    return true;
  }
  bool start_object() { return open(Type::object); }
  bool start_array() { return open(Type::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string_view name) {
    if (name.size() > std::min<std::size_t>(limits_.text, UINT16_MAX)) return too_long(name.size());
    Level& level = open_.back();
    key_ = keep(name);
    key_length_ = name.size();
    if (!in_source(name) && name.find('\0') != std::string_view::npos) {
      complain(pointer_of_next(), "expected a member name without the character U+0000");
    }
    if (repeated(level, name)) {
      complain(pointer_of_next(), "expected member names that are unique, found this one again");
    }
    return true;
  }

  void syntax(std::size_t offset, std::string_view found) {
    complain(open_.empty() ? "" : pointer_of_next(), "expected JSON (RFC 8259, strict UTF-8) at " +
                                                         place(source_, offset) + ", found " +
                                                         std::string(found));
  }

  bool done() const { return open_.empty() && !out_.nodes_.empty(); }

 private:
  struct Level {
    std::uint32_t node;
    std::uint32_t last_child = 0;
    std::size_t most = 0;
    std::uint64_t looks = 0;                                 ///< a bit for each look of a name
    std::unique_ptr<std::unordered_set<std::string>> names;  ///< once there are many

    /// False: surely not. Most names of an object differ in length or at an end.
    bool maybe_seen(std::string_view name) {
      const unsigned ends = name.empty() ? 0U
                                         : static_cast<unsigned char>(name.front()) * 7U +
                                               static_cast<unsigned char>(name.back()) * 3U;
      const std::uint64_t look = std::uint64_t{1} << ((name.size() + ends) % 64);
      const bool seen = (looks & look) != 0;
      looks |= look;
      return seen;
    }
  };

  /// As it stands there, without escapes: there is no NUL in it.
  bool in_source(std::string_view text) const {
    const std::less<const char*> before;
    return !before(text.data(), source_.data()) &&
           before(text.data(), source_.data() + source_.size());
  }
  /// Its place in the document's texts, which begin with the source.
  std::size_t keep(std::string_view text) {
    if (in_source(text)) return static_cast<std::size_t>(text.data() - source_.data());
    const std::size_t at = out_.texts_.size();
    out_.texts_ += text;
    return at;
  }

  JsonDocument::Node* add(Type type) {
    if (out_.nodes_.size() >= UINT32_MAX) return nullptr;
    const auto index = static_cast<std::uint32_t>(out_.nodes_.size());
    JsonDocument::Node node;
    node.type = type;
    if (!open_.empty()) {
      Level& level = open_.back();
      JsonDocument::Node& parent = out_.nodes_[level.node];
      if (parent.length >= level.most) {
        complain(pointer_of(level.node), "expected at most " + std::to_string(level.most) +
                                             (parent.type == Type::array ? " items" : " members"));
        return nullptr;
      }
      node.parent = level.node;
      node.ordinal = parent.length++;
      if (parent.type == Type::object) {
        node.key = static_cast<std::uint32_t>(key_);
        node.key_length = static_cast<std::uint16_t>(key_length_);
      }
      if (level.last_child == 0) {
        parent.value = index;
      } else {
        out_.nodes_[level.last_child].next = index;
      }
      level.last_child = index;
    }
    out_.nodes_.push_back(node);
    return &out_.nodes_.back();
  }

  bool open(Type type) {
    if (open_.size() >= limits_.depth) {
      complain(pointer_of_next(), "expected at most " + std::to_string(limits_.depth) +
                                      " arrays and objects within each other");
      return false;
    }
    if (add(type) == nullptr) return false;
    const auto index = static_cast<std::uint32_t>(out_.nodes_.size() - 1);
    std::size_t most = limits_.items;
    if (type == Type::array && !limits_.long_arrays.empty() && open_.size() <= 2) {
      const std::string pointer = pointer_of(index);
      const auto& longer = limits_.long_arrays;
      if (std::find(longer.begin(), longer.end(), pointer) != longer.end()) {
        most = limits_.long_items;
      }
    }
    open_.push_back({index, 0, most, 0, nullptr});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  /// The value stays in the tree as one that was told about; the parse goes on.
  bool refuse(std::string message) {
    if (add(Type::refused) == nullptr) return false;
    complain(pointer_of(static_cast<std::uint32_t>(out_.nodes_.size() - 1)), std::move(message));
    return true;
  }

  bool too_long(std::size_t length) {
    complain(pointer_of_next(), "expected texts of at most " + std::to_string(limits_.text) +
                                    " bytes, found " + std::to_string(length));
    return false;
  }

  bool repeated(Level& level, std::string_view name) {
    const JsonDocument::Node& object = out_.nodes_[level.node];
    if (object.length < kFewMembers && !level.maybe_seen(name)) return false;
    if (object.length < kFewMembers) {
      const Json members(&out_, level.node);
      return std::any_of(members.begin(), members.end(),
                         [&](const Json& member) { return member.key() == name; });
    }
    if (!level.names) {
      level.names = std::make_unique<std::unordered_set<std::string>>();
      for (const Json member : Json(&out_, level.node)) level.names->emplace(member.key());
    }
    return !level.names->emplace(name).second;
  }

  std::string pointer_of(std::uint32_t node) const { return Json(&out_, node).pointer(); }

  /// Of the value that is about to be read.
  std::string pointer_of_next() const {
    if (open_.empty()) return "";
    const JsonDocument::Node& parent = out_.nodes_[open_.back().node];
    const std::string base = pointer_of(open_.back().node);
    if (parent.type == Type::array) return base + "/" + std::to_string(parent.length);
    return base + pointer_step(out_.slice(key_, key_length_));
  }

  void complain(std::string pointer, std::string message) {
    if (out_.errors_.size() < kMostErrors) {
      out_.errors_.push_back({std::move(pointer), std::move(message)});
    }
  }

  std::string_view source_;
  const JsonLimits& limits_;
  JsonDocument& out_;
  std::vector<Level> open_;
  std::size_t key_ = 0;
  std::size_t key_length_ = 0;
};

namespace {

namespace bj = boost::json;

/// The handler that boost::json::basic_parser calls: whole texts and numbers go on to the builder.
class JsonHandler {
 public:
  using Code = bj::error_code;
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;

  explicit JsonHandler(JsonBuilder& builder) : builder_(builder) {}
  bool stopped() const { return stopped_; }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code& ec) { return go(builder_.start_object(), ec); }
  bool on_object_end(std::size_t, Code& ec) { return go(builder_.end_object(), ec); }
  bool on_array_begin(Code& ec) { return go(builder_.start_array(), ec); }
  bool on_array_end(std::size_t, Code& ec) { return go(builder_.end_array(), ec); }
  bool on_key_part(bj::string_view text, std::size_t, Code&) { return part(text); }
  bool on_key(bj::string_view text, std::size_t, Code& ec) {
    const bool good = builder_.key(whole(text));
    parts_.clear();
    return go(good, ec);
  }
  bool on_string_part(bj::string_view text, std::size_t, Code&) { return part(text); }
  bool on_string(bj::string_view text, std::size_t, Code& ec) {
    const bool good = builder_.string(whole(text));
    parts_.clear();
    return go(good, ec);
  }
  bool on_number_part(bj::string_view, Code&) { return true; }
  bool on_int64(std::int64_t value, bj::string_view, Code& ec) {
    return go(builder_.number_integer(value), ec);
  }
  bool on_uint64(std::uint64_t value, bj::string_view, Code& ec) {
    return go(builder_.number_unsigned(value), ec);
  }
  bool on_double(double, bj::string_view digits, Code& ec) {
    return go(builder_.number_other({digits.data(), digits.size()}), ec);
  }
  bool on_bool(bool value, Code& ec) { return go(builder_.boolean(value), ec); }
  bool on_null(Code& ec) { return go(builder_.null(), ec); }
  bool on_comment_part(bj::string_view, Code&) { return true; }
  bool on_comment(bj::string_view, Code&) { return true; }

 private:
  bool go(bool good, Code& ec) {
    stopped_ = !good;
    if (stopped_) ec = make_error_code(boost::system::errc::operation_canceled);
    return good;
  }
  /// Texts with escapes come in parts.
  bool part(bj::string_view text) {
    parts_.append(text.data(), text.size());
    return true;
  }
  std::string_view whole(bj::string_view text) {
    if (parts_.empty()) return {text.data(), text.size()};
    return parts_.append(text.data(), text.size());
  }

  JsonBuilder& builder_;
  std::string parts_;
  bool stopped_ = false;
};

/// False: it is no JSON, which the builder is told, or the builder has had enough.
bool scan(std::string_view text, const JsonLimits& limits, JsonBuilder& builder) {
  bj::parse_options options;
  options.max_depth = limits.depth + 1;  // the builder refuses first, by its place
  bj::basic_parser<JsonHandler> parser(options, builder);
  bj::error_code ec;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
  if (parser.handler().stopped()) return false;
  if (ec) {
    builder.syntax(read, read == text.size() ? "the end of the text" : ec.message());
  } else if (read < text.size()) {
    builder.syntax(read, "something after its end");
  }
  return !ec && read == text.size();
}

}  // namespace

JsonDocument JsonDocument::parse(std::string_view text, const JsonLimits& limits) {
  JsonDocument out;
  // Offsets are 32 bits wide, whatever the caller allows; decoded texts come behind the source.
  const std::size_t most = std::min<std::size_t>(limits.bytes, UINT32_MAX / 2);
  if (text.size() > most) {
    out.errors_.push_back({"", "expected at most " + std::to_string(most) + " bytes, found " +
                                   std::to_string(text.size())});
    return out;
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    out.errors_.push_back({"", "expected JSON without a byte order mark"});
    return out;
  }
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    out.errors_.push_back(
        {"", "expected JSON without NUL bytes, found one at " + place(text, nul)});
    return out;
  }
  out.texts_ = text;
  out.nodes_.reserve(std::min<std::size_t>(text.size() / 12 + 8, 4096));
  JsonBuilder builder(text, limits, out);
  const bool read = scan(text, limits, builder);
  out.complete_ = read && builder.done();
  if (!out.complete_ && out.errors_.empty()) out.errors_.push_back({"", "expected JSON"});
  return out;
}

Json Json::find(std::string_view name) const {
  if (!is(Type::object)) return {};
  for (const Json member : *this) {
    if (member.key() == name) return member;
  }
  return {};
}

std::string Json::pointer() const {
  if (document_ == nullptr || node_ == 0) return "";
  const auto& node = document_->nodes_[node_];
  const Json parent(document_, node.parent);
  return parent.pointer() +
         (parent.is(Type::object) ? pointer_step(key()) : "/" + std::to_string(node.ordinal));
}

std::string Json::found() const {
  constexpr std::size_t kShort = 60;
  switch (type()) {
    case Type::absent:
      return "nothing";
    case Type::null:
      return "null";
    case Type::boolean:
      return boolean() ? "true" : "false";
    case Type::integer:
      return std::to_string(integer());
    case Type::text: {
      std::string_view start = text().substr(0, kShort);
      while (!valid_utf8(start)) start.remove_suffix(1);
      std::string out = "\"";
      for (const char c : start) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
      return out + (start.size() < text().size() ? "...\"" : "\"");
    }
    case Type::array:
      return "an array";
    case Type::object:
      return "an object";
    case Type::refused:
      break;
  }
  return "a value that was refused";
}

}  // namespace sidedish::format
