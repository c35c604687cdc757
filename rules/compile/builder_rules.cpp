// The half of Builder that turns rules into rows: order, offers, texts, conditions, anchors.
#include "rules/base/hash.hpp"
#include "rules/compile/builder.hpp"
#include "rules/compile/bundles.hpp"
#include "rules/compile/pairs.hpp"
#include "rules/compile/score.hpp"
#include "rules/compile/stable.hpp"
#include "rules/compile/texts.hpp"
#include "rules/image/code.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace sidedish::compile {
namespace {

using Type = model::Condition::Type;
constexpr std::size_t kProgressStep = 1000;
constexpr std::uint16_t kBundleSpendJump = 500;  // half of the basket, unless the rule says so

struct Scored {
  std::int64_t score;
  std::uint32_t prior_ppm;
  std::uint32_t product;
  std::uint32_t given = image::kNone;  ///< also_bought: offered only beside it
};

struct ScoredOffers {
  std::int64_t bound = INT64_MIN;  ///< of everything the rule can ever say
  std::vector<Scored> offers;      ///< by what is given, best first; equal scores by product
  std::optional<Scored> converts;  ///< bundle: complete ones
};

/// A rule's offers with what each scores at most. An upsell's is reckoned from the cheapest thing
/// that may be swapped, a bundle's from one missing part: what is gained is only known with the
/// basket.
ScoredOffers score_offers(const model::Rule& rule, const Names& names) {
  ScoredOffers out;
  const auto score = [&](std::uint32_t prior, std::int64_t gain) {
    return score_of(prior, gain, rule.priority).value_or(0);
  };
  const auto prior = static_cast<std::uint32_t>(rule.extra_adds_per_1000) * 1000U;
  if (rule.kind == Kind::bundle) {
    for (const std::uint32_t p : offered_products(names, rule)) {
      const std::int64_t gain = gain_of(names.product(p), names.pack);
      out.offers.push_back({score(prior, gain), prior, p});
    }
    if (rule.bundle.missing > 0) out.bound = score(prior, most_gain(names, rule.bundle));
    if (rule.bundle.worth) {
      const std::uint32_t label = label_product(names, rule.bundle);
      out.converts = {score(prior, *rule.bundle.worth), prior, label};
      out.bound = std::max(out.bound, out.converts->score);
    }
    for (Scored& s : out.offers) s.score = std::min(s.score, out.bound);
  } else {
    std::int64_t from = 0;
    if (rule.kind == Kind::upsell) {
      std::vector<std::uint32_t> own;
      std::int64_t cheapest = INT64_MAX;
      for_each(names.members(rule.from, own), [&](std::uint32_t p) {
        cheapest = std::min(cheapest, gain_of(names.product(p), names.pack));
      });
      from = cheapest;
    }
    for (const auto& offer : rule.offers) {
      if (!is_asked(rule, offer)) continue;
      const std::uint32_t product = names.product(std::string_view(offer.product));
      const std::int64_t gain = gain_of(names.product(product), names.pack) - from;
      const std::uint32_t own_prior = prior_ppm_of(rule, offer);
      const std::uint32_t given =
          offer.given.empty() ? image::kNone : names.product(std::string_view(offer.given));
      out.offers.push_back({score(own_prior, gain), own_prior, product, given});
      out.bound = std::max(out.bound, out.offers.back().score);
    }
  }
  if (out.offers.empty() && !out.converts) out.bound = 0;  // no pair is asked
  std::sort(out.offers.begin(), out.offers.end(), [](const Scored& a, const Scored& b) {
    if (a.given != b.given) return a.given < b.given;
    return a.score != b.score ? a.score > b.score : a.product < b.product;
  });
  return out;
}

template <class T>
std::uint32_t count(const std::vector<T>& table) {
  return static_cast<std::uint32_t>(table.size());
}

bool same_members(const Members& a, const Members& b) {
  return a.range == b.range &&
         (a.range ? a.first == b.first && a.end == b.end : std::ranges::equal(a.list, b.list));
}

}  // namespace

