#pragma once
// Makes images for the tests of the reader and the engine out of plain vectors: a second writer of
// the format, independent of rules/compile, and one that can also make nonsense.
#include "rules/base/hash.hpp"
#include "rules/image/code.hpp"
#include "rules/image/layout.hpp"
#include "rules/model/words.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace sidedish::testing {

/// A condition; leaves by the functions below.
struct Cond {
  image::Node node{};
  std::vector<Cond> children;
};
inline Cond leaf(image::Op op, std::int64_t min, std::int64_t max, std::uint32_t a = 0,
                 std::uint32_t b = 0, std::uint16_t n = 0) {
  return {{min, max, a, b, n, op, 0}, {}};
}
inline Cond group(image::Op op, std::vector<Cond> children) {
  return {{0, 0, 0, 0, 0, op, 0}, std::move(children)};
}
inline Cond all(std::vector<Cond> c) { return group(image::Op::all, std::move(c)); }
inline Cond any(std::vector<Cond> c) { return group(image::Op::any, std::move(c)); }
inline Cond none(std::vector<Cond> c) { return group(image::Op::none, std::move(c)); }
inline Cond has(std::uint32_t set, std::int64_t min = 1, std::int64_t max = image::kNoMax) {
  return leaf(image::Op::quantity, min, max, set);
}
inline Cond lacks(std::uint32_t set) { return leaf(image::Op::absent, 0, 0, set); }

struct OfferIn {
  std::uint32_t product = 0;
  std::int64_t score = 1'000'000;
  std::uint32_t given = image::kNone;  ///< also_bought
};
struct SlotIn {
  std::uint32_t set = 0;
  std::uint8_t min = 1;
  std::uint8_t max = 1;
  std::map<std::uint32_t, std::int64_t> deltas;  ///< by product
};
struct BundleIn {
  image::BundlePrice how = image::BundlePrice::price;
  std::int64_t amount = 0;
  std::uint8_t times = 1;
  std::uint8_t missing = 1;
  std::uint8_t converts = 0;  ///< 1: the last offer is the conversion's
  std::vector<SlotIn> slots;
};
struct RuleIn {
  std::string id;
  Cond when;
  std::vector<OfferIn> offers;
  image::Rule fields{};                  ///< defaults from rule_defaults()
  BundleIn bundle{};                     ///< of kind bundle; upsell: fields.detail is the set
  std::int64_t least_bound = INT64_MIN;  ///< of what the offers do not tell
  std::int64_t bound = 0;                ///< set by build()
  std::uint8_t customer_prompts = 0;     ///< with fields.flags of Unit::customer
  std::uint16_t customer_days = 0;
};
inline image::Rule rule_defaults() {
  image::Rule r{};
  r.detail = image::kNone;
  r.flags = image::kEnabled;
  r.channels = 3;
  r.moments = 3;
  r.priority = 50;
  return r;
}

inline image::Locale locale_defaults() {
  image::Locale l{};
  l.zero = '0';
  l.plural_count = 1;
  l.group_from = 1;
  return l;
}
struct LocaleIn {
  std::string decimal = ".", group = ",", before = "\u20ac", after;
  image::Locale fields = locale_defaults();
};

struct ProductIn {
  std::string key;
  std::int64_t price = 100;
  std::uint32_t category = image::kNone;
  std::vector<std::uint32_t> substitutes;
  std::uint16_t flags = 0;
  std::uint64_t avoided = 0;
  std::uint64_t restricted = 0;
  std::string small_picture{};
};

class ImageBuilder {
 public:
  ImageBuilder() {
    settings.currency[0] = 'E';
    settings.currency[1] = 'U';
    settings.currency[2] = 'R';
    settings.exponent = 2;
    settings.prices_include_tax = 1;
    settings.cashier_prompts = 1;
    settings.kiosk_prompts = 3;
    settings.spend_jump_permille = 1000;
    settings.salt = hash64("test pack");
    settings.time_begin = 1'600'000'000'000;
    settings.time_end = 2'000'000'000'000;
    pool.assign(2, '\0');
    offsets.push_back({settings.time_begin, 0, 0});
  }

