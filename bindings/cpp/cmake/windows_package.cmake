# Writes the CMake package of the zip for Windows: cmake -D VERSION=... -D OUT=FOLDER -P windows_package.cmake
cmake_minimum_required(VERSION 3.16)
include(CMakePackageConfigHelpers)

set(package_folder lib/cmake/desksession)
set(out "${OUT}/${package_folder}")
set(here "${CMAKE_CURRENT_LIST_DIR}")
set(CMAKE_INSTALL_INCLUDEDIR include)
# What machine.cmake sets, when the package is used.
set(CMAKE_INSTALL_LIBDIR "\${desksession_machine}/lib")
set(library_place "\${desksession_machine}/bin")
set(library_name desksession.dll)
set(import_name "\${desksession_import_name}")
configure_package_config_file("${here}/desksession-config.cmake.in" "${out}/desksession-config.cmake"
  INSTALL_DESTINATION "${package_folder}" INSTALL_PREFIX "${OUT}"
  PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR library_place)
write_basic_package_version_file("${out}/desksession-config-version.cmake"
  VERSION "${VERSION}" COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
file(COPY "${here}/targets.cmake" "${here}/machine.cmake" DESTINATION "${out}")
