# libsipua.a: one relocatable object in which only sipua_* is visible, so that nothing of ours can meet a name of the
# program's. Libraries of others are not bundled: pkg-config and the CMake package name them.
set(archives)
set(files)
foreach(floor ${SIPUA_FLOORS})
  list(APPEND archives sipua_${floor})
  list(APPEND files $<TARGET_FILE:sipua_${floor}>)
endforeach()
set(relocatable -r -nostdlib)
if(SIPUA_LTO) # ordinary code comes out: whoever links it needs no particular compiler
  list(APPEND relocatable ${SIPUA_LTO} -flinker-output=nolto-rel)
endif()
set(object ${CMAKE_CURRENT_BINARY_DIR}/libsipua.o)
add_custom_command(OUTPUT ${object}
  COMMAND ${CMAKE_C_COMPILER} ${relocatable} -o ${object} $<TARGET_OBJECTS:sipua_abi> -Wl,--whole-archive ${files}
  COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${object}
  DEPENDS sipua_abi $<TARGET_OBJECTS:sipua_abi> ${archives} ${files}
  COMMAND_EXPAND_LISTS VERBATIM COMMENT "One object of all floors")
add_library(sipua_static STATIC ${object})
set_target_properties(sipua_static PROPERTIES OUTPUT_NAME sipua LINKER_LANGUAGE C EXPORT_NAME sipua_static)
target_include_directories(sipua_static PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/abi/include>
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/abi/generated>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
# What whoever links it needs besides.
target_link_libraries(sipua_static INTERFACE $<BUILD_INTERFACE:PkgConfig::EVENT> $<BUILD_INTERFACE:PkgConfig::CARES>
  $<BUILD_INTERFACE:sipua_wslay> $<BUILD_INTERFACE:PkgConfig::SSL> $<BUILD_INTERFACE:PkgConfig::CRYPTO>
  $<BUILD_INTERFACE:PkgConfig::OPUS> $<BUILD_INTERFACE:PkgConfig::SPEEXDSP> $<BUILD_INTERFACE:PkgConfig::EXPAT>
  $<BUILD_INTERFACE:Threads::Threads> $<BUILD_INTERFACE:m>)
