#include "rules/receipts/reader.hpp"

#include "rules/format/documents.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

namespace sidedish::receipts {
namespace {

constexpr std::array<std::string_view, 9> kColumns = {"basket_id", "timestamp", "store",
                                                      "customer",  "sku",       "name",
                                                      "category",  "quantity",  "unit_price"};
constexpr std::array<std::string_view, 5> kItemColumns = {"sku", "name", "category",
                                                          "parent_category", "list_price"};

// What shops write where a product's name should be. Compared in upper case.
constexpr std::array<std::string_view, 12> kFeeNames = {
    "POSTAGE",  "DOTCOM POSTAGE",  "CARRIAGE",     "NEXT DAY CARRIAGE",
    "DELIVERY", "DELIVERY CHARGE", "BANK CHARGES", "AMAZON FEE",
    "MANUAL",   "SERVICE CHARGE",  "BAG CHARGE",   "CARRIER BAG"};
constexpr std::array<std::string_view, 9> kLogNames = {
    "NONE", "ADJUSTMENT", "ADJUST BAD DEBT", "TEST", "SAMPLES", "CHECK", "DAMAGED", "LOST", "?"};
constexpr std::array<std::string_view, 3> kDiscountNames = {"DISCOUNT", "VOUCHER", "COUPON"};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Five digits and up to two letters.
bool has_code_form(std::string_view sku) {
  if (sku.size() < 5 || sku.size() > 7) return false;
  for (std::size_t i = 0; i < sku.size(); ++i) {
    const char c = sku[i];
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (i < 5 ? !digit : !letter) return false;
  }
  return true;
}

// Decimal text with any number of decimals -> scaled, half to even. `rounded` is set when digits
// were lost.
Result<std::int64_t> decimal(std::string_view text, unsigned exponent, bool& rounded) {
  const std::size_t dot = text.find('.');
  const std::size_t decimals = dot == std::string_view::npos ? 0 : text.size() - dot - 1;
  if (decimals <= exponent) return parse_decimal(text, exponent);
  if (decimals > 9) return fail(Errc::invalid, "more than nine decimals");
  const auto fine = parse_decimal(text, static_cast<unsigned>(decimals));
  if (!fine) return fine;
  std::int64_t divisor = 1;
  for (std::size_t i = exponent; i < decimals; ++i) divisor *= 10;
  rounded = rounded || *fine % divisor != 0;
  return mul_div(*fine, 1, divisor);
}

Result<void> expect_header(CsvReader& csv, std::vector<std::string>& fields,
                           const std::string_view* names, std::size_t count) {
  auto more = csv.next(fields);
  if (!more) return tl::unexpected<Error>(more.error());
  if (!*more) return tl::unexpected<Error>(csv.error(Errc::invalid, "the file is empty"));
  if (fields.size() < count || !std::equal(names, names + count, fields.begin())) {
    std::string wanted = "the header does not begin with ";
    for (std::size_t i = 0; i < count; ++i) wanted += (i == 0 ? "" : ",") + std::string(names[i]);
    return tl::unexpected<Error>(csv.error(Errc::invalid, wanted));
  }
  return {};
}

Result<model::Catalogue> read_catalogue(const std::filesystem::path& file) {
  const std::string name = "reading " + file.filename().string();
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in) return fail(Errc::io, name, "it cannot be read");
  auto parsed = format::parse_catalogue(text);
  if (parsed.value) return std::move(*parsed.value);
  const model::Finding& first = parsed.errors.front();
  return fail(Errc::invalid, name, first.pointer + ": " + first.message);
}

}  // namespace

