#include "rules/compile/pattern.hpp"

#include "rules/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace sidedish::compile {
namespace {

using image::PluralClass;

constexpr std::array<std::string_view, 9> kSlots = {"offer",    "from", "price", "more", "saving",
                                                    "quantity", "left", "share", "until"};
constexpr std::string_view kIsolate = "\u2068";
constexpr std::string_view kRelease = "\u2069";

template <std::size_t N>
std::optional<std::size_t> index_of(const std::array<std::string_view, N>& names,
                                    std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<std::size_t>(at - names.begin());
}

class Parser {
 public:
  Parser(std::string_view text, std::string& wrong) : rest_(text), wrong_(wrong) {}

  std::optional<Pattern> run() {
    auto out = pieces(false);
    if (out && !rest_.empty()) return stop("a } that closes nothing");
    return out;
  }

 private:
  std::nullopt_t stop(std::string why) {
    if (wrong_.empty()) wrong_ = std::move(why);
    return std::nullopt;
  }

  /// Up to the end, or to the } of a branch, which is left there.
  std::optional<Pattern> pieces(bool in_branch) {
    Pattern out;
    while (!rest_.empty() && rest_.front() != '}') {
      const std::size_t brace = std::min(rest_.find_first_of("{}"), rest_.size());
      if (brace > 0) {
        Piece literal;
        literal.text = rest_.substr(0, brace);
        out.push_back(std::move(literal));
        rest_.remove_prefix(brace);
        continue;
      }
      rest_.remove_prefix(1);
      auto piece = slot(in_branch);
      if (!piece) return std::nullopt;
      out.push_back(std::move(*piece));
    }
    return out;
  }

  std::string_view word() {
    blanks();
    const std::size_t end = std::min(rest_.find_first_of(" ,{}"), rest_.size());
    const std::string_view out = rest_.substr(0, end);
    rest_.remove_prefix(end);
    blanks();
    return out;
  }
  void blanks() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<Piece> slot(bool in_branch) {
    const std::string_view name = word();
    const auto slot = index_of(kSlots, name);
    if (!slot) return stop("a slot that there is not: {" + std::string(name) + "}");
    Piece piece;
    piece.type = Piece::Type::slot;
    piece.slot = static_cast<SlotName>(*slot);
    if (take('}')) return piece;
    if (!take(',') || word() != "plural" || !take(',')) {
      return stop("a slot {" + std::string(name) + "} that is neither closed nor plural");
    }
    if (in_branch) return stop("a plural within a plural");
    if (piece.slot != SlotName::left && piece.slot != SlotName::quantity) {
      return stop("a plural of {" + std::string(name) + "}: only left and quantity are counted");
    }
    piece.type = Piece::Type::plural;
    return branches(std::move(piece));
  }

  std::optional<Piece> branches(Piece piece) {
    for (;;) {
      blanks();
      if (take('}')) break;
      const std::string_view name = word();
      const auto cls = index_of(kPluralClasses, name);
      if (!cls) return stop("a plural class that there is not: " + std::string(name));
      if (!take('{')) return stop("a plural class without its { }");
      auto branch = pieces(true);
      if (!branch) return std::nullopt;
      if (!take('}')) return stop("a plural class that is not closed");
      for (const auto& [other, text] : piece.branches) {
        if (other == static_cast<PluralClass>(*cls)) return stop("a plural class twice");
      }
      piece.branches.emplace_back(static_cast<PluralClass>(*cls), std::move(*branch));
    }
    std::sort(piece.branches.begin(), piece.branches.end(),
              [](const Piece::Branch& a, const Piece::Branch& b) { return a.first < b.first; });
    if (piece.branches.empty() || piece.branches.back().first != PluralClass::other) {
      return stop("a plural without the class other");
    }
    return piece;
  }

  std::string_view rest_;
  std::string& wrong_;
};

bool reads_from_right(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto a = static_cast<unsigned char>(text[i]);
    // Hebrew and Arabic letters: U+0590 to U+08FF, and their presentation forms.
    if ((a >= 0xD6 && a <= 0xDF) || (a == 0xE0 && static_cast<unsigned char>(text[i + 1]) < 0xA4)) {
      return true;
    }
    if (a == 0xEF && (static_cast<unsigned char>(text[i + 1]) & 0xFCU) == 0xACU) return true;
  }
  return false;
}

