#include "plugin/lane/ring_layout.hpp"
#include "sdk/include/sidedish/sidedish.h"
#include "tests/bench/peer/matcher.hpp"
#include "tests/bench/peer/pack.hpp"

#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace sidedish::bench {
namespace {

namespace fs = std::filesystem;

sidedish_text text(std::string_view s) { return {s.data(), s.size()}; }

/// Rings need tmpfs. Gone at the end.
class Folder {
 public:
  Folder() {
    std::string name = "/dev/shm/sidedish-peer-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder on /dev/shm");
    path_ = name;
    fs::create_directory(path_ / "rings");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// A till: the C header and nothing else of ours, but for the ring's end, where it does what the
/// agent would: what was recorded is taken out, outside the timed calls.
class CallMatcher final : public Matcher {
 public:
  explicit CallMatcher(const Workload& work) : keys_(work.skus.size() + 1), cents_(keys_.size()) {
    const std::vector<std::byte> bytes = make_image(make_pack(work, false));
    const std::string file = (folder_.path() / "rules.image").string();
    const std::string run = folder_.path().string();
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    for (const Sku& sku : work.skus) {
      keys_.at(sku.number) = sku_key(sku.number);
      cents_.at(sku.number) = sku.cents;
    }
    sidedish_config config{};
    config.struct_size = sizeof config;
    config.abi_major = SIDEDISH_ABI_MAJOR;
    config.image_file = text(file);
    config.run_dir = text(run);
    must(sidedish_open(&config, &host_), "opening the plugin");
    sidedish_lane_config lane{};
    lane.struct_size = sizeof lane;
    lane.capabilities = SIDEDISH_CAN_ADD;
    lane.store = text("store");
    lane.terminal = text("kiosk");
    must(sidedish_lane_open(host_, &lane, &lane_), "opening a lane");
    for (const auto& entry : fs::directory_iterator(folder_.path() / "rings")) {
      ring_ = ::open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
    }
    if (ring_ < 0) throw std::runtime_error("the lane has no ring");
    segment_.struct_size = sizeof segment_;
    segment_.is_number = 1;
    segment_.name = text("segment");
    lines_.reserve(64);
  }
  ~CallMatcher() override {
    sidedish_close(host_);
    ::close(ring_);
  }
  CallMatcher(const CallMatcher&) = delete;
  CallMatcher& operator=(const CallMatcher&) = delete;

  void begin(const Session& session) override {
    session_ = session.number;
    now_ = kMidnight + std::int64_t{session.minute} * 60'000;
    segment_.number = session.segment;
  }

  void add(const Line& line) override {
    finish();  // the basket of the question before, at a step that is not timed
    sidedish_line out{};
    out.struct_size = sizeof out;
    out.product = text(keys_[line.sku]);
    out.quantity = line.quantity * 1000;
    out.unit_price = cents_[line.sku];
    out.line_total = line.quantity * cents_[line.sku];
    total_ += out.line_total;
    lines_.push_back(out);
  }

  // Each question is a basket of its own: at a till that has shown three cards nothing is asked
  // any more.
  Answer ask() override {
    char* end = std::to_chars(id_, id_ + sizeof id_, session_).ptr;
    *end++ = '-';
    end = std::to_chars(end, id_ + sizeof id_, ++asked_).ptr;
    id_size_ = static_cast<std::size_t>(end - id_);
    sidedish_snapshot snapshot{};
    snapshot.struct_size = sizeof snapshot;
    snapshot.reason = SIDEDISH_REASON_ITEM_ADDED;
    snapshot.basket = {id_, id_size_};
    snapshot.seq = 1;
    snapshot.now_utc_ms = now_;
    snapshot.now_steady_ms = 1;
    snapshot.channel = SIDEDISH_CHANNEL_KIOSK;
    std::memcpy(snapshot.currency, "EUR", 4);
    snapshot.prices_include_tax = -1;
    snapshot.total = total_;
    snapshot.lines = lines_.data();
    snapshot.line_count = static_cast<std::uint32_t>(lines_.size());
    snapshot.facts = &segment_;
    snapshot.fact_count = segment_.number != 0 ? 1 : 0;
    sidedish_prompt prompts[4];
    prompts[0].struct_size = sizeof prompts[0];
    std::uint32_t count = 4;
    must(sidedish_basket_update(lane_, &snapshot, prompts, &count), "asking");
    Answer answer;
    for (std::uint32_t i = 0; i < count && i < 3; ++i) {
      answer.best[i] = number_of({prompts[i].rule.data, prompts[i].rule.size});
    }
    return answer;
  }

  void end() override {
    finish();
    lines_.clear();
    total_ = 0;
    drain();
  }

 private:
  void must(std::int32_t status, const char* doing) {
    if (status == SIDEDISH_OK) return;
    throw std::runtime_error(std::string(doing) + ": " + sidedish_status_name(status));
  }

  void finish() {
    if (id_size_ == 0) return;
    sidedish_event event{};
    event.struct_size = sizeof event;
    event.type = SIDEDISH_EVENT_VOIDED;
    event.basket = {id_, id_size_};
    event.now_utc_ms = now_;
    event.now_steady_ms = 1;
    must(sidedish_basket_event(lane_, &event), "ending a basket");
    id_size_ = 0;
  }

  void drain() const {
    std::uint64_t head = 0;
    if (::pread(ring_, &head, sizeof head, offsetof(lane::RingHeader, head)) != sizeof head ||
        ::pwrite(ring_, &head, sizeof head, offsetof(lane::RingHeader, tail)) != sizeof head) {
      throw std::runtime_error("the ring cannot be read");
    }
  }

  Folder folder_;
  std::vector<std::string> keys_;
  std::vector<std::int64_t> cents_;
  sidedish_host* host_ = nullptr;
  sidedish_lane* lane_ = nullptr;
  int ring_ = -1;
  std::vector<sidedish_line> lines_;
  std::int64_t total_ = 0;
  sidedish_fact segment_{};
  std::int64_t now_ = 0;
  std::uint32_t session_ = 0;
  std::uint64_t asked_ = 0;
  char id_[48] = {};
  std::size_t id_size_ = 0;
};

}  // namespace

std::unique_ptr<Matcher> call_matcher(const Workload& work) {
  return std::make_unique<CallMatcher>(work);
}

}  // namespace sidedish::bench
