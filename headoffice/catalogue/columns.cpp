#include "headoffice/catalogue/columns.hpp"

#include "headoffice/catalogue/amount.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace sidedish::headoffice {
namespace {

constexpr std::array<std::pair<Field, std::string_view>, 14> kTitles = {{
    {Field::key, "key"},
    {Field::name, "name"},
    {Field::category, "category"},
    {Field::price, "price"},
    {Field::cost, "cost"},
    {Field::stock, "stock"},
    {Field::barcodes, "barcodes"},
    {Field::tags, "tags"},
    {Field::allergens, "allergens"},
    {Field::diets, "diets"},
    {Field::tax_class, "tax_class"},
    {Field::substitutes, "substitutes"},
    {Field::restricted, "restricted"},
    {Field::hidden, "hidden"},
}};
constexpr std::array<std::pair<std::string_view, Field>, 8> kAlsoCalled = {{
    {"sku", Field::key},
    {"barcode", Field::barcodes},
    {"ean", Field::barcodes},
    {"gtin", Field::barcodes},
    {"aliases", Field::barcodes},
    {"tax class", Field::tax_class},
    {"tax", Field::tax_class},
    {"tag", Field::tags},
}};
constexpr std::array<std::string_view, 3> kStock{"in", "low", "out"};
constexpr std::string_view kNone = "none";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const std::size_t from = text.find_first_not_of(kBlank);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlank) - from + 1);
}

std::string small(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string join(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& one : list) {
    if (&one != &list.front()) out += '|';
    for (const char c : one) {
      if (c == '|' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out;
}

std::vector<std::string> split(std::string_view cell) {
  std::vector<std::string> out;
  if (trimmed(cell).empty()) return out;
  std::string one;
  const auto end = [&] {
    if (const std::string_view text = trimmed(one); !text.empty()) out.emplace_back(text);
    one.clear();
  };
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] == '|') {
      end();
    } else {
      if (cell[i] == '\\' && i + 1 < cell.size()) ++i;
      one += cell[i];
    }
  }
  end();
  return out;
}

bool has_namespace(std::string_view key) {
  return key.starts_with("sku:") || key.starts_with("gtin:") || key.starts_with("plu:") ||
         key.starts_with("name:");
}

/// A barcode's digits alone are a GTIN.
std::string alias_of(std::string alias) {
  const bool digits =
      alias.size() >= 8 && alias.size() <= 14 &&
      std::all_of(alias.begin(), alias.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? "gtin:" + alias : alias;
}

std::optional<CellProblem> set_flag(bool& flag, std::string_view cell) {
  const std::string text = small(cell);
  if (text.empty() || text == "no" || text == "false" || text == "0") {
    flag = false;
  } else if (text == "yes" || text == "true" || text == "1") {
    flag = true;
  } else {
    return CellProblem{"choice", "expected yes or no"};
  }
  return std::nullopt;
}

std::optional<CellProblem> set_stock(Stock& stock, std::string_view cell) {
  const std::string text = small(cell);
  const auto* found = std::find(kStock.begin(), kStock.end(), text.empty() ? "in" : text);
  if (found == kStock.end()) return CellProblem{"choice", "expected in, low or out"};
  stock = static_cast<Stock>(found - kStock.begin());
  return std::nullopt;
}

CellProblem no_amount(const Manner& manner) {
  std::string sample = "12";
  if (manner.exponent > 0) {
    sample += manner.decimal;
    sample += std::string("500").substr(0, manner.exponent);
  }
  return {"amount", "expected an amount as " + sample};
}

}  // namespace

std::string title_of(const Column& column) {
  const auto* at = std::find_if(kTitles.begin(), kTitles.end(),
                                [&](const auto& one) { return one.first == column.field; });
  std::string out(at->second);
  return column.language.empty() ? out : out + ":" + column.language;
}

std::optional<Column> column_of(std::string_view title, std::string_view language) {
  const std::string name = small(trimmed(title));
  if (name.starts_with("name:")) {
    return Column{Field::name, std::string(trimmed(title).substr(5))};
  }
  if (name == "name") return Column{Field::name, std::string(language)};
  for (const auto& [field, own] : kTitles) {
    if (own == name) return Column{field};
  }
  for (const auto& [other, field] : kAlsoCalled) {
    if (other == name) return Column{field};
  }
  return std::nullopt;
}

