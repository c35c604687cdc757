#include "headoffice/catalogue/import.hpp"

#include "headoffice/catalogue/amount.hpp"
#include "headoffice/catalogue/compare.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/trust/digest.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace sidedish::headoffice {
namespace {

constexpr std::array<std::string_view, 4> kKinds{"new", "changed", "unchanged", "refused"};
constexpr std::size_t kLogged = 200;  // products of one import whose members are in the log
constexpr std::size_t kPiece = 64 * 1024;

std::string id_of(std::string_view pack, const ImportOrder& order, std::uint64_t version) {
  std::string all(pack);
  all.append("\n").append(order.who).append("\n").append(order.locale).append("\n");
  all.append(std::to_string(version)).append(order.may_release ? "+\n" : "\n").append(order.csv);
  const auto digest = trust::sha256(std::as_bytes(std::span(all)));
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; digest && i < 8; ++i) {
    out += kDigits[(*digest)[i] >> 4U];
    out += kDigits[(*digest)[i] & 15U];
  }
  return out;
}

/// "/products/7/name/en" -> 7 and "/name/en".
std::pair<std::size_t, std::string_view> taken_apart(std::string_view pointer) {
  constexpr std::string_view kBase = "/products/";
  std::size_t place = 0;
  if (!pointer.starts_with(kBase)) return {place, pointer};
  pointer.remove_prefix(kBase.size());
  const auto end = std::from_chars(pointer.data(), pointer.data() + pointer.size(), place).ptr;
  return {place, pointer.substr(static_cast<std::size_t>(end - pointer.data()))};
}

std::string_view code_of(Field field) {
  switch (field) {
    case Field::category:
      return "category";
    case Field::key:
    case Field::barcodes:
      return "key";
    case Field::substitutes:
      return "product";
    case Field::price:
    case Field::cost:
      return "amount";
    default:
      return "text";
  }
}

/// Rows of the findings are refused; how many candidates that were.
std::size_t refuse(const std::vector<model::Finding>& findings, std::vector<Candidate>& candidates,
                   const Manner& manner, Import& out) {
  std::set<std::size_t> refused;
  for (const model::Finding& finding : findings) {
    const auto [place, pointer] = taken_apart(finding.pointer);
    if (place >= candidates.size()) continue;
    const Candidate& one = candidates[place];
    const Column column = column_at(pointer);
    Comparison::refuse(out.rows[one.row], {title_of(column), code_of(column.field), finding.message,
                                           cell_of(one.product, column, manner)});
    refused.insert(place);
  }
  std::size_t place = 0;
  std::erase_if(candidates, [&](const Candidate&) { return refused.contains(place++); });
  return refused.size();
}

model::Catalogue catalogue_of(const model::Catalogue& stands,
                              const std::vector<Candidate>& candidates) {
  model::Catalogue out{stands.currency, stands.categories, {}};
  for (const Candidate& one : candidates) out.products.push_back(one.product);
  return out;
}

/// Members of products that the log names, of before or after.
void write_products(format::JsonWriter& json, const Import& import, bool after) {
  json.key("products").open('{');
  std::size_t logged = 0;
  for (const ImportRow& row : import.rows) {
    const bool put = row.what == RowKind::fresh || row.what == RowKind::changed;
    if (!put || ++logged > kLogged || (!after && row.what == RowKind::fresh)) continue;
    json.member(row.key).open('{');
    for (const CellChange& change : row.changes) {
      json.member(change.column).text(after ? change.to : change.from);
    }
    json.close('}');
  }
  json.close('}');
  if (logged > kLogged) json.key("more").number(std::uint64_t{logged - kLogged});
}

