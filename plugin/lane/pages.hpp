#pragma once
// Memory straight from the kernel: the only allocator of the plugin. Zeroed, page-aligned, and
// untouched pages cost nothing.
#include <cstddef>
#include <span>

namespace sidedish::lane {

/// One private anonymous mapping. Owns it; empty when the kernel said no.
class Pages {
 public:
  Pages() = default;
  ~Pages() { release(); }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  /// Gives back what it had and takes `size` bytes. False: no memory; it is empty then.
  bool take(std::size_t size) noexcept;
  void release() noexcept;
  /// Nothing can change the bytes from here on.
  void make_read_only() noexcept;
  /// A fork()ed child sees zeros. False: the kernel cannot.
  bool wipe_on_fork() noexcept;
  /// Hands the mapping over to whoever holds the address (release it with unmap()).
  void* detach() noexcept;
  static void unmap(void* at, std::size_t size) noexcept;

  std::byte* data() const noexcept { return at_; }
  std::size_t size() const noexcept { return size_; }
  std::span<std::byte> bytes() const noexcept { return {at_, size_}; }

 private:
  std::byte* at_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace sidedish::lane
