#include "rules/compile/texts.hpp"

#include "rules/base/text.hpp"
#include "rules/compile/contradict.hpp"

#include <algorithm>

namespace sidedish::compile {
namespace {

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

/// Pairs of one product with several givens share its texts: the claim is the least that any of
/// them backs, and none when one of them backs none.
void add_share(const Names& names, const model::Rule& rule, std::uint32_t product, Backing& out) {
  std::optional<int> share;
  std::int64_t until = INT64_MAX;
  for (const model::OfferSpec& offer : rule.offers) {
    if (names.product(std::string_view(offer.product)) != product) continue;
    const auto counts = evidence_of(rule, offer);
    if (!counts || counts->baskets < kLeastBaskets) return;
    const int tenths = static_cast<int>(counts->with_it * 10 / counts->baskets);
    if (tenths < 1) return;
    share = std::min(share.value_or(tenths), tenths);
    until = std::min(until, counts->as_of + kEvidenceDays);
  }
  out.share = share;
  out.share_until = until;
}

}  // namespace

std::optional<model::Evidence> evidence_of(const model::Rule& rule, const model::OfferSpec& offer) {
  if (rule.kind != Kind::also_bought) return offer.evidence;
  if (!rule.counted || offer.of < 1) return std::nullopt;
  return model::Evidence{offer.of, offer.together, *rule.counted};
}

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

Backing backing_of(const Names& names, const model::Rule& rule, std::uint32_t product,
                   std::string_view language) {
  const model::Product& offered = names.product(product);
  Backing out;
  out.tag = language;
  out.currency = names.pack.currency;
  out.offer = name_in(offered, names.pack, language);
  out.most_units = rule.quantity == model::QuantityPolicy::per_trigger ? 9 : 1;
  out.most_price = offered.price * out.most_units;
  if (rule.kind == Kind::bundle) {
    const bool fixed = rule.bundle.how == model::BundlePrice::price;
    const Minor slots = static_cast<Minor>(rule.bundle.slots.size()) * offered.price;
    out.most_price = std::max(slots, fixed ? rule.bundle.amount : 0);
    out.most_saving = rule.bundle.how == model::BundlePrice::discount ? rule.bundle.amount : slots;
  }
  if (rule.kind == Kind::upsell && rule.from.items.size() == 1) {
    const std::uint32_t from = names.product(std::string_view(rule.from.items.front()));
    if (from != image::kNone) out.from = name_in(names.product(from), names.pack, language);
  }
  add_share(names, rule, product, out);
  out.until = last_day(rule.when);
  return out;
}

std::string program_of(const model::Ways& ways, const Backing& backing) {
  std::string out;
  std::string wrong;
  for (const std::string& way : ways) {
    const auto pattern = parse_pattern(way, wrong);
    const auto program = pattern ? encode(*pattern, backing) : std::nullopt;
    if (!program) continue;
    if (!out.empty()) out += image::kOr;
    out += *program;
    if (!image::is_program(*program)) break;  // it can always be said
  }
  return out;
}

std::string literal_of(const model::Ways& ways, const Backing& backing) {
  std::string wrong;
  for (const std::string& way : ways) {
    const auto pattern = parse_pattern(way, wrong);
    const auto program = pattern ? encode(*pattern, backing) : std::nullopt;
    if (program && !image::is_program(*program)) return without_marks(*program);
  }
  return {};
}

std::array<std::string, 2> pole_lines(std::string_view headline, std::string_view offer) {
  headline = trim(headline);
  const std::string_view one = first_line(headline);
  const std::string_view rest = trim(headline.substr(one.size()));
  return {std::string(trim(one)), std::string(trim(first_line(rest.empty() ? trim(offer) : rest)))};
}

}  // namespace sidedish::compile