std::size_t count_of(const Import& import, RowKind kind) {
  return import.counts[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string_view name_of(RowKind kind) noexcept { return kKinds[static_cast<std::size_t>(kind)]; }

std::optional<RowKind> row_kind(std::string_view name) noexcept {
  const auto* found = std::find(kKinds.begin(), kKinds.end(), name);
  if (found == kKinds.end()) return std::nullopt;
  return static_cast<RowKind>(found - kKinds.begin());
}

Result<ImportRead> Imports::read(std::string_view pack, const ImportOrder& order) {
  const auto document = catalogues_.document(pack);
  if (!document) return tl::unexpected<Error>(document.error());
  const auto stands = format::parse_catalogue(document->text);
  if (!stands.value) return fail(Errc::internal, "the catalogue that stands cannot be read");
  auto out = std::make_shared<Import>();
  out->pack = pack;
  out->who = order.who;
  out->version = document->head.version;
  out->id = id_of(pack, order, out->version);
  Comparison comparison(*stands.value, order, *out);
  CsvReader reader([&](CsvRow&& row) { comparison.take(std::move(row)); });
  for (std::size_t at = 0; at < order.csv.size() && !comparison.problem(); at += kPiece) {
    if (!reader.feed(order.csv.substr(at, kPiece))) break;
  }
  if (comparison.problem()) return ImportRead{nullptr, *comparison.problem()};
  if (!reader.finish()) return ImportRead{nullptr, reader.problem()};
  if (comparison.problem()) return ImportRead{nullptr, *comparison.problem()};
  if (out->columns.empty()) {
    return ImportRead{nullptr, {1, "expected names of columns in the first row, among them key"}};
  }
  // As the one reader of documents takes them, then as members of this catalogue: who claims a key of
  // a row that is refused meanwhile is refused, too.
  auto& candidates = comparison.candidates();
  const Manner& manner = comparison.manner();
  for (bool again = true; again;) {
    const auto text = format::write_catalogue(catalogue_of(*stands.value, candidates));
    again = refuse(format::parse_catalogue(text).errors, candidates, manner, *out) > 0;
  }
  for (bool again = true; again;) {
    const auto findings = catalogues_.check(pack, catalogue_of(*stands.value, candidates));
    if (!findings) return tl::unexpected<Error>(findings.error());
    again = refuse(*findings, candidates, manner, *out) > 0;
  }
  for (const Candidate& one : candidates) {
    out->puts.push_back(row_of(one.product, manner.exponent));
  }
  for (const ImportRow& row : out->rows) ++out->counts[static_cast<std::size_t>(row.what)];
  const std::scoped_lock lock(mutex_);
  std::erase_if(kept_, [&](const auto& one) { return one->id == out->id; });
  kept_.push_back(out);
  if (kept_.size() > kKept) kept_.erase(kept_.begin());
  return ImportRead{out, {}};
}

std::shared_ptr<const Import> Imports::find(std::string_view pack, std::string_view id,
                                            std::string_view who) {
  const std::scoped_lock lock(mutex_);
  for (const auto& one : kept_) {
    if (one->id == id && one->pack == pack && one->who == who) return one;
  }
  return nullptr;
}

Result<ImportApplied> Imports::apply(const Import& import, std::string_view why,
                                     const std::function<void()>& between) {
  ImportApplied out{count_of(import, RowKind::fresh), count_of(import, RowKind::changed),
                    import.version};
  if (import.puts.empty()) {
    const auto head = catalogues_.head(import.pack);
    if (!head) return tl::unexpected<Error>(head.error());
    if (head->version != import.version) {
      return fail(Errc::conflict, "the catalogue was changed meanwhile");
    }
    return out;
  }
  Change change{.at = clock_.now(),
                .who = import.who,
                .what = "catalogue.imported",
                .subject = import.pack + "/catalogue",
                .why = std::string(why)};
  format::JsonWriter before;
  before.open('{').key("version").number(import.version);
  write_products(before, import, false);
  change.before = before.close('}').take();
  format::JsonWriter after;
  after.open('{').key("version").number(import.version + 1);
  after.key("new")
      .number(std::uint64_t{out.fresh})
      .key("changed")
      .number(std::uint64_t{out.changed});
  after.key("refused").number(std::uint64_t{count_of(import, RowKind::refused)});
  write_products(after, import, true);
  change.after = after.close('}').take();
  const auto done = store_.put_products(import.pack, import.version, import.puts, change, between);
  if (!done) return tl::unexpected<Error>(done.error());
  out.version = *done;
  return out;
}

std::string export_csv(const model::Catalogue& catalogue, std::string_view locale) {
  const Manner manner{catalogue.currency.exponent, decimal_of(locale)};
  const char separator = manner.decimal == ',' ? ';' : ',';
  const std::vector<Column> columns = columns_of(catalogue);
  std::string out = "\xEF\xBB\xBF";
  const auto row = [&](const auto& text) {
    for (const Column& column : columns) {
      if (&column != &columns.front()) out += separator;
      append_cell(out, text(column), separator);
    }
    out += "\r\n";
  };
  row([](const Column& column) { return title_of(column); });
  for (const model::Product& product : catalogue.products) {
    row([&](const Column& column) { return cell_of(product, column, manner); });
  }
  return out;
}

}  // namespace sidedish::headoffice
