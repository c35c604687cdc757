#include "sim/shops/catalogue.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace sidedish::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxProducts = 100'000;

std::string pointer(std::string_view list, std::size_t index, std::string_view member) {
  return "/" + std::string(list) + "/" + std::to_string(index) + "/" + std::string(member);
}

// Thrown inside parse() only; parse() is the fence.
struct Wrong {
  std::string text;
};

const Json& member(const Json& object, const char* name, const std::string& where) {
  const auto at = object.find(name);
  if (at == object.end()) throw Wrong{where + ": is missing"};
  return *at;
}

std::string text(const Json& value, const std::string& where) {
  if (!value.is_string()) throw Wrong{where + ": text expected"};
  return value.get<std::string>();
}

std::vector<std::string> text_list(const Json& value, const std::string& where) {
  if (!value.is_array()) throw Wrong{where + ": list expected"};
  std::vector<std::string> out;
  for (const auto& entry : value) out.push_back(text(entry, where));
  return out;
}

Texts texts(const Json& value, const std::string& where) {
  if (!value.is_object()) throw Wrong{where + ": texts by language expected"};
  Texts out;
  for (const auto& [language, entry] : value.items()) out[language] = text(entry, where);
  return out;
}

Minor money(const Json& value, const Currency& in, const std::string& where) {
  const auto amount = parse_decimal(text(value, where), in.exponent);
  if (!amount || *amount < 0) throw Wrong{where + ": a price like \"5.50\" expected"};
  return *amount;
}

}  // namespace

std::string money_text(Minor amount, unsigned exponent) {
  std::string digits = std::to_string(amount < 0 ? -amount : amount);
  if (digits.size() <= exponent) digits.insert(0, exponent + 1 - digits.size(), '0');
  if (exponent > 0) digits.insert(digits.size() - exponent, ".");
  return amount < 0 ? "-" + digits : digits;
}

Result<Catalogue> Catalogue::make(Currency currency, std::vector<Category> categories,
                                  std::vector<Product> products) {
  Catalogue out;
  out.currency_ = currency;
  out.categories_ = std::move(categories);
  out.products_ = std::move(products);
  if (out.products_.size() > kMaxProducts) {
    return fail(Errc::limit, "making a catalogue", "more than 100,000 products");
  }
  for (std::size_t i = 0; i < out.products_.size(); ++i) {
    if (!out.by_key_.emplace(out.products_[i].key, i).second) {
      return fail(Errc::invalid, "making a catalogue",
                  "two products with key " + out.products_[i].key);
    }
  }
  return out;
}

Result<Catalogue> Catalogue::parse(std::string_view json) {
  try {
    const Json doc = Json::parse(json);
    if (!doc.is_object()) throw Wrong{"an object expected"};
    if (text(member(doc, "format", "/format"), "/format") != "sidedish-catalogue/1") {
      return fail(Errc::unsupported, "reading a catalogue", "/format is not sidedish-catalogue/1");
    }
    const auto code = sidedish::currency(text(member(doc, "currency", "/currency"), "/currency"));
    if (!code) throw Wrong{"/currency: an ISO 4217 code expected"};
    std::vector<Category> categories;
    std::size_t i = 0;
    for (const auto& entry : member(doc, "categories", "/categories")) {
      const auto at = [&](std::string_view name) { return pointer("categories", i, name); };
      Category& c = categories.emplace_back();
      c.id = text(member(entry, "id", at("id")), at("id"));
      c.name = texts(member(entry, "name", at("name")), at("name"));
      if (entry.contains("parent")) c.parent = text(entry["parent"], at("parent"));
      ++i;
    }
    std::vector<Product> products;
    i = 0;
    for (const auto& entry : member(doc, "products", "/products")) {
      const auto at = [&](std::string_view name) { return pointer("products", i, name); };
      Product& p = products.emplace_back();
      p.key = text(member(entry, "key", at("key")), at("key"));
      p.name = texts(member(entry, "name", at("name")), at("name"));
      p.category = text(member(entry, "category", at("category")), at("category"));
      p.price = money(member(entry, "price", at("price")), *code, at("price"));
      if (entry.contains("cost")) p.cost = money(entry["cost"], *code, at("cost"));
      if (entry.contains("tags")) p.tags = text_list(entry["tags"], at("tags"));
      if (entry.contains("substitutes")) {
        p.substitutes = text_list(entry["substitutes"], at("substitutes"));
      }
      if (entry.contains("stock")) p.stock = text(entry["stock"], at("stock"));
      if (entry.contains("hidden")) p.hidden = entry["hidden"] == true;
      if (entry.contains("allergens")) p.allergens = text_list(entry["allergens"], at("allergens"));
      if (entry.contains("tax_class")) p.tax_class = text(entry["tax_class"], at("tax_class"));
      ++i;
    }
    return make(*code, std::move(categories), std::move(products));
  } catch (const Wrong& wrong) {
    return fail(Errc::invalid, "reading a catalogue", wrong.text);
  } catch (const nlohmann::json::exception& broken) {
    return fail(Errc::invalid, "reading a catalogue", broken.what());
  }
}

Result<Catalogue> Catalogue::load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  if (!in || !(bytes << in.rdbuf())) {
    return fail(Errc::io, "reading " + file.filename().string(), "cannot be read");
  }
  auto out = parse(bytes.str());
  if (!out) return tl::unexpected<Error>(out.error().within(file.filename().string()));
  return out;
}

std::string Catalogue::to_json() const {
  const auto list = [](const auto& entries, const auto& row) {
    std::string out = "[";
    for (std::size_t i = 0; i < entries.size(); ++i) {
      out += (i == 0 ? "\n" : ",\n") + row(entries[i]).dump();
    }
    return out + "\n]";
  };
  std::string out = "{\n\"format\": \"sidedish-catalogue/1\",\n\"currency\": \"" +
                    std::string(currency_.text()) + "\",\n\"categories\": ";
  out += list(categories_, [](const Category& c) {
    Json row = {{"id", c.id}, {"name", c.name}};
    if (!c.parent.empty()) row["parent"] = c.parent;
    return row;
  });
  out += ",\n\"products\": ";
  out += list(products_, [this](const Product& p) {
    Json row = {{"key", p.key}, {"name", p.name}, {"category", p.category}, {"tags", p.tags}};
    row["price"] = money_text(p.price, currency_.exponent);
    if (p.cost) row["cost"] = money_text(*p.cost, currency_.exponent);
    if (!p.substitutes.empty()) row["substitutes"] = p.substitutes;
    if (p.stock != "in") row["stock"] = p.stock;
    if (p.hidden) row["hidden"] = true;
    if (p.allergens) row["allergens"] = *p.allergens;
    if (!p.tax_class.empty()) row["tax_class"] = p.tax_class;
    return row;
  });
  return out + "\n}\n";
}

const Product* Catalogue::find(std::string_view key) const noexcept {
  const auto at = by_key_.find(key);
  return at == by_key_.end() ? nullptr : &products_[at->second];
}

bool Catalogue::in_category(const Product& product, std::string_view category) const noexcept {
  std::string_view at = product.category;
  for (std::size_t depth = 0; !at.empty() && depth <= categories_.size(); ++depth) {
    if (at == category) return true;
    std::string_view parent;
    for (const auto& c : categories_) {
      if (c.id == at) parent = c.parent;
    }
    at = parent;
  }
  return false;
}

}  // namespace sidedish::sim
