#pragma once
// A folder on tmpfs that is gone when the process ends in good order.
#include "tests/fuzz/must.hpp"

#include <fcntl.h>
#include <filesystem>
#include <stdlib.h>
#include <unistd.h>

namespace sidedish::fuzz {

class ScratchFolder {
 public:
  ScratchFolder() {
    char name[] = "/dev/shm/sidedish-fuzz-XXXXXX";
    must(::mkdtemp(name) != nullptr, "a folder on /dev/shm");
    path_ = name;
    descriptor_ = ::open(name, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
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
