#pragma once
// A folder on tmpfs that is gone when the process ends in good order, or when the next one begins.
#include "tests/fuzz/must.hpp"
#include "tests/support/scratch.hpp"

#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace sidedish::fuzz {

class ScratchFolder {
 public:
  ScratchFolder() {
    path_ = sidedish::test::make_scratch("/dev/shm", "fuzz");
    must(!path_.empty(), "a folder on /dev/shm");
    descriptor_ = ::open(path_.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  }
  ~ScratchFolder() {
    ::close(descriptor_);
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  int descriptor() const { return descriptor_; }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace sidedish::fuzz
