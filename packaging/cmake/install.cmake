# What `cmake --install build/release --prefix P` puts where. Nothing installed knows P: it may be moved as a whole.
#   agent       the plugin as hosts load it, the agent, sidedish-rules
#   headoffice  head office
#   dev         what tills are built with: headers, CMake and pkg-config files, bindings, guides, schemas
# Users, units and configuration belong to the system, not to a prefix: packaging/debian.
include_guard()

function(sidedish_install)
  include(GNUInstallDirs)
  include(CMakePackageConfigHelpers)
  set(share "${CMAKE_INSTALL_DATADIR}/sidedish")
  set(doc "${CMAKE_INSTALL_DATAROOTDIR}/doc/sidedish")
  set(package "${CMAKE_INSTALL_LIBDIR}/cmake/Sidedish")
  set(generated "${PROJECT_BINARY_DIR}/generated/install")

  install(TARGETS sidedish EXPORT SidedishTargets
          LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT agent NAMELINK_COMPONENT dev
          INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(TARGETS sidedish-agent sidedish-rules RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT agent)
  install(TARGETS sidedish-headoffice RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT headoffice)

  install(DIRECTORY sdk/include/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT dev)
  install(EXPORT SidedishTargets NAMESPACE Sidedish:: DESTINATION "${package}" COMPONENT dev)
  configure_package_config_file(packaging/cmake/SidedishConfig.cmake.in "${generated}/SidedishConfig.cmake"
                                INSTALL_DESTINATION "${package}" NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
  # Before 1.0 a second number may change what the CMake names mean; the C ABI has a promise of its own (sdk/docs/abi.md).
  write_basic_package_version_file("${generated}/SidedishConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
  install(FILES "${generated}/SidedishConfig.cmake" "${generated}/SidedishConfigVersion.cmake" DESTINATION "${package}"
          COMPONENT dev)
  file(RELATIVE_PATH SIDEDISH_PC_PREFIX "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
  configure_file(packaging/cmake/sidedish.pc.in "${generated}/sidedish.pc" @ONLY)
  install(FILES "${generated}/sidedish.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT dev)

  install(FILES sdk/js/sidedish.js sdk/js/sidedish.mjs sdk/js/sidedish.d.ts sdk/js/sidedish.d.mts DESTINATION "${share}/js"
          COMPONENT dev)
  install(FILES sdk/python/sidedish.py DESTINATION "${share}/python" COMPONENT dev)
  install(FILES sdk/php/Sidedish.php DESTINATION "${share}/php" COMPONENT dev)
  file(GLOB schemas CONFIGURE_DEPENDS rules/format/schema/*.schema.json plugin/loopback/schema/*.schema.json)
  install(FILES ${schemas} DESTINATION "${share}/schemas" COMPONENT dev)
  install(FILES plugin/loopback/openapi.json DESTINATION "${share}/openapi" RENAME agent.json COMPONENT dev)
  install(FILES headoffice/server/openapi.json DESTINATION "${share}/openapi" RENAME headoffice.json COMPONENT dev)
  install(DIRECTORY sdk/docs/ DESTINATION "${doc}/sdk" COMPONENT dev)
  install(DIRECTORY sdk/examples DESTINATION "${doc}" COMPONENT dev)
  install(FILES README.md CHANGELOG.md LICENSE NOTICE DESTINATION "${doc}" COMPONENT agent)
endfunction()
