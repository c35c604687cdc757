#pragma once
// Rings for tests of either side: a fresh folder on tmpfs, removed at the end, and what stands in
// its files.
#include "plugin/lane/ring.hpp"
#include "rules/base/hash.hpp"
#include "tests/support/scratch.hpp"

#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace sidedish::test {

/// A run_dir as the agent makes it: <path>/rings, on /dev/shm.
class RunFolder {
 public:
  RunFolder() {
    path_ = make_scratch("/dev/shm", "test");
    if (path_.empty()) throw std::runtime_error("no folder on /dev/shm");
    std::filesystem::create_directory(rings());
    rings_ = ::open(rings().c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  }
  ~RunFolder() {
    ::close(rings_);
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path rings() const { return path_ / "rings"; }
  int descriptor() const { return rings_; }  ///< of rings()
  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(rings())) {
      found.push_back(entry.path());
    }
    return found;
  }

 private:
  std::filesystem::path path_;
  int rings_ = -1;
};

/// A ring of this process in `folder`; `epoch` names its record ids.
inline void make_ring(lane::Ring& ring, const RunFolder& folder, std::uint64_t epoch = 7,
                      std::uint32_t lane = 0) {
  const auto process = lane::this_process();
  if (!process) throw std::runtime_error(std::string(process.error().text()));
  const auto made = ring.create(folder.descriptor(), {*process, lane, epoch, "mitte", "t1"});
  if (!made) throw std::runtime_error(std::string(made.error().text()));
}

/// A ring file as a reader sees it: a copy.
class RingFile {
 public:
  explicit RingFile(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    bytes_.resize(lane::kRingFileBytes);
    in.read(reinterpret_cast<char*>(bytes_.data()), static_cast<std::streamsize>(bytes_.size()));
    if (in.gcount() != static_cast<std::streamsize>(bytes_.size())) {
      throw std::runtime_error("a ring file is too short");
    }
    std::memcpy(&header, bytes_.data(), sizeof header);
  }

  /// Bodies of all frames between tail and head. Throws when one is broken.
  std::vector<std::vector<std::byte>> bodies() const {
    std::vector<std::vector<std::byte>> out;
    for (std::uint64_t p = header.tail; p < header.head;) {
      if (lane::wraps(p)) {
        p = lane::next_turn(p);
        continue;
      }
      lane::Frame frame;
      const std::byte* at = bytes_.data() + lane::kDataOffset + p % lane::kDataBytes;
      std::memcpy(&frame, at, sizeof frame);
      if (frame.length == lane::kSkip) {
        p = lane::next_turn(p);
        continue;
      }
      const std::uint32_t said = frame.crc;
      frame.crc = 0;
      const auto whole = crc32c({reinterpret_cast<const std::byte*>(&frame), sizeof frame});
      if (frame.length > model::kMaxRecord ||
          crc32c({at + sizeof frame, frame.length}, whole) != said || frame.part >= frame.parts) {
        throw std::runtime_error("a broken frame at " + std::to_string(p));
      }
      out.emplace_back(at + sizeof frame, at + sizeof frame + frame.length);
      p += lane::frame_bytes(frame.length);
    }
    return out;
  }

  std::vector<lane::TallySlot> tallies() const {
    std::vector<lane::TallySlot> out;
    for (unsigned i = 0; i < lane::kTallySlots; ++i) {
      lane::TallySlot slot;
      std::memcpy(&slot, bytes_.data() + lane::kHeaderBytes + i * sizeof slot, sizeof slot);
      if (slot.used != 0) out.push_back(slot);
    }
    return out;
  }

  lane::RingHeader header;

 private:
  std::vector<std::byte> bytes_;
};

/// What the agent does after it has kept the records: moves the tail.
inline void move_tail(const std::filesystem::path& path, std::uint64_t tail) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0 ||
      ::pwrite(file, &tail, sizeof tail, offsetof(lane::RingHeader, tail)) != sizeof tail) {
    throw std::runtime_error("moving a tail");
  }
  ::close(file);
}

}  // namespace sidedish::test