void Builder::rules() {
  const auto& all = names_.pack.rules;
  by_product_.resize(out_.products.size());
  std::vector<std::pair<std::int64_t, const model::Rule*>> order;
  for (const auto& r : all) order.emplace_back(score_offers(r, names_).bound, &r);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    if (a.second->pinned != b.second->pinned) return a.second->pinned;
    return a.first != b.first ? a.first > b.first : a.second->id < b.second->id;
  });
  std::vector<std::string_view> ids;
  for (const auto& [bound, r] : order) ids.push_back(r->id);
  const std::vector<std::uint32_t> stable = stable_ids(ids);
  out_.rules.reserve(all.size());
  for (const auto& [bound, r] : order) {
    if (options_.progress && out_.rules.size() % kProgressStep == 0) {
      options_.progress(out_.rules.size(), all.size());
    }
    rule(*r, stable[out_.rules.size()]);
  }
  out_.rule_order.resize(out_.rules.size());
  std::iota(out_.rule_order.begin(), out_.rule_order.end(), 0U);
  std::ranges::sort(out_.rule_order, {}, [&](std::uint32_t i) { return out_.rules[i].stable; });
  if (options_.progress) options_.progress(all.size(), all.size());
}

void Builder::rule(const model::Rule& from, std::uint32_t stable) {
  const auto rank = static_cast<std::uint32_t>(out_.rules.size());
  const model::PackSettings& settings = names_.pack.settings;
  image::Rule row{};
  row.id = out_.text.intern(from.id);
  row.stable = stable;
  row.name = out_.text.intern(from.name);
  unsigned flags = from.enabled ? unsigned{image::kEnabled} : 0U;
  if (from.pinned) flags |= image::kPinned;
  flags |= static_cast<unsigned>(from.unit) << image::kUnitShift;
  row.flags = static_cast<std::uint8_t>(flags);
  row.holdout_permille =
      static_cast<std::uint16_t>(from.holdout_percent.value_or(settings.holdout_percent) * 10);
  row.cap_lane_day = static_cast<std::uint16_t>(from.cap_lane_day);
  row.cap_shift = static_cast<std::uint16_t>(from.cap_shift);
  row.kind = static_cast<std::uint8_t>(from.kind);
  row.quantity = static_cast<image::Quantity>(from.quantity);
  const Reach reach = reach_of(from);
  row.channels = reach.channels;
  row.moments = reach.moments;
  row.priority = static_cast<std::uint8_t>(from.priority);
  const Anchor anchor = anchor_of(from, names_);
  image::Gate gate = conditions(from, row, anchor);
  if (from.spend_jump_percent) {
    row.spend_jump_permille = static_cast<std::uint16_t>(*from.spend_jump_percent * 10);
  } else if (from.kind == Kind::bundle) {
    row.spend_jump_permille = kBundleSpendJump;
  }
  row.detail = image::kNone;
  if (from.kind == Kind::upsell) {
    row.detail = set_of(from.from);
  } else if (from.kind == Kind::bundle) {
    bundle(from.bundle, from.bundle.worth.has_value(), row);
  } else if (const Anchor trigger = trigger_of(from, names_); trigger.found) {
    row.detail = pool_.intern(trigger.members);
  }
  gate.bound = offers(from, row);
  gate.product = image::only_product(row, out_.offers);
  if (const auto& cap = from.cap_customer) {
    gate.customer_prompts = static_cast<std::uint8_t>(cap->prompts);
    gate.customer_days = static_cast<std::uint16_t>(cap->days);
  }
  out_.rules.push_back(row);
  out_.gates.push_back(gate);
  if (from.enabled) post(anchor, rank);
}

std::int64_t Builder::offers(const model::Rule& from, image::Rule& row) {
  row.offers = static_cast<std::uint32_t>(out_.offers.size());
  const ScoredOffers scored = score_offers(from, names_);
  for (const Scored& s : scored.offers) {
    out_.offers.push_back({s.score, s.prior_ppm, s.product, texts(from, s.product), s.given});
  }
  if (const auto& s = scored.converts) {
    out_.offers.push_back(
        {s->score, s->prior_ppm, s->product, texts(from, s->product, true), image::kNone});
  }
  row.offer_count = static_cast<std::uint16_t>(out_.offers.size() - row.offers);
  return scored.bound;
}

