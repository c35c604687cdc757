#include "headoffice/book/current.hpp"

#include "headoffice/publish/publish.hpp"
#include "rules/compile/compile.hpp"
#include "rules/format/documents.hpp"

#include <algorithm>
#include <set>

namespace sidedish::headoffice {
namespace {

constexpr std::size_t kMostKept = 16;
constexpr int kDeepest = 32;

using format::Json;
using Stores = std::set<std::string, std::less<>>;

/// nullopt: it says nothing of stores.
std::optional<Stores> bound_of(Json condition, const model::Pack& pack, int depth) {
  std::optional<Stores> out;
  if (depth > kDeepest) return out;
  const auto both = [&](std::optional<Stores> more) {
    if (!more) return;
    if (!out) {
      out = std::move(more);
      return;
    }
    std::erase_if(*out, [&](const std::string& one) { return !more->contains(one); });
  };
  for (const Json member : condition) {
    if (member.key() == "all") {
      for (const Json one : member) both(bound_of(one, pack, depth + 1));
    } else if (member.key() == "any") {
      std::optional<Stores> sum = Stores{};
      for (const Json one : member) {
        auto bound = bound_of(one, pack, depth + 1);
        if (!bound) sum.reset();
        if (!bound || !sum) break;
        sum->merge(*bound);
      }
      if (member.size() > 0) both(std::move(sum));
    } else if (member.key() == "store") {
      Stores named;
      for (const Json one : member) named.emplace(one.text());
      both(std::move(named));
    } else if (member.key() == "store_group") {
      Stores named;
      for (const Json one : member) {
        for (const model::StoreSpec& store : pack.stores) {
          if (std::ranges::find(store.groups, one.text()) != store.groups.end()) {
            named.insert(store.id);
          }
        }
      }
      both(std::move(named));
    }
  }
  return out;
}

}  // namespace

const PublishedRule* CurrentPack::find(std::string_view rule) const {
  if (rule == kPackFrame) return &frame;
  const auto found = index.find(rule);
  return found != index.end() ? &rules[found->second] : nullptr;
}

const model::StoreSpec* CurrentPack::store(std::string_view id) const {
  const auto found = std::ranges::find(pack.stores, id, &model::StoreSpec::id);
  return found != pack.stores.end() ? &*found : nullptr;
}

Result<std::shared_ptr<const CurrentPack>> CurrentPacks::get(std::string_view pack, UtcMs now) {
  const auto newest = store_.newest(pack);
  if (!newest) return tl::unexpected<Error>(newest.error());
  const auto head = catalogues_.head(pack);
  if (!head) return tl::unexpected<Error>(head.error());
  {
    const std::scoped_lock lock(mutex_);
    const auto known = packs_.find(pack);
    if (known != packs_.end() && known->second->about.version == newest->version &&
        known->second->catalogue_version == head->version) {
      return known->second;
    }
  }
  auto text = store_.newest_text(pack);
  if (!text) return tl::unexpected<Error>(text.error());
  const auto document = catalogues_.document(pack);
  if (!document) return tl::unexpected<Error>(document.error());
  auto rules = format::parse_rules(text->rules);
  auto catalogue = format::parse_catalogue(document->text);
  if (!rules.value || !catalogue.value) {
    return fail(Errc::corrupt, "reading the published pack",
                !rules.errors.empty()       ? rules.errors.front().message
                : !catalogue.errors.empty() ? catalogue.errors.front().message
                                            : "");
  }
  auto made = std::make_shared<CurrentPack>();
  made->about = text->about;
  made->newest_pack_version = text->newest_pack_version;
  made->catalogue_version = document->head.version;
  made->pack = std::move(*rules.value);
  made->pack.catalogue.reset();
  made->catalogue = std::move(*catalogue.value);
  for (const model::Rule& rule : made->pack.rules) {
    made->index.emplace(rule.id, made->rules.size());
    std::string json = format::write_rule(rule, made->pack.currency);
    std::string etag = rule_tag(json);
    made->rules.push_back({std::move(json), std::move(etag)});
  }
  made->frame.json = format::write_frame(made->pack);
  made->frame.etag = rule_tag(made->frame.json);
  made->warnings = compile::lint(made->pack, made->catalogue, now);
  const std::scoped_lock lock(mutex_);
  if (packs_.size() >= kMostKept && !packs_.contains(pack)) packs_.clear();
  packs_.insert_or_assign(std::string(pack), made);
  return std::shared_ptr<const CurrentPack>(std::move(made));
}

std::vector<std::string> stores_of(std::string_view rule_json, const model::Pack& pack) {
  const auto document = format::JsonDocument::parse(rule_json);
  const auto bound = bound_of(document.root().find("when"), pack, 0);
  if (bound) return {bound->begin(), bound->end()};
  std::vector<std::string> out;
  for (const model::StoreSpec& store : pack.stores) out.push_back(store.id);
  return out;
}

}  // namespace sidedish::headoffice
