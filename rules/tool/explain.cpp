#include "rules/engine/explain.hpp"

#include "rules/tool/commands.hpp"
#include "rules/tool/records.hpp"
#include "rules/tool/words.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

namespace sidedish::tool {
namespace {

using engine::Fate;
using engine::Verdict;
using Json = nlohmann::ordered_json;

struct View {
  const image::Image& image;
  const engine::Record& record;
  const engine::Decision& decision;
};

std::string utc(UtcMs at) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds{at}};
  const year_month_day day{floor<days>(time)};
  const hh_mm_ss clock{floor<seconds>(time - floor<days>(time))};
  char out[64];
  std::snprintf(out, sizeof out, "%04d-%02u-%02u %02d:%02d:%02d UTC", static_cast<int>(day.year()),
                unsigned{day.month()}, unsigned{day.day()}, static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return out;
}

std::string why(const View& view, const Verdict& v) {
  const engine::Basket basket = view.record.basket();
  return say::why({view.image, view.record.context, basket, view.decision}, v);
}

Json as_json(const View& view, std::span<const Verdict> verdicts) {
  Json prompts = Json::array();
  for (std::uint32_t i = 0; i < view.decision.prompt_count; ++i) {
    const engine::Prompt& p = view.decision.prompts[i];
    const image::Rule& rule = view.image.rules()[p.rule];
    prompts.push_back({{"rule", view.image.text(rule.id)},
                       {"product", view.image.text(view.image.products()[p.product].key)},
                       {"quantity", units(p.quantity)},
                       {"price_effect", money(view.image.settings(), p.price_effect)},
                       {"worth", worth(view.image.settings(), p.score)},
                       {"fresh", p.fresh != 0}});
  }
  Json rules = Json::array();
  for (const Verdict& v : verdicts) {
    const image::Rule& rule = view.image.rules()[v.rule];
    Json row = {{"id", view.image.text(rule.id)},
                {"name", view.image.text(rule.name)},
                {"fate", words(v.fate)},
                {"worth", worth(view.image.settings(), v.score)},
                {"why", why(view, v)}};
    if (v.fate == Fate::condition && v.node != image::kNone) {
      row["pointer"] = view.image.pointer(v.rule, v.node);
      row["unknown"] = v.unknown != 0;
    }
    if (v.fate == Fate::guard) row["guard"] = words(v.guard);
    rules.push_back(std::move(row));
  }
  return {{"time", utc(view.record.context.now)},
          {"prompts", prompts},
          {"silence", view.decision.silence == Silence::none ? Json(nullptr)
                                                             : Json(words(view.decision.silence))},
          {"rules", rules}};
}

void print(const View& view, std::span<const Verdict> verdicts, Io& io) {
  const image::Image& image = view.image;
  const image::Settings& settings = image.settings();
  const engine::Context& c = view.record.context;
  io.out << "pack " << image.text(settings.pack_id) << ", version " << settings.pack_version;
  if (c.store < image.stores().size())
    io.out << ", store " << image.text(image.stores()[c.store].id);
  io.out << ", " << utc(c.now) << "\nbasket of " << money(settings, view.record.head.total) << ":";
  for (const engine::Item& item : view.record.items) {
    io.out << "\n  " << units(item.quantity) << " x " << product_name(image, item.product);
  }
  io.out << '\n'
         << view.decision.prompt_count
         << (view.decision.prompt_count == 1 ? " prompt" : " prompts");
  if (view.decision.silence != Silence::none) io.out << ": " << words(view.decision.silence);
  io.out << '\n';
  for (const Verdict& v : verdicts) {
    const image::Rule& rule = image.rules()[v.rule];
    io.out << "  " << image.text(rule.name) << " (" << image.text(rule.id) << "): " << why(view, v)
           << '\n';
  }
}

}  // namespace

void explain(const ExplainArguments& options, Io& io) {
  ImageSource images(options.image, options.overlay);
  const auto replayed = replay_file(images, options.record);
  if (!replayed) {
    io.err << options.record << ": " << replayed.error().text() << '\n';
    io.status = replayed.error().code() == Errc::io ? 2 : 1;
    return;
  }
  const image::Image& image = replayed->image->image;
  const engine::Record& record = replayed->record;
  std::vector<std::uint64_t> scratch(engine::scratch_bytes(image) / 8 + 1);
  std::vector<Verdict> verdicts(image.rules().size());
  engine::Decision decision;
  engine::explain(image, replayed->overlay, record.context, record.basket(),
                  record.head.changed != 0, record.before,
                  std::as_writable_bytes(std::span(scratch)), decision, verdicts);
  const View view{image, record, decision};
  if (options.json) {
    io.out << as_json(view, verdicts).dump(2) << '\n';
  } else {
    print(view, verdicts, io);
  }
  if (!replayed->difference.empty()) {
    io.err << options.record
           << ": this program decides otherwise than the record says: " << replayed->difference
           << '\n';
    io.status = 1;
  }
}

}  // namespace sidedish::tool
