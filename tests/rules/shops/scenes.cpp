#include "tests/rules/shops/scenes.hpp"

#include "rules/compile/compile.hpp"
#include "rules/tool/files.hpp"
#include "tests/rules/shops/stage.hpp"
#include "tests/support/places.hpp"

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace sidedish::shops {
namespace {

/// 2026-01-01, as long as scenes play in that year.
constexpr UtcMs kBegin = 1'767'225'600'000;

/// The shop's documents without the dice: what the rules say is judged, not who is in a holdout.
std::shared_ptr<const tool::Opened> image_of(const std::string& shop) {
  const std::string folder = sidedish::tests::source_dir() + "/sim/shops/" + shop;
  auto documents = tool::read_documents(folder + "/rules.json", folder + "/catalogue.json");
  if (!documents || !documents->usable()) throw std::runtime_error(shop + ": cannot be read");
  model::Pack& pack = *documents->pack;
  pack.settings.global_holdout_percent = 0;
  pack.settings.exploration_percent = 0;
  for (model::Rule& rule : pack.rules) rule.holdout_percent = 0;
  compile::Options options;
  options.time_begin = kBegin;
  const compile::Compiled compiled = compile::compile(
      pack, documents->catalogue(), tool::zones_of("/usr/share/zoneinfo"), options);
  if (!compiled.errors.empty()) throw std::runtime_error(compiled.errors.front().message);
  auto opened = tool::image_of(compiled.image);
  if (!opened) throw std::runtime_error(std::string(opened.error().text()));
  return std::shared_ptr<const tool::Opened>(std::move(*opened));
}

std::string rest_of(std::istringstream& line) {
  std::string out;
  std::getline(line >> std::ws, out);
  return out;
}

/// "CLASSIC, 2 COLA-M": one of the first, two of the second.
void add_all(Stage& stage, std::istringstream& line, int sign) {
  std::string one;
  while (std::getline(line, one, ',')) {
    std::istringstream words(one);
    std::string first;
    std::string second;
    words >> first >> second;
    stage.add(second.empty() ? first : second, sign * (second.empty() ? 1 : std::stoll(first)));
  }
}

/// True when a decision is due.
bool play_line(Stage& stage, const std::string& text) {
  std::istringstream line(text);
  std::string verb;
  line >> verb;
  using Happens = std::function<void()>;
  const auto word = [&] {
    std::string out;
    line >> out;
    return out;
  };
  const auto stock = [&](Stock what) {
    const std::string name = word();
    std::uint32_t left = 0;
    line >> left;
    stage.stock(name, what, left);
  };
  const std::map<std::string, Happens> sets = {
      {"at",
       [&] {
         const std::string store = word();
         const std::string day = word();
         const std::string time = word();
         const std::string channel = word();
         const std::string language = word();
         stage.at(store, day + ' ' + time, channel, language.empty() ? "en" : language);
       }},
      {"wait", [&] { stage.wait(std::stoll(word())); }},
      {"fact",
       [&] {
         const std::string name = word();
         stage.fact(name, rest_of(line));
       }},
      {"avoid", [&] { stage.avoid(rest_of(line)); }},
      {"hold", [&] { stage.hold(word()); }},
      {"cannot", [&] { stage.cannot(word()); }},
      {"operator", [&] { stage.sold_by(word()); }},
      {"return", [&] { stage.mode_return(); }},
      {"paused", [&] { stage.paused(word()); }},
      {"recalled", [&] { stage.recalled(word()); }},
      {"out", [&] { stock(Stock::out); }},
      {"low", [&] { stock(Stock::low); }},
      {"price",
       [&] {
         const std::string name = word();
         stage.price(name, std::stoll(word()));
       }},
      {"next-sale", [&] { stage.next_sale(); }},
  };
  const std::map<std::string, Happens> happens = {
      {"add", [&] { add_all(stage, line, 1); }},
      {"remove", [&] { add_all(stage, line, -1); }},
      {"look", [&] { stage.look(word()); }},
      {"leave", [&] { stage.moment(Moment::basket, false); }},
      {"checkout", [&] { stage.moment(Moment::checkout, false); }},
      {"tender", [&] { stage.moment(Moment::checkout, true); }},
      {"receipt", [&] { stage.moment(Moment::receipt, true); }},
      {"yes", [&] { stage.answer(engine::Answer::accept); }},
      {"no", [&] { stage.answer(engine::Answer::decline); }},
      {"again", [] {}},
  };
  if (const auto found = sets.find(verb); found != sets.end()) {
    found->second();
    return false;
  }
  const auto found = happens.find(verb);
  if (found == happens.end()) throw std::runtime_error("no such word: " + verb);
  found->second();
  return true;
}

}  // namespace

std::string play(const std::string& shop, std::string_view text) {
  const auto image = image_of(shop);
  std::optional<Stage> stage;
  std::istringstream in{std::string(text)};
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("  ")) continue;  // the answer as it was
    out += line + '\n';
    if (line.starts_with("== ")) stage.emplace(image);
    if (line.empty() || line.starts_with('#') || line.starts_with("== ")) continue;
    try {
      if (!stage) throw std::runtime_error("a scene begins with == and its title");
      if (play_line(*stage, line)) out += stage->decide();
    } catch (const std::exception& wrong) {
      out += std::string("    ! ") + wrong.what() + '\n';
    }
  }
  return out;
}

std::string scene_file(const std::string& shop) {
  return sidedish::tests::source_dir() + "/tests/rules/shops/" + shop + ".scenes";
}

std::string read_text(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace sidedish::shops
