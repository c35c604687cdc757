#pragma once
// From rings to the outbox: finds rings, copies what they hold, keeps it, and only then lets the
// lane reuse the room. Rings whose producer is gone are emptied and removed. One thread.
#include "plugin/agent/records.hpp"
#include "plugin/agent/ring_reader.hpp"
#include "plugin/agent/shared_outbox.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace sidedish::agent {

/// Whether the process that made a ring still runs.
using ProducerAlive = std::function<bool(const RingName&)>;
/// By this machine's boot id and /proc: pid and start time both must fit.
bool producer_alive(const RingName& name);

struct DrainReport {
  std::uint64_t outcomes = 0;  ///< kept by this call
  std::uint64_t records = 0;   ///< decision records written
  unsigned rings = 0;
  unsigned live = 0;     ///< rings of open lanes: poll again soon
  unsigned removed = 0;  ///< dead and drained
  bool more = false;     ///< something is left: call again at once
  std::string trouble;   ///< the last error, empty when all went well
};

class Drain {
 public:
  Drain(std::filesystem::path rings, SharedOutbox& outbox, Records& records,
        ProducerAlive alive = producer_alive);
  ~Drain();
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;

  /// One look at every ring: at most one group from each.
  DrainReport once();

 private:
  /// A decision record as far as its pieces came.
  struct Pieces {
    std::vector<std::byte> bytes;
    std::uint16_t next = 0;
  };
  struct Ring {
    RingReader reader;
    std::string key;  // file name and epoch: a name may come again
    std::uint64_t position = 0;
    std::uint64_t folded = ~std::uint64_t{0};
    std::map<std::uint32_t, outbox::SlotSeen> seen;
    Pieces pieces;
  };
  void discover(DrainReport& report);
  /// A process killed while it made its ring leaves a file without a header: no outcome is in it.
  void remove_unfinished(const std::string& file, DrainReport& report);
  Result<void> poll(Ring& ring, bool last, DrainReport& report, bool& drained);
  Result<std::uint64_t> collect(Ring& ring, const RingState& state, outbox::Group& group);
  Result<void> tallies(Ring& ring, outbox::Group& group);
  void take_piece(Ring& ring, std::span<const std::byte> piece, std::uint16_t part,
                  std::uint16_t parts, outbox::Group& group);
  /// Decision records that a poll has put together, once its group is kept: what is offered again
  /// would take the place of older ones each time.
  void keep_records(const Ring& ring, DrainReport& report);

  std::filesystem::path rings_path_;
  int folder_ = -1;
  SharedOutbox& outbox_;
  Records& records_;
  ProducerAlive alive_;
  std::map<std::string, Ring> rings_;  // by file name
  std::vector<std::vector<std::byte>> bodies_;
  std::vector<std::vector<std::byte>> found_;  // decision records of one poll
  std::uint64_t lost_ = 0;                     // of them, not written and not counted yet
  std::vector<std::string> refused_;           // files that are no rings: told once
};

}  // namespace sidedish::agent