  image::Settings settings{};
  std::vector<std::string> languages{"en", "de"};
  std::vector<LocaleIn> locales{{}, {",", ".", "", "\u00a0\u20ac", locale_defaults()}};
  std::vector<image::Plural> plurals{{0, 1, 1, 0, 1, 0, 1, 0}};  ///< one: 1
  std::string headline = "Fries with that?";  ///< of every offer; may be a program
  std::string reason = "K\u00e4se \u304a\u8336";
  std::vector<std::string> stores{"mitte"};
  std::vector<image::Offset> offsets;                               ///< shared by all stores
  std::vector<std::pair<std::uint32_t, std::uint32_t>> categories;  ///< ranges of products, roots
  std::vector<ProductIn> products;
  std::vector<std::vector<std::uint32_t>> sets;  ///< ascending; a gapless one becomes a range
  std::vector<std::string> facts;
  std::vector<std::uint64_t> hashes;
  std::vector<std::string> avoid;          ///< ascending
  std::uint64_t restricted = 0;            ///< of every store
  std::vector<std::uint32_t> store_lists;  ///< first in kIndices: a store node's `a` starts at 0
  std::vector<RuleIn> rules;
  std::size_t group_from = 5;  ///< a set of so many products is anchored as a group
  bool all_lists = false;      ///< no set as a range

  /// Adds a set, returns its index.
  std::uint32_t set(std::vector<std::uint32_t> members) {
    std::sort(members.begin(), members.end());
    sets.push_back(std::move(members));
    return static_cast<std::uint32_t>(sets.size() - 1);
  }

  /// 8-byte aligned through the vector of u64.
  struct Bytes {
    std::vector<std::uint64_t> words;
    std::span<const std::byte> span() const { return std::as_bytes(std::span(words)); }
    std::byte* data() { return reinterpret_cast<std::byte*>(words.data()); }
    std::size_t size() const { return words.size() * 8; }
  };

  static void repair_checksum(Bytes& bytes) {
    const std::uint32_t zero = 0;
    std::memcpy(bytes.data() + 24, &zero, 4);
    const std::uint32_t crc = crc32c(bytes.span());
    std::memcpy(bytes.data() + 24, &crc, 4);
  }