bool reads_from_left(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

/// What a slot is in the image: a text known now, or a name to be filled in; nothing: not backed.
std::optional<std::string> said(SlotName slot, const Backing& b) {
  const LocaleData& locale = locale_data(b.tag);
  const auto live = [](char name) { return std::string{image::kSlot, name}; };
  const auto until = [](std::int64_t day) {
    char out[16];
    std::snprintf(out, sizeof out, "%c%05d", image::kUntil, static_cast<int>(day));
    return std::string(out, 6);
  };
  switch (slot) {
    case SlotName::offer:
      return isolated(b.offer, locale);
    case SlotName::from:
      if (b.from.empty()) return std::nullopt;
      return isolated(b.from, locale);
    case SlotName::price:
    case SlotName::more:
      return live(image::kSlotPrice);
    case SlotName::saving:
      return live(image::kSlotSaving);
    case SlotName::quantity:
      return live(image::kSlotQuantity);
    case SlotName::left:
      return live(image::kSlotLeft);
    case SlotName::share:
      if (!b.share) return std::nullopt;
      return until(b.share_until) + number_in(b.tag, *b.share);
    case SlotName::until:
      if (!b.until) return std::nullopt;
      return until(*b.until) + date_in(b.tag, *b.until);
  }
  return std::nullopt;
}

/// The widest amount of as many digits.
Minor nines(Minor amount) {
  Minor out = 9;
  while (out < amount) out = out * 10 + 9;
  return out;
}

std::size_t width(SlotName slot, const Backing& b) {
  switch (slot) {
    case SlotName::offer:
      return visible_characters(b.offer);
    case SlotName::from:
      return visible_characters(b.from);
    case SlotName::price:
    case SlotName::more:
      return money_width(b.tag, b.currency, nines(b.most_price));
    case SlotName::saving:
      return money_width(b.tag, b.currency, nines(b.most_saving));
    case SlotName::quantity:
      return std::to_string(b.most_units).size();
    case SlotName::left:
      return 2;
    case SlotName::share:
      return b.share ? std::to_string(*b.share).size() : 0;
    case SlotName::until:
      return b.until ? visible_characters(date_in(b.tag, *b.until)) : 0;
  }
  return 0;
}

}  // namespace

std::optional<Pattern> parse_pattern(std::string_view text, std::string& wrong) {
  wrong.clear();
  return Parser(text, wrong).run();
}

std::optional<std::string> encode(const Pattern& pattern, const Backing& backing) {
  std::string out;
  for (const Piece& piece : pattern) {
    if (piece.type == Piece::Type::literal) {
      out += piece.text;
      continue;
    }
    if (piece.type == Piece::Type::slot) {
      const auto text = said(piece.slot, backing);
      if (!text) return std::nullopt;
      out += *text;
      continue;
    }
    out += image::kPlural;
    out += piece.slot == SlotName::left ? image::kSlotLeft : image::kSlotQuantity;
    for (const auto& [cls, branch] : piece.branches) {
      const auto text = encode(branch, backing);
      if (!text) return std::nullopt;
      out += image::kCase;
      out += static_cast<char>('0' + static_cast<int>(cls));
      out += *text;
    }
    out += image::kEnd;
  }
  return out;
}

std::size_t widest(const Pattern& pattern, const Backing& backing) {
  if (!encode(pattern, backing)) return 0;
  std::size_t sum = 0;
  for (const Piece& piece : pattern) {
    if (piece.type == Piece::Type::literal) {
      sum += visible_characters(piece.text);
    } else if (piece.type == Piece::Type::slot) {
      sum += width(piece.slot, backing);
    } else {
      std::size_t most = 0;
      for (const auto& [cls, branch] : piece.branches) {
        most = std::max(most, widest(branch, backing));
      }
      sum += most;
    }
  }
  return sum;
}

std::string isolated(std::string_view name, const LocaleData& locale) {
  const bool other = locale.right_to_left ? reads_from_left(name) : reads_from_right(name);
  if (!other) return std::string(name);
  return std::string(kIsolate) + std::string(name) + std::string(kRelease);
}

std::string without_marks(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool mark = has_direction(text.substr(i, 3)) && text[i] == '\xE2';
    if (mark) {
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace sidedish::compile
