// Which rules would be without a product that is taken out.
#include "headoffice/book/book.hpp"

#include <algorithm>
#include <set>

namespace sidedish::headoffice {
namespace {

using format::Json;
using Names = std::set<std::string, std::less<>>;

constexpr int kDeepest = 32;

/// Members in which a key is only a word.
bool is_words(std::string_view member) {
  return member == "id" || member == "name" || member.ends_with("text");
}

/// A key as a text or as the name of a member, or one of these sets.
bool names_one(Json value, const Names& keys, const Names& sets, int depth) {
  if (depth > kDeepest) return false;
  if (value.is(Json::Type::text)) {
    return keys.contains(value.text()) || (value.key() == "set" && sets.contains(value.text()));
  }
  for (const Json member : value) {
    if (depth == 0 && is_words(member.key())) continue;
    if (keys.contains(member.key()) || names_one(member, keys, sets, depth + 1)) return true;
  }
  return false;
}

bool names_one(std::string_view rule, const Names& keys, const Names& sets) {
  const auto document = format::JsonDocument::parse(rule);
  return names_one(document.root(), keys, sets, 0);
}

}  // namespace

BookOutcome<Book::Uses> Book::uses(std::string_view pack, std::span<const std::string> named) {
  const auto known = current(pack);
  if (!known) return tl::unexpected<BookRefusal>(known.error());
  const auto drafts = parts_.store.drafts(pack, "");
  if (!drafts) {
    return tl::unexpected<BookRefusal>(
        BookRefusal{.why = BookRefusal::Why::storage, .error = drafts.error()});
  }
  const Names keys(named.begin(), named.end());
  Names sets;
  for (const model::NamedSet& set : (*known)->pack.sets) {
    const auto in = [&](const std::string& item) { return keys.contains(item); };
    if (std::ranges::any_of(set.items, in)) sets.insert(set.id);
  }
  Uses out;
  out.publication = (*known)->about.version;
  for (const model::Rule& rule : (*known)->pack.rules) {
    if (!names_one((*known)->find(rule.id)->json, keys, sets)) continue;
    out.by.push_back({"", "rule", rule.name, false, rule.id});
  }
  for (const DraftRow& draft : *drafts) {
    if (draft.content.empty() || !names_one(draft.content, keys, sets)) continue;
    const auto same = [&](const BookFinding& one) { return one.rule == draft.rule; };
    if (std::ranges::any_of(out.by, same)) continue;
    if (draft.rule == kPackFrame) {
      out.by.push_back({"", "draft", std::string(pack), false, {}});
      continue;
    }
    const auto document = format::JsonDocument::parse(draft.content);
    const std::string_view name = document.root().find("name").text();
    out.by.push_back(
        {"", "draft", std::string(name.empty() ? draft.rule : name), false, draft.rule});
  }
  if (out.by.empty()) {
    for (const std::string& set : sets) out.by.push_back({"", "set", set, false, {}});
  }
  return out;
}

}  // namespace sidedish::headoffice
