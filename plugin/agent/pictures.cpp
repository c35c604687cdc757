#include "plugin/agent/pictures.hpp"

#include "plugin/agent/files.hpp"
#include "plugin/net/backoff.hpp"
#include "plugin/net/digest.hpp"
#include "rules/base/picture.hpp"
#include "rules/base/text.hpp"

#include <algorithm>
#include <sstream>
#include <system_error>
#include <unistd.h>

namespace sidedish::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kMaxList = 8 << 20;

}  // namespace

Pictures::Pictures(const fs::path& state)
    : folder_(state / "pictures"), list_(state / "pictures.list"), tag_(state / "manifest.etag") {}

void Pictures::open() {
  std::array<Set, kSets> sets;
  const auto text = read_file(list_, kMaxList);
  if (text) {
    std::istringstream lines(*text);
    std::size_t age = 0;
    std::uint64_t size = 0;
    for (std::string digest; lines >> age >> digest >> size;) {
      if (age < kSets && is_digest(digest) && size <= kMaxLargePicture) sets[age][digest] = size;
    }
  }
  Set there;
  for (const Set& set : sets) {
    for (const auto& [digest, size] : set) {
      std::error_code error;
      if (fs::file_size(file_of(digest), error) == size && !error) there[digest] = size;
    }
  }
  listed_ = text.has_value();
  if (!listed_) {
    ::unlink(tag_.c_str());
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    sets_ = std::move(sets);
    there_ = std::move(there);
  }
  clean();
}

Result<void> Pictures::write_list(const std::array<Set, kSets>& sets) {
  std::string text;
  for (std::size_t age = 0; age < kSets; ++age) {
    for (const auto& [digest, size] : sets[age]) {
      text += std::to_string(age) + " " + digest + " " + std::to_string(size) + "\n";
    }
  }
  return write_file(list_, text, [](const char*) {});
}

Result<void> Pictures::settle(Result<void> result) {
  const std::lock_guard lock(mutex_);
  status_.trouble = result ? std::string() : std::string(result.error().text());
  return result;
}

Result<void> Pictures::want(const std::vector<format::ManifestPicture>& pictures) {
  Set wanted;
  for (const auto& picture : pictures) wanted[picture.sha256] = picture.size;
  if (wanted == sets_[0] && listed_) return {};
  std::array<Set, kSets> sets{std::move(wanted), sets_[0], sets_[1]};
  if (auto written = write_list(sets); !written) return settle(written);
  listed_ = true;
  {
    const std::lock_guard lock(mutex_);
    sets_ = std::move(sets);
  }
  clean();
  return {};
}

/// Also what was left half-written.
void Pictures::clean() {
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    const std::lock_guard lock(mutex_);
    const bool named =
        sets_[0].contains(name) || sets_[1].contains(name) || sets_[2].contains(name);
    if (named) continue;
    there_.erase(name);
    if (::unlink(at->path().c_str()) == 0 && is_digest(name)) ++status_.dropped;
  }
}

Result<void> Pictures::keep(const std::string& sha256, std::uint64_t size, std::string_view bytes) {
  const bool passes = bytes.size() == size && !picture_type(bytes).empty() &&
                      net::hex(net::sha256(bytes)) == sha256;
  if (!passes) {
    const std::lock_guard lock(mutex_);
    ++status_.refused;
    return fail(Errc::corrupt, "picture " + sha256.substr(0, 12),
                "is not the WebP or PNG file that is named");
  }
  if (auto r = write_file(file_of(sha256), bytes, [](const char*) {}); !r) return r;
  const std::lock_guard lock(mutex_);
  there_[sha256] = size;
  ++status_.fetched;
  return {};
}

Result<bool> Pictures::fetch(net::Sender& sender) {
  // The first missing one after the last that was asked for, then from the beginning again.
  const Set& wanted = sets_[0];
  auto at = wanted.upper_bound(last_);
  for (std::size_t i = 0; i < wanted.size(); ++i, ++at) {
    if (at == wanted.end()) at = wanted.begin();
    if (!there_.contains(at->first)) break;
  }
  if (at == wanted.end() || there_.contains(at->first)) return false;
  last_ = at->first;
  net::Request ask;
  ask.method = "GET";
  ask.target = "/v1/pictures/" + at->first;
  const auto answer = sender.send(ask, std::chrono::seconds(30), net::Repeat::idempotent);
  Result<void> kept =
      !answer ? fail(answer.error().code(), "fetching a picture", answer.error().text())
      : answer->status != 200
          ? Result<void>(fail(Errc::network, "fetching picture " + at->first.substr(0, 12),
                              "head office answered " + std::to_string(answer->status)))
          : keep(at->first, at->second, answer->body);
  if (auto settled = settle(kept); !settled) return tl::unexpected(settled.error());
  return true;
}

std::chrono::seconds Pictures::take_turn(net::Sender& sender, const Clock& clock, double jitter01) {
  constexpr std::chrono::seconds kLongest(30);
  const MonoMs now = clock.steady();
  while (now >= retry_ && clock.steady() < now + 1000) {
    const auto got = fetch(sender);
    if (got && !*got) return kLongest;
    failures_ = got ? 0 : failures_ + 1;
    if (!got) sender.hang_up();
    if (!got) retry_ = now + net::next_delay({}, failures_, jitter01).count();
  }
  if (now >= retry_) return std::chrono::seconds(0);
  return std::min(kLongest, std::chrono::seconds((retry_ - now) / 1000));
}

Result<void> Pictures::take_folder(const fs::path& folder) {
  struct Found {
    fs::path path;
    std::uint64_t size = 0;
  };
  std::map<std::string, Found> found;
  std::string seen;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const fs::path& path = at->path();
    const bool plain =
        path.extension().empty() || path.extension() == ".webp" || path.extension() == ".png";
    const std::string digest = path.stem().string();
    std::error_code none;
    const std::uintmax_t size = at->file_size(none);
    if (!plain || !is_digest(digest) || none || size == 0 || size > kMaxLargePicture) continue;
    found[digest] = {path, size};
  }
  if (error) return settle(fail(Errc::not_found, "reading " + folder.string(), error.message()));
  std::vector<format::ManifestPicture> wanted;
  for (const auto& [digest, file] : found) {
    wanted.push_back({digest, file.size, {}});
    seen += digest + " " + std::to_string(file.size) + "\n";
  }
  if (seen == folder_seen_) return {};
  if (auto r = want(wanted); !r) return r;
  Result<void> worst;
  for (const auto& [digest, file] : found) {
    if (there_.contains(digest)) continue;
    const auto bytes = read_file(file.path, kMaxLargePicture);
    Result<void> kept =
        bytes ? keep(digest, file.size, *bytes) : Result<void>(tl::unexpected(bytes.error()));
    if (!kept && kept.error().code() == Errc::io) return settle(kept);  // next time
    if (!kept) worst = kept;
  }
  folder_seen_ = std::move(seen);
  return settle(worst);
}

bool Pictures::has(std::string_view sha256) const {
  const std::lock_guard lock(mutex_);
  return there_.contains(sha256);
}

PictureStatus Pictures::status() const {
  const std::lock_guard lock(mutex_);
  PictureStatus out = status_;
  out.wanted = sets_[0].size();
  out.present = 0;
  for (const auto& entry : sets_[0]) out.present += there_.contains(entry.first) ? 1U : 0U;
  return out;
}

}  // namespace sidedish::agent
