#include "headoffice/catalogue/words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <utility>

namespace sidedish::headoffice {
namespace {

constexpr std::size_t kMostWords = 8;
constexpr std::size_t kLongestWord = 64;    // bytes, of what is typed
constexpr std::size_t kLongestSuffix = 16;  // characters

struct Letter {
  std::uint32_t code = 0;
  std::string_view bytes;
};

/// The first character of valid UTF-8.
Letter first(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (size == 1 || size > text.size()) return {lead, text.substr(0, 1)};
  std::uint32_t code = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) code = code << 6U | (byte(i) & 0x3FU);
  return {code, text.substr(0, size)};
}

constexpr std::array<std::pair<std::uint32_t, std::string_view>, 24> kFolded = {{
    {0xC6, "ae"},      {0xD8, "o"},       {0xDE, "th"},      {0xDF, "ss"},      {0xE6, "ae"},
    {0xF8, "o"},       {0xFE, "th"},      {0x110, "d"},      {0x111, "d"},      {0x131, "i"},
    {0x141, "l"},      {0x142, "l"},      {0x152, "oe"},     {0x153, "oe"},     {0x1E9E, "ss"},
    {0x622, "\u0627"}, {0x623, "\u0627"}, {0x625, "\u0627"}, {0x629, "\u0647"}, {0x640, ""},
    {0x649, "\u064A"}, {0x670, ""},       {0x671, "\u0627"}, {0x3000, " "},
}};

bool vowel_sign(std::uint32_t code) { return code >= 0x64B && code <= 0x65F; }

/// Scripts that write no spaces between words.
bool unspaced(std::uint32_t code) {
  return (code >= 0xE00 && code <= 0xE7F) || (code >= 0x3040 && code <= 0x30FF) ||
         (code >= 0x31F0 && code <= 0x31FF) || (code >= 0x3400 && code <= 0x4DBF) ||
         (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0xF900 && code <= 0xFAFF) ||
         (code >= 0xFF66 && code <= 0xFF9F) || (code >= 0x20000 && code <= 0x3FFFF);
}

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string in_small_letters(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_zeros(std::string_view digits) {
  const std::size_t at = digits.find_first_not_of('0');
  return at == std::string_view::npos ? digits : digits.substr(at);
}

std::string_view without_space(std::string_view key) {
  for (const std::string_view space : {"sku:", "gtin:", "plu:", "name:"}) {
    if (key.starts_with(space)) return key.substr(space.size());
  }
  return key;
}

/// Without the signs that begin it, which are in no word.
std::string_view from_letter(std::string_view text) {
  const auto sign = [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return static_cast<unsigned char>(c) < 0x80 && !letter;
  };
  while (!text.empty() && sign(text.front())) text.remove_prefix(1);
  return text;
}

/// Every place where a word may begin in a run without spaces, as a word of its own.
void add_suffixes(std::string_view run, std::string& out) {
  std::vector<std::string_view> letters;
  while (!run.empty()) {
    letters.push_back(first(run).bytes);
    run.remove_prefix(letters.back().size());
  }
  for (std::size_t from = 0; from < letters.size(); ++from) {
    out += ' ';
    for (std::size_t i = from; i < std::min(from + kLongestSuffix, letters.size()); ++i) {
      out += letters[i];
    }
  }
  out += ' ';
}

/// Folded, with the runs taken apart.
std::string taken_apart(std::string_view folded) {
  std::string out;
  while (!folded.empty()) {
    std::size_t run = 0;
    while (run < folded.size() && unspaced(first(folded.substr(run)).code)) {
      run += first(folded.substr(run)).bytes.size();
    }
    if (run > 0) {
      add_suffixes(folded.substr(0, run), out);
      folded.remove_prefix(run);
      continue;
    }
    const Letter letter = first(folded);
    out += letter.bytes;
    folded.remove_prefix(letter.bytes.size());
  }
  return out;
}

/// A blank wherever one kind of script follows the other, as words are cut in the index.
std::string at_borders(std::string_view folded) {
  std::string out;
  std::size_t run = 0;  // characters without spaces before this one
  while (!folded.empty()) {
    const Letter letter = first(folded);
    folded.remove_prefix(letter.bytes.size());
    const bool here = unspaced(letter.code);
    if (!out.empty() && (here != (run > 0) || run == kLongestSuffix)) {
      out += ' ';
      run = 0;
    }
    run = here ? run + 1 : 0;
    out += letter.bytes;
  }
  return out;
}

}  // namespace

std::string fold(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Letter letter = first(text);
    text.remove_prefix(letter.bytes.size());
    const auto* as = std::find_if(kFolded.begin(), kFolded.end(),
                                  [&](const auto& one) { return one.first == letter.code; });
    if (vowel_sign(letter.code)) continue;
    out += as == kFolded.end() ? letter.bytes : as->second;
  }
  return out;
}

std::string words_of(const model::Localised& names) {
  std::string out;
  std::set<std::string_view> said;
  for (const auto& [language, name] : names) {
    if (!said.insert(name).second) continue;
    const std::string folded = fold(name);
    out.append(out.empty() ? "" : "\n").append(kNameBegins);
    const std::string_view begins = from_letter(folded);
    out.append(begins.substr(0, begins.find_first_of(" ,.;:-/()"))).append(" ");
    out += taken_apart(folded);
  }
  return out;
}

std::string code_of(std::string_view key) {
  const std::string_view code = without_space(key);
  return key.starts_with("gtin:") ? std::string(without_zeros(code)) : in_small_letters(code);
}

ProductQuery query_of(std::string_view typed, std::size_t limit, std::size_t offset) {
  ProductQuery out;
  out.limit = limit;
  out.offset = offset;
  while (!typed.empty() && blank(typed.front())) typed.remove_prefix(1);
  while (!typed.empty() && blank(typed.back())) typed.remove_suffix(1);
  if (typed.empty()) return out;
  const std::string_view code = without_space(typed);
  out.codes.push_back(in_small_letters(code));
  if (all_digits(code) && without_zeros(code) != code) out.codes.emplace_back(without_zeros(code));
  const std::string folded = at_borders(fold(typed));
  for (std::size_t at = 0; at < folded.size() && out.words.size() < kMostWords;) {
    const std::size_t from = folded.find_first_not_of(" \t\r\n", at);
    if (from == std::string::npos) break;
    at = std::min(folded.find_first_of(" \t\r\n", from), folded.size());
    std::size_t size = std::min(at - from, kLongestWord);
    while (size > 0 && (static_cast<unsigned char>(folded[from + size]) & 0xC0U) == 0x80U) --size;
    std::string word(from_letter(std::string_view(folded).substr(from, size)));
    if (!word.empty()) out.words.push_back(std::move(word));
  }
  return out;
}

}  // namespace sidedish::headoffice
