#include "rules/engine/render.hpp"

#include "rules/base/text.hpp"
#include "rules/engine/local_time.hpp"

#include <cstring>

namespace sidedish::engine {
namespace {

using image::Locale;
using image::PluralClass;

constexpr std::string_view kIsolate = "\xE2\x81\xA8";  // U+2068, first strong isolate
constexpr std::string_view kRelease = "\xE2\x81\xA9";  // U+2069, pop directional isolate
constexpr std::int64_t kMostLeft = 99;
constexpr std::int64_t kMostUnits = 999;

class Writer {
 public:
  explicit Writer(std::span<char> to) noexcept : to_(to) {}
  void put(std::string_view text) noexcept {
    if (text.size() > to_.size() - size_) {
      full_ = true;
      return;
    }
    if (!text.empty()) std::memcpy(to_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }
  /// At most three bytes: the image's check has seen to it.
  void put_code(std::uint32_t c) noexcept {
    char bytes[3];
    if (c < 0x80) {
      bytes[0] = static_cast<char>(c);
      put({bytes, 1});
    } else if (c < 0x800) {
      bytes[0] = static_cast<char>(0xC0U | c >> 6);
      bytes[1] = static_cast<char>(0x80U | (c & 0x3FU));
      put({bytes, 2});
    } else {
      bytes[0] = static_cast<char>(0xE0U | c >> 12);
      bytes[1] = static_cast<char>(0x80U | (c >> 6 & 0x3FU));
      bytes[2] = static_cast<char>(0x80U | (c & 0x3FU));
      put({bytes, 3});
    }
  }
  void clear() noexcept {
    size_ = 0;
    full_ = false;
  }
  bool full() const noexcept { return full_; }
  std::string_view text() const noexcept { return {to_.data(), size_}; }

 private:
  std::span<char> to_;
  std::size_t size_ = 0;
  bool full_ = false;
};

class Speaker {
 public:
  Speaker(const image::Image& image, const Locale& locale, const Live& live, Writer& out) noexcept
      : image_(image), locale_(locale), live_(live), out_(out) {}

  /// Writes the alternative that begins at `at`; false when it cannot be said. `at` ends behind it.
  bool say(const char*& at, const char* end) noexcept {
    bool good = true;
    while (at != end && *at != image::kOr) {
      const char c = *at++;
      if (c == image::kSlot) {
        good = slot(*at++) && good;
      } else if (c == image::kPlural) {
        good = plural(at) && good;
      } else if (c == image::kUntil) {
        std::int64_t day = 0;
        for (int i = 0; i < 5; ++i) day = day * 10 + (*at++ - '0');
        good = good && live_.day <= day;
      } else {
        out_.put({&c, 1});
      }
    }
    return good;
  }

 private:
  /// A whole number's value, or -1 when there is nothing to say.
  std::int64_t number(char name) const noexcept {
    if (name == image::kSlotLeft) {
      return live_.left >= 1 && live_.left <= kMostLeft ? live_.left : -1;
    }
    if (live_.quantity <= 0 || live_.quantity % kOne != 0) return -1;
    return live_.quantity / kOne <= kMostUnits ? live_.quantity / kOne : -1;
  }

  bool slot(char name) noexcept {
    if (name == image::kSlotPrice) return money(live_.price);
    if (name == image::kSlotSaving) return money(live_.saving);
    const std::int64_t n = number(name);
    if (n < 0) return false;
    digits(n, 0);
    return true;
  }

  /// `at` stands behind kPlural; moves behind kEnd.
  bool plural(const char*& at) noexcept {
    const char name = *at++;
    const std::int64_t n = number(name);
    const auto wanted =
        n < 0 ? PluralClass::other : plural_class(image_, locale_, static_cast<std::uint32_t>(n));
    bool said = n < 0;  // nothing is said at all
    bool saying = false;
    bool good = n >= 0;
    while (*at != image::kEnd) {
      const char c = *at++;
      if (c == image::kCase) {
        const auto cls = static_cast<PluralClass>(*at++ - '0');
        saying = !said && (cls == wanted || cls == PluralClass::other);
        said = said || saying;
      } else if (c == image::kSlot) {
        const char inner = *at++;
        if (saying) good = slot(inner) && good;
      } else if (saying) {
        out_.put({&c, 1});
      }
    }
    ++at;
    return good;
  }

