# The house's own rules as tests (ctest label contract): cheap, and run once, in the build without a sanitizer.
# Called at the end of the root CMakeLists.txt, when all rooms are known.
include_guard()

# What is shipped has other flags than ours here: the same questions to that library.
function(_sidedish_shipped_contracts checks)
  set(folder "${PROJECT_BINARY_DIR}/shipped")
  set(library "${folder}/lib/libsidedish.so")
  _sidedish_contract("the shipped plugin is built" "${checks}/shipped" "${folder}")
  set_tests_properties("contract: the shipped plugin is built" PROPERTIES FIXTURES_SETUP shipped PROCESSORS 2 TIMEOUT 900)
  _sidedish_contract("the shipped plugin exports sidedish_* and needs libc alone" "${checks}/exports" "${library}")
  _sidedish_contract("the ABI of the shipped plugin is the stored one" "${checks}/abi" "${library}")
  _sidedish_contract("tills get from the shipped plugin what they get from ours"
    "${CMAKE_COMMAND}" -E env "LD_LIBRARY_PATH=${folder}/lib" "$<TARGET_FILE:test_sdk>")
  set_tests_properties("contract: the shipped plugin exports sidedish_* and needs libc alone" "contract: the ABI of the shipped plugin is the stored one"
    "contract: tills get from the shipped plugin what they get from ours" PROPERTIES FIXTURES_REQUIRED shipped)
endfunction()

function(_sidedish_contract name)
  add_test(NAME "contract: ${name}" COMMAND ${ARGN} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties("contract: ${name}" PROPERTIES LABELS contract TIMEOUT 120)
endfunction()

function(sidedish_contracts)
  # The comparison of ABIs reads types from debugging information; -g1 has none. The code is the same.
  if(TARGET plugin_abi AND NOT SIDEDISH_SANITIZER)
    target_compile_options(plugin_abi PRIVATE -g)
  endif()
  if(NOT SIDEDISH_TESTS OR SIDEDISH_SANITIZER)
    return()
  endif()
  set(checks "${PROJECT_SOURCE_DIR}/tests/contract")
  _sidedish_contract("no room includes what its floor forbids" "${checks}/floors")
  _sidedish_contract("every source is laid out by clang-format" "${checks}/format")
  _sidedish_contract("shellcheck has nothing to say" "${checks}/shell")
  _sidedish_contract("public headers compile alone as C and C++" "${checks}/header")
  _sidedish_contract("every promise names a test that exists" "${checks}/behaviours" "${PROJECT_BINARY_DIR}")
  add_test(NAME "packaging: an install can be moved, and is found by CMake and pkg-config, in C and C++"
           COMMAND "${PROJECT_SOURCE_DIR}/tests/packaging/installed" "${PROJECT_BINARY_DIR}")
  set_tests_properties("packaging: an install can be moved, and is found by CMake and pkg-config, in C and C++" PROPERTIES TIMEOUT 300)
  if(TARGET sidedish)
    _sidedish_contract("the plugin exports sidedish_* and needs libc alone" "${checks}/exports" "$<TARGET_FILE:sidedish>")
    _sidedish_contract("the ABI is the stored one" "${checks}/abi" "$<TARGET_FILE:sidedish>")
    _sidedish_shipped_contracts("${checks}")
  endif()
endfunction()