void Builder::bundle(const model::Bundle& from, bool converts, image::Rule& row) {
  row.detail = static_cast<std::uint32_t>(out_.bundles.size());
  image::Bundle bundle{};
  bundle.amount = from.amount;
  bundle.slots = static_cast<std::uint32_t>(out_.slots.size());
  bundle.slot_count = static_cast<std::uint16_t>(from.slots.size());
  bundle.how = static_cast<image::BundlePrice>(from.how);
  bundle.times = static_cast<std::uint8_t>(from.times);
  bundle.missing = static_cast<std::uint8_t>(from.missing);
  bundle.converts = converts ? 1 : 0;
  for (const auto& slot : from.slots) {
    image::Slot to{};
    to.id = out_.text.intern(slot.id);
    to.set = set_of(slot.choose);
    to.deltas = static_cast<std::uint32_t>(out_.deltas.size());
    to.delta_count = static_cast<std::uint16_t>(slot.price_delta.size());
    to.min = static_cast<std::uint8_t>(slot.min);
    to.max = static_cast<std::uint8_t>(slot.max);
    for (const auto& [key, amount] : slot.price_delta) {
      out_.deltas.push_back({amount, names_.product(std::string_view(key)), 0});
    }
    std::sort(out_.deltas.begin() + to.deltas, out_.deltas.end(),
              [](const image::Delta& a, const image::Delta& b) { return a.product < b.product; });
    out_.slots.push_back(to);
  }
  out_.bundles.push_back(bundle);
}

// Rows language by language, cashier then kiosk. Equal blocks are stored once.
std::uint32_t Builder::texts(const model::Rule& from, std::uint32_t offered, bool conversion) {
  std::vector<image::TextRef> block;
  for (const auto& language : names_.pack.languages) {
    for (const Surface surface : kSurfaces) {
      const Source source = text_source(from, names_.pack, language, surface, conversion);
      // In a text of another language its numbers are that language's too.
      const Backing backing = backing_of(names_, from, offered, language);
      std::string headline;
      std::string reason;
      std::string pole_text;
      if (source.text != nullptr) {
        headline = program_of(source.text->headline, backing);
        reason = program_of(source.text->reason, backing);
        pole_text = literal_of(source.text->headline, backing);
      }
      const auto pole = pole_lines(pole_text, backing.offer);
      for (const std::string_view text : {std::string_view(headline), std::string_view(reason),
                                          std::string_view(pole[0]), std::string_view(pole[1])}) {
        block.push_back(out_.text.intern(text));
      }
    }
  }
  const auto next = static_cast<std::uint32_t>(out_.texts.size());
  const auto [it, fresh] = text_blocks_.emplace(std::move(block), next);
  if (fresh) {
    for (std::size_t i = 0; i + 3 < it->first.size(); i += 4) {
      out_.texts.push_back({it->first[i], it->first[i + 1], it->first[i + 2], it->first[i + 3]});
    }
  }
  return it->second;
}

image::Gate Builder::conditions(const model::Rule& from, image::Rule& row, const Anchor& anchor) {
  std::vector<image::Node> nodes;
  std::vector<image::TextRef> pointers;
  std::uint32_t posted = image::kNone;
  const model::Condition when = condition_of(from);
  for (const NodePlan& plan : plan_nodes(when)) {
    nodes.push_back(node(plan));
    pointers.push_back(out_.text.intern(plan.leaf->pointer));
    // The condition that names the products it is posted under needs no second look.
    const image::Node& last = nodes.back();
    if (anchor.found && last.op == image::Op::quantity && last.min == 1 &&
        last.max == image::kNoMax && same_members(pool_[last.a], anchor.members)) {
      posted = count(nodes) - 1;
    }
  }
  auto list = pointer_lists_.find(pointers);
  if (list == pointer_lists_.end())
    list = pointer_lists_.emplace(pointers, indices(pointers)).first;
  row.pointers = list->second;
  image::Gate gate = image::gate_of(row, nodes, posted);
  gate.code = count(out_.code);
  for (const image::Node& node : nodes) {
    std::uint32_t words[image::kMaxNodeWords];
    out_.code.insert(out_.code.end(), words, words + image::write_node(node, words));
  }
  return gate;
}

std::uint32_t Builder::set_of(const model::Select& select) {
  std::string name;
  if (!select.category.empty()) name = "c" + select.category;
  if (!select.tag.empty()) name = "t" + select.tag;
  if (!select.set.empty()) name = "s" + select.set;
  if (const auto it = selected_.find(name); !name.empty() && it != selected_.end()) {
    return it->second;
  }
  std::vector<std::uint32_t> own;
  const std::uint32_t index = pool_.intern(names_.members(select, own));
  if (!name.empty()) selected_.emplace(std::move(name), index);
  return index;
}

