#include "rules/tool/trial_report.hpp"

#include "rules/tool/words.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace sidedish::tool {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kReasons = 3;  // of each kind, for people

struct Reason {
  std::uint64_t baskets;
  std::string words;
  std::string pointer;  ///< of a condition
};

std::vector<Reason> sorted(std::vector<Reason> all) {
  std::erase_if(all, [](const Reason& r) { return r.baskets == 0; });
  std::stable_sort(all.begin(), all.end(),
                   [](const Reason& a, const Reason& b) { return a.baskets > b.baskets; });
  return all;
}

std::vector<Reason> conditions(const TrialReport& report, std::size_t rule) {
  const auto index = static_cast<std::uint32_t>(rule);
  const image::Gate& gate = report.image.gates()[rule];
  const auto& counts = report.trial.conditions();
  std::vector<Reason> out;
  std::uint64_t named = 0;
  for (std::uint32_t n = 0; n < gate.node_count; ++n) {
    const std::uint64_t count = counts[gate.code + n];
    out.push_back({count, "asks for " + condition_words(report.image, report.image.node(index, n)),
                   std::string(report.image.pointer(index, n))});
    named += count;
  }
  out.push_back({report.trial.rules()[rule].unqualified - named,
                 "does not speak on this channel or at this moment", ""});
  return sorted(std::move(out));
}

std::vector<Reason> guards(const trial::RuleTally& tally) {
  std::vector<Reason> out;
  for (unsigned g = 0; g < engine::kGuards; ++g) {
    out.push_back({tally.guards[g], words(static_cast<engine::Guard>(g)), ""});
  }
  return sorted(std::move(out));
}

std::vector<Reason> winners(const TrialReport& report, const trial::RuleTally& tally) {
  std::vector<Reason> out;
  for (const auto& [rule, baskets] : tally.winners) {
    out.push_back({baskets, std::string(report.image.text(report.image.rules()[rule].id)), ""});
  }
  return sorted(std::move(out));
}

std::vector<Reason> silences(const trial::TrialCounts& counts) {
  std::vector<Reason> out;
  for (unsigned s = 1; s < kSilenceReasons; ++s) {
    out.push_back({counts.silences[s], words(static_cast<Silence>(s)), ""});
  }
  return sorted(std::move(out));
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  const std::uint64_t tenths = (part * 2000 / whole + 1) / 2;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

void list(std::ostream& out, const char* what, const std::vector<Reason>& reasons) {
  for (std::size_t i = 0; i < reasons.size() && i < kReasons; ++i) {
    out << "    " << what << ": " << count(reasons[i].baskets) << ", " << reasons[i].words;
    if (!reasons[i].pointer.empty()) out << " (" << reasons[i].pointer << ")";
    out << '\n';
  }
  if (reasons.size() <= kReasons) return;
  std::uint64_t rest = 0;
  for (std::size_t i = kReasons; i < reasons.size(); ++i) rest += reasons[i].baskets;
  out << "    " << what << ": " << count(rest) << ", for " << reasons.size() - kReasons
      << " other reasons\n";
}

Json list(const std::vector<Reason>& reasons) {
  Json out = Json::array();
  for (const Reason& r : reasons) {
    Json row = {{"baskets", r.baskets}, {"why", r.words}};
    if (!r.pointer.empty()) row["pointer"] = r.pointer;
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace

void print(std::ostream& out, const TrialReport& report) {
  const trial::TrialCounts& c = report.trial.counts();
  const image::Image& image = report.image;
  out << count(c.receipts) << " receipts: " << count(c.baskets) << " sales, " << count(c.returns)
      << " returns, " << count(c.empty) << " without goods; " << count(c.unknown)
      << " lines of products that the rules do not know\nstore "
      << image.text(image.stores()[report.store].id) << ", "
      << (report.channel == Channel::kiosk ? "a kiosk" : "a till");
  if (report.weeks != 0) out << ", receipts moved by " << report.weeks << " weeks";
  if (report.untimed > 0) out << ", " << count(report.untimed) << " without a time taken at noon";
  out << "\nprompted " << count(c.prompted) << " of " << count(c.baskets) << " sales ("
      << percent(c.prompted, c.baskets) << ") in " << count(c.decisions) << " decisions\n";
  list(out, "silent", silences(c));
  if (c.judged < c.baskets) {
    out << "rules are many: why a rule did not speak was asked in " << count(c.judged)
        << " sales, one in " << report.judge_every << '\n';
  }
  for (std::size_t i = 0; i < report.trial.rules().size(); ++i) {
    const trial::RuleTally& t = report.trial.rules()[i];
    const image::Rule& rule = image.rules()[i];
    if ((rule.flags & image::kEnabled) == 0) continue;
    out << image.text(rule.name) << " (" << image.text(rule.id) << ")\n  prompted "
        << count(t.prompted) << " (" << count(t.withheld) << " withheld, " << count(t.arrived)
        << " came anyway), already bought " << count(t.already) << ", not qualified "
        << count(t.unqualified) << ", blocked " << count(t.blocked) << ", lost " << count(t.lost)
        << ", silent " << count(t.silent) << '\n';
    list(out, "not qualified", conditions(report, i));
    list(out, "blocked", guards(t));
    list(out, "lost to", winners(report, t));
  }
}

void print_json(std::ostream& out, const TrialReport& report) {
  const trial::TrialCounts& c = report.trial.counts();
  const image::Image& image = report.image;
  Json rules = Json::array();
  for (std::size_t i = 0; i < report.trial.rules().size(); ++i) {
    const trial::RuleTally& t = report.trial.rules()[i];
    const image::Rule& rule = image.rules()[i];
    if ((rule.flags & image::kEnabled) == 0) continue;
    rules.push_back({{"id", image.text(rule.id)},
                     {"name", image.text(rule.name)},
                     {"prompted", t.prompted},
                     {"withheld", t.withheld},
                     {"arrived", t.arrived},
                     {"already_bought", t.already},
                     {"not_qualified", t.unqualified},
                     {"blocked", t.blocked},
                     {"lost", t.lost},
                     {"silent", t.silent},
                     {"conditions", list(conditions(report, i))},
                     {"guards", list(guards(t))},
                     {"lost_to", list(winners(report, t))}});
  }
  const Json all = {{"receipts", c.receipts},         {"sales", c.baskets},
                    {"returns", c.returns},           {"without_goods", c.empty},
                    {"without_time", report.untimed}, {"unknown_lines", c.unknown},
                    {"moved_by_weeks", report.weeks}, {"decisions", c.decisions},
                    {"prompted", c.prompted},         {"judged", c.judged},
                    {"silences", list(silences(c))},  {"rules", rules}};
  out << all.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace sidedish::tool
