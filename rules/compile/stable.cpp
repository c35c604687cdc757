#include "rules/compile/stable.hpp"

#include "rules/base/hash.hpp"

#include <unordered_map>
#include <unordered_set>

namespace sidedish::compile {
namespace {

std::uint32_t id_of(std::string_view name, std::uint64_t round) {
  if (round == 0) return stable_id(name);
  const auto id = static_cast<std::uint32_t>(hash64(name, round) >> 32);
  return id == 0 ? 1U : id;
}

}  // namespace

std::vector<std::uint32_t> stable_ids(std::span<const std::string_view> names) {
  std::unordered_map<std::string_view, std::uint32_t> ids;
  std::unordered_set<std::uint32_t> taken;
  std::unordered_set<std::string_view> open(names.begin(), names.end());
  for (std::uint64_t round = 0; !open.empty(); ++round) {
    std::unordered_map<std::uint32_t, std::uint32_t> wanted;
    for (const auto name : open) ++wanted[id_of(name, round)];
    std::unordered_set<std::string_view> left;
    for (const auto name : open) {
      const std::uint32_t id = id_of(name, round);
      if (wanted[id] == 1 && !taken.contains(id)) {
        ids.emplace(name, id);
      } else {
        left.insert(name);
      }
    }
    for (const auto& [id, count] : wanted) taken.insert(id);
    open = std::move(left);
  }
  std::vector<std::uint32_t> out;
  out.reserve(names.size());
  for (const auto name : names) out.push_back(ids.at(name));
  return out;
}

}  // namespace sidedish::compile
