// The two documents of a publish body are read by parsers that want the text as it was written: the
// body is cut apart, not parsed and written again.
#include "headoffice/publish/publish.hpp"

namespace sidedish::headoffice {
namespace {

class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text) {}

  void blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool take(char c) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  /// A string, its quotes taken off; empty when there is none.
  std::string_view string() {
    blanks();
    const std::size_t begin = at_;
    if (!skip_string()) return {};
    return text_.substr(begin + 1, at_ - begin - 2);
  }
  /// One object from brace to brace; empty when there is none.
  std::string_view object() {
    blanks();
    const std::size_t begin = at_;
    if (at_ >= text_.size() || text_[at_] != '{') return {};
    std::size_t open = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string()) return {};
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++open;
      if ((c == '}' || c == ']') && --open == 0) return text_.substr(begin, at_ - begin);
    }
    return {};
  }
  bool at_end() {
    blanks();
    return at_ == text_.size();
  }

 private:
  bool skip_string() {
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return true;
      }
    }
    return false;
  }
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<PublishBody> split_publish_body(std::string_view json) {
  const auto bad = [] {
    return fail(Errc::invalid, "expected {\"rules\": {...}, \"catalogue\": {...}}");
  };
  Cutter cut(json);
  PublishBody out;
  if (!cut.take('{')) return bad();
  do {
    const std::string_view name = cut.string();
    std::string_view* place = name == "rules"       ? &out.rules
                              : name == "catalogue" ? &out.catalogue
                              : name == "rollout"   ? &out.rollout
                                                    : nullptr;
    if (place == nullptr || !place->empty() || !cut.take(':')) return bad();
    *place = cut.object();
    if (place->empty()) return bad();
  } while (cut.take(','));
  if (!cut.take('}') || !cut.at_end() || out.rules.empty()) return bad();
  return out;
}

}  // namespace sidedish::headoffice
