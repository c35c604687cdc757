// A host as bad as they come (P04, P06): built with -ffast-math, with an operator new and sqlite3
// and SSL names of its own that abort when somebody else calls them, a stack of 256 KiB, and an
// mmap that can refuse.
//   strange_host decide <state_dir> <run_dir>   rings up 300 baskets
//   strange_host interrupt <state_dir> <run_dir>   the same; signals interrupt the making of the ring
//   strange_host refuse <state_dir> <run_dir>   opens with the n-th request for memory refused, n =
//   1 ... until none is
#include "sdk/include/sidedish/sidedish.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

static long requests = 0;
static long refuse_at = 0;
static bool interrupts = false;
static long allocations = 0;

extern "C" {
EXPORTED void* mmap(void* at, size_t size, int protection, int flags, int file,
                    off_t offset) noexcept {
  if (++requests == refuse_at) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  const long got = ::syscall(SYS_mmap, at, size, protection, flags, file, offset);
  void* out;
  std::memcpy(&out, &got, sizeof out);
  return out;
}
EXPORTED int posix_fallocate(int file, off_t from, off_t size) noexcept {
  // As tmpfs does when a signal comes.
  if (interrupts && ++allocations % 2 == 1) return EINTR;
  return ::syscall(SYS_fallocate, file, 0, from, size) == 0 ? 0 : errno;
}
EXPORTED int sqlite3_open(const char*, void**) { std::abort(); }
EXPORTED void* SSL_new(void*) { std::abort(); }
EXPORTED void* SSL_CTX_new(void*) { std::abort(); }
}
EXPORTED void* operator new(std::size_t) { std::abort(); }
EXPORTED void operator delete(void*) noexcept { std::abort(); }
EXPORTED void operator delete(void*, std::size_t) noexcept { std::abort(); }

static const char* const* arguments;

static sidedish_text text(const char* s) { return {s, std::strlen(s)}; }

static sidedish_config config() {
  sidedish_config c;
  std::memset(&c, 0, sizeof c);
  c.struct_size = sizeof c;
  c.abi_major = SIDEDISH_ABI_MAJOR;
  c.state_dir = text(arguments[2]);
  c.run_dir = text(arguments[3]);
  return c;
}

static sidedish_lane_config lane_config() {
  sidedish_lane_config c;
  std::memset(&c, 0, sizeof c);
  c.struct_size = sizeof c;
  c.capabilities = SIDEDISH_CAN_ADD | SIDEDISH_REPORTS_COMPLETION;
  c.store = text("mitte");
  c.terminal = text("t1");
  return c;
}

static bool ring_up(sidedish_lane* lane, unsigned number) {
  static const char* const kProducts[] = {"sku:BURGER", "sku:CHEESE", "sku:COLA", "name:?"};
  char id[32];
  std::snprintf(id, sizeof id, "B-%u", number);
  sidedish_line lines[3];
  std::memset(lines, 0, sizeof lines);
  for (unsigned i = 0; i < 3; ++i) {
    lines[i].struct_size = sizeof lines[i];
    lines[i].product = text(kProducts[(number + i * i) % 4]);
    lines[i].quantity = 1000 + 500 * (number % 3);
    if (sidedish_from_double(2.5 * (number % 7) + 0.1 + 0.2, 2, &lines[i].unit_price) !=
        SIDEDISH_OK)
      return false;
  }
  for (unsigned n = 1; n <= 3; ++n) {
    sidedish_snapshot s;
    std::memset(&s, 0, sizeof s);
    s.struct_size = sizeof s;
    s.basket = text(id);
    s.seq = n;
    s.now_utc_ms = 1'780'000'000'000 + number;
    s.now_steady_ms = 1 + number;
    std::memcpy(s.currency, "EUR", 4);
    s.prices_include_tax = -1;
    s.lines = lines;
    s.line_count = n;
    sidedish_prompt out[4];
    std::memset(out, 0, sizeof out);
    out[0].struct_size = sizeof out[0];
    uint32_t count = 4;
    if (sidedish_basket_update(lane, &s, out, &count) != SIDEDISH_OK) return false;
  }
  sidedish_event e;
  std::memset(&e, 0, sizeof e);
  e.struct_size = sizeof e;
  e.type = SIDEDISH_EVENT_COMPLETED;
  e.basket = text(id);
  e.now_utc_ms = 1'780'000'000'000 + number;
  e.now_steady_ms = 1;
  return sidedish_basket_event(lane, &e) == SIDEDISH_OK;
}

static bool decide() {
  const sidedish_config c = config();
  const sidedish_lane_config l = lane_config();
  sidedish_host* host = nullptr;
  sidedish_lane* lane = nullptr;
  bool good =
      sidedish_open(&c, &host) == SIDEDISH_OK && sidedish_lane_open(host, &l, &lane) == SIDEDISH_OK;
  for (unsigned i = 0; good && i < 300; ++i) good = ring_up(lane, i);
  sidedish_close(host);
  return good;
}

static bool refuse() {
  const sidedish_config c = config();
  const sidedish_lane_config l = lane_config();
  for (long n = 1; n < 1000; ++n) {
    requests = 0;
    refuse_at = n;
    sidedish_host* host = nullptr;
    sidedish_lane* lane = nullptr;
    const int32_t opened = sidedish_open(&c, &host);
    int32_t lane_opened = SIDEDISH_E_NO_MEMORY;
    if (opened == SIDEDISH_OK) lane_opened = sidedish_lane_open(host, &l, &lane);
    const bool fired = requests >= n;
    refuse_at = 0;
    if ((opened == SIDEDISH_OK) != (host != nullptr)) return false;
    if (opened != SIDEDISH_OK && opened != SIDEDISH_E_NO_MEMORY) return false;
    if (lane_opened != SIDEDISH_OK && lane_opened != SIDEDISH_E_NO_STATE &&
        lane_opened != SIDEDISH_E_NO_MEMORY)
      return false;
    if (lane != nullptr && !ring_up(lane, 1)) return false;
    sidedish_close(host);
    if (!fired) return std::printf("refused %ld times\n", n - 1) > 0;
  }
  return false;
}

static void* run(void*) {
  interrupts = std::strcmp(arguments[1], "interrupt") == 0;
  const bool good = std::strcmp(arguments[1], "refuse") == 0 ? refuse() : decide();
  if (!good) std::exit(1);
  return nullptr;
}

int main(int count, char** given) {
  if (count != 4) return 2;
  arguments = given;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, run, nullptr) != 0) return 3;
  pthread_join(thread, nullptr);
  return 0;
}
