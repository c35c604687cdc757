#include "rules/image/image.hpp"
#include "rules/tool/commands.hpp"
#include "rules/tool/files.hpp"
#include "rules/tool/words.hpp"
#include "rules/trust/digest.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

namespace sidedish::tool {
namespace {

std::string date(UtcMs at) {
  using namespace std::chrono;
  const year_month_day day{floor<days>(sys_time<milliseconds>{milliseconds{at}})};
  char out[16] = {};
  std::snprintf(out, sizeof out, "%04d-%02u-%02u", static_cast<int>(day.year()),
                unsigned{day.month()}, unsigned{day.day()});
  return out;
}

/// What experiments other than by basket there are: "\nunits      2 by customer (1 with a cap)".
std::string units_words(const image::Image& image) {
  constexpr std::array<const char*, kUnits> kWords{"basket", "customer", "terminal and day",
                                                   "store and day"};
  std::array<std::size_t, kUnits> rules{};
  std::size_t capped = 0;
  for (const auto& rule : image.rules()) ++rules[static_cast<std::size_t>(rule.unit())];
  for (const auto& gate : image.gates()) capped += gate.customer_prompts != 0 ? 1U : 0U;
  std::string out;
  for (std::size_t i = 1; i < kUnits; ++i) {
    if (rules[i] == 0) continue;
    out += (out.empty() ? "\nunits      " : ", ") + std::to_string(rules[i]) + " by " + kWords[i];
    if (i == static_cast<std::size_t>(Unit::customer) && capped > 0) {
      out += " (" + std::to_string(capped) + " with a cap)";
    }
  }
  return out;
}

}  // namespace

void show(const std::string& path, Io& io) {
  const auto bytes = read_file(path);
  if (!bytes) {
    io.err << bytes.error().text() << '\n';
    io.status = 2;
    return;
  }
  const auto image = image::Image::open(*bytes);
  if (!image) {
    io.err << path << ": " << image.error().text() << '\n';
    io.status = 1;
    return;
  }
  const image::Settings& s = image->settings();
  std::size_t enabled = 0;
  std::size_t nodes = 0;
  for (const auto& gate : image->gates()) nodes += gate.node_count;
  for (const auto& rule : image->rules()) enabled += rule.flags & image::kEnabled ? 1U : 0U;
  const auto context = image->postings().back().count;
  io.out << path << ": " << bytes->size() << " bytes";
  if (const auto digest = trust::sha256(*bytes)) io.out << ", sha256 " << trust::hex(*digest);
  io.out << "\npack       " << image->text(s.pack_id) << ", version " << s.pack_version  //
         << "\ncurrency   " << std::string_view(s.currency, 3)
         << (s.prices_include_tax != 0 ? ", prices include tax" : ", prices without tax")
         << "\ntimes      " << date(s.time_begin) << " to " << date(s.time_end - 1)
         << "\nlanguages ";
  for (const auto ref : image->languages()) io.out << ' ' << image->text(ref);
  io.out << "\nstores     " << image->stores().size() << "\ncategories "
         << image->categories().size() << "\nproducts   " << image->products().size() << ", "
         << image->keys().size() << " keys\nrules      " << image->rules().size() << ", " << enabled
         << " enabled, " << context << " without item condition" << units_words(*image)
         << "\noffers     " << image->offers().size() << "\nconditions " << nodes << ", "
         << image->sets().size() << " sets, " << s.groups << " anchor groups\nweight     "
         << weight_words(*image) << '\n';
}

}  // namespace sidedish::tool
