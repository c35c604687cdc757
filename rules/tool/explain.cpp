#include "rules/engine/explain.hpp"

#include "rules/engine/record.hpp"
#include "rules/tool/files.hpp"
#include "rules/tool/tool.hpp"

#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

namespace sidedish::tool {
namespace {

using engine::Fate;
using engine::Verdict;

// In the order of engine::Guard, Silence and Fate.
constexpr const char* kGuardWords[engine::kGuards] = {
    "nothing",
    "it is in the basket already",
    "a substitute of it is in the basket",
    "it is out of stock",
    "it is hidden in the catalogue",
    "it is restricted and never offered",
    "it costs too much beside this basket",
    "this till cannot add items",
    "it was declined in this sale",
    "the rule's cap for this lane and day is reached",
    "the rule's cap for this shift is reached",
    "it is worth less than the score floor",
    "another prompt offers the same product",
    "lane memory is full: its cap counts as reached",
    "this rule was answered in this sale already",
};
constexpr const char* kSilenceWords[kSilenceReasons] = {
    "something was offered or withheld",
    "no rules are loaded",
    "the mode is not sale",
    "a hold is set",
    "a product's quantity is negative",
    "payment has begun",
    "a no was said in this sale",
    "the prompts of this sale are used up",
    "no rule's conditions hold",
    "guards or caps stopped every offer",
    "the best offer was not worth a showing",
    "the store is not in the image",
    "the currency is not the image's or the basket's",
    "the basket has too many lines",
    "lane memory is full",
    "there is no usable time",
};
constexpr const char* kFateWords[] = {"offered", "withheld", "lost",    "condition",
                                      "guard",   "silent",   "disabled"};

// Bytes of a file, 8-byte aligned for the engine.
struct Aligned {
  std::vector<std::uint64_t> words;
  std::size_t size = 0;
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(words)).first(size); }
};

bool read_aligned(const std::string& path, Aligned& out, Io& io) {
  const auto bytes = read_file(path);
  if (!bytes) {
    io.err << bytes.error().text() << '\n';
    io.status = 2;
    return false;
  }
  out.size = bytes->size();
  out.words.resize((bytes->size() + 7) / 8);
  if (!bytes->empty()) std::memcpy(out.words.data(), bytes->data(), bytes->size());
  return true;
}

bool open_image(const std::string& path, Aligned& bytes, image::Image& image, Io& io) {
  if (!read_aligned(path, bytes, io)) return false;
  const auto opened = image::Image::open(bytes.bytes());
  if (!opened) {
    io.err << path << ": " << opened.error().text() << '\n';
    io.status = 1;
    return false;
  }
  image = *opened;
  return true;
}

// Scores are millionths of a minor unit.
std::string money(const image::Image& image, std::int64_t score) {
  char out[64];
  std::snprintf(out, sizeof out, "%.4f minor units (%s)", static_cast<double>(score) / 1e6,
                image.settings().currency);
  return out;
}

std::string why(const image::Image& image, const engine::Decision& decision, const Verdict& v) {
  switch (v.fate) {
    case Fate::offered:
      return "offered, worth " + money(image, v.score);
    case Fate::withheld:
      return "chosen, and withheld for its holdout";
    case Fate::lost:
      return v.amount >= 0 ? "lost by " + money(image, v.amount)
                           : "better by " + money(image, -v.amount) + ", but the place is taken";
    case Fate::condition: {
      if (v.node == image::kNone) return "does not speak on this channel or at this moment";
      const std::string at(image.text(image.nodes()[v.node].pointer));
      return (v.unknown != 0 ? "unknown (a fact was not passed): " : "does not hold: ") + at;
    }
    case Fate::guard:
      return std::string("stopped: ") + kGuardWords[static_cast<unsigned>(v.guard)];
    case Fate::silent:
      return std::string("silent: ") + kSilenceWords[static_cast<unsigned>(decision.silence)];
    case Fate::disabled:
      break;
  }
  return "disabled";
}

