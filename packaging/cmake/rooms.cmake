# What the root CMakeLists.txt is written with:
#
#   sidedish_room()     a folder of the house becomes a static library
#   sidedish_test()     a folder of tests becomes Catch2 cases in ctest
#   sidedish_program()  a folder with a main.cpp becomes build/<preset>/bin/<name>
#   sidedish_plugin()   freestanding rooms become a shared library that needs libc alone
#   sidedish_fuzzer()   a fuzz target: clang's libFuzzer in preset fuzz, a replay of its corpus elsewhere
#
# What a room may use is said once, in the root CMakeLists.txt; tests/contract/floors holds the #include lines
# against those same rows.

include_guard()

set(SIDEDISH_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Wold-style-cast -Wimplicit-fallthrough -Werror=return-type)
# g++ 12 sees overlaps in std::string's own insert (GCC bug 105329).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND SIDEDISH_WARNINGS -Wno-restrict)
endif()
if(SIDEDISH_WERROR)
  list(APPEND SIDEDISH_WARNINGS -Werror)
endif()

# Every internal header compiles alone and twice: `cmake --build --preset dev --target headers_alone`.
add_custom_target(headers_alone)
# The tests of rooms with threads: what preset tsan builds and runs.
add_custom_target(thread_tests)
add_custom_target(fuzzers)

# rules/base -> rules_base
function(sidedish_target_name room out)
  string(REPLACE "/" "_" name "${room}")
  set(${out} "${name}" PARENT_SCOPE)
endfunction()

# The targets of rooms named in a row. A name that no row above has defined is a mistake to be told at once, not a
# library the linker cannot find later.
function(_sidedish_rooms_of who out)
  set(targets)
  foreach(use IN LISTS ARGN)
    sidedish_target_name("${use}" used)
    if(NOT TARGET ${used})
      get_property(known GLOBAL PROPERTY SIDEDISH_ROOMS)
      list(JOIN known " " known)
      message(FATAL_ERROR "${who} uses ${use}, and no sidedish_room(${use} ...) stands above it in CMakeLists.txt. "
                          "A room may use only rooms on lower floors. Rooms so far: ${known}")
    endif()
    list(APPEND targets ${used})
  endforeach()
  set(${out} "${targets}" PARENT_SCOPE)
endfunction()

