# Instruction counts mean something only for what is shipped: the plugin's sources once more, optimised, in a host of
# their own that callgrind runs.
include_guard()

# sidedish_instructions(ROOMS <folder>...): the rooms that define the exported functions; what they use comes along.
function(sidedish_instructions)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "" "ROOMS")
  if(NOT SIDEDISH_TESTS OR SIDEDISH_SANITIZER)
    return()
  endif()
  set(folder "${PROJECT_SOURCE_DIR}/tests/plugin/hosts/instructions")
  _sidedish_closure("instructions" rooms ${ARG_ROOMS})
  set(sources)
  foreach(room IN LISTS rooms)
    file(GLOB more CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${room}/*.cpp")
    list(APPEND sources ${more})
  endforeach()
  add_library(sidedish_shipped OBJECT ${sources})
  target_link_libraries(sidedish_shipped PRIVATE sidedish_flags sidedish_freestanding)
  add_executable(instructions_workload "${folder}/workload.cpp")
  target_link_libraries(instructions_workload PRIVATE sidedish_shipped sidedish_flags)
  foreach(target IN ITEMS sidedish_shipped instructions_workload)
    target_compile_options(${target} PRIVATE -O2 -DNDEBUG)
  endforeach()
  add_executable(instructions_image "${folder}/image.cpp")
  target_link_libraries(instructions_image PRIVATE rules_compile sidedish_flags)
  set_target_properties(instructions_workload instructions_image PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  add_dependencies(instructions_workload instructions_image)  # one format, one build
  set(name "plugin/hosts/instructions: no call needs more than 1.1 times the instructions of the stored baseline")
  add_test(NAME "${name}" COMMAND "${folder}/check" "${PROJECT_BINARY_DIR}/tests")
  set_tests_properties("${name}" PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77)
endfunction()
