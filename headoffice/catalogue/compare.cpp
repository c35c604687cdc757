#include "headoffice/catalogue/compare.hpp"

#include "headoffice/catalogue/amount.hpp"

#include <algorithm>

namespace sidedish::headoffice {
namespace {

std::string any_name(const model::Product& product, const std::string& language) {
  const auto wanted = product.name.find(language);
  if (wanted != product.name.end()) return wanted->second;
  return product.name.empty() ? std::string() : product.name.begin()->second;
}

std::string language_of(std::string_view locale) {
  const std::string language(locale.substr(0, locale.find('-')));
  return language.empty() ? "en" : language;
}

}  // namespace

Comparison::Comparison(const model::Catalogue& stands, const ImportOrder& order, Import& out)
    : stands_(stands),
      order_(order),
      out_(out),
      manner_{stands.currency.exponent, decimal_of(order.locale)} {
  for (std::size_t i = 0; i < stands.products.size(); ++i) {
    known_.emplace(stands.products[i].key, i);
  }
}

void Comparison::refuse(ImportRow& row, RowProblem problem) {
  row.what = RowKind::refused;
  row.changes.clear();
  row.problems.push_back(std::move(problem));
}

void Comparison::take_titles(const CsvRow& row) {
  titled_ = true;
  std::optional<std::size_t> key;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    auto column = column_of(row.cells[i], language_of(order_.locale));
    if (column && std::find(columns_.begin(), columns_.end(), column) != columns_.end()) {
      problem_ = {row.line, "expected each column once, found " + title_of(*column) + " again"};
      return;
    }
    if (column && column->field == Field::key) key = i;
    if (column) {
      out_.columns.push_back(title_of(*column));
    } else if (!row.cells[i].empty()) {
      out_.unknown_columns.push_back(row.cells[i]);
    }
    columns_.push_back(std::move(column));
  }
  if (!key) problem_ = {row.line, "expected names of columns in the first row, among them key"};
  key_ = key.value_or(0);
}

void Comparison::take_cells(const CsvRow& row, ImportRow& out, model::Product& product,
                            const model::Product* old) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& column = columns_[i];
    if (!column || column->field == Field::key) continue;
    const std::string& cell = row.cells[i];
    // What the export wrote stays exactly as it is.
    if (old != nullptr && cell_of(*old, *column, manner_) == cell) continue;
    if (const auto problem = set_cell(product, *column, cell, manner_)) {
      refuse(out, {title_of(*column), problem->code, problem->expected, cell});
    }
  }
  if (old != nullptr && old->restricted && !product.restricted && !order_.may_release) {
    refuse(out, {"restricted", "admin", "expected an admin to take this off", "no"});
  }
  const auto named = [&](Field field) {
    return std::any_of(columns_.begin(), columns_.end(),
                       [&](const auto& column) { return column && column->field == field; });
  };
  if (old != nullptr) return;
  for (const Field field : {Field::category, Field::price}) {
    if (named(field)) continue;
    refuse(out, {title_of({field}), "missing", "expected this column for a new product", ""});
  }
}

bool Comparison::take(CsvRow&& row) {
  if (problem_) return false;
  if (!titled_) {
    take_titles(row);
    return !problem_;
  }
  ImportRow out;
  out.line = row.line;
  while (row.cells.size() > columns_.size() && row.cells.back().empty()) row.cells.pop_back();
  if (row.cells.size() != columns_.size()) {
    if (key_ < row.cells.size()) out.key = key_of_cell(row.cells[key_]);
    refuse(out, {"", "cells",
                 "expected " + std::to_string(columns_.size()) + " cells as in the first row",
                 std::to_string(row.cells.size())});
    out_.rows.push_back(std::move(out));
    return true;
  }
  const bool as_is = known_.contains(row.cells[key_]);
  out.key = as_is ? row.cells[key_] : key_of_cell(row.cells[key_]);
  const auto known = known_.find(out.key);
  const model::Product* old = known == known_.end() ? nullptr : &stands_.products[known->second];
  Candidate candidate{out_.rows.size(), old != nullptr ? *old : model::Product{}, {}};
  candidate.product.key = out.key;
  if (out.key.empty()) {
    refuse(out, {"key", "missing", "expected a key", ""});
  } else if (const auto [first, fresh] = lines_.try_emplace(out.key, row.line); !fresh) {
    refuse(out, {"key", "repeated",
                 "expected each product once: it stands in line " + std::to_string(first->second),
                 out.key});
  }
  take_cells(row, out, candidate.product, old);
  const std::string language = language_of(order_.locale);
  const bool named = candidate.product.name.contains(language) || old == nullptr;
  out.name = any_name(named ? candidate.product : *old, language);
  if (out.what != RowKind::refused) {
    if (old != nullptr) candidate.before = format::write_product(*old, manner_.exponent);
    const bool same = old != nullptr && candidate.before == format::write_product(candidate.product,
                                                                                  manner_.exponent);
    out.what = same ? RowKind::unchanged : old != nullptr ? RowKind::changed : RowKind::fresh;
    for (const auto& column : columns_) {
      if (same || !column) continue;
      std::string from = old != nullptr ? cell_of(*old, *column, manner_) : std::string();
      std::string to = cell_of(candidate.product, *column, manner_);
      if (from != to) out.changes.push_back({title_of(*column), std::move(from), std::move(to)});
    }
    if (!same) candidates_.push_back(std::move(candidate));
  }
  out_.rows.push_back(std::move(out));
  return true;
}

}  // namespace sidedish::headoffice
