#include "rules/format/rules_read.hpp"

#include "rules/format/documents.hpp"
#include "rules/format/wire_words.hpp"

namespace sidedish::format {
namespace {

constexpr std::size_t kMostWays = 4;
constexpr std::int64_t kMostBaskets = 1'000'000'000;
constexpr std::int64_t kMostVersion =
    9'007'199'254'740'991;  // what every JSON reader keeps exactly

model::StoreSpec read_store(Reader& in, Json value) {
  model::StoreSpec out;
  if (!in.object(value, {"id", "name", "time_zone", "language", "country", "groups", "terminals"}))
    return out;
  in.enter(value.find("id").text());
  out.id = in.text(in.need(value, "id"), kName);
  out.name = in.text(in.need(value, "name"), kPlain);
  out.time_zone = in.text(in.need(value, "time_zone"), kZone);
  out.language = in.text_or_empty(value.find("language"), kLanguageTag);
  out.country = in.text_or_empty(value.find("country"), kCountry);
  out.groups = in.texts(value.find("groups"), kName);
  const Json terminals = value.find("terminals");
  if (terminals && !terminals.is(Json::Type::object)) {
    in.expected(terminals, "an object of terminal ids by group");
  }
  for (const Json group : terminals) {
    if (!kName.matches(group.key())) {
      in.add(kName.code, group.pointer(), std::string("expected ") + kName.expected);
    }
    if (in.array(group, 1)) out.terminals.emplace(group.key(), in.texts(group, kName));
  }
  in.leave();
  return out;
}

model::PackSettings read_settings(Reader& in, Json value, unsigned exponent) {
  model::PackSettings out;
  if (!value) return out;
  if (!in.object(value, {"objective", "score_floor", "assumed_margin_percent",
                         "global_holdout_percent", "holdout_percent", "prompts_per_sale",
                         "spend_jump_percent", "margin_floor_percent", "exploration_percent",
                         "never_offer", "restricted", "dayparts"})) {
    return out;
  }
  if (const Json v = value.find("objective")) {
    out.objective = static_cast<model::Objective>(in.choice(v, kObjectives));
  }
  if (const Json v = value.find("score_floor")) out.score_floor = in.money(v, exponent);
  const auto percent = [&](const char* name, int least, int most, int otherwise) {
    return in.small_or(value.find(name), least, most, otherwise);
  };
  out.assumed_margin_percent =
      percent("assumed_margin_percent", 0, 100, out.assumed_margin_percent);
  out.global_holdout_percent = percent("global_holdout_percent", 0, 50, out.global_holdout_percent);
  out.holdout_percent = percent("holdout_percent", 0, 90, out.holdout_percent);
  out.spend_jump_percent = percent("spend_jump_percent", 1, 1000, out.spend_jump_percent);
  out.margin_floor_percent = percent("margin_floor_percent", 0, 99, out.margin_floor_percent);
  if (const Json v = value.find("prompts_per_sale");
      v && in.object(v, {"cashier", "kiosk", "receipt"})) {
    out.cashier_prompts = in.small_or(v.find("cashier"), 0, 4, out.cashier_prompts);
    out.kiosk_prompts = in.small_or(v.find("kiosk"), 0, 4, out.kiosk_prompts);
    out.receipt_prompts = in.small_or(v.find("receipt"), 0, 1, out.receipt_prompts);
  }
  out.exploration_percent = percent("exploration_percent", 0, 20, out.exploration_percent);
  if (const Json never = value.find("never_offer"); never && in.array(never, 0)) {
    for (const Json select : never) out.never_offer.push_back(read_products(in, select));
  }
  if (const Json lists = value.find("restricted"); lists && in.array(lists, 0)) {
    for (const Json list : lists) {
      if (!in.object(list, {"category", "countries"})) continue;
      out.restricted.push_back({in.text(in.need(list, "category"), kName),
                                in.texts(list.find("countries"), kCountry, 1)});
    }
  }
  const Json dayparts = value.find("dayparts");
  if (dayparts && !dayparts.is(Json::Type::object)) in.expected(dayparts, "an object of dayparts");
  for (const Json part : dayparts) {
    if (!kName.matches(part.key())) {
      in.add(kName.code, part.pointer(), std::string("expected ") + kName.expected);
    }
    out.dayparts.emplace(part.key(), read_daypart(in, part));
  }
  return out;
}

model::NamedSet read_set(Reader& in, Json value) {
  model::NamedSet out;
  if (!in.object(value, {"id", "items", "categories", "tags"})) return out;
  out.id = in.text(in.need(value, "id"), kName);
  out.items = in.texts(value.find("items"), kProductKey, 1);
  out.categories = in.texts(value.find("categories"), kName, 1);
  out.tags = in.texts(value.find("tags"), kName, 1);
  if (!value.find("items") && !value.find("categories") && !value.find("tags")) {
    in.add("empty", value.pointer(), "expected items, categories or tags, found none");
  }
  return out;
}

/// A text, or a list of ways to say it, best first.
model::Ways read_ways(Reader& in, Json value, const TextKind& kind) {
  if (!value || !value.is(Json::Type::array)) return in.text_or_empty(value, kind);
  model::Ways out;
  if (!in.array(value, 1)) return out;
  if (value.size() > kMostWays) {
    in.add("too-many", value.pointer(),
           "expected at most " + std::to_string(kMostWays) + " ways to say it");
  }
  for (const Json way : value) out.push_back(in.text(way, kHeadline));
  return out;
}

model::Texts read_texts(Reader& in, Json value) {
  model::Texts out;
  if (!value.is(Json::Type::object)) {
    in.expected(value, "an object of texts by language");
    return out;
  }
  if (value.size() == 0)
    in.add("empty", value.pointer(), "expected at least one language, found none");
  for (const Json member : value) {
    if (!kLanguageTag.matches(member.key())) {
      in.add(kLanguageTag.code, member.pointer(), std::string("expected ") + kLanguageTag.expected);
    }
    model::PromptText text;
    if (in.object(member, {"headline", "reason"})) {
      text.headline = read_ways(in, in.need(member, "headline"), kHeadline);
      text.reason = read_ways(in, member.find("reason"), kReasonText);
    }
    out.emplace(member.key(), std::move(text));
  }
  return out;
}

void read_offers(Reader& in, Json value, model::Rule& out) {
  if (!value || !in.array(value, 1)) return;
  for (const Json offer : value) {
    model::OfferSpec spec;
    if (!in.object(offer, {"product", "extra_adds_per_1000", "evidence"})) continue;
    spec.product = in.text(in.need(offer, "product"), kProductKey);
    if (const Json adds = offer.find("extra_adds_per_1000")) {
      spec.extra_adds_per_1000 = in.small(adds, 0, 1000);
    }
    if (const Json counts = offer.find("evidence");
        counts && in.object(counts, {"baskets", "with_it", "as_of"})) {
      spec.evidence = {in.integer(in.need(counts, "baskets"), 1, kMostBaskets),
                       in.integer(in.need(counts, "with_it"), 0, kMostBaskets),
                       in.days(in.need(counts, "as_of"))};
    }
    out.offers.push_back(std::move(spec));
  }
}

void read_pairs(Reader& in, Json value, model::Rule& out) {
  if (!value || !in.array(value, 1)) return;
  for (const Json pair : value) {
    model::OfferSpec spec;
    if (!in.object(pair,
                   {"given", "product", "together", "of", "extra_adds_per_1000", "approved"})) {
      continue;
    }
    spec.given = in.text(in.need(pair, "given"), kProductKey);
    spec.product = in.text(in.need(pair, "product"), kProductKey);
    spec.together = in.integer(in.need(pair, "together"), 0, kMostBaskets);
    spec.of = in.integer(in.need(pair, "of"), 1, kMostBaskets);
    if (const Json adds = pair.find("extra_adds_per_1000")) {
      spec.extra_adds_per_1000 = in.small(adds, 0, 1000);
    }
    spec.approved = in.boolean_or(pair.find("approved"), false);
    out.offers.push_back(std::move(spec));
  }
}

void read_bar(Reader& in, Json value, model::Rule& out) {
  if (!value || !in.object(value, {"together", "percent"})) return;
  out.bar = model::PairBar{in.integer(in.need(value, "together"), 1, kMostBaskets),
                           in.small(in.need(value, "percent"), 0, 100)};
}

/// The members that only some kinds have, and those that each kind needs.
void read_kind(Reader& in, Json value, unsigned exponent, model::Rule& out) {
  const bool add_on = out.kind == Kind::add_on;
  const bool bundle = out.kind == Kind::bundle;
  const bool also_bought = out.kind == Kind::also_bought;
  const auto only = [&](const char* member, bool allowed) {
    if (const Json v = value.find(member); v && !allowed) {
      in.add("not-in-this-kind", v.pointer(),
             "expected no " + std::string(member) + " in a rule of this kind");
    }
  };
  only("offers", !bundle && !also_bought);
  only("pairs", also_bought);
  only("bar", also_bought);
  only("counted", also_bought);
  only("quantity", !bundle && !also_bought && out.kind != Kind::receipt);
  only("bundle", bundle);
  only("complete_text", bundle);
  only("swap", out.kind == Kind::upsell);
  const bool needs_when = add_on || out.kind == Kind::receipt;
  if (const Json when = needs_when ? in.need(value, "when") : value.find("when")) {
    out.when = read_condition(in, when, "/when", exponent);
  } else {
    out.when.pointer = "/when";
  }
  if (also_bought) {
    read_pairs(in, in.need(value, "pairs"), out);
    read_bar(in, value.find("bar"), out);
    if (const Json v = value.find("counted")) out.counted = in.days(v);
  } else if (!bundle) {
    read_offers(in, in.need(value, "offers"), out);
  }
  if (const Json v = value.find("quantity")) {
    out.quantity = static_cast<model::QuantityPolicy>(in.choice(v, kQuantities));
  }
  if (bundle) {
    if (const Json v = in.need(value, "bundle")) out.bundle = read_bundle(in, v, exponent);
  }
  if (out.kind == Kind::upsell) {
    const Json swap = in.need(value, "swap");
    if (swap && in.object(swap, {"from"})) {
      if (const Json v = in.need(swap, "from")) out.from = read_products(in, v);
    }
  }
  if (const Json v = value.find("complete_text")) out.complete_text = read_texts(in, v);
}

void read_caps(Reader& in, Json value, model::Rule& out) {
  if (!in.object(value, {"lane_day", "shift", "customer"})) return;
  out.cap_lane_day = in.small_or(value.find("lane_day"), 1, UINT16_MAX, 0);
  out.cap_shift = in.small_or(value.find("shift"), 1, UINT16_MAX, 0);
  const Json customer = value.find("customer");
  if (!customer || !in.object(customer, {"prompts", "days"})) return;
  out.cap_customer = model::CustomerCap{in.small(in.need(customer, "prompts"), 1, UINT8_MAX),
                                        in.small(in.need(customer, "days"), 1, 365)};
}

model::Rule read_rule(Reader& in, Json value, unsigned exponent) {
  model::Rule out;
  in.enter(value.find("id").text());
  if (!in.object(value, {"id",
                         "name",
                         "kind",
                         "enabled",
                         "when",
                         "swap",
                         "bundle",
                         "offers",
                         "pairs",
                         "bar",
                         "counted",
                         "quantity",
                         "text",
                         "kiosk_text",
                         "complete_text",
                         "extra_adds_per_1000",
                         "priority",
                         "pinned",
                         "holdout_percent",
                         "spend_jump_percent",
                         "unit",
                         "caps"})) {
    in.leave();
    return out;
  }
  out.id = in.text(in.need(value, "id"), kSlug);
  out.name = in.text(in.need(value, "name"), kPlain);
  if (const Json v = in.need(value, "kind")) out.kind = static_cast<Kind>(in.choice(v, kKinds));
  out.enabled = in.boolean_or(value.find("enabled"), true);
  read_kind(in, value, exponent, out);
  if (const Json v = in.need(value, "text")) out.text = read_texts(in, v);
  if (const Json v = value.find("kiosk_text")) out.kiosk_text = read_texts(in, v);
  out.extra_adds_per_1000 = in.small(in.need(value, "extra_adds_per_1000"), 0, 1000);
  out.priority = in.small_or(value.find("priority"), 1, 100, out.priority);
  out.pinned = in.boolean_or(value.find("pinned"), false);
  if (const Json v = value.find("holdout_percent")) out.holdout_percent = in.small(v, 0, 90);
  if (const Json v = value.find("spend_jump_percent")) {
    out.spend_jump_percent = in.small(v, 1, 1000);
  }
  if (const Json v = value.find("unit")) out.unit = static_cast<Unit>(in.choice(v, kUnitNames));
  if (const Json v = value.find("caps")) read_caps(in, v, out);
  in.leave();
  return out;
}

/// All but rules and products.
void read_head(Reader& in, Json root, model::Pack& out) {
  out.currency = in.currency(in.need(root, "currency"));
  if (const Json v = in.need(root, "prices_include_tax")) out.prices_include_tax = in.boolean(v);
  out.languages = in.texts(in.need(root, "languages"), kLanguageTag, 1);
  if (const Json stores = in.need(root, "stores"); stores && in.array(stores, 1)) {
    for (const Json store : stores) out.stores.push_back(read_store(in, store));
  }
  out.settings = read_settings(in, root.find("settings"), out.currency.exponent);
  if (const Json sets = root.find("sets"); sets && in.array(sets, 0)) {
    for (const Json set : sets) {
      in.enter(set.find("id").text());
      out.sets.push_back(read_set(in, set));
      in.leave();
    }
  }
}

model::Pack read_frame(Reader& in, Json root) {
  model::Pack out;
  if (!in.object(root, {"pack", "currency", "prices_include_tax", "languages", "stores", "settings",
                        "sets"})) {
    return out;
  }
  if (const Json pack = in.need(root, "pack"); pack && in.object(pack, {"id", "note"})) {
    out.id = in.text(in.need(pack, "id"), kSlug);
    out.note = in.text_or_empty(pack.find("note"), kNote);
  }
  read_head(in, root, out);
  return out;
}

model::Pack read_pack(Reader& in, Json root) {
  static constexpr std::array kFormats{kRulesFormat};
  model::Pack out;
  if (!in.object(root, {"format", "pack", "currency", "prices_include_tax", "languages", "stores",
                        "settings", "catalogue", "sets", "rules"})) {
    return out;
  }
  in.choice(in.need(root, "format"), kFormats);
  if (const Json pack = in.need(root, "pack"); pack && in.object(pack, {"id", "version", "note"})) {
    out.id = in.text(in.need(pack, "id"), kSlug);
    out.version = static_cast<std::uint64_t>(in.integer(in.need(pack, "version"), 1, kMostVersion));
    out.note = in.text_or_empty(pack.find("note"), kNote);
  }
  read_head(in, root, out);
  const unsigned exponent = out.currency.exponent;
  if (const Json v = root.find("catalogue")) out.catalogue = read_catalogue(in, v);
  if (const Json rules = in.need(root, "rules"); rules && in.array(rules, 0)) {
    out.rules.reserve(rules.size());
    for (const Json rule : rules) out.rules.push_back(read_rule(in, rule, exponent));
  }
  return out;
}

}  // namespace

Parsed<model::Pack> parse_rules(std::string_view text) {
  const JsonDocument document = JsonDocument::parse(text, document_limits());
  Reader in;
  Parsed<model::Pack> out;
  if (begin(in, document)) out.value = read_pack(in, document.root());
  if (!in.clean()) out.value.reset();
  out.errors = in.take();
  return out;
}

Parsed<model::Pack> parse_frame(std::string_view text) {
  const JsonDocument document = JsonDocument::parse(text, document_limits());
  Reader in;
  Parsed<model::Pack> out;
  if (begin(in, document)) out.value = read_frame(in, document.root());
  if (!in.clean()) out.value.reset();
  out.errors = in.take();
  return out;
}

Parsed<model::Rule> parse_rule(std::string_view text, const Currency& currency) {
  const JsonDocument document = JsonDocument::parse(text);
  Reader in;
  Parsed<model::Rule> out;
  if (begin(in, document)) out.value = read_rule(in, document.root(), currency.exponent);
  if (!in.clean()) out.value.reset();
  out.errors = in.take();
  return out;
}

}  // namespace sidedish::format
