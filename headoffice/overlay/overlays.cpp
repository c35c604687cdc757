#include "headoffice/overlay/overlays.hpp"

#include "plugin/net/digest.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <cstring>
#include <map>

namespace sidedish::headoffice {
namespace {

constexpr std::size_t kMostStanding = 20'000;
constexpr std::size_t kShownChanges = 50;

/// "250" of exponent 2 -> "2.50".
std::string decimal(Minor amount, unsigned exponent) {
  std::string digits = std::to_string(amount);
  if (exponent == 0) return digits;
  if (digits.size() <= exponent) digits.insert(0, exponent + 1 - digits.size(), '0');
  return digits.insert(digits.size() - exponent, ".");
}

constexpr std::string_view kStock[] = {"in", "low", "out"};

void write_value(format::JsonWriter& json, const StandingRow& row, unsigned exponent) {
  if (row.what == Standing::price) json.key("price").text(decimal(row.price, exponent));
  if (row.what == Standing::stock) {
    json.key("class").text(kStock[static_cast<std::size_t>(row.stock)]);
    if (row.left) json.key("left").number(std::uint64_t{*row.left});
  }
  if (row.until != 0) json.key("until").text(format::format_time(row.until));
}

std::string value_of(const StandingRow& row, unsigned exponent) {
  format::JsonWriter json;
  json.open('{');
  write_value(json, row, exponent);
  return json.close('}').take();
}

bool same_value(const StandingRow& a, const StandingRow& b) {
  return a.price == b.price && a.base == b.base && a.stock == b.stock && a.left == b.left &&
         a.until == b.until;
}

/// Images that were opened, each once for all stores that have it.
class Images {
 public:
  /// nullptr: what is stored is no image.
  const image::Image* open(const LiveManifest& manifest) {
    auto [at, fresh] = images_.try_emplace(manifest.digest);
    if (fresh) {
      auto opened = image::Image::open(std::as_bytes(std::span(manifest.image)));
      if (opened) at->second = *opened;
    }
    return at->second ? &*at->second : nullptr;
  }

 private:
  std::map<Sha256, std::optional<image::Image>> images_;
};

/// The changes of one request in one store.
class Edit {
 public:
  Edit(const StandingState& state, std::vector<const image::Image*> images, UtcMs now)
      : rows_(state.rows), images_(std::move(images)), now_(now) {}

  void apply(const OverlayRequest& request) {
    if (!request.pack.empty() && request.pack != pack()) {
      add("", "/pack", "expected the store's pack " + pack());
      return;
    }
    for (std::size_t i = 0; i < request.changes.size(); ++i) {
      apply(request, request.changes[i], "/changes/" + std::to_string(i));
    }
    if (rows_.size() > kMostStanding) {
      add("", "/changes",
          "expected at most " + std::to_string(kMostStanding) +
              " things to stand in a store, found " + std::to_string(rows_.size()));
    }
  }
  void end_what_is_over() {
    std::erase_if(rows_, [&](const StandingRow& row) {
      if (row.until == 0 || row.until > now_) return false;
      log_.push_back({row.what, pack(), row.subject, value_of(row, exponent()), {}});
      return true;
    });
  }

  std::vector<model::Finding>& errors() { return errors_; }
  std::vector<OverlayLog>& log() { return log_; }
  std::vector<StandingRow>& rows() { return rows_; }

 private:
  const image::Image& newest() const { return *images_.front(); }
  std::string pack() const { return std::string(newest().text(newest().settings().pack_id)); }
  unsigned exponent() const { return newest().settings().exponent; }
  void add(const std::string& subject, std::string pointer, std::string message) {
    errors_.push_back({subject, std::move(pointer), std::move(message)});
  }
  /// Of any image that terminals may run, the newest first. nullptr: none has it.
  const image::Image* with_rule(const std::string& rule) const {
    for (const image::Image* image : images_) {
      if (image->find_rule(std::string_view(rule)) != image::kNone) return image;
    }
    return nullptr;
  }
  const image::Image* with_product(const std::string& key) const {
    for (const image::Image* image : images_) {
      if (image->find_product(key) != image::kNone) return image;
    }
    return nullptr;
  }

