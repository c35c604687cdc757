#include "plugin/lane/pages.hpp"

#include <sys/mman.h>

namespace sidedish::lane {

bool Pages::take(std::size_t size) noexcept {
  release();
  if (size == 0) return false;
  void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return false;
  at_ = static_cast<std::byte*>(at);
  size_ = size;
  return true;
}

void Pages::release() noexcept {
  if (at_ != nullptr) ::munmap(at_, size_);
  at_ = nullptr;
  size_ = 0;
}

void Pages::make_read_only() noexcept {
  if (at_ != nullptr) (void)::mprotect(at_, size_, PROT_READ);
}

bool Pages::wipe_on_fork() noexcept {
  return at_ != nullptr && ::madvise(at_, size_, MADV_WIPEONFORK) == 0;
}

void* Pages::detach() noexcept {
  void* at = at_;
  at_ = nullptr;
  size_ = 0;
  return at;
}

void Pages::unmap(void* at, std::size_t size) noexcept { ::munmap(at, size); }

}  // namespace sidedish::lane
