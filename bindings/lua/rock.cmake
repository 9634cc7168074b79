# What LuaRocks builds: the compiled half for the one Lua whose headers are in LUA_INCDIR, installed into LIBDIR and LUADIR.
# The library is linked in statically and hidden; its own libraries are the machine's.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
# In the tree the library stands two folders up; the rock carries it beside this file.
set(SIPUA_ROOT "${CMAKE_CURRENT_SOURCE_DIR}/../..")
if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/libsipua/abi/include/sipua/sipua.h")
  set(SIPUA_ROOT "${CMAKE_CURRENT_SOURCE_DIR}/libsipua")
endif()
set(SIPUA_TESTS OFF CACHE BOOL "" FORCE)
add_subdirectory("${SIPUA_ROOT}" "${CMAKE_CURRENT_BINARY_DIR}/sipua" EXCLUDE_FROM_ALL)

file(GLOB sources CONFIGURE_DEPENDS c/*.c generated/*.c)
add_library(raw MODULE ${sources})
target_include_directories(raw PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${LUA_INCDIR})
target_link_libraries(raw PRIVATE sipua_static)
target_link_options(raw PRIVATE -Wl,--exclude-libs,ALL)
set_target_properties(raw PROPERTIES PREFIX "")

install(TARGETS raw LIBRARY DESTINATION ${LIBDIR}/sipua)
install(DIRECTORY sipua/ DESTINATION ${LUADIR}/sipua FILES_MATCHING PATTERN "*.lua")
