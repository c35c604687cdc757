#pragma once
// A head office with a pack whose catalogue stands, without sockets.
#include "headoffice/catalogue/catalogues.hpp"
#include "headoffice/publish/documents.hpp"
#include "headoffice/publish/publish.hpp"
#include "headoffice/store/sqlite_storage.hpp"
#include "rules/format/documents.hpp"
#include "tests/headoffice/support/support.hpp"
#include "tests/rules/compile/packs.hpp"

#include <catch2/catch.hpp>
#include <random>

namespace sidedish::headoffice::testing {

inline constexpr const char* kPack = "corner";

struct SetClock final : Clock {
  UtcMs now() const noexcept override { return kNoon; }
  MonoMs steady() const noexcept override { return 0; }
};

/// A burger with two barcodes, fries, a cola; names in four languages.
inline model::Catalogue small_catalogue() {
  model::Catalogue out;
  out.currency = *currency("EUR");
  out.categories = {{"food", {{"en", "Food"}}, ""}, {"drinks", {{"en", "Drinks"}}, "food"}};
  model::Product burger;
  burger.key = "sku:BURGER";
  burger.name = {{"en", "Jalape\u00F1o Burger"}, {"ja", "チーズバーガー"}};
  burger.category = "food";
  burger.price = 620;
  burger.cost = 205;
  burger.aliases = {"gtin:4006381333931"};
  model::Product fries = burger;
  fries.key = "sku:FRIES";
  fries.name = {{"en", "Fries"}, {"de", "Gro\u00DFe Pommes"}, {"ar", "البَطاطس المقلية"}};
  fries.aliases = {"plu:4711"};
  model::Product cola = burger;
  cola.key = "sku:COLA";
  cola.name = {{"en", "Cola"}};
  cola.category = "drinks";
  cola.aliases.clear();
  out.products = {burger, fries, cola};
  return out;
}

/// Every member set or not, by chance.
inline model::Catalogue random_catalogue(std::mt19937_64& random, std::size_t products) {
  const auto chance = [&](unsigned of) { return random() % of == 0; };
  const std::vector<std::string> texts = {"Tea, \"green\"", "=SUM(A1)", "'quoted", "Große; Tasse",
                                          "ティーカップ",   "شاي",      "a|b\\c",  "-1"};
  const auto text = [&] { return texts[random() % texts.size()]; };
  model::Catalogue out;
  out.currency = *currency(chance(3) ? "JPY" : chance(2) ? "KWD" : "EUR");
  out.categories = {{"food", {{"en", text()}, {"de", text()}}, ""},
                    {"tea", {{"en", "Tea"}}, "food"}};
  for (std::size_t i = 0; i < products; ++i) {
    model::Product p;
    const std::string n = std::to_string(i);
    p.key = (chance(4) ? "name:=a b" : "sku:S-") + n;
    p.name["en"] = text();
    if (chance(2)) p.name["ja"] = text();
    p.category = chance(2) ? "food" : "tea";
    if (chance(2)) p.tags = {"hot", "t" + n};
    p.price = static_cast<Minor>(random() % 100'000);
    if (chance(2)) p.cost = static_cast<Minor>(random() % 1'000);
    if (chance(2)) p.aliases = {"gtin:40063813" + n, "name:x|y" + n};
    if (i > 0 && chance(3)) p.substitutes = {out.products[random() % i].key};
    p.stock = static_cast<Stock>(random() % 3);
    p.hidden = chance(4);
    p.restricted = chance(4);
    if (chance(2)) p.allergens.emplace();
    if (p.allergens && chance(2)) p.allergens = {{"milk", "none"}};
    if (chance(3)) p.diets = {"vegan"};
    if (chance(2)) p.tax_class = "food";
    if (chance(5)) p.pictures.small = std::string(64, 'a');
    out.products.push_back(std::move(p));
  }
  return out;
}

/// A pack that has nothing but a store.
inline std::string rules_text(const std::optional<model::Catalogue>& inside = {}) {
  model::Pack pack;
  pack.id = kPack;
  pack.version = 1;
  pack.currency = *currency("EUR");
  pack.languages = {"en"};
  pack.stores = {{}};
  pack.stores.front().id = "mitte";
  pack.stores.front().name = "Mitte";
  pack.stores.front().time_zone = "Europe/Berlin";
  pack.catalogue = inside;
  return format::write_rules(pack);
}

class CatalogueOffice {
 public:
  Folder folder;
  SetClock clock;
  std::unique_ptr<SqliteStorage> storage = open(folder.file("h.db"));

  Catalogues catalogues() { return {*storage, *storage, clock}; }

  PublishOutcome publish(const std::optional<model::Catalogue>& catalogue, bool inside = false) {
    Publisher publisher(*storage, *storage, clock, packs::zone_file, read_documents);
    const auto done = publisher.publish(
        rules_text(inside ? catalogue : std::nullopt),
        catalogue && !inside ? format::write_catalogue(*catalogue) : std::string());
    REQUIRE(done);
    for (const auto& error : done->errors) UNSCOPED_INFO(error.pointer << " " << error.message);
    return *done;
  }
  /// A publication as builds made it that kept no catalogue.
  void publish_as_before(const model::Catalogue& words, bool inside) {
    Publication old;
    old.pack_id = kPack;
    old.pack_version = 1;
    const std::string rules = rules_text(inside ? std::optional(words) : std::nullopt);
    const std::string catalogue = inside ? std::string() : format::write_catalogue(words);
    old.rules = rules;
    old.catalogue = catalogue;
    old.published_at = kNoon;
    REQUIRE(storage->publish(old, [](auto, auto, const auto&) { return ManifestRow{}; }));
  }
  /// What somebody would send who changed this product as it stands now.
  template <class Edit>
  ProductOrder order(const std::string& key, Edit&& edit) {
    const auto view = catalogues().product(kPack, key);
    REQUIRE(view);
    ProductOrder out;
    out.key = key;
    out.etag = view->etag;
    out.who = "ana";
    model::Product words = view->words;
    edit(words);
    out.json = format::write_product(words, view->exponent);
    return out;
  }
};

}  // namespace sidedish::headoffice::testing
