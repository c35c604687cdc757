#pragma once
// Fills the tables of an image from a pack that check() has found right.
#include "rules/compile/compile.hpp"
#include "rules/compile/names.hpp"
#include "rules/compile/nodes.hpp"
#include "rules/compile/tables.hpp"
#include "rules/compile/texts.hpp"

namespace sidedish::compile {

inline constexpr std::size_t kSmallSet = 64;  ///< lists up to this size are posted per member
inline constexpr std::int64_t kTenYearsMs = 3653LL * 86'400'000;

class Builder {
 public:
  Builder(const Names& names, const ZoneFile& zones, const Options& options)
      : names_(names), zones_(zones), options_(options) {}

  /// Everything, in the order of the file. What only shows while building (a table too large)
  /// is a finding.
  std::vector<model::Finding> build();
  const Tables& tables() const { return out_; }

 private:
  using Postings = std::vector<std::vector<std::uint32_t>>;

  void settings();
  void locales();
  void stores();
  void categories();
  void products();
  std::uint64_t avoided(const model::Product& product) const;
  void keys();
  void facts();
  void rules();
  void rule(const model::Rule& rule, std::uint32_t stable);
  /// Returns the upper bound of the rule's score.
  std::int64_t offers(const model::Rule& rule, image::Rule& row);
  void bundle(const model::Bundle& bundle, bool converts, image::Rule& row);
  std::uint32_t texts(const model::Rule& rule, std::uint32_t offered, bool conversion = false);
  image::Gate conditions(const model::Rule& rule, image::Rule& row, const Anchor& anchor);
  image::Node node(const NodePlan& plan);
  std::uint32_t set_of(const model::Select& select);
  void post(const Anchor& anchor, std::uint32_t rank);
  void postings();
  void sets();
  std::uint32_t indices(std::span<const std::uint32_t> values);
  std::uint64_t terminal_bits(const std::vector<std::string>& groups) const;

  const Names& names_;
  const ZoneFile& zones_;
  const Options& options_;
  Tables out_;
  std::vector<model::Finding> errors_;
  std::vector<std::string_view> fact_names_, tax_classes_, terminal_groups_;
  std::vector<std::string> avoid_;                           ///< allergens and diets
  SetPool pool_;                                             ///< sets that nodes and triggers name
  SetPool groups_;                                           ///< anchor groups
  std::unordered_map<std::string, std::uint32_t> selected_;  ///< set of a category, tag or set name
  std::map<std::vector<image::TextRef>, std::uint32_t> text_blocks_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> store_lists_;
  std::map<std::vector<image::TextRef>, std::uint32_t> pointer_lists_;
  Postings by_product_, by_group_;
  std::vector<std::uint32_t> context_;
};

}  // namespace sidedish::compile