std::vector<Column> columns_of(const model::Catalogue& catalogue) {
  std::set<std::string> languages;
  for (const auto& product : catalogue.products) {
    for (const auto& [language, name] : product.name) languages.insert(language);
  }
  std::vector<Column> out;
  for (const auto& [field, title] : kTitles) {
    if (field != Field::name) {
      out.push_back({field});
      continue;
    }
    for (const std::string& language : languages) out.push_back({field, language});
  }
  return out;
}

Column column_at(std::string_view pointer) {
  if (pointer.starts_with('/')) pointer.remove_prefix(1);
  const std::size_t slash = std::min(pointer.find('/'), pointer.size());
  const std::string_view member = pointer.substr(0, slash);
  if (member == "aliases") return {Field::barcodes};
  for (const auto& [field, title] : kTitles) {
    if (title != member) continue;
    return {field, field == Field::name
                       ? std::string(pointer.substr(std::min(slash + 1, pointer.size())))
                       : ""};
  }
  return {};
}

std::string cell_of(const model::Product& p, const Column& column, const Manner& manner) {
  switch (column.field) {
    case Field::key:
      return p.key;
    case Field::name: {
      const auto name = p.name.find(column.language);
      return name == p.name.end() ? std::string() : name->second;
    }
    case Field::category:
      return p.category;
    case Field::price:
      return write_amount(p.price, manner.exponent, manner.decimal);
    case Field::cost:
      return p.cost ? write_amount(*p.cost, manner.exponent, manner.decimal) : std::string();
    case Field::stock:
      return std::string(kStock[static_cast<std::size_t>(p.stock)]);
    case Field::barcodes:
      return join(p.aliases);
    case Field::tags:
      return join(p.tags);
    case Field::allergens:
      if (!p.allergens) return {};
      if (p.allergens->empty()) return std::string(kNone);
      return *p.allergens == std::vector{std::string(kNone)} ? "\\none" : join(*p.allergens);
    case Field::diets:
      return join(p.diets);
    case Field::tax_class:
      return p.tax_class;
    case Field::substitutes:
      return join(p.substitutes);
    case Field::restricted:
      return p.restricted ? "yes" : "no";
    case Field::hidden:
      return p.hidden ? "yes" : "no";
  }
  return {};
}

std::string key_of_cell(std::string_view cell) {
  const std::string_view key = trimmed(cell);
  return key.empty() || has_namespace(key) ? std::string(key) : "sku:" + std::string(key);
}

std::optional<CellProblem> set_cell(model::Product& p, const Column& column, std::string_view cell,
                                    const Manner& manner) {
  const std::string_view text = trimmed(cell);
  switch (column.field) {
    case Field::key:
      p.key = key_of_cell(cell);
      break;
    case Field::name:
      if (text.empty()) p.name.erase(column.language);
      if (!text.empty()) p.name[column.language] = text;
      break;
    case Field::category:
      p.category = text;
      break;
    case Field::price:
    case Field::cost: {
      if (column.field == Field::cost && text.empty()) {
        p.cost.reset();
        break;
      }
      const auto amount = read_amount(text, manner.exponent, manner.decimal);
      if (!amount) return no_amount(manner);
      if (column.field == Field::price) p.price = *amount;
      if (column.field == Field::cost) p.cost = *amount;
      break;
    }
    case Field::stock:
      return set_stock(p.stock, text);
    case Field::barcodes:
      p.aliases = split(cell);
      for (std::string& alias : p.aliases) alias = alias_of(std::move(alias));
      break;
    case Field::tags:
      p.tags = split(cell);
      break;
    case Field::allergens:
      if (text.empty()) {
        p.allergens.reset();
      } else {
        p.allergens = text == kNone ? std::vector<std::string>() : split(cell);
      }
      break;
    case Field::diets:
      p.diets = split(cell);
      break;
    case Field::tax_class:
      p.tax_class = text;
      break;
    case Field::substitutes:
      p.substitutes = split(cell);
      break;
    case Field::restricted:
      return set_flag(p.restricted, text);
    case Field::hidden:
      return set_flag(p.hidden, text);
  }
  return std::nullopt;
}

}  // namespace sidedish::headoffice