Result<std::vector<Item>> read_items(const std::filesystem::path& file,
                                     const ReceiptOptions& options) {
  auto csv = CsvReader::open(file);
  if (!csv) return tl::unexpected<Error>(csv.error());
  std::vector<std::string> fields;
  if (auto ok = expect_header(*csv, fields, kItemColumns.data(), kItemColumns.size()); !ok) {
    return tl::unexpected<Error>(ok.error());
  }
  const std::size_t columns = fields.size();
  std::vector<Item> items;
  std::set<std::string> seen;
  for (;;) {
    const auto more = csv->next(fields);
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more) return items;
    const auto refuse = [&](Errc code, std::string_view why) {
      return tl::unexpected<Error>(csv->error(code, why));
    };
    if (fields.size() != columns) return refuse(Errc::invalid, "not as many fields as the header");
    if (items.size() == options.max_items) return refuse(Errc::limit, "too many items");
    if (fields[0].empty()) return refuse(Errc::invalid, "sku is empty");
    if (!seen.insert(fields[0]).second) return refuse(Errc::invalid, "sku is repeated");
    Item& item = items.emplace_back();
    item.sku = fields[0];
    item.name = fields[1];
    item.category = fields[2];
    item.parent_category = fields[3];
    if (!fields[4].empty()) {
      bool rounded = false;
      const auto price = decimal(fields[4], options.exponent, rounded);
      if (!price) return refuse(Errc::invalid, "list_price is not a number");
      if (*price > 0) item.list_price = *price;
    }
  }
}

ReceiptReader::ReceiptReader(CsvReader csv, const ReceiptOptions& options)
    : csv_(std::move(csv)), options_(options) {}

Result<ReceiptReader> ReceiptReader::open(const std::filesystem::path& folder,
                                          const ReceiptOptions& options) {
  std::filesystem::path lines;
  for (const char* name : {"lines.csv.gz", "receipts.csv.gz", "lines.csv", "receipts.csv"}) {
    std::error_code ignored;
    if (std::filesystem::exists(folder / name, ignored)) {
      lines = folder / name;
      break;
    }
  }
  if (lines.empty()) {
    return fail(Errc::io, "opening receipts in " + folder.filename().string(),
                "neither lines.csv.gz nor receipts.csv.gz is there");
  }
  auto csv = CsvReader::open(lines);
  if (!csv) return tl::unexpected<Error>(csv.error());
  ReceiptReader reader(std::move(*csv), options);
  if (auto ok = expect_header(reader.csv_, reader.fields_, kColumns.data(), kColumns.size()); !ok) {
    return tl::unexpected<Error>(ok.error());
  }
  auto first = CsvReader::open(lines);
  if (!first) return tl::unexpected<Error>(first.error());
  for (std::uint64_t rows = 0;; ++rows) {
    const auto more = first->next(reader.fields_);
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more) break;
    if (rows == 0) continue;  // the header
    if (reader.fields_.size() > 1) {
      reader.latest_ = std::max(reader.latest_, parse_local(reader.fields_[1]));
    }
    if (rows > options.max_lines) {
      return tl::unexpected<Error>(first->error(Errc::limit, "too many lines"));
    }
    if (++reader.lines_of_[reader.fields_[0]] > options.max_lines_per_receipt) {
      return tl::unexpected<Error>(first->error(Errc::limit, "a receipt with too many lines"));
    }
  }
  std::size_t skus = 0;
  std::size_t coded = 0;
  const auto count = [&](std::string_view sku) {
    ++skus;
    if (has_code_form(sku)) ++coded;
  };
  std::error_code ignored;
  if (std::filesystem::exists(folder / "items.csv", ignored)) {
    auto items = read_items(folder / "items.csv", options);
    if (!items) return tl::unexpected<Error>(items.error());
    reader.items_ = std::move(*items);
    for (const auto& item : reader.items_) count(item.sku);
  } else {
    const auto catalogue = read_catalogue(folder / "catalogue.json");
    if (!catalogue) return tl::unexpected<Error>(catalogue.error());
    for (const auto& p : catalogue->products) {
      if (p.key.starts_with("sku:")) count(std::string_view(p.key).substr(4));
    }
  }
  reader.coded_ = coded * 5 >= skus * 4 && skus > 0;
  return reader;
}

LineKind ReceiptReader::kind_of(std::string_view sku, std::string_view name, bool worthless) const {
  const std::string word = upper(name);
  if (one_of(kDiscountNames, word)) return LineKind::discount;
  if (one_of(kLogNames, word)) return LineKind::log;
  if (one_of(kFeeNames, word) || (coded_ && !has_code_form(sku))) return LineKind::fee;
  return worthless ? LineKind::log : LineKind::goods;
}

