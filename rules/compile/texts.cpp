#include "rules/compile/texts.hpp"

#include "rules/base/text.hpp"

namespace sidedish::compile {
namespace {

constexpr std::string_view kSlot = "{offer}";

/// Bytes of the first `characters` characters of valid UTF-8.
std::size_t prefix(std::string_view text, std::size_t characters) {
  std::size_t i = 0;
  for (std::size_t n = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U && n++ == characters) break;
  }
  return i;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// The longest start of `text` that ends at a blank and fits a line; a single long word is cut.
std::string_view first_line(std::string_view text) {
  const std::size_t fits = prefix(text, kPoleLine);
  if (fits == text.size() || text[fits] == ' ') return text.substr(0, fits);
  const std::size_t blank = text.substr(0, fits).rfind(' ');
  return text.substr(0, blank == std::string_view::npos ? fits : blank);
}

}  // namespace

std::string_view name_in(const model::Product& product, const model::Pack& pack,
                         std::string_view language) {
  auto it = product.name.find(std::string(language));
  if (it == product.name.end() && !pack.languages.empty()) {
    it = product.name.find(pack.languages.front());
  }
  if (it == product.name.end()) it = product.name.begin();
  return it == product.name.end() ? std::string_view{} : std::string_view(it->second);
}

Source text_source(const model::Rule& rule, const model::Pack& pack, std::string_view language,
                   Surface surface, bool conversion) {
  if (pack.languages.empty()) return {};
  for (const std::string_view wanted : {language, std::string_view(pack.languages.front())}) {
    if (conversion) {
      const auto text = rule.complete_text.find(std::string(wanted));
      if (text != rule.complete_text.end()) return {&text->second, "complete_text", text->first};
      continue;
    }
    if (surface == Surface::kiosk) {
      const auto kiosk = rule.kiosk_text.find(std::string(wanted));
      if (kiosk != rule.kiosk_text.end()) return {&kiosk->second, "kiosk_text", kiosk->first};
    }
    const auto text = rule.text.find(std::string(wanted));
    if (text != rule.text.end()) return {&text->second, "text", text->first};
  }
  return {};
}

bool expand(std::string_view pattern, std::string_view offer, std::string& out) {
  out.clear();
  while (!pattern.empty()) {
    const std::size_t brace = pattern.find_first_of("{}");
    out += pattern.substr(0, brace);
    if (brace == std::string_view::npos) return true;
    pattern.remove_prefix(brace);
    if (!pattern.starts_with(kSlot)) return false;
    out += offer;
    pattern.remove_prefix(kSlot.size());
  }
  return true;
}

std::array<std::string, 2> pole_lines(std::string_view headline, std::string_view offer) {
  headline = trim(headline);
  const std::string_view one = first_line(headline);
  const std::string_view rest = trim(headline.substr(one.size()));
  return {std::string(trim(one)), std::string(trim(first_line(rest.empty() ? trim(offer) : rest)))};
}

}  // namespace sidedish::compile
