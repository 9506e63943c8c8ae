# SPDX-FileCopyrightText: 2026 The Ibidem authors
# SPDX-License-Identifier: Apache-2.0
# The compile rules, in one interface target, and the two functions that make libraries and tests.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

option(IBIDEM_PRECOMPILE "Precompile the heavy headers (JSON, Qt Test): halves the time of a first build" OFF)
find_program(IBIDEM_CCACHE ccache)
if(IBIDEM_CCACHE)
  set(launcher "${IBIDEM_CCACHE}")
  if(IBIDEM_PRECOMPILE)
    set(launcher "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${IBIDEM_CCACHE}")
  endif()
  set(CMAKE_C_COMPILER_LAUNCHER "${launcher}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${launcher}")
endif()

# -Wno-restrict and its like: GCC 12 gives false alarms inside std::string's operator+ (GCC bug 105651, mended in 13).
# -ffp-contract=off: a*b+c has two roundings unless std::fma is written; with contraction the bits would follow the
# compiler's mood and the processor flags.
add_library(ibidem_common INTERFACE)
add_library(ibidem::common ALIAS ibidem_common)
target_compile_options(ibidem_common INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-qual -ffp-contract=off -fno-fast-math $<$<BOOL:${IBIDEM_WERROR}>:-Werror>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict$<SEMICOLON>-Wno-array-bounds$<SEMICOLON>-Wno-stringop-overflow$<SEMICOLON>-Wno-stringop-overread>)
target_compile_definitions(ibidem_common INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
target_include_directories(ibidem_common INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
if(IBIDEM_SANITIZE)
  target_compile_options(ibidem_common INTERFACE -fsanitize=${IBIDEM_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(ibidem_common INTERFACE -fsanitize=${IBIDEM_SANITIZE})
  target_compile_definitions(ibidem_common INTERFACE IBIDEM_SANITIZED=1)
endif()

add_library(ibidem_qt_rules INTERFACE)
add_library(ibidem::qt_rules ALIAS ibidem_qt_rules)
target_compile_definitions(ibidem_qt_rules INTERFACE QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII
  QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_STRICT_ITERATORS)

# One precompiled header for the libraries and one for the tests; compiled once, used by every target with the same flags.
if(IBIDEM_PRECOMPILE)
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/generated/precompiled.cpp" CONTENT "\n")
  add_library(ibidem_precompiled STATIC "${PROJECT_BINARY_DIR}/generated/precompiled.cpp")
  target_link_libraries(ibidem_precompiled PRIVATE ibidem::common)
  target_compile_options(ibidem_precompiled PRIVATE $<$<BOOL:${IBIDEM_CCACHE}>:-fpch-preprocess>)
  target_precompile_headers(ibidem_precompiled PRIVATE <nlohmann/json.hpp> <tl/expected.hpp> <algorithm> <filesystem>
    <map> <optional> <string> <vector>)
endif()
function(ibidem_precompile target from)
  if(IBIDEM_PRECOMPILE AND TARGET ${from})
    target_precompile_headers(${target} REUSE_FROM ${from})
    target_compile_options(${target} PRIVATE $<$<BOOL:${IBIDEM_CCACHE}>:-fpch-preprocess>)
  endif()
endfunction()

# ibidem_library(ibidem_x SOURCES a.cpp … PUBLIC ibidem::y … PRIVATE Z::Z …) -> static library ibidem_x, alias ibidem::x
function(ibidem_library name)
  cmake_parse_arguments(A "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${A_SOURCES})
  string(REGEX REPLACE "^ibidem_" "ibidem::" alias ${name})
  add_library(${alias} ALIAS ${name})
  target_link_libraries(${name} PUBLIC ${A_PUBLIC} PRIVATE ibidem::common ${A_PRIVATE})
  ibidem_precompile(${name} ibidem_precompiled)
endfunction()

# ibidem_test(tst_x LABELS unit LIBS ibidem::x … [TIMEOUT s] [ENVIRONMENT A=b …]): QtTest program from tst_x.cpp.
# Programs are found through IBIDEM_BIN, real data through IBIDEM_TEST_DATA; time zone and locale are odd on purpose.
function(ibidem_test name)
  cmake_parse_arguments(A "" "TIMEOUT" "LABELS;LIBS;SOURCES;ENVIRONMENT" ${ARGN})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  add_executable(${name} ${name}.cpp ${A_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  target_link_libraries(${name} PRIVATE ${A_LIBS} Qt6::Test ibidem::common)
  target_compile_options(${name} PRIVATE -Wno-useless-cast)
  if(IBIDEM_PRECOMPILE)
    if(NOT TARGET ibidem_precompiled_test)
      add_library(ibidem_precompiled_test STATIC "${PROJECT_BINARY_DIR}/generated/precompiled.cpp")
      target_link_libraries(ibidem_precompiled_test PRIVATE Qt6::Core ibidem::common)
      target_compile_options(ibidem_precompiled_test PRIVATE -Wno-useless-cast $<$<BOOL:${IBIDEM_CCACHE}>:-fpch-preprocess>)
      target_precompile_headers(ibidem_precompiled_test PRIVATE <QProcess> <QTemporaryDir> <nlohmann/json.hpp>
        <filesystem> <map> <string> <vector>)
    endif()
    # Qt Core alone: Qt Test defines the folder of each test as a macro, which must not differ.
    # Programs are compiled with -fPIE, which does not fit a header compiled with -fPIC.
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${name} PRIVATE -fPIC)
    ibidem_precompile(${name} ibidem_precompiled_test)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${A_LABELS}" TIMEOUT ${A_TIMEOUT} ENVIRONMENT
    "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;TZ=Asia/Kathmandu;QT_HASH_SEED=0;IBIDEM_BIN=${PROJECT_BINARY_DIR}/bin;IBIDEM_SOURCE=${PROJECT_SOURCE_DIR};OMP_WAIT_POLICY=PASSIVE;${A_ENVIRONMENT}")
endfunction()
