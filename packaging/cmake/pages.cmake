# The pages: built by packaging/pages.mjs (Node and npm), carried inside the programs. Without Node, or with -D UI=OFF,
# programs are built without them and say so when a page is asked for.
include_guard()

find_program(SIDEDISH_NODE node)
find_program(SIDEDISH_NPM npm)
set(_sidedish_ui OFF)
if(SIDEDISH_NODE AND SIDEDISH_NPM)
  execute_process(COMMAND "${SIDEDISH_NODE}" -p "parseInt(process.versions.node) >= 18" OUTPUT_VARIABLE _sidedish_node_fits
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(_sidedish_node_fits STREQUAL "true")
    set(_sidedish_ui ON)
  endif()
endif()
option(UI "build the pages into the programs (needs Node 18 and npm)" ${_sidedish_ui})
if(UI AND NOT _sidedish_ui)
  message(FATAL_ERROR "UI=ON needs node (18 or newer) and npm: packaging/install pages")
endif()

# One at a time: the first may have to fetch the packages.
set_property(GLOBAL APPEND PROPERTY JOB_POOLS sidedish_pages=1)

# sidedish_pages(<room> <namespace::function> SET <set of packaging/pages.mjs> FROM <folder>...)
#   The pages become part of the room's library: its header declares
#   `std::span<const sidedish::WebAsset> function();` (rules/base/web_asset.hpp), sorted by path.
function(sidedish_pages room function)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "SET" "FROM")
  sidedish_target_name("${room}" target)
  string(REPLACE "::" "_" name "${function}")
  set(out "${PROJECT_BINARY_DIR}/generated/${room}/${name}.cpp")
  if(UI)
    set(patterns)
    foreach(folder IN LISTS ARG_FROM)
      foreach(kind IN ITEMS ts tsx js mjs css html svg)
        list(APPEND patterns "${PROJECT_SOURCE_DIR}/${folder}/*.${kind}")
      endforeach()
    endforeach()
    file(GLOB_RECURSE files CONFIGURE_DEPENDS ${patterns})
    set(script "${PROJECT_SOURCE_DIR}/packaging/pages.mjs")
    add_custom_command(OUTPUT "${out}"
      COMMAND "${SIDEDISH_NODE}" "${script}" --set "${ARG_SET}" --out "${PROJECT_BINARY_DIR}/pages/${ARG_SET}"
              --source "${out}" --function "${function}"
      DEPENDS ${files} "${script}" "${PROJECT_SOURCE_DIR}/package-lock.json"
      JOB_POOL sidedish_pages COMMENT "Building the pages: ${ARG_SET}" VERBATIM)
  else()
    string(REGEX REPLACE "::[^:]+$" "" namespace "${function}")
    string(REGEX REPLACE "^.*::" "" function "${function}")
    file(CONFIGURE OUTPUT "${out}" @ONLY CONTENT "// Generated: UI is OFF.
#include \"rules/base/web_asset.hpp\"

namespace @namespace@ {
std::span<const sidedish::WebAsset> @function@();
std::span<const sidedish::WebAsset> @function@() { return {}; }
}  // namespace @namespace@
")
  endif()
  target_sources(${target} PRIVATE "${out}")
endfunction()