  Bytes build() {
    using namespace image;
    indices = store_lists;
    std::vector<std::uint32_t> language_refs;
    for (const auto& l : languages) language_refs.push_back(text(l));
    std::vector<Locale> locale_table;
    locales.resize(languages.size());
    for (const LocaleIn& in : locales) {
      Locale l = in.fields;
      l.decimal = text(in.decimal);
      l.group = text(in.group);
      l.before = text(in.before);
      l.after = text(in.after);
      locale_table.push_back(l);
    }
    settings.pack_id = text("pack");

    std::vector<Store> store_table;
    for (const auto& s : stores) {
      store_table.push_back({text(s), stable_id(s), text("Store " + s), 0, 0,
                             static_cast<std::uint32_t>(offsets.size()), 0, 1, restricted});
    }
    const std::vector<Terminal> terminal_table{{text("t1"), stable_id("t1"), 5}};
    std::vector<Category> category_table;
    for (std::size_t i = 0; i < categories.size(); ++i) {
      category_table.push_back(
          {text("c" + std::to_string(i)), kNone, categories[i].first, categories[i].second});
    }
    // Rules in rank order.
    std::vector<RuleIn*> ranked;
    for (auto& r : rules) {
      r.bound = r.least_bound;
      for (const auto& o : r.offers) r.bound = std::max(r.bound, o.score);
      if (r.bound == INT64_MIN) r.bound = 0;
      ranked.push_back(&r);
    }
    std::sort(ranked.begin(), ranked.end(), [](const RuleIn* a, const RuleIn* b) {
      const int pins = (a->fields.flags & kPinned) - (b->fields.flags & kPinned);
      if (pins != 0) return pins > 0;
      return a->bound != b->bound ? a->bound > b->bound : a->id < b->id;
    });
    std::vector<Set> set_table;
    for (const auto& members : sets) {
      Set s{0, 0};
      const auto count = static_cast<std::uint32_t>(members.size());
      if (count > 0) s = {members.front(), members.back() + 1};
      if (count > 0 && (all_lists || s.end - s.first != count)) {
        s = {static_cast<std::uint32_t>(indices.size()), kListed | count};
        indices.insert(indices.end(), members.begin(), members.end());
      }
      set_table.push_back(s);
    }
    std::vector<Rule> rule_table;
    std::vector<Offer> offer_table;
    std::vector<Gate> gate_table;
    std::vector<std::uint32_t> code_table;
    std::vector<Bundle> bundle_table;
    std::vector<image::Slot> slot_table;
    std::vector<Delta> delta_table;
    std::vector<std::vector<std::uint32_t>> product_postings(products.size());
    std::map<std::uint32_t, std::vector<std::uint32_t>> group_postings;  // by set
    std::vector<std::uint32_t> context;
    for (std::uint32_t i = 0; i < ranked.size(); ++i) {
      RuleIn& in = *ranked[i];
      Rule r = in.fields;
      r.id = text(in.id);
      r.stable = stable_id(in.id);
      r.name = text("Rule " + in.id);
      std::vector<Node> nodes;
      std::vector<std::uint32_t> pointers;
      flatten(in.when, "/when", nodes, pointers);
      r.pointers = static_cast<std::uint32_t>(indices.size());
      indices.insert(indices.end(), pointers.begin(), pointers.end());
      Gate gate = gate_of(r, nodes, posted(in.when));
      gate.bound = in.bound;
      gate.code = static_cast<std::uint32_t>(code_table.size());
      gate.customer_prompts = in.customer_prompts;
      gate.customer_days = in.customer_days;
      gate_table.push_back(gate);
      for (const Node& n : nodes) {
        std::uint32_t words[kMaxNodeWords];
        code_table.insert(code_table.end(), words, words + write_node(n, words));
      }
      r.offers = static_cast<std::uint32_t>(offer_table.size());
      r.offer_count = static_cast<std::uint16_t>(in.offers.size());
      if (r.kind == static_cast<std::uint8_t>(Kind::also_bought)) {
        std::stable_sort(in.offers.begin(), in.offers.end(),
                         [](const OfferIn& x, const OfferIn& y) { return x.given < y.given; });
      }
      for (const auto& o : in.offers) {
        offer_table.push_back({o.score, 1000, o.product, 0, o.given});
      }
      gate_table.back().product = only_product(r, offer_table);
      std::vector<std::uint32_t> anchor_sets;
      const auto kind = static_cast<Kind>(in.fields.kind);
      if (kind == Kind::bundle) {
        r.detail = static_cast<std::uint32_t>(bundle_table.size());
        bundle_table.push_back({in.bundle.amount,
                                static_cast<std::uint32_t>(slot_table.size()),
                                static_cast<std::uint16_t>(in.bundle.slots.size()),
                                in.bundle.how,
                                in.bundle.times,
                                in.bundle.missing,
                                in.bundle.converts,
                                {}});
        unsigned needed = 0;
        for (const SlotIn& s : in.bundle.slots) {
          slot_table.push_back({text("s" + std::to_string(slot_table.size())), s.set,
                                static_cast<std::uint32_t>(delta_table.size()),
                                static_cast<std::uint16_t>(s.deltas.size()), s.min, s.max});
          for (const auto& [product, amount] : s.deltas)
            delta_table.push_back({amount, product, 0});
          if (needed <= in.bundle.missing) anchor_sets.push_back(s.set);
          needed += s.min;
        }
      }
      if (kind == Kind::upsell) anchor_sets.push_back(in.fields.detail);
      if (anchor_sets.empty() && !anchors(in.when, anchor_sets)) {
        context.push_back(i);
      } else {
        for (const std::uint32_t s : anchor_sets) {
          auto add = [&](std::vector<std::uint32_t>& list) {
            if (list.empty() || list.back() != i) list.push_back(i);
          };
          if (sets[s].size() >= group_from) {
            add(group_postings[s]);
          } else {
            for (const std::uint32_t p : sets[s]) add(product_postings[p]);
          }
        }
      }
      rule_table.push_back(r);
    }
    std::vector<Posting> posting_table;
    const auto post = [&](const std::vector<std::uint32_t>& list, std::uint32_t groups) {
      posting_table.push_back({list.empty() ? kNone : list.front(),
                               static_cast<std::uint32_t>(indices.size()),
                               static_cast<std::uint32_t>(list.size()), groups});
      indices.insert(indices.end(), list.begin(), list.end());
    };
    std::vector<std::vector<std::uint32_t>> groups_of(products.size());
    settings.groups = 0;
    for (const auto& entry : group_postings) {
      for (const std::uint32_t p : sets[entry.first]) groups_of[p].push_back(settings.groups);
      ++settings.groups;
    }
    for (std::size_t p = 0; p < products.size(); ++p) {
      std::uint32_t groups = kNone;
      if (!groups_of[p].empty()) {
        groups = static_cast<std::uint32_t>(indices.size());
        indices.push_back(static_cast<std::uint32_t>(groups_of[p].size()));
        indices.insert(indices.end(), groups_of[p].begin(), groups_of[p].end());
      }
      post(product_postings[p], groups);
    }
    for (const auto& entry : group_postings) post(entry.second, kNone);
    post(context, kNone);
    settings.context_rules = static_cast<std::uint32_t>(products.size()) + settings.groups;

    std::vector<Product> product_table;
    std::vector<Key> key_table;
    for (std::uint32_t i = 0; i < products.size(); ++i) {
      const ProductIn& in = products[i];
      Product p{};
      p.price = in.price;
      p.key = text(in.key);
      p.stable = p.key_id = stable_id(in.key);
      p.category = in.category;
      p.flags = in.flags;
      p.avoided = in.avoided;
      p.restricted = in.restricted;
      p.names = static_cast<std::uint32_t>(indices.size());
      for (std::size_t l = 0; l < languages.size(); ++l) indices.push_back(text(in.key));
      if (!in.small_picture.empty()) {
        p.flags = static_cast<std::uint16_t>(p.flags | kHasPictures);
        indices.push_back(text(in.small_picture));
        indices.push_back(0);
      }
      p.substitutes = static_cast<std::uint32_t>(indices.size());
      p.substitute_count = static_cast<std::uint16_t>(in.substitutes.size());
      indices.insert(indices.end(), in.substitutes.begin(), in.substitutes.end());
      product_table.push_back(p);
      key_table.push_back({p.key, i, hash64(in.key)});
    }
    std::size_t slot_count = 2;
    while (slot_count < 2 * key_table.size()) slot_count *= 2;
    std::vector<std::uint32_t> slots(slot_count, 0);
    for (std::uint32_t i = 0; i < key_table.size(); ++i) {
      std::size_t at = key_table[i].hash & (slot_count - 1);
      while (slots[at] != 0) at = (at + 1) & (slot_count - 1);
      slots[at] = i + 1;
    }
    std::vector<Avoid> avoid_table;
    for (const auto& a : avoid) avoid_table.push_back({text(a), 0});
    std::vector<Fact> fact_table;
    for (const auto& f : facts) fact_table.push_back({text(f), stable_id(f)});
    std::vector<Texts> texts_table(2 * languages.size(), Texts{text(headline), text(reason), 0, 0});
    std::vector<std::uint32_t> order(rule_table.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return rule_table[a].stable < rule_table[b].stable;
    });

