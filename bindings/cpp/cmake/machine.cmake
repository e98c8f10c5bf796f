# The zip for Windows holds libraries for two machines. Sets desksession_machine to the folder of the one that the program is built
# for, empty if it is another, and desksession_import_name to the import library that its linker reads.
set(desksession_machine "")
set(desksession_architecture "${CMAKE_C_COMPILER_ARCHITECTURE_ID}${CMAKE_CXX_COMPILER_ARCHITECTURE_ID}")
if(NOT desksession_architecture)
  set(desksession_architecture "${CMAKE_SYSTEM_PROCESSOR}")  # GNU says no more
endif()
if(NOT WIN32 OR desksession_architecture MATCHES "^(ARM|arm|aarch)")
elseif(CMAKE_SIZEOF_VOID_P EQUAL 8)
  set(desksession_machine x64)
elseif(CMAKE_SIZEOF_VOID_P EQUAL 4)
  set(desksession_machine x86)
endif()

if(MINGW)
  set(desksession_import_name libdesksession.dll.a)
else()
  set(desksession_import_name desksession.lib)
endif()
