// replay: records byte for byte, or receipts through a pack that nobody has seen yet.
#include "rules/compile/compile.hpp"
#include "rules/receipts/reader.hpp"
#include "rules/tool/commands.hpp"
#include "rules/tool/records.hpp"
#include "rules/tool/report.hpp"
#include "rules/tool/trial_report.hpp"
#include "rules/trial/trial.hpp"

#include <chrono>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

namespace sidedish::tool {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::int64_t kDay = 86'400;
constexpr std::uint64_t kVerdicts = 50'000'000;  // of one run: some ten seconds

void stop(Io& io, int status, std::string_view why) {
  io.err << why << '\n';
  io.status = status;
}

UtcMs new_year(int year) {
  using namespace std::chrono;
  return sys_days{std::chrono::year{year} / January / 1}.time_since_epoch().count() *
         std::int64_t{86'400'000};
}

// An image of the documents, whose times reach eight years back from the last receipt.
std::unique_ptr<Opened> compile_draft(const ReplayArguments& options, UtcMs last, Io& io) {
  auto documents = read_documents(options.rules, options.catalogue);
  if (!documents) {
    stop(io, 2, documents.error().text());
    return nullptr;
  }
  std::vector<Located> errors = documents->errors;
  compile::Compiled compiled;
  if (documents->usable()) {
    compile::Options how;
    how.time_begin = new_year(std::max(2000, receipts::local_time(last / 1000).year - 8));
    compiled =
        compile::compile(*documents->pack, documents->catalogue(), zones_of(options.zones), how);
    for (auto& e : compiled.errors) {
      errors.push_back(locate(std::move(e), *documents, options.rules, options.catalogue));
    }
  }
  if (!errors.empty()) {
    print_findings(io.err, "error", errors);
    stop(io, 1, "nothing was replayed");
    return nullptr;
  }
  auto out = image_of(compiled.image);
  if (!out) {
    stop(io, 1, out.error().text());
    return nullptr;
  }
  return std::move(*out);
}

std::unique_ptr<Opened> pack_of(const ReplayArguments& options, UtcMs last, Io& io) {
  if (!options.rules.empty()) return compile_draft(options, last, io);
  auto opened = open_image(options.image);
  if (!opened) {
    stop(io, opened.error().code() == Errc::io ? 2 : 1, opened.error().text());
    return nullptr;
  }
  return std::move(*opened);
}

}  // namespace

void replay_receipts(const ReplayArguments& options, Io& io) {
  auto reader = receipts::ReceiptReader::open(options.receipts);
  if (!reader) return stop(io, 2, reader.error().text());
  const std::int64_t today = io.now / 1000 / kDay;
  const std::int64_t last = reader->latest().value_or(today * kDay) / kDay;
  // Whole weeks, so that a Friday evening stays one.
  const std::int64_t weeks = options.as_recorded ? 0 : (today - last) / 7;
  const auto opened = pack_of(options, (last + weeks * 7) * kDay * 1000, io);
  if (!opened) return;
  const image::Image& image = opened->image;
  const std::uint32_t store = options.store.empty() ? 0 : image.find_store(options.store);
  if (store >= image.stores().size()) {
    return stop(io, 2, "--store: the pack has no store " + options.store);
  }
  const Channel channel = options.channel == "kiosk" ? Channel::kiosk : Channel::cashier;
  trial::Trial::Scope scope;
  scope.judge_every =
      1 + reader->receipts() * std::max<std::size_t>(1, image.rules().size()) / kVerdicts;
  receipts::ReceiptOptions exact;
  exact.exponent = image.settings().exponent;
  if (exact.exponent != receipts::ReceiptOptions{}.exponent) {
    reader = receipts::ReceiptReader::open(options.receipts, exact);
    if (!reader) return stop(io, 2, reader.error().text());
  }
  trial::Trial trial(image, scope);
  trial::Lane lane = trial.lane(store, channel);
  const receipts::LocalSeconds shift = weeks * 7 * kDay;
  const receipts::LocalSeconds noon = last * kDay + shift + kDay / 2;
  std::uint64_t untimed = 0;
  const auto progress = [&](bool done) {
    if (!io.progress) return;
    io.err << "\rreplayed " << trial.counts().receipts << " of " << reader->receipts()
           << " receipts" << (done ? "\n" : "");
    io.err.flush();
  };
  for (;;) {
    const auto receipt = reader->next();
    if (!receipt) return stop(io, 2, receipt.error().text());
    if (!*receipt) break;
    const auto& time = (*receipt)->time;
    untimed += time || (*receipt)->mode == receipts::SaleMode::return_ ? 0U : 1U;
    trial.ring_up(lane, **receipt, trial.utc(store, time ? *time + shift : noon));
    if (trial.counts().receipts % 2000 == 0) progress(false);
  }
  progress(true);
  const TrialReport report{image, trial, store, channel, scope.judge_every, untimed, weeks};
  if (options.json) {
    print_json(io.out, report);
  } else {
    print(io.out, report);
  }
}

void replay_records(const ReplayArguments& options, Io& io) {
  ImageSource images(options.image, options.overlay);
  const auto files = record_files(options.records);
  std::size_t same = 0;
  Json different = Json::array();
  Json unreadable = Json::array();
  for (const auto& file : files) {
    const auto replayed = replay_file(images, file);
    if (!replayed) {
      if (!options.json) io.err << file << ": " << replayed.error().text() << '\n';
      unreadable.push_back({{"file", file}, {"error", replayed.error().text()}});
      io.status = std::max(io.status, replayed.error().code() == Errc::io ? 2 : 1);
      continue;
    }
    if (replayed->difference.empty()) {
      ++same;
      continue;
    }
    if (!options.json) io.err << file << ": decides otherwise: " << replayed->difference << '\n';
    different.push_back({{"file", file}, {"where", replayed->difference}});
    io.status = std::max(io.status, 1);
  }
  if (options.json) {
    const Json out = {{"records", files.size()},
                      {"same", same},
                      {"different", different},
                      {"unreadable", unreadable}};
    io.out << out.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    return;
  }
  io.out << same << " of " << files.size() << " records decide the same bytes\n";
}

}  // namespace sidedish::tool
