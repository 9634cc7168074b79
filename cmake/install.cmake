# cmake --install: header, both libraries, pkg-config and CMake config files.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sipua)

install(TARGETS sipua sipua_static
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/abi/include/sipua DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

file(RELATIVE_PATH SIPUA_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/sipua.pc.in ${CMAKE_CURRENT_BINARY_DIR}/sipua.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sipua.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/sipua-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/sipua-config.cmake INSTALL_DESTINATION ${package_dir}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/sipua-config-version.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sipua-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/sipua-config-version.cmake
  DESTINATION ${package_dir})