  void apply(const OverlayRequest& request, const OverlayChange& change, const std::string& at) {
    StandingRow row;
    row.what = change.what;
    row.subject = change.subject;
    row.who = request.who;
    row.why = request.why;
    row.since = now_;
    const bool rule = change.what == Standing::paused;
    const image::Image* image = rule ? with_rule(row.subject) : with_product(row.subject);
    if (rule) row.pack = pack();
    if (!rule && image != nullptr) {
      row.subject = image->text(image->products()[image->find_product(row.subject)].key);
    }
    const auto place = std::find_if(rows_.begin(), rows_.end(), [&](const StandingRow& other) {
      return other.what == row.what && other.subject == row.subject && other.pack == row.pack;
    });
    if (image == nullptr && (change.set || place == rows_.end())) {
      add(row.subject, at + "/subject",
          std::string("expected a ") + (rule ? "rule" : "product") +
              " of the store's pack, found " + row.subject);
      return;
    }
    if (!change.set) {
      if (place == rows_.end()) return;
      log_.push_back({row.what, pack(), row.subject, value_of(*place, exponent()), {}});
      rows_.erase(place);
      return;
    }
    if (!fill(row, change, *image, at)) return;
    if (place != rows_.end() && same_value(*place, row)) return;
    log_.push_back({row.what, pack(), row.subject,
                    place == rows_.end() ? std::string() : value_of(*place, exponent()),
                    value_of(row, exponent())});
    if (place == rows_.end()) {
      rows_.push_back(std::move(row));
    } else {
      *place = std::move(row);
    }
  }

  bool fill(StandingRow& row, const OverlayChange& change, const image::Image& image,
            const std::string& at) {
    row.until = change.until;
    if (row.until != 0 && row.until <= now_) {
      add(row.subject, at + "/until", "expected a time to come");
      return false;
    }
    row.stock = change.stock;
    row.left = change.left;
    if (row.what != Standing::price) return true;
    const auto price = parse_decimal(change.price, exponent());
    if (!price || *price < 0) {
      add(row.subject, at + "/price",
          "expected an amount with at most " + std::to_string(exponent()) + " decimals, found " +
              change.price);
      return false;
    }
    row.price = *price;
    row.base = image.products()[image.find_product(row.subject)].price;
    const MadeFile alone = make_file({&row, 1}, image, 1, now_);
    if (alone.left_out.empty()) return true;
    add(row.subject, at + "/price", alone.left_out.front().why);
    return false;
  }