# One generated .cpp per header, compiled without optimisation: the compiler's verdict is all we want.
function(_sidedish_headers_alone target room freestanding)
  file(GLOB headers RELATIVE "${PROJECT_SOURCE_DIR}" CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${room}/*.hpp")
  if(NOT headers OR NOT SIDEDISH_TESTS)
    return()
  endif()
  set(sources)
  foreach(header IN LISTS headers)
    set(tu "${PROJECT_BINARY_DIR}/headers/${header}.cpp")
    file(CONFIGURE OUTPUT "${tu}" CONTENT "#include \"${header}\"\n#include \"${header}\"\n" @ONLY)
    list(APPEND sources "${tu}")
  endforeach()
  add_library(${target}_headers OBJECT EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(${target}_headers PRIVATE ${target} sidedish_flags)
  if(freestanding)
    target_link_libraries(${target}_headers PRIVATE sidedish_freestanding)
  endif()
  target_compile_options(${target}_headers PRIVATE -O0 -g0 -Wno-unused)
  add_dependencies(headers_alone ${target}_headers)
endfunction()

# sidedish_room(<folder> [FREESTANDING] [USES <folder>...] [LIBRARIES <target>...])
#   FREESTANDING  part of the plugin: no exceptions, no RTTI, nothing of libstdc++ at link time.
#   USES          the rooms whose headers it may include (lower floors only).
#   LIBRARIES     libraries from outside; PRIVATE, so they stay inside the room's .cpp files.
function(sidedish_room room)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "FREESTANDING" "" "USES;LIBRARIES")
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "sidedish_room(${room}): unknown words: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT IS_DIRECTORY "${PROJECT_SOURCE_DIR}/${room}")
    message(FATAL_ERROR "sidedish_room(${room}): there is no such folder")
  endif()
  sidedish_target_name("${room}" target)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${room}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  _sidedish_rooms_of("${room}" uses ${ARG_USES})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC ${uses} PRIVATE sidedish_flags ${ARG_LIBRARIES})
    if(ARG_FREESTANDING)
      target_link_libraries(${target} PRIVATE sidedish_freestanding)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${uses} ${ARG_LIBRARIES})
  endif()
  set_property(GLOBAL APPEND PROPERTY SIDEDISH_ROOMS "${room}")
  set_property(GLOBAL PROPERTY SIDEDISH_USES_${target} "${ARG_USES}")
  set_property(GLOBAL PROPERTY SIDEDISH_FREESTANDING_${target} "${ARG_FREESTANDING}")
  _sidedish_headers_alone(${target} "${room}" "${ARG_FREESTANDING}")
endfunction()

# sidedish_embed(<room> <namespace::function> FILES <file or pattern from the repository root>...)
#   The files become part of the room's library: the room's header declares
#   `std::span<const sidedish::Asset> function();` (rules/base/asset.hpp), in the order of their names.
function(sidedish_embed room function)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "" "FILES")
  sidedish_target_name("${room}" target)
  list(TRANSFORM ARG_FILES PREPEND "${PROJECT_SOURCE_DIR}/")
  file(GLOB files CONFIGURE_DEPENDS ${ARG_FILES})
  if(NOT files)
    message(FATAL_ERROR "sidedish_embed(${room} ${function}): no file matches ${ARG_FILES}")
  endif()
  list(JOIN files "|" joined)
  string(REPLACE "::" "_" name "${function}")
  set(out "${PROJECT_BINARY_DIR}/generated/${room}/${name}.cpp")
  add_custom_command(OUTPUT "${out}"
    COMMAND "${CMAKE_COMMAND}" -D "OUT=${out}" -D "FUNCTION=${function}" -D "FILES=${joined}"
            -P "${PROJECT_SOURCE_DIR}/packaging/cmake/embed.cmake"
    DEPENDS ${files} "${PROJECT_SOURCE_DIR}/packaging/cmake/embed.cmake" VERBATIM)
  target_sources(${target} PRIVATE "${out}")
endfunction()

# sidedish_program(<name> <folder with main.cpp> USES <folder>... [LIBRARIES <target>...])
function(sidedish_program name folder)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "" "USES;LIBRARIES")
  _sidedish_rooms_of("program ${name}" uses ${ARG_USES})
  add_executable(${name} "${PROJECT_SOURCE_DIR}/${folder}/main.cpp")
  target_link_libraries(${name} PRIVATE ${uses} sidedish_flags ${ARG_LIBRARIES})
  target_link_options(${name} PRIVATE -Wl,-z,relro -Wl,-z,now)
endfunction()

# All rooms that the given rooms use, themselves included, lowest last (the order a linker wants).
function(_sidedish_closure who out)
  set(pending ${ARGN})
  set(all)
  while(pending)
    list(POP_FRONT pending room)
    list(REMOVE_ITEM all "${room}")
    list(APPEND all "${room}")
    sidedish_target_name("${room}" target)
    get_property(freestanding GLOBAL PROPERTY SIDEDISH_FREESTANDING_${target})
    if(NOT freestanding)
      message(FATAL_ERROR "${who} would contain ${room}, whose row is not marked FREESTANDING")
    endif()
    get_property(uses GLOBAL PROPERTY SIDEDISH_USES_${target})
    list(APPEND pending ${uses})
  endwhile()
  set(${out} "${all}" PARENT_SCOPE)
endfunction()

# sidedish_plugin(<name> ROOMS <folder>... EXPORTS <version script> [SOVERSION <n>]): build/<preset>/lib/lib<name>.so
#   ROOMS    the rooms that define the exported functions; what they use comes along by itself.
#   EXPORTS  the linker's version script, from the repository root: the only symbols a host sees.
#
# Linked by gcc, not g++, against libc and nothing else; a symbol of libstdc++ anywhere in it fails the link, here
# and not in a host. No start files either: loading and unloading it runs no code. Under a sanitizer its runtime is
# needed, so there the link is an ordinary one.
function(sidedish_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "EXPORTS;SOVERSION" "ROOMS")
  if(NOT ARG_ROOMS OR NOT ARG_EXPORTS)
    message(FATAL_ERROR "sidedish_plugin(${name}) needs ROOMS and EXPORTS")
  endif()
  _sidedish_rooms_of("plugin ${name}" roots ${ARG_ROOMS})
  _sidedish_closure("plugin ${name}" rooms ${ARG_ROOMS})
  set(exports "${PROJECT_SOURCE_DIR}/${ARG_EXPORTS}")
  # Archives by file name: were they linked as targets, CMake would add the C++ runtime that we must do without.
  set(whole)
  set(rest)
  set(archives)
  foreach(room IN LISTS rooms)
    sidedish_target_name("${room}" target)
    get_target_property(type ${target} TYPE)
    if(NOT type STREQUAL "STATIC_LIBRARY")
      continue()
    endif()
    list(APPEND archives ${target})
    if(room IN_LIST ARG_ROOMS)
      list(APPEND whole "$<TARGET_FILE:${target}>")
    else()
      list(APPEND rest "$<TARGET_FILE:${target}>")
    endif()
  endforeach()
  add_library(${name} SHARED "${exports}")
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C LINK_DEPENDS "${whole};${rest};${exports}")
  if(ARG_SOVERSION)
    set_target_properties(${name} PROPERTIES SOVERSION "${ARG_SOVERSION}")
  endif()
  add_dependencies(${name} ${archives})
  target_link_libraries(${name} PRIVATE
    -Wl,--whole-archive ${whole} -Wl,--no-whole-archive -Wl,--start-group ${rest} -Wl,--end-group)
  target_link_options(${name} PRIVATE
    "-Wl,--version-script=${exports}" -Wl,-z,relro -Wl,-z,now -Wl,--gc-sections)
  if(NOT SIDEDISH_SANITIZER)
    target_link_options(${name} PRIVATE -nostartfiles -nodefaultlibs -Wl,-z,defs)
    target_link_libraries(${name} PRIVATE c gcc)
  endif()
endfunction()

# sidedish_test(<room> [THREADS] [USES <folder>...] [LIBRARIES <target>...]): tests/<room>/*.cpp against that room.
#   THREADS  starts threads or shares memory between processes: also run under ThreadSanitizer (ctest label threads).
function(sidedish_test room)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "THREADS" "" "USES;LIBRARIES")
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "sidedish_test(${room}): unknown words: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT SIDEDISH_TESTS OR (SIDEDISH_SANITIZER STREQUAL "tsan" AND NOT ARG_THREADS))
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${room}/*.cpp")
  if(NOT sources)
    return()
  endif()
  sidedish_target_name("test/${room}" target)
  add_executable(${target} ${sources})
  sidedish_target_name("${room}" under_test)
  set(uses)
  if(TARGET ${under_test})
    list(APPEND uses ${under_test})
  endif()
  _sidedish_rooms_of("test of ${room}" more ${ARG_USES})
  target_link_libraries(${target} PRIVATE ${uses} ${more} sidedish_catch_main sidedish_flags ${ARG_LIBRARIES})
  if(SIDEDISH_SANITIZER STREQUAL "asan")
    # What is under test has every check; a test's own macros would cost more than half of the build with them.
    target_compile_options(${target} PRIVATE -O0 -fno-sanitize=undefined)
  endif()
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  set(properties TIMEOUT 300 SKIP_REGULAR_EXPRESSION "SKIPPED: ")  # tests/support/skip.hpp
  if(ARG_THREADS)
    list(APPEND properties LABELS threads)
    add_dependencies(thread_tests ${target})
  endif()
  catch_discover_tests(${target} TEST_PREFIX "${room}/" PROPERTIES ${properties})
endfunction()

# sidedish_fuzzer(<name> <room> [USES <folder>...] [LIBRARIES <target>...] [SOURCES <file>...])
#   Source: tests/fuzz/<name>.cpp unless SOURCES says otherwise, with LLVMFuzzerTestOneInput. Corpus: tests/fuzz/corpus/<name>/, one input a file.
#   Preset fuzz makes bin/fuzz_<name>; dev and asan run the corpus as the test "fuzz: <name> ...".
function(sidedish_fuzzer name room)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "" "USES;LIBRARIES;SOURCES")
  set(fuzzing FALSE)
  if(SIDEDISH_SANITIZER STREQUAL "fuzz")
    set(fuzzing TRUE)
  elseif(NOT SIDEDISH_TESTS OR SIDEDISH_SANITIZER STREQUAL "tsan")
    return()
  endif()
  if(NOT ARG_SOURCES)
    set(ARG_SOURCES "tests/fuzz/${name}.cpp")
  endif()
  list(TRANSFORM ARG_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/")
  _sidedish_rooms_of("fuzzer ${name}" rooms ${room} ${ARG_USES})
  set(target "fuzz_${name}")
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE ${rooms} sidedish_flags ${ARG_LIBRARIES})
  set(corpus "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name}")
  if(fuzzing)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers ${target})
  else()
    target_link_libraries(${target} PRIVATE sidedish_fuzz_replay)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
    add_test(NAME "fuzz: ${name}: every input of the stored corpus is handled" COMMAND ${target} "${corpus}")
    set_tests_properties("fuzz: ${name}: every input of the stored corpus is handled" PROPERTIES TIMEOUT 300)
  endif()
endfunction()

# sidedish_faults(): tests/faults/kill_rounds.cpp, kill -9 of real processes. 50 rounds in the quick set; whole rows in tests/long.
function(sidedish_faults)
  if(NOT SIDEDISH_TESTS OR SIDEDISH_SANITIZER STREQUAL "tsan" OR SIDEDISH_SANITIZER STREQUAL "fuzz")
    return()
  endif()
  add_executable(kill_rounds "${PROJECT_SOURCE_DIR}/tests/faults/kill_rounds.cpp")
  target_link_libraries(kill_rounds PRIVATE sim_stage sim_till plugin_store rules_base SQLite::SQLite3 sidedish_flags)
  set_target_properties(kill_rounds PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  add_dependencies(kill_rounds sidedish sidedish-agent sidedish-headoffice)
  add_test(NAME "faults/whole house: a demo day is counted whole and every decision replays byte for byte"
    COMMAND "${PROJECT_SOURCE_DIR}/tests/faults/whole_house" "${PROJECT_BINARY_DIR}/bin")
  set_tests_properties("faults/whole house: a demo day is counted whole and every decision replays byte for byte" PROPERTIES TIMEOUT 300)
  if(NOT SIDEDISH_SANITIZER)
    add_test(NAME "faults/kill: POS, agent and head office are killed at random 50 times, nothing is lost or doubled"
      COMMAND kill_rounds --bin "${PROJECT_BINARY_DIR}/bin" --library "${PROJECT_BINARY_DIR}/lib/libsidedish.so"
              --rules "${PROJECT_SOURCE_DIR}/sim/shops/burgerbar/rules.json"
              --catalogue "${PROJECT_SOURCE_DIR}/sim/shops/burgerbar/catalogue.json" --rounds 50)
    set_tests_properties("faults/kill: POS, agent and head office are killed at random 50 times, nothing is lost or doubled"
      PROPERTIES TIMEOUT 300)
  endif()
endfunction()
