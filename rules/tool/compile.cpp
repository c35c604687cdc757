#include "rules/compile/compile.hpp"

#include "rules/tool/commands.hpp"
#include "rules/tool/report.hpp"
#include "rules/tool/words.hpp"
#include "rules/trust/digest.hpp"
#include "rules/vectors/vectors.hpp"

#include <charconv>
#include <chrono>

namespace sidedish::tool {
namespace {

/// "2026-01-01" -> UTC ms; nothing when it is no date.
std::optional<UtcMs> parse_date(std::string_view text) {
  int part[3] = {};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t length = i == 0 ? 4 : 2;
    const char* first = text.data();
    if (text.size() < length || (i < 2 && (text.size() <= length || text[length] != '-')))
      return {};
    const auto [end, error] = std::from_chars(first, first + length, part[i]);
    if (error != std::errc() || end != first + length || part[i] < 0) return {};
    text.remove_prefix(length + (i < 2 ? 1 : 0));
  }
  const std::chrono::year_month_day day{std::chrono::year{part[0]},
                                        std::chrono::month{static_cast<unsigned>(part[1])},
                                        std::chrono::day{static_cast<unsigned>(part[2])}};
  if (!text.empty() || !day.ok()) return {};
  return std::chrono::sys_days{day}.time_since_epoch().count() * std::int64_t{86'400'000};
}

/// The first of January of this year: the same image all year, and yesterday's records replay.
UtcMs new_year(UtcMs now) {
  using namespace std::chrono;
  const year_month_day today{floor<days>(sys_time<milliseconds>{milliseconds{now}})};
  return sys_days{today.year() / January / 1}.time_since_epoch().count() * std::int64_t{86'400'000};
}

}  // namespace

void compile_pack(const CompileArguments& given, Io& io) {
  const auto stop = [&](int status, std::string_view why) {
    io.err << why << '\n';
    io.status = status;
  };
  compile::Options options;
  const auto begin = given.begin.empty() ? new_year(io.now) : parse_date(given.begin);
  if (!begin) return stop(2, "--begin: expected a date like 2026-01-01, found " + given.begin);
  options.time_begin = *begin;
  if (io.progress) {
    options.progress = [&io](std::size_t done, std::size_t of) {
      if (of >= 10'000)
        io.err << "\rcompiling " << done << " of " << of << (done == of ? "\n" : "");
      io.err.flush();
    };
  }
  auto documents = read_documents(given.rules, given.catalogue);
  if (!documents) return stop(2, documents.error().text());
  std::vector<Located> errors = documents->errors;
  compile::Compiled compiled;
  if (documents->usable()) {
    compiled =
        compile::compile(*documents->pack, documents->catalogue(), zones_of(given.zones), options);
    for (auto& e : compiled.errors) {
      errors.push_back(locate(std::move(e), *documents, given.rules, given.catalogue));
    }
  }
  if (!errors.empty()) {
    print_findings(io.err, "error", errors);
    return stop(1, given.output + ": not written");
  }
  compiled.image = vectors::with_vectors(compiled.image);
  const auto digest = trust::sha256(compiled.image);
  if (!digest) return stop(2, digest.error().text());
  if (const auto written = write_file(given.output, compiled.image); !written) {
    return stop(2, written.error().text());
  }
  const auto image = image::Image::open(compiled.image);
  if (!image) return stop(2, image.error().text());
  io.out << given.output << ": " << compiled.image.size() << " bytes, "
         << documents->pack->rules.size() << " rules\nsha256 " << trust::hex(*digest) << "\nweight "
         << weight_words(*image) << '\n';
}

}  // namespace sidedish::tool
