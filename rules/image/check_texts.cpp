#include "rules/image/check_texts.hpp"

#include "rules/image/text_program.hpp"

#include <algorithm>

namespace sidedish::image {
namespace {

constexpr bool digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool literal(char c) noexcept { return static_cast<unsigned char>(c) >= 0x20; }
constexpr bool counts(char name) noexcept { return name == kSlotLeft || name == kSlotQuantity; }

struct Cursor {
  const char* at;
  const char* end;
  char next() noexcept { return at == end ? '\0' : *at++; }
};

bool good_slot(Cursor& c) noexcept {
  const char name = c.next();
  return name != '\0' && std::find(kSlotNames.begin(), kSlotNames.end(), name) != kSlotNames.end();
}

bool good_plural(Cursor& c) noexcept {
  if (!counts(c.next()) || c.next() != kCase) return false;
  int last = -1;
  for (;;) {
    const int cls = c.next() - '0';
    if (cls <= last || cls > static_cast<int>(PluralClass::other)) return false;
    last = cls;
    for (;;) {
      if (c.at == c.end) return false;
      const char k = c.next();
      if (k == kSlot) {
        if (!good_slot(c)) return false;
      } else if (k == kCase) {
        break;
      } else if (k == kEnd) {
        return last == static_cast<int>(PluralClass::other);
      } else if (!literal(k)) {
        return false;
      }
    }
  }
}

bool good_separator(const Image& image, TextRef ref) noexcept {
  const std::string_view text = image.text(ref);
  return text.size() <= kMaxAffix && !is_program(text);
}

}  // namespace

bool good_program(std::string_view text) noexcept {
  Cursor c{text.data(), text.data() + text.size()};
  while (c.at != c.end) {
    const char k = c.next();
    if (k == kSlot) {
      if (!good_slot(c)) return false;
    } else if (k == kPlural) {
      if (!good_plural(c)) return false;
    } else if (k == kUntil) {
      for (int i = 0; i < 5; ++i) {
        if (!digit(c.next())) return false;
      }
    } else if (k != kOr && !literal(k)) {
      return false;
    }
  }
  return true;
}

bool check_texts(const Image& image, Checker& check) noexcept {
  const auto texts = image.texts();
  TextRef seen[512] = {};  // programs found good, by hash: equal texts are one
  const auto program = [&](TextRef ref, std::size_t i) {
    if (ref == 0) return true;
    TextRef& known = seen[ref * 0x9E3779B1U >> 23];
    if (known == ref) return true;
    const std::string_view text = image.text(ref);
    if (!check.spend(text.size(), "texts", i)) return false;
    if (!check.ok(good_program(text), "texts", i, "a text is not well formed")) return false;
    known = ref;
    return true;
  };
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Texts& t = texts[i];
    if (!(check.text(t.headline, "texts", i, "headline is not a text") &&
          check.text(t.reason, "texts", i, "reason is not a text") &&
          check.text(t.line1, "texts", i, "line1 is not a text") &&
          check.text(t.line2, "texts", i, "line2 is not a text") && program(t.headline, i) &&
          program(t.reason, i))) {
      return false;
    }
  }
  return true;
}

bool check_locales(const Image& image, Checker& check) noexcept {
  const auto locales = image.locales();
  const auto plurals = image.plurals();
  if (!check.ok(locales.size() == image.languages().size(), "locales", locales.size(),
                "not one per language")) {
    return false;
  }
  for (std::size_t i = 0; i < locales.size(); ++i) {
    const Locale& l = locales[i];
    for (const TextRef ref : {l.decimal, l.group, l.before, l.after}) {
      if (!check.text(ref, "locales", i, "a separator is not a text") ||
          !check.ok(good_separator(image, ref), "locales", i, "a separator is too long")) {
        return false;
      }
    }
    // Ten digits of one to three bytes each, below the surrogates.
    if (!check.ok(l.zero >= '0' && l.zero < 0xD000, "locales", i, "digits") ||
        !check.ok(l.group_from >= 1 && l.group_from <= 2, "locales", i, "group_from") ||
        !check.ok((l.flags & ~unsigned{kRightToLeft}) == 0, "locales", i, "flags") ||
        !check.ok(std::uint64_t{l.plurals} + l.plural_count <= plurals.size(), "locales", i,
                  "plurals")) {
      return false;
    }
  }
  for (std::size_t i = 0; i < plurals.size(); ++i) {
    if (!check.ok(plurals[i].form < static_cast<std::uint32_t>(PluralClass::other), "plurals", i,
                  "class") ||
        !check.ok(plurals[i].reserved == 0, "plurals", i, "reserved is not zero")) {
      return false;
    }
  }
  return true;
}

}  // namespace sidedish::image
