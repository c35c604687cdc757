# sidedish_room(): a folder of the house becomes a static library.   sidedish_test(): a folder of tests becomes
# Catch2 cases in ctest.   sidedish_program(): a folder with a main becomes build/<preset>/bin/<name>.
#
# What a room may use is said once, in the root CMakeLists.txt; tests/contract/floors holds the #include lines
# against those same rows.

include_guard()

set(SIDEDISH_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Wold-style-cast -Wimplicit-fallthrough -Werror=return-type)
if(SIDEDISH_WERROR)
  list(APPEND SIDEDISH_WARNINGS -Werror)
endif()

# rules/base -> rules_base
function(sidedish_target_name room out)
  string(REPLACE "/" "_" name "${room}")
  set(${out} "${name}" PARENT_SCOPE)
endfunction()

# Every header of a room compiles alone: one generated .cpp per header.
function(_sidedish_headers_alone target room freestanding)
  file(GLOB headers RELATIVE "${PROJECT_SOURCE_DIR}" CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${room}/*.hpp")
  set(sources)
  foreach(header IN LISTS headers)
    set(tu "${PROJECT_BINARY_DIR}/headers/${header}.cpp")
    file(CONFIGURE OUTPUT "${tu}" CONTENT "#include \"${header}\"\n#include \"${header}\"\n" @ONLY)
    list(APPEND sources "${tu}")
  endforeach()
  if(sources)
    add_library(${target}_headers OBJECT ${sources})
    target_link_libraries(${target}_headers PRIVATE ${target} sidedish_flags)
    if(freestanding)
      target_link_libraries(${target}_headers PRIVATE sidedish_freestanding)
    endif()
    target_compile_options(${target}_headers PRIVATE -fsyntax-only -Wno-unused)
    # -fsyntax-only writes no object: the rule only needs the compiler's verdict.
    set_target_properties(${target}_headers PROPERTIES EXCLUDE_FROM_ALL TRUE)
    add_dependencies(headers_alone ${target}_headers)
  endif()
endfunction()

# sidedish_room(<folder> [FREESTANDING] [USES <folder>...] [LIBRARIES <target>...])
#   FREESTANDING  part of the plugin: no exceptions, no RTTI, nothing of libstdc++ at link time.
#   USES          the rooms whose headers it may include (lower floors only).
#   LIBRARIES     libraries from outside; PRIVATE, so they stay inside the room's .cpp files.
function(sidedish_room room)
  cmake_parse_arguments(ARG "FREESTANDING" "" "USES;LIBRARIES" ${ARGN})
  sidedish_target_name("${room}" target)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${room}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  set(uses)
  foreach(use IN LISTS ARG_USES)
    sidedish_target_name("${use}" used)
    list(APPEND uses ${used})
  endforeach()
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
endfunction()

# sidedish_program(<name> <folder with main.cpp> USES <folder>... [LIBRARIES <target>...])
function(sidedish_program name folder)
  cmake_parse_arguments(ARG "" "" "USES;LIBRARIES" ${ARGN})
  add_executable(${name} "${PROJECT_SOURCE_DIR}/${folder}/main.cpp")
  foreach(use IN LISTS ARG_USES)
    sidedish_target_name("${use}" used)
    target_link_libraries(${name} PRIVATE ${used})
  endforeach()
  target_link_libraries(${name} PRIVATE sidedish_flags ${ARG_LIBRARIES})
endfunction()

# sidedish_test(<room> [USES <folder>...] [LIBRARIES <target>...]): tests/<room>/*.cpp against that room.
function(sidedish_test room)
  cmake_parse_arguments(ARG "" "" "USES;LIBRARIES" ${ARGN})
  if(NOT SIDEDISH_TESTS)
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
  foreach(use IN LISTS ARG_USES)
    sidedish_target_name("${use}" used)
    list(APPEND uses ${used})
  endforeach()
  target_link_libraries(${target} PRIVATE ${uses} sidedish_catch_main sidedish_flags ${ARG_LIBRARIES})
  target_compile_definitions(${target} PRIVATE SIDEDISH_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                               SIDEDISH_BINARY_DIR="${PROJECT_BINARY_DIR}")
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  catch_discover_tests(${target} TEST_PREFIX "${room}: " PROPERTIES TIMEOUT 300)
endfunction()