struct Options {
  std::string image;
  std::vector<std::string> records;
  bool json = false;
};

void print(const image::Image& image, const engine::Decision& d, std::span<const Verdict> verdicts,
           bool json, Io& io) {
  nlohmann::json rules = nlohmann::json::array();
  if (!json) {
    io.out << d.prompt_count << " prompts; " << kSilenceWords[static_cast<unsigned>(d.silence)]
           << '\n';
  }
  for (const Verdict& v : verdicts) {
    const image::Rule& rule = image.rules()[v.rule];
    const std::string text = why(image, d, v);
    if (json) {
      rules.push_back({{"id", image.text(rule.id)},
                       {"name", image.text(rule.name)},
                       {"fate", kFateWords[static_cast<unsigned>(v.fate)]},
                       {"score", v.score},
                       {"why", text}});
    } else {
      io.out << "  " << image.text(rule.name) << " (" << image.text(rule.id) << "): " << text
             << '\n';
    }
  }
  if (json) {
    const nlohmann::json out = {{"prompts", d.prompt_count},
                                {"silence", kSilenceWords[static_cast<unsigned>(d.silence)]},
                                {"rules", rules}};
    io.out << out.dump(2) << '\n';
  }
}

// Replays one record, and explains it when asked; what is wrong with it goes to err.
bool look_at(const image::Image& image, const std::string& path, const Options* explained, Io& io) {
  Aligned bytes;
  if (!read_aligned(path, bytes, io)) return false;
  const auto record = engine::decode_record(bytes.bytes());
  std::vector<std::uint64_t> scratch(engine::scratch_bytes(image) / 8 + 1);
  const auto room = std::as_writable_bytes(std::span(scratch));
  engine::Decision decision;
  const auto same = record ? engine::replay(image, {}, *record, room, decision)
                           : Result<bool>(tl::unexpected<Error>(record.error()));
  if (!same) {
    io.err << path << ": " << same.error().text() << '\n';
    io.status = 1;
    return false;
  }
  if (explained != nullptr) {
    std::vector<Verdict> verdicts(image.rules().size());
    engine::explain(image, {}, record->context, record->basket(), record->head.changed != 0,
                    record->before, room, decision, verdicts);
    print(image, decision, verdicts, explained->json, io);
  }
  if (!*same) {
    io.err << path << ": this image decides otherwise than the record says\n";
    io.status = 1;
  }
  return *same;
}

void run_explain(const Options& options, Io& io) {
  Aligned bytes;
  image::Image image;
  if (open_image(options.image, bytes, image, io)) {
    look_at(image, options.records.front(), &options, io);
  }
}

void run_replay(const Options& options, Io& io) {
  Aligned bytes;
  image::Image image;
  if (!open_image(options.image, bytes, image, io)) return;
  std::size_t same = 0;
  for (const auto& path : options.records) same += look_at(image, path, nullptr, io) ? 1U : 0U;
  io.out << same << " of " << options.records.size() << " records decide the same bytes\n";
}

}  // namespace

void add_explain(CLI::App& app, Io& io) {
  auto* command = app.add_subcommand("explain", "why a decision offered what it did, rule by rule");
  const auto options = std::make_shared<Options>();
  command->add_option("record", options->records, "decision record")->required()->expected(1);
  command->add_option("--image", options->image, "image it was decided with")->required();
  command->add_flag("--json", options->json, "for programs");
  command->callback([options, &io] { run_explain(*options, io); });
}

void add_replay(CLI::App& app, Io& io) {
  auto* command = app.add_subcommand("replay", "decide records again and compare the bytes");
  const auto options = std::make_shared<Options>();
  command->add_option("image", options->image, "image file")->required();
  command->add_option("records", options->records, "decision records")->required();
  command->callback([options, &io] { run_replay(*options, io); });
}

}  // namespace sidedish::tool
