# Compiler flags and outside libraries, one line of reason each.
include_guard()

add_library(sidedish_flags INTERFACE)
target_include_directories(sidedish_flags INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(sidedish_flags INTERFACE ${SIDEDISH_WARNINGS})
# Same paths in every checkout: reproducible objects, shared compiler cache.
target_compile_options(sidedish_flags INTERFACE "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=")

# What is shipped is built as Debian builds its own (dpkg-buildflags): a smashed stack and an overrun buffer end the program, and
# tables of addresses are read-only once it runs.
set(SIDEDISH_SHIPPED "$<AND:$<CONFIG:RelWithDebInfo>,$<CXX_COMPILER_ID:GNU,Clang>>")
target_compile_options(sidedish_flags INTERFACE
  "$<${SIDEDISH_SHIPPED}:-fstack-protector-strong;-fstack-clash-protection;SHELL:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>")

# What is linked into the plugin: libc alone, no unwinding into a host.
# Sections per function, so that what no export reaches is dropped at the link.
add_library(sidedish_freestanding INTERFACE)
target_compile_options(sidedish_freestanding INTERFACE
  "$<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions;-fno-rtti;-fno-threadsafe-statics>"
  -ffp-contract=off -ffunction-sections -fdata-sections
  "$<${SIDEDISH_SHIPPED}:-fno-stack-protector;-fno-stack-clash-protection;-U_FORTIFY_SOURCE>")  # counted in instructions; no buffer of a caller

find_package(Boost 1.81 REQUIRED COMPONENTS url)  # Asio and Beast: HTTP with timeouts; URL: percent-encoding by the book
find_package(OpenSSL 3.0 REQUIRED)                # SHA-256, Ed25519, later TLS: not a thing to write oneself
find_package(ZLIB REQUIRED)                       # gzip, which every HTTP peer has
find_package(SQLite3 3.40 REQUIRED)                # outbox and head office: one durable file, no server to run
find_package(CLI11 2.1 REQUIRED)                   # command lines of the programs
find_package(spdlog 1.10 REQUIRED)                 # log lines of the agent
find_path(SODIUM_INCLUDE_DIR sodium.h REQUIRED)
find_library(SODIUM_LIBRARY sodium REQUIRED)      # argon2id for managers' passwords: not a thing to write oneself
add_library(sodium INTERFACE IMPORTED)
target_include_directories(sodium SYSTEM INTERFACE "${SODIUM_INCLUDE_DIR}")
target_link_libraries(sodium INTERFACE "${SODIUM_LIBRARY}")
find_package(Threads REQUIRED)                    # Asio's loops run on them

# Boost.JSON reads (strict, bounded, three times as fast as nlohmann/json, which writes); compiled once, in rules/format.
# Asio and Beast are compiled once, in plugin/net; every file that includes them must know.
add_library(sidedish_beast INTERFACE)
target_compile_definitions(sidedish_beast INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
                                                    BOOST_ASIO_NO_DEPRECATED)
# g++ 12 takes Asio's own pair of coroutine allocation functions for a mismatch when it inlines one of them.
target_compile_options(sidedish_beast INTERFACE "$<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>")
# ThreadSanitizer does not understand fences; what Asio's guard is also guarded by its mutexes.
target_compile_definitions(sidedish_beast INTERFACE
  "$<$<STREQUAL:${SIDEDISH_SANITIZER},tsan>:BOOST_ASIO_DISABLE_FENCED_BLOCK>")
target_link_libraries(sidedish_beast INTERFACE Boost::headers Threads::Threads)

if(SIDEDISH_TESTS)
  enable_testing()
  find_package(Catch2 2.13 REQUIRED)  # Debian 12's; the C++ field's most used test framework
  include(Catch)
  add_library(sidedish_places STATIC "${PROJECT_SOURCE_DIR}/tests/support/places.cpp")
  target_compile_definitions(sidedish_places PRIVATE SIDEDISH_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                                     SIDEDISH_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_include_directories(sidedish_places PRIVATE "${PROJECT_SOURCE_DIR}")
  add_library(sidedish_catch_main STATIC "${PROJECT_SOURCE_DIR}/tests/support/catch_main.cpp")
  target_compile_options(sidedish_catch_main PRIVATE -O0)
  target_include_directories(sidedish_catch_main PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(sidedish_catch_main PUBLIC Catch2::Catch2 sidedish_places)

  # Runs a fuzz target over files instead of under libFuzzer.
  add_library(sidedish_fuzz_replay STATIC EXCLUDE_FROM_ALL "${PROJECT_SOURCE_DIR}/tests/support/fuzz_replay.cpp")
  target_link_libraries(sidedish_fuzz_replay PRIVATE sidedish_flags)
endif()
