#include "plugin/loopback/streams.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace sidedish::loopback {
namespace {

constexpr std::string_view kTopics[] = {"state",    "basket", "prompts",
                                        "answered", "closed", "reset"};

}  // namespace

Streams::Streams(const Clock& clock)
    : clock_(clock), epoch_(std::to_string(clock.now())), beat_at_(clock.steady()) {}

bool Streams::listening(const Channel& channel) const {
  return std::any_of(channel.streams.begin(), channel.streams.end(),
                     [](const auto& stream) { return stream->open(); }) ||
         (channel.heard != 0 && clock_.steady() - channel.heard < kLinger);
}

bool Streams::listening(std::string_view lane) const {
  const std::lock_guard lock(mutex_);
  const auto found = channels_.find(lane);
  return found != channels_.end() && listening(found->second);
}

std::string Streams::write(std::uint64_t id, const Happening& what) const {
  std::string out = "event: ";
  out.append(kTopics[static_cast<std::size_t>(what.topic)]).append("\nid: ").append(epoch_);
  out.append("-").append(std::to_string(id)).append("\ndata: ").append(what.json);
  if (what.topic == Topic::prompts) {
    out.pop_back();
    out.append(",\"age_ms\":")
        .append(std::to_string(std::max<MonoMs>(0, clock_.steady() - what.at)));
    out += '}';
  }
  return out += "\n\n";
}

void Streams::tell(std::string_view lane, Happening what) {
  const std::lock_guard lock(mutex_);
  auto found = channels_.find(lane);
  if (found == channels_.end()) return;
  Channel& channel = found->second;
  channel.last = ++last_;
  const std::string text = write(channel.last, what);
  std::erase_if(channel.streams, [&](const auto& stream) { return !stream->push(text); });
  if (!channel.streams.empty()) channel.heard = clock_.steady();
  channel.kept.push_back({channel.last, std::move(what)});
  if (channel.kept.size() > kKept) {
    channel.before = channel.kept.front().id;
    channel.kept.pop_front();
  }
}

void Streams::skip(std::string_view lane) {
  const std::lock_guard lock(mutex_);
  const auto found = channels_.find(lane);
  if (found == channels_.end()) return;
  found->second.kept.clear();
  found->second.before = found->second.last = ++last_;
}

bool Streams::missed(const Channel& channel, std::string_view last_id, std::string& out) const {
  if (!last_id.starts_with(epoch_) || last_id.size() < epoch_.size() + 2 ||
      last_id[epoch_.size()] != '-') {
    return false;
  }
  last_id.remove_prefix(epoch_.size() + 1);
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(last_id.data(), last_id.data() + last_id.size(), id);
  if (error != std::errc{} || end != last_id.data() + last_id.size()) return false;
  if (id < channel.before || id > channel.last) return false;
  // Of what is a state only the last is news.
  std::array<std::uint64_t, std::size(kTopics)> newest{};
  for (const Kept& kept : channel.kept) {
    newest[static_cast<std::size_t>(kept.what.topic)] = kept.id;
  }
  for (const Kept& kept : channel.kept) {
    const bool old =
        is_state(kept.what.topic) && newest[static_cast<std::size_t>(kept.what.topic)] != kept.id;
    if (kept.id > id && !old) out += write(kept.id, kept.what);
  }
  return true;
}

std::shared_ptr<net::Stream> Streams::join(std::string_view lane, std::string_view last_id,
                                           const std::function<std::vector<Happening>()>& now) {
  const std::lock_guard lock(mutex_);
  std::size_t in_all = 0;
  for (auto& [name, channel] : channels_) {
    std::erase_if(channel.streams, [](const auto& stream) { return !stream->open(); });
    in_all += channel.streams.size();
  }
  if (over_ || in_all >= kInAll) return nullptr;
  auto found = channels_.find(lane);
  if (found == channels_.end())
    found = channels_.emplace(lane, Channel{{}, {}, last_, last_, 0}).first;
  Channel& channel = found->second;
  if (channel.streams.size() >= kPerLane) return nullptr;
  std::string text = "retry: 1000\n\n";
  if (last_id.empty() || !missed(channel, last_id, text)) {
    if (!last_id.empty()) text += write(channel.last, {Topic::reset, "{}"});
    for (const Happening& what : now()) text += write(channel.last, what);
  }
  auto stream = std::make_shared<net::Stream>();
  stream->push(text);
  channel.streams.push_back(stream);
  channel.heard = clock_.steady();
  return stream;
}

void Streams::tick() {
  const std::lock_guard lock(mutex_);
  const MonoMs now = clock_.steady();
  if (now - beat_at_ < kBeat) return;
  beat_at_ = now;
  for (auto& [name, channel] : channels_) {
    std::erase_if(channel.streams, [](const auto& stream) { return !stream->push(":\n\n"); });
    if (!channel.streams.empty()) channel.heard = now;
  }
  std::erase_if(channels_, [&](const auto& entry) { return !listening(entry.second); });
}

void Streams::finish_all() {
  const std::lock_guard lock(mutex_);
  over_ = true;
  for (auto& [name, channel] : channels_) {
    for (const auto& stream : channel.streams) stream->finish();
  }
  channels_.clear();
}

std::size_t Streams::open() const {
  const std::lock_guard lock(mutex_);
  std::size_t out = 0;
  for (const auto& [name, channel] : channels_) {
    for (const auto& stream : channel.streams) out += stream->open() ? 1U : 0U;
  }
  return out;
}

}  // namespace sidedish::loopback