  void digits(std::int64_t n, unsigned decimals) noexcept {
    char reversed[24];
    unsigned count = 0;
    do {
      reversed[count++] = static_cast<char>(n % 10);
      n /= 10;
    } while (n > 0 || count <= decimals);
    const unsigned whole = count - decimals;
    const bool grouped = whole >= 3U + locale_.group_from;
    for (unsigned i = count; i > 0; --i) {
      out_.put_code(locale_.zero + static_cast<std::uint32_t>(reversed[i - 1]));
      const unsigned after = i - 1;  // digits still to come
      if (after == decimals && decimals > 0) {
        out_.put(image_.text(locale_.decimal));
      } else if (grouped && after > decimals && (after - decimals) % 3 == 0) {
        out_.put(image_.text(locale_.group));
      }
    }
  }

  bool money(Minor amount) noexcept {
    if (amount <= 0) return false;
    const bool isolate = (locale_.flags & image::kRightToLeft) != 0;
    if (isolate) out_.put(kIsolate);
    out_.put(image_.text(locale_.before));
    digits(amount, image_.settings().exponent);
    out_.put(image_.text(locale_.after));
    if (isolate) out_.put(kRelease);
    return true;
  }

  const image::Image& image_;
  const Locale& locale_;
  const Live& live_;
  Writer& out_;
};

}  // namespace

Live live_of(const image::Image& image, const image::Overlay& overlay, const Context& context,
             const Prompt& prompt) noexcept {
  Live live;
  live.price = prompt.price_effect;
  live.saving = prompt.saving;
  live.quantity = prompt.quantity;
  if (context.store < image.stores().size()) {
    live.day = local_time(image, context.store, context.now).day;
  }
  if (overlay.loaded() && overlay.fits(image)) {
    const UtcMs age = context.now - overlay.header().stock_as_of;
    const image::Product& product = image.products()[prompt.product];
    const auto* row = overlay.find(product.key_id, image.text(product.key));
    constexpr unsigned kCount = image::kStocked | image::kCounted;
    if (row != nullptr && (row->flags & kCount) == kCount && row->stock == Stock::low && age >= 0 &&
        age <= kStockFreshMs) {
      live.left = row->left;
    }
  }
  return live;
}

PluralClass plural_class(const image::Image& image, const Locale& locale,
                         std::uint32_t number) noexcept {
  const auto within = [number](std::uint32_t mod, std::uint32_t first, std::uint32_t last) {
    const std::uint32_t n = mod == 0 ? number : number % mod;
    return first <= n && n <= last;
  };
  for (std::uint32_t i = locale.plurals; i < locale.plurals + locale.plural_count; ++i) {
    const image::Plural& clause = image.plurals()[i];
    if (within(clause.mod, clause.first, clause.last) &&
        !within(clause.except_mod, clause.except_first, clause.except_last)) {
      return static_cast<PluralClass>(clause.form);
    }
  }
  return PluralClass::other;
}

std::string_view render(const image::Image& image, image::TextRef ref, std::uint32_t language,
                        const Live& live, std::uint32_t limit, std::span<char> out) noexcept {
  const std::string_view text = image.text(ref);
  if (!image::is_program(text) || language >= image.locales().size()) return text;
  Writer writer(out);
  Speaker speaker(image, image.locales()[language], live, writer);
  const char* at = text.data();
  const char* end = at + text.size();
  for (;;) {
    writer.clear();
    if (speaker.say(at, end) && !writer.full() && visible_characters(writer.text()) <= limit) {
      return writer.text();
    }
    if (at == end) return {};
    ++at;  // kOr
  }
}

}  // namespace sidedish::engine