    parts_.clear();
    part(pool);
    part(std::vector<Settings>{settings});
    part(language_refs);
    part(store_table);
    part(terminal_table);
    part(offsets);
    part(category_table);
    part(product_table);
    part(key_table);
    part(slots);
    part(set_table);
    part(fact_table);
    part(gate_table);
    part(rule_table);
    part(offer_table);
    part(code_table);
    part(texts_table);
    part(posting_table);
    part(indices);
    part(hashes);
    part(order);
    part(bundle_table);
    part(slot_table);
    part(delta_table);
    part(locale_table);
    part(plurals);
    part(avoid_table);
    return assemble();
  }

 private:
  struct Part {
    std::vector<std::byte> bytes;
    std::uint32_t count;
    std::uint32_t record;
  };

  template <class T>
  void part(const std::vector<T>& records) {
    const auto* raw = reinterpret_cast<const std::byte*>(records.data());
    parts_.push_back({std::vector<std::byte>(raw, raw + records.size() * sizeof(T)),
                      static_cast<std::uint32_t>(records.size()), sizeof(T)});
  }

  Bytes assemble() {
    const auto up8 = [](std::size_t n) { return (n + 7) / 8 * 8; };
    std::vector<std::byte> file(sizeof(image::Header) + parts_.size() * sizeof(image::Directory));
    std::vector<image::Directory> directory;
    for (const Part& p : parts_) {
      file.resize(up8(file.size()));
      directory.push_back({static_cast<std::uint32_t>(file.size()), p.count, p.record, 0});
      file.insert(file.end(), p.bytes.begin(), p.bytes.end());
    }
    file.resize(up8(file.size()));
    image::Header header{};
    std::memcpy(header.magic, image::kMagic, 8);
    header.major = image::kFormatMajor;
    header.minor = image::kFormatMinor;
    header.engine_min = 1;
    header.size = file.size();
    header.tables = static_cast<std::uint32_t>(parts_.size());
    std::memcpy(file.data(), &header, sizeof header);
    std::memcpy(file.data() + sizeof header, directory.data(),
                directory.size() * sizeof(image::Directory));
    Bytes bytes{std::vector<std::uint64_t>(file.size() / 8)};
    std::memcpy(bytes.data(), file.data(), file.size());
    repair_checksum(bytes);
    return bytes;
  }

  image::TextRef text(const std::string& s) {
    if (s.empty()) return 0;
    const auto known = interned_.find(s);
    if (known != interned_.end()) return known->second;
    const auto ref = static_cast<image::TextRef>(pool.size());
    pool.push_back(static_cast<char>(s.size() & 0xFF));
    pool.push_back(static_cast<char>(s.size() >> 8));
    pool.insert(pool.end(), s.begin(), s.end());
    interned_[s] = ref;
    return ref;
  }

  void flatten(const Cond& c, const std::string& pointer, std::vector<image::Node>& out,
               std::vector<std::uint32_t>& pointers) {
    for (std::size_t i = 0; i < c.children.size(); ++i) {
      flatten(c.children[i], pointer + "/" + std::to_string(i), out, pointers);
    }
    image::Node n = c.node;
    if (n.op <= image::Op::none) n.n = static_cast<std::uint16_t>(c.children.size());
    pointers.push_back(text(pointer));
    out.push_back(n);
  }

  // Of a flat rule the condition whose set it is anchored at, if being there is all it asks.
  static std::uint32_t posted(const Cond& when) {
    const auto anchor = [](const Cond& c) {
      return c.node.op == image::Op::quantity && c.node.min > 0;
    };
    const auto there = [](const Cond& c) { return c.node.min == 1 && c.node.max == image::kNoMax; };
    if (anchor(when)) return there(when) ? 0 : image::kNone;
    if (when.node.op != image::Op::all) return image::kNone;
    for (std::uint32_t i = 0; i < when.children.size(); ++i) {
      std::vector<std::uint32_t> ignored;
      if (!anchors(when.children[i], ignored)) continue;
      return anchor(when.children[i]) && there(when.children[i]) ? i : image::kNone;
    }
    return image::kNone;
  }

  // Sets of which one must have a member in the basket for the condition to hold; false: none.
  static bool anchors(const Cond& c, std::vector<std::uint32_t>& out) {
    if (c.node.op == image::Op::quantity && c.node.min > 0) {
      out.push_back(c.node.a);
      return true;
    }
    if (c.node.op == image::Op::all) {
      for (const Cond& child : c.children) {
        std::vector<std::uint32_t> found;
        if (anchors(child, found)) {
          out.insert(out.end(), found.begin(), found.end());
          return true;
        }
      }
      return false;
    }
    if (c.node.op == image::Op::any) {
      std::vector<std::uint32_t> found;
      for (const Cond& child : c.children) {
        if (!anchors(child, found)) return false;
      }
      out.insert(out.end(), found.begin(), found.end());
      return true;  // any of nothing never holds
    }
    return false;
  }

  std::vector<char> pool;
  std::vector<std::uint32_t> indices;
  std::map<std::string, image::TextRef> interned_;
  std::vector<Part> parts_;
};

}  // namespace sidedish::testing
