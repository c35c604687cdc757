#include "rules/format/documents.hpp"
#include "rules/format/rules_read.hpp"
#include "rules/format/wire_words.hpp"

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

namespace sidedish::format {
namespace {

using Out = nlohmann::ordered_json;
using model::Condition;
using Type = Condition::Type;

std::string two(std::int64_t n) {
  return {static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
}

/// Scaled integer, not negative -> decimal text with all its decimals.
std::string decimal(std::int64_t value, unsigned exponent) {
  std::string digits = std::to_string(value);
  if (exponent == 0) return digits;
  if (digits.size() <= exponent) digits.insert(0, exponent + 1 - digits.size(), '0');
  return digits.insert(digits.size() - exponent, ".");
}

std::string minutes(int n) { return two(n / 60) + ":" + two(n % 60); }

std::string date(std::int64_t days) {
  const std::chrono::year_month_day day{std::chrono::sys_days{std::chrono::days{days}}};
  return std::to_string(static_cast<int>(day.year())) + "-" + two(unsigned{day.month()}) + "-" +
         two(unsigned{day.day()});
}

template <class Bound>
Out range(const model::Range& r, Bound bound, const char* least = "min", const char* most = "max") {
  Out out = Out::object();
  if (r.min) out[least] = bound(*r.min);
  if (r.max) out[most] = bound(*r.max);
  return out;
}

Out quantity(Milli value) { return value % kOne == 0 ? Out(value / kOne) : Out(decimal(value, 3)); }

template <std::size_t n>
Out words(std::uint32_t bits, const std::array<std::string_view, n>& names) {
  Out out = Out::array();
  for (std::size_t i = 0; i < n; ++i) {
    if ((bits >> i & 1U) != 0) out.push_back(names[i]);
  }
  return out;
}

Out select(const model::Select& s, unsigned exponent) {
  Out out = Out::object();
  if (!s.items.empty()) out["items"] = s.items;
  if (!s.category.empty()) out["category"] = s.category;
  if (!s.tag.empty()) out["tag"] = s.tag;
  if (!s.set.empty()) out["set"] = s.set;
  if (s.quantity.min || s.quantity.max) out["quantity"] = range(s.quantity, quantity);
  if (s.value.min || s.value.max) {
    out["value"] = range(s.value, [&](Minor m) { return decimal(m, exponent); });
  }
  return out;
}

Out daypart(const model::Daypart& part) {
  return {{"from", minutes(part.from)}, {"to", minutes(part.to)}};
}

Out condition(const Condition& c, unsigned exponent);

Out operands(const Condition& c, unsigned exponent) {
  Out out = Out::array();
  for (const auto& child : c.children) out.push_back(condition(child, exponent));
  return out;
}

Out fact(const Condition& c) {
  Out out{{"name", c.fact}};
  if (!c.names.empty()) out["is"] = c.names;
  out.update(range(c.range, [](std::int64_t n) { return n; }));
  return out;
}

Out condition(const Condition& c, unsigned exponent) {
  const auto plain = [](std::int64_t n) { return n; };
  switch (c.type) {
    case Type::all:
      return {{"all", operands(c, exponent)}};
    case Type::any:
      return {{"any", operands(c, exponent)}};
    case Type::none:
      return {{"none", operands(c, exponent)}};
    case Type::has:
      return {{"has", select(c.select, exponent)}};
    case Type::lacks:
      return {{"lacks", select(c.select, exponent)}};
    case Type::total:
      return {{"total", range(c.range, [&](Minor m) { return decimal(m, exponent); })}};
    case Type::lines:
      return {{"lines", range(c.range, plain)}};
    case Type::distinct:
      return {{"distinct", range(c.range, plain)}};
    case Type::items:
      return {{"items", range(c.range, [](Milli m) { return m / kOne; })}};
    case Type::daypart:
      return {{"daypart", c.names.empty() ? daypart(c.daypart) : Out(c.names.front())}};
    case Type::weekday:
      return {{"weekday", words(c.bits, kWeekdays)}};
    case Type::dates:
      return {{"dates", range(c.range, date, "from", "to")}};
    case Type::store:
      return {{"store", c.names}};
    case Type::store_group:
      return {{"store_group", c.names}};
    case Type::terminal_group:
      return {{"terminal_group", c.names}};
    case Type::channel:
      return {{"channel", words(c.bits, kChannels)}};
    case Type::moment:
      return {{"moment", words(c.bits, kMoments)}};
    case Type::segment:
      return {{"segment", c.names}};
    case Type::first_visit:
      return {{"first_visit", c.bits == static_cast<std::uint32_t>(Visit::first)}};
    case Type::bought:
    case Type::not_bought: {
      const bool bought = c.type == Type::bought;
      Out out = select(c.select, exponent);
      out[bought ? "within_days" : "for_days"] = c.range.max.value_or(0);
      return {{bought ? "bought" : "not_bought", std::move(out)}};
    }
    case Type::stock:
      return {{"stock", words(c.bits, kOffered)}};
    case Type::fact:
      break;
  }
  return {{"fact", fact(c)}};
}

Out ways(const model::Ways& all) { return all.size() == 1 ? Out(all[0]) : Out(all); }

Out texts(const model::Texts& all) {
  Out out = Out::object();
  for (const auto& [language, text] : all) {
    out[language]["headline"] = ways(text.headline);
    if (!text.reason.empty()) out[language]["reason"] = ways(text.reason);
  }
  return out;
}

Out slot(const model::BundleSlot& s, unsigned exponent) {
  Out out{{"id", s.id}, {"choose", select(s.choose, exponent)}};
  if (s.min != 1 || s.max != 1) out["count"] = {{"min", s.min}, {"max", s.max}};
  for (const auto& [key, delta] : s.price_delta) out["price_delta"][key] = decimal(delta, exponent);
  return out;
}

Out bundle(const model::Bundle& b, unsigned exponent) {
  Out out{{"slots", Out::array()}};
  for (const auto& s : b.slots) out["slots"].push_back(slot(s, exponent));
  const std::string how(kBundlePrices[static_cast<std::size_t>(b.how)]);
  out[how] =
      b.how == model::BundlePrice::percent ? Out(b.amount) : Out(decimal(b.amount, exponent));
  out["times"] = b.times;
  out["missing"] = b.missing;
  if (b.worth) out["complete"] = {{"worth", decimal(*b.worth, exponent)}};
  return out;
}

Out offers(const model::Rule& r) {
  Out out = Out::array();
  for (const auto& offer : r.offers) {
    Out one{{"product", offer.product}};
    if (offer.extra_adds_per_1000) one["extra_adds_per_1000"] = *offer.extra_adds_per_1000;
    if (offer.evidence) {
      one["evidence"] = {{"baskets", offer.evidence->baskets},
                         {"with_it", offer.evidence->with_it},
                         {"as_of", date(offer.evidence->as_of)}};
    }
    out.push_back(std::move(one));
  }
  return out;
}

Out pairs(const model::Rule& r) {
  Out out = Out::array();
  for (const auto& pair : r.offers) {
    Out one{{"given", pair.given},
            {"product", pair.product},
            {"together", pair.together},
            {"of", pair.of}};
    if (pair.extra_adds_per_1000) one["extra_adds_per_1000"] = *pair.extra_adds_per_1000;
    if (pair.approved) one["approved"] = true;
    out.push_back(std::move(one));
  }
  return out;
}

Out rule(const model::Rule& r, unsigned exponent) {
  Out out{{"id", r.id},
          {"name", r.name},
          {"kind", kKinds[static_cast<std::size_t>(r.kind) % kKinds.size()]}};
  if (!r.enabled) out["enabled"] = false;
  const bool always = r.when.type == Type::all && r.when.children.empty();
  if (r.kind == Kind::add_on || r.kind == Kind::receipt || !always)
    out["when"] = condition(r.when, exponent);
  if (r.kind == Kind::upsell) out["swap"]["from"] = select(r.from, exponent);
  if (r.kind == Kind::bundle) {
    out["bundle"] = bundle(r.bundle, exponent);
  } else if (r.kind == Kind::also_bought) {
    out["pairs"] = pairs(r);
    if (r.bar) out["bar"] = {{"together", r.bar->together}, {"percent", r.bar->percent}};
    if (r.counted) out["counted"] = date(*r.counted);
  } else {
    out["offers"] = offers(r);
    if (r.kind != Kind::receipt) {
      out["quantity"] = kQuantities[static_cast<std::size_t>(r.quantity)];
    }
  }
  out["text"] = texts(r.text);
  if (!r.kiosk_text.empty()) out["kiosk_text"] = texts(r.kiosk_text);
  if (!r.complete_text.empty()) out["complete_text"] = texts(r.complete_text);
  out["extra_adds_per_1000"] = r.extra_adds_per_1000;
  out["priority"] = r.priority;
  if (r.pinned) out["pinned"] = true;
  if (r.holdout_percent) out["holdout_percent"] = *r.holdout_percent;
  if (r.spend_jump_percent) out["spend_jump_percent"] = *r.spend_jump_percent;
  if (r.unit != Unit::basket) out["unit"] = name_of(r.unit);
  if (r.cap_lane_day != 0) out["caps"]["lane_day"] = r.cap_lane_day;
  if (r.cap_shift != 0) out["caps"]["shift"] = r.cap_shift;
  if (const auto& cap = r.cap_customer) {
    out["caps"]["customer"] = {{"prompts", cap->prompts}, {"days", cap->days}};
  }
  return out;
}

Out settings(const model::PackSettings& s, unsigned exponent) {
  Out out{{"objective", kObjectives[static_cast<std::size_t>(s.objective)]},
          {"score_floor", decimal(s.score_floor, exponent)},
          {"assumed_margin_percent", s.assumed_margin_percent},
          {"global_holdout_percent", s.global_holdout_percent},
          {"holdout_percent", s.holdout_percent},
          {"prompts_per_sale",
           {{"cashier", s.cashier_prompts},
            {"kiosk", s.kiosk_prompts},
            {"receipt", s.receipt_prompts}}},
          {"spend_jump_percent", s.spend_jump_percent},
          {"margin_floor_percent", s.margin_floor_percent},
          {"exploration_percent", s.exploration_percent}};
  for (const auto& one : s.never_offer) out["never_offer"].push_back(select(one, exponent));
  for (const auto& list : s.restricted) {
    Out one{{"category", list.category}};
    if (!list.countries.empty()) one["countries"] = list.countries;
    out["restricted"].push_back(std::move(one));
  }
  for (const auto& [name, part] : s.dayparts) out["dayparts"][name] = daypart(part);
  return out;
}

Out store(const model::StoreSpec& s) {
  Out out{{"id", s.id}, {"name", s.name}, {"time_zone", s.time_zone}};
  if (!s.language.empty()) out["language"] = s.language;
  if (!s.country.empty()) out["country"] = s.country;
  if (!s.groups.empty()) out["groups"] = s.groups;
  if (!s.terminals.empty()) out["terminals"] = s.terminals;
  return out;
}

Out named_set(const model::NamedSet& s) {
  Out out{{"id", s.id}};
  if (!s.items.empty()) out["items"] = s.items;
  if (!s.categories.empty()) out["categories"] = s.categories;
  if (!s.tags.empty()) out["tags"] = s.tags;
  return out;
}

Out product(const model::Product& p, unsigned exponent) {
  static constexpr std::array<std::string_view, 3> kStock{"in", "low", "out"};
  Out out{{"key", p.key}, {"name", p.name}, {"category", p.category}};
  if (!p.tags.empty()) out["tags"] = p.tags;
  out["price"] = decimal(p.price, exponent);
  if (p.cost) out["cost"] = decimal(*p.cost, exponent);
  if (!p.aliases.empty()) out["aliases"] = p.aliases;
  if (!p.substitutes.empty()) out["substitutes"] = p.substitutes;
  if (p.stock != Stock::in) out["stock"] = kStock[static_cast<std::size_t>(p.stock)];
  if (p.hidden) out["hidden"] = true;
  if (p.restricted) out["restricted"] = true;
  if (p.allergens) out["allergens"] = *p.allergens;
  if (!p.diets.empty()) out["diets"] = p.diets;
  if (!p.tax_class.empty()) out["tax_class"] = p.tax_class;
  if (!p.pictures.small.empty()) out["pictures"]["small"] = p.pictures.small;
  if (!p.pictures.large.empty()) out["pictures"]["large"] = p.pictures.large;
  return out;
}

Out category(const model::Category& c) {
  Out out{{"id", c.id}, {"name", c.name}};
  if (!c.parent.empty()) out["parent"] = c.parent;
  return out;
}

Out catalogue_of(const model::Catalogue& c) {
  Out out{{"format", kCatalogueFormat}, {"currency", c.currency.text()}};
  out["categories"] = Out::array();
  for (const auto& one : c.categories) out["categories"].push_back(category(one));
  out["products"] = Out::array();
  for (const auto& p : c.products) out["products"].push_back(product(p, c.currency.exponent));
  return out;
}

void put_head(Out& out, const model::Pack& pack) {
  if (!pack.note.empty()) out["pack"]["note"] = pack.note;
  out["currency"] = pack.currency.text();
  out["prices_include_tax"] = pack.prices_include_tax;
  out["languages"] = pack.languages;
  out["stores"] = Out::array();
  for (const auto& s : pack.stores) out["stores"].push_back(store(s));
  out["settings"] = settings(pack.settings, pack.currency.exponent);
}

}  // namespace

std::string write_rules(const model::Pack& pack) {
  const unsigned exponent = pack.currency.exponent;
  Out out{{"format", kRulesFormat}, {"pack", {{"id", pack.id}, {"version", pack.version}}}};
  put_head(out, pack);
  if (pack.catalogue) out["catalogue"] = catalogue_of(*pack.catalogue);
  for (const auto& s : pack.sets) out["sets"].push_back(named_set(s));
  out["rules"] = Out::array();
  for (const auto& r : pack.rules) out["rules"].push_back(rule(r, exponent));
  return out.dump(2) + "\n";
}

std::string write_frame(const model::Pack& pack) {
  Out out{{"pack", {{"id", pack.id}}}};
  put_head(out, pack);
  for (const auto& s : pack.sets) out["sets"].push_back(named_set(s));
  return out.dump();
}

std::string write_rule(const model::Rule& one, const Currency& currency) {
  return rule(one, currency.exponent).dump();
}

std::string write_catalogue(const model::Catalogue& catalogue) {
  return catalogue_of(catalogue).dump(2) + "\n";
}

std::string write_product(const model::Product& one, unsigned exponent) {
  return product(one, exponent).dump();
}

std::string write_categories(const std::vector<model::Category>& categories) {
  Out out = Out::array();
  for (const auto& one : categories) out.push_back(category(one));
  return out.dump();
}

}  // namespace sidedish::format
