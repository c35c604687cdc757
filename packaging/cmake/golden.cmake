# The engine decides the same bytes however it is compiled: its sources again, with other flags, replay the stored
# corpus of decision records.
include_guard()

# sidedish_golden(<name> <flag>...)
function(sidedish_golden name)
  if(NOT SIDEDISH_TESTS OR SIDEDISH_SANITIZER)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/rules/base/*.cpp" "${PROJECT_SOURCE_DIR}/rules/image/*.cpp"
       "${PROJECT_SOURCE_DIR}/rules/engine/*.cpp")
  add_executable(golden_${name} "${PROJECT_SOURCE_DIR}/tests/rules/engine/golden/replay.cpp" ${sources})
  target_link_libraries(golden_${name} PRIVATE sidedish_flags)
  target_compile_options(golden_${name} PRIVATE ${ARGN})
  set_target_properties(golden_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  list(JOIN ARGN " " flags)
  add_test(NAME "golden: the corpus of decisions replays byte for byte when built with ${flags}"
           COMMAND golden_${name} "${PROJECT_SOURCE_DIR}/tests/rules/engine/golden/decisions.bin")
endfunction()

# Writes the corpus anew, by hand, when a decision or a record is meant to change.
function(sidedish_golden_write)
  if(SIDEDISH_TESTS AND NOT SIDEDISH_SANITIZER)
    add_executable(golden_write EXCLUDE_FROM_ALL "${PROJECT_SOURCE_DIR}/tests/rules/engine/golden/write.cpp")
    target_link_libraries(golden_write PRIVATE rules_engine sidedish_flags Catch2::Catch2)
    target_compile_definitions(golden_write
      PRIVATE SIDEDISH_GOLDEN="${PROJECT_SOURCE_DIR}/tests/rules/engine/golden/decisions.bin")
    set_target_properties(golden_write PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  endif()
endfunction()

# Answers the scenes of both shops anew (tests/rules/shops), by hand, when rules, words or decisions are meant to change.
function(sidedish_scenes_write)
  if(SIDEDISH_TESTS AND NOT SIDEDISH_SANITIZER)
    set(folder "${PROJECT_SOURCE_DIR}/tests/rules/shops")
    add_executable(scenes_write EXCLUDE_FROM_ALL "${folder}/write/main.cpp" "${folder}/scenes.cpp" "${folder}/stage.cpp")
    target_link_libraries(scenes_write PRIVATE sidedish_places rules_tool rules_compile rules_engine sidedish_flags)
    set_target_properties(scenes_write PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  endif()
endfunction()