  std::vector<StandingRow> rows_;
  std::vector<const image::Image*> images_;
  UtcMs now_;
  std::vector<model::Finding> errors_;
  std::vector<OverlayLog> log_;
};

/// Files for every manifest that terminals may run.
Result<OverlayWrite> written(Edit& edit, const StandingState& state, Images& images, UtcMs now) {
  OverlayWrite out;
  for (const LiveManifest& live : state.manifests) {
    format::WireFindings findings;
    const auto manifest = format::read_manifest(live.body, findings);
    if (!manifest) return fail(Errc::corrupt, "reading a stored manifest", findings.front().detail);
    out.files.push_back(file_of(*manifest,
                                make_file(edit.rows(), *images.open(live), state.version + 1, now),
                                state.version + 1));
  }
  out.rows = std::move(edit.rows());
  out.log = std::move(edit.log());
  return out;
}

Result<std::vector<const image::Image*>> opened(const StandingState& state, Images& images) {
  std::vector<const image::Image*> out;
  for (const LiveManifest& live : state.manifests) {
    out.push_back(images.open(live));
    if (out.back() == nullptr) return fail(Errc::corrupt, "a stored image cannot be read");
  }
  return out;
}

}  // namespace

Result<OverlayOutcome> Overlays::change(const OverlayRequest& request) {
  const UtcMs now = clock_.now();
  std::vector<std::string> stores = request.stores;
  if (stores.empty()) {
    auto all = store_.stores_of_pack(request.pack);
    if (!all) return tl::unexpected<Error>(all.error());
    if (all->empty()) return fail(Errc::not_found, "no store has the pack " + request.pack);
    stores = std::move(*all);
  }
  OverlayOutcome out;
  Images images;
  const EditStanding edit = [&](std::string_view store,
                                const StandingState& state) -> Result<std::optional<OverlayWrite>> {
    auto all = opened(state, images);
    if (!all) return tl::unexpected<Error>(all.error());
    Edit one(state, std::move(*all), now);
    one.apply(request);
    if (!one.errors().empty()) {
      out.errors = std::move(one.errors());
      return fail(Errc::invalid, std::string(store));
    }
    if (one.log().empty()) return std::nullopt;
    auto files = written(one, state, images, now);
    if (!files) return tl::unexpected<Error>(files.error());
    return std::move(*files);
  };
  const std::string content = request.key.empty() ? "" : net::hex(net::sha256(request.content));
  auto changed =
      store_.edit_overlays(stores, {request.who, request.why, now, request.key, content}, edit);
  if (!changed && out.errors.empty()) return tl::unexpected<Error>(changed.error());
  if (changed) out.stores = std::move(*changed);
  return out;
}

Result<std::vector<std::string>> Overlays::expire() {
  const UtcMs now = clock_.now();
  auto due = store_.overlays_due(now);
  if (!due || due->empty()) return due;
  Images images;
  const EditStanding edit = [&](std::string_view,
                                const StandingState& state) -> Result<std::optional<OverlayWrite>> {
    auto all = opened(state, images);
    if (!all) return tl::unexpected<Error>(all.error());
    Edit one(state, std::move(*all), now);
    one.end_what_is_over();
    auto files = written(one, state, images, now);
    if (!files) return tl::unexpected<Error>(files.error());
    return std::move(*files);
  };
  const auto changed =
      store_.edit_overlays(*due, {"head office", "its time is over", now, "", ""}, edit);
  if (!changed) return tl::unexpected<Error>(changed.error());
  return due;
}

Result<std::string> Overlays::view(std::string_view store) {
  const auto state = store_.standing(store);
  if (!state) return tl::unexpected<Error>(state.error());
  const auto log = store_.overlay_log(store, kShownChanges);
  if (!log) return tl::unexpected<Error>(log.error());
  format::JsonWriter json;
  json.open('{').key("store").text(store).key("version").number(state->version);
  const auto row = storage_.manifest(store);
  if (!row && row.error().code() != Errc::not_found) return tl::unexpected<Error>(row.error());
  MadeFile made;
  unsigned exponent = 0;
  format::WireFindings findings;
  if (const auto manifest = row ? format::read_manifest(row->body, findings) : std::nullopt) {
    const auto bytes = storage_.blob(parse_digest(manifest->image_sha256).value_or(Sha256{}));
    if (!bytes) return tl::unexpected<Error>(bytes.error());
    const auto image = image::Image::open(std::as_bytes(std::span(*bytes)));
    if (!image) return tl::unexpected<Error>(image.error());
    json.key("pack").text(image->text(image->settings().pack_id));
    exponent = image->settings().exponent;
    made = make_file(state->rows, *image, std::max<std::uint64_t>(1, state->version), clock_.now());
    if (manifest->overlay) {
      json.key("file").open('{').key("sha256").text(manifest->overlay->sha256);
      json.key("size").number(manifest->overlay->size);
      json.key("version").number(manifest->overlay->version).close('}');
    }
  }
  json.key("standing").open('[');
  auto left_out = made.left_out.begin();
  for (std::size_t i = 0; i < state->rows.size(); ++i) {
    const StandingRow& one = state->rows[i];
    json.open('{').key("what").text(name_of(one.what)).key("subject").text(one.subject);
    write_value(json, one, exponent);
    json.key("who").text(one.who).key("why").text(one.why);
    json.key("since").text(format::format_time(one.since));
    if (left_out != made.left_out.end() && left_out->row == i) {
      json.key("left_out").text(left_out->why);
      ++left_out;
    }
    json.close('}');
  }
  json.close(']').key("changes").open('[');
  for (const OverlayLogRow& one : *log) {
    json.open('{').key("at").text(format::format_time(one.at)).key("who").text(one.who);
    json.key("why").text(one.why).key("what").text(name_of(one.change.what));
    json.key("subject").text(one.change.subject);
    if (!one.change.from.empty()) json.key("from").raw(one.change.from);
    if (!one.change.to.empty()) json.key("to").raw(one.change.to);
    json.close('}');
  }
  return json.close(']').close('}').take();
}

}  // namespace sidedish::headoffice