Result<bool> ReceiptReader::read_row(Row& row) {
  const auto more = csv_.next(fields_);
  if (!more) return tl::unexpected<Error>(more.error());
  if (!*more) return false;
  const auto refuse = [&](Errc code, std::string_view why) {
    return tl::unexpected<Error>(csv_.error(code, why));
  };
  if (fields_.size() < kColumns.size()) return refuse(Errc::invalid, "nine fields expected");
  ++counts_.lines;
  row.basket_id = fields_[0];
  row.store = fields_[2];
  row.customer = fields_[3];
  if (row.basket_id.empty()) return refuse(Errc::invalid, "basket_id is empty");
  if (fields_[4].empty()) return refuse(Errc::invalid, "sku is empty");
  if (!fields_[1].empty()) {
    row.time = parse_local(fields_[1]);
    if (!row.time) return refuse(Errc::invalid, "timestamp is not YYYY-MM-DDTHH:MM:SS");
  }
  const auto quantity = parse_decimal(fields_[7], 3);
  if (!quantity) return refuse(Errc::invalid, "quantity is not a number");
  if (!fields_[8].empty()) {
    bool rounded = false;
    const auto price = decimal(fields_[8], options_.exponent, rounded);
    if (!price) return refuse(Errc::invalid, "unit_price is not a number");
    row.line.unit_price = *price;
    counts_.rounded_prices += rounded ? 1U : 0U;
  } else {
    ++counts_.unpriced;
  }
  counts_.nameless += fields_[5].empty() ? 1U : 0U;
  row.line.product = "sku:" + fields_[4];
  row.line.name = fields_[5];
  row.line.quantity = *quantity;
  row.line.kind = kind_of(fields_[4], fields_[5], row.line.unit_price && *row.line.unit_price <= 0);
  if (*quantity == 0) {
    ++counts_.zero_quantity;
    row.line.kind = LineKind::log;
  } else if (row.line.kind == LineKind::goods) {
    ++(*quantity > 0 ? counts_.goods : counts_.returned);
  } else if (row.line.kind == LineKind::fee) {
    ++counts_.fees;
  } else if (row.line.kind == LineKind::discount) {
    ++counts_.discounts;
  } else {
    ++counts_.logs;
  }
  return true;
}

Result<std::optional<Receipt>> ReceiptReader::next() {
  if (broken_) return tl::unexpected<Error>(*broken_);
  auto out = read_receipt();
  if (!out) broken_ = out.error();
  return out;
}

Result<std::optional<Receipt>> ReceiptReader::read_receipt() {
  while (order_.empty() || pending_.at(order_.front()).missing > 0) {
    Row row;
    const auto more = read_row(row);
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more) {
      if (order_.empty()) return std::optional<Receipt>();
      return tl::unexpected<Error>(csv_.error(Errc::io, "the file changed while it was read"));
    }
    const auto [at, first_line] = pending_.try_emplace(row.basket_id);
    Pending& p = at->second;
    if (first_line) {
      order_.push_back(row.basket_id);
      p.missing = lines_of_[row.basket_id];
      p.receipt.id = row.basket_id;
      p.receipt.time = row.time;
      p.receipt.store = row.store;
      p.receipt.customer = row.customer;
    }
    if (p.missing == 0) {
      return tl::unexpected<Error>(csv_.error(Errc::io, "the file changed while it was read"));
    }
    --p.missing;
    p.scattered = p.scattered || (p.last_row != 0 && p.last_row + 1 != counts_.lines);
    p.last_row = counts_.lines;
    if (row.line.quantity == 0) continue;
    if (row.line.kind == LineKind::goods) (row.line.quantity > 0 ? p.sold : p.brought_back) = true;
    p.receipt.lines.push_back(std::move(row.line));
  }
  const auto at = pending_.find(order_.front());
  Pending done = std::move(at->second);
  pending_.erase(at);
  order_.pop_front();
  // A cancellation bears its own kind of number (C and digits); else goods that only come back.
  const std::string& id = done.receipt.id;
  const bool cancelled =
      id.size() > 1 && id[0] == 'C' && id.find_first_not_of("0123456789", 1) == std::string::npos;
  if (cancelled || (done.brought_back && !done.sold)) done.receipt.mode = SaleMode::return_;
  ++counts_.receipts;
  counts_.untimed += done.receipt.time ? 0U : 1U;
  counts_.scattered += done.scattered ? 1U : 0U;
  return std::optional<Receipt>(std::move(done.receipt));
}

}  // namespace sidedish::receipts
