/* For LD_PRELOAD: the wall clock of another day. SIDEDISH_DAYS says how many days it is ahead. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec* out) {
  static int (*real)(clockid_t, struct timespec*);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "clock_gettime");
  const int failed = real(clock, out);
  const char* days = getenv("SIDEDISH_DAYS");
  if (failed == 0 && clock == CLOCK_REALTIME && days != NULL) out->tv_sec += atol(days) * 86400;
  return failed;
}
