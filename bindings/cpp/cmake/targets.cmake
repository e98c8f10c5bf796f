# desksession::desksession (the library), desksession::cpp (desksession.hpp), desksession::qt (desksession_qt.hpp), from
# desksession_library, desksession_import_library and desksession_include_folders. The same in the source tree and installed.

if(NOT TARGET desksession::desksession)
  add_library(desksession::desksession SHARED IMPORTED)
  set_target_properties(desksession::desksession PROPERTIES
    IMPORTED_LOCATION "${desksession_library}"
    INTERFACE_INCLUDE_DIRECTORIES "${desksession_include_folders}")
  if(WIN32)
    set_target_properties(desksession::desksession PROPERTIES IMPORTED_IMPLIB "${desksession_import_library}")
  elseif(APPLE)
    set_target_properties(desksession::desksession PROPERTIES IMPORTED_SONAME "@rpath/libdesksession.dylib")
  else()
    set_target_properties(desksession::desksession PROPERTIES IMPORTED_SONAME "libdesksession.so")
  endif()

  add_library(desksession::cpp INTERFACE IMPORTED)
  set_target_properties(desksession::cpp PROPERTIES
    INTERFACE_LINK_LIBRARIES desksession::desksession
    INTERFACE_COMPILE_FEATURES cxx_std_17)

  # Qt::Core is there after find_package(Qt6 ...), and after find_package(Qt5 5.15 ...).
  add_library(desksession::qt INTERFACE IMPORTED)
  set_target_properties(desksession::qt PROPERTIES INTERFACE_LINK_LIBRARIES "desksession::cpp;Qt::Core")
endif()
