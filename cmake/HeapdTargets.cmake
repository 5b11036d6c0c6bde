# The project's own vocabulary for targets: a layer, a unit test, the flags everything shares.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# heapd_profile_flags(<target>): counts which way branches go (HEAPD_TRAINING), or lays code out by
# such counts (HEAPD_PROFILE).  The names of the counts are those of objects below the build's
# folder, so that one build's serve another.
function(heapd_profile_flags target)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
    return()
  elseif(HEAPD_TRAINING)
    set(flags -fprofile-generate=${HEAPD_PROFILE} -fprofile-update=single)
  elseif(HEAPD_PROFILE AND EXISTS ${HEAPD_PROFILE}/done) # by tools/release: they are complete
    # What was not trained is built as if there were no counts, and so is what has changed since.
    set(flags -fprofile-use=${HEAPD_PROFILE} -fprofile-partial-training -Wno-missing-profile
      -Wno-coverage-mismatch -Wno-error)
  else()
    return()
  endif()
  list(APPEND flags -fprofile-prefix-path=${PROJECT_BINARY_DIR})
  target_compile_options(${target} PRIVATE ${flags})
  target_link_options(${target} PRIVATE ${flags})
endfunction()

# heapd_flags(<target>): warnings, hardening and the instrumentation of the chosen preset.
function(heapd_flags target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
    -Wundef -Wvla -Wwrite-strings -Wcast-qual -fno-common -fstack-protector-strong)
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    # gcc clears a struct of 32 bytes to 8 KiB by `rep stos`, whose start takes longer than the
    # stores: docs/performance.md.  The linker is told too, since it generates the code with LTO.
    set(strategy -mmemset-strategy=vector_loop:512:noalign,libcall:-1:noalign)
    target_compile_options(${target} PRIVATE ${strategy})
    target_link_options(${target} PRIVATE ${strategy})
  endif()
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    # Results are written only with HD_OK, which gcc cannot see across functions.
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    target_link_options(${target} PRIVATE -Wno-maybe-uninitialized)
  endif()
  if(CMAKE_C_COMPILER_ID STREQUAL "Clang") # it sees into the macros of generated headers
    target_compile_options(${target} PRIVATE -Wno-cast-qual)
  endif()
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE HD_CHECK_LEVEL=${HEAPD_CHECK_LEVEL})
  target_link_options(${target} PRIVATE -Wl,-z,relro -Wl,-z,now)
  if(CMAKE_BUILD_TYPE MATCHES "Rel" AND NOT HEAPD_SANITIZE)
    target_compile_definitions(${target} PRIVATE _FORTIFY_SOURCE=2)
  endif()
  if(HEAPD_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=address,undefined
      -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=address,undefined)
  endif()
  if(HEAPD_TSAN)
    target_compile_options(${target} PRIVATE -fsanitize=thread -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=thread)
  endif()
  if(HEAPD_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  heapd_profile_flags(${target})
  if(HEAPD_COVERAGE)
    target_compile_options(${target} PRIVATE --coverage)
    target_link_options(${target} PRIVATE --coverage)
  endif()
endfunction()

# heapd_layer(<folder> [DEPENDS <layer>...] [LIBS <target>...])
# A folder of src/ becomes the static library hd_<folder>; it sees only the layers it names.
# tools/check-layers reads the calls of this function in src/CMakeLists.txt.
function(heapd_layer layer)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${layer}/*.c)
  list(FILTER sources EXCLUDE REGEX "/main\\.c$")
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${layer}/*.h)
  add_library(hd_${layer} STATIC ${sources})
  target_sources(hd_${layer} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR}
    FILES ${headers})
  set_target_properties(hd_${layer} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_include_directories(hd_${layer} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  foreach(below IN LISTS ARG_DEPENDS)
    target_link_libraries(hd_${layer} PUBLIC hd_${below})
  endforeach()
  target_link_libraries(hd_${layer} PUBLIC ${ARG_LIBS})
  heapd_flags(hd_${layer})
endfunction()

# heapd_test(<name> LABEL <label> SOURCES <file>... [LINK <target>...] [TIMEOUT <s>])
# One cmocka program, registered with ctest as <name> under the label.
function(heapd_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;LINK" ${ARGN})
  string(REPLACE "." "_" target test_${name})
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE ${ARG_LINK} PkgConfig::CMOCKA)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  heapd_flags(${target})
  add_test(NAME ${name} COMMAND ${target})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
endfunction()

# heapd_unit_tests(<layer> <dir> LINK <target>...)
# Every <dir>/test_<module>.c is a test of its own: unit.<layer>.<module>.
function(heapd_unit_tests layer dir)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB tests CONFIGURE_DEPENDS ${dir}/test_*.c)
  foreach(source IN LISTS tests)
    get_filename_component(stem ${source} NAME_WE)
    string(REGEX REPLACE "^test_" "" module ${stem})
    heapd_test(unit.${layer}.${module} LABEL unit SOURCES ${source} LINK ${ARG_LINK})
  endforeach()
endfunction()