image::Node Builder::node(const NodePlan& plan) {
  const model::Condition& c = *plan.leaf;
  image::Node node{};
  node.op = plan.op;
  node.n = plan.operands;
  const auto range = [&](const model::Range& r) {
    node.min = r.min.value_or(image::kNoMin);
    node.max = r.max.value_or(image::kNoMax);
  };
  switch (plan.op) {
    case image::Op::all:
    case image::Op::any:
    case image::Op::none:
      break;
    case image::Op::quantity:
      node.a = set_of(c.select);
      range(c.select.quantity);
      node.min = c.select.quantity.min.value_or(1);  // in the basket: more than nothing
      break;
    case image::Op::absent:
      node.a = set_of(c.select);
      break;
    case image::Op::value:
      node.a = set_of(c.select);
      range(c.select.value);
      break;
    case image::Op::total:
    case image::Op::lines:
    case image::Op::distinct:
    case image::Op::units:
    case image::Op::dates:
      range(c.range);
      break;
    case image::Op::daypart: {
      const model::Daypart& part = *names_.daypart(c);
      node.min = part.from;
      node.max = part.to;
      break;
    }
    case image::Op::weekday:
    case image::Op::channel:
    case image::Op::moment:
      node.min = c.bits;
      break;
    case image::Op::store: {
      std::set<std::uint32_t> stores;
      for (const auto& name : c.names) {
        if (c.type == Type::store) {
          stores.insert(names_.store(name));
        } else {
          for (const std::uint32_t s : names_.stores_of(name)) stores.insert(s);
        }
      }
      const std::vector<std::uint32_t> list(stores.begin(), stores.end());
      auto it = store_lists_.find(list);
      if (it == store_lists_.end()) it = store_lists_.emplace(list, indices(list)).first;
      node.a = it->second;
      node.n = static_cast<std::uint16_t>(list.size());
      break;
    }
    case image::Op::terminal_group:
      node.min = static_cast<std::int64_t>(terminal_bits(c.names));
      break;
    case image::Op::fact_is: {
      std::set<std::uint64_t> hashes;
      for (const auto& text : c.names) hashes.insert(hash64(text));
      node.b = static_cast<std::uint32_t>(out_.hashes.size());
      node.n = static_cast<std::uint16_t>(hashes.size());
      out_.hashes.insert(out_.hashes.end(), hashes.begin(), hashes.end());
      [[fallthrough]];
    }
    case image::Op::fact_range:
      node.a = static_cast<std::uint32_t>(
          std::lower_bound(fact_names_.begin(), fact_names_.end(), c.fact) - fact_names_.begin());
      if (plan.op == image::Op::fact_range) range(c.range);
      break;
    case image::Op::segment: {
      std::set<std::uint64_t> hashes;
      for (const auto& name : c.names) hashes.insert(hash64(name));
      node.b = static_cast<std::uint32_t>(out_.hashes.size());
      node.n = static_cast<std::uint16_t>(hashes.size());
      out_.hashes.insert(out_.hashes.end(), hashes.begin(), hashes.end());
      break;
    }
    case image::Op::visit:
    case image::Op::stock:
      node.min = c.bits;
      break;
    case image::Op::bought:
    case image::Op::not_bought:
      node.a = set_of(c.select);
      node.max = c.range.max.value_or(0);
      break;
  }
  return node;
}

void Builder::post(const Anchor& anchor, std::uint32_t rank) {
  if (!anchor.found) {
    context_.push_back(rank);
  } else if (anchor.members.size() == 0) {
    // Of an empty category nothing is ever in the basket: the rule is reached by no token.
  } else if (!anchor.members.range && anchor.members.size() <= kSmallSet) {
    for_each(anchor.members, [&](std::uint32_t p) { by_product_[p].push_back(rank); });
  } else {
    const std::uint32_t group = groups_.intern(anchor.members);
    if (by_group_.size() <= group) by_group_.resize(group + 1);
    by_group_[group].push_back(rank);
  }
}

}  // namespace sidedish::compile
