# SPDX-FileCopyrightText: 2026 The Ibidem authors
# SPDX-License-Identifier: Apache-2.0
# Every library that is not ours, found once. What installer/setup fetched lies in IBIDEM_DEPENDENCIES.

if(EXISTS "${IBIDEM_DEPENDENCIES}/include/tl/expected.hpp")
  # A machine without Debian's header packages (see installer/setup --train-only).
  target_include_directories(ibidem_common SYSTEM INTERFACE "${IBIDEM_DEPENDENCIES}/include")
endif()
find_package(Threads REQUIRED)

if(NOT IBIDEM_TRAIN_ONLY)
  find_package(OpenSSL REQUIRED COMPONENTS Crypto)
  find_package(ZLIB REQUIRED)
  # By pkg-config: CMake's own search runs the compiler wrapper at every configuration.
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(IBIDEM_HDF5 REQUIRED IMPORTED_TARGET hdf5>=1.10.7)
  pkg_check_modules(IBIDEM_DEFLATE REQUIRED IMPORTED_TARGET libdeflate)
  pkg_check_modules(IBIDEM_SECCOMP REQUIRED IMPORTED_TARGET libseccomp>=2.5)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Core)
  if(IBIDEM_BUILD_DESKTOP)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Gui Widgets PrintSupport Svg)
    find_package(QCustomPlotQt6 REQUIRED)
  endif()
  if(IBIDEM_BUILD_TESTS)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
  endif()
endif()

set(xgboost_library "${IBIDEM_DEPENDENCIES}/xgboost/lib/libxgboost.so")
set(xgboost_headers "${IBIDEM_DEPENDENCIES}/xgboost/include")
if(NOT EXISTS "${xgboost_library}" OR NOT EXISTS "${xgboost_headers}/xgboost/c_api.h")
  message(FATAL_ERROR "XGBoost is not in ${IBIDEM_DEPENDENCIES}: run installer/setup, or set IBIDEM_DEPENDENCIES.")
endif()
add_library(ibidem_xgboost SHARED IMPORTED GLOBAL)
add_library(ibidem::xgboost ALIAS ibidem_xgboost)
set_target_properties(ibidem_xgboost PROPERTIES IMPORTED_LOCATION "${xgboost_library}")
target_include_directories(ibidem_xgboost SYSTEM INTERFACE "${xgboost_headers}")

set(torch_root "${IBIDEM_DEPENDENCIES}/torch")
if(EXISTS "${torch_root}/lib/libtorch_cpu.so")
  set(IBIDEM_HAVE_TORCH ON)
  add_library(ibidem_torch INTERFACE)
  add_library(ibidem::torch ALIAS ibidem_torch)
  target_include_directories(ibidem_torch SYSTEM INTERFACE "${torch_root}/include"
    "${torch_root}/include/torch/csrc/api/include")
  target_link_options(ibidem_torch INTERFACE -Wl,--allow-shlib-undefined)
  target_link_libraries(ibidem_torch INTERFACE "${torch_root}/lib/libtorch_cpu.so" "${torch_root}/lib/libc10.so")
else()
  set(IBIDEM_HAVE_TORCH OFF)
  message(STATUS "LibTorch is not in ${IBIDEM_DEPENDENCIES}: the library engine is not built")
endif()
