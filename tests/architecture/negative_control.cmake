# SPDX-FileCopyrightText: 2026 The Ibidem authors
# SPDX-License-Identifier: Apache-2.0
# Copies the tree, adds one forbidden include at a time, and expects the check to find and name it.

function(expect_found folder include)
  file(REMOVE_RECURSE "${SCRATCH}")
  foreach(part models widgets app)
    file(COPY "${ROOT}/${part}" DESTINATION "${SCRATCH}")
  endforeach()
  file(WRITE "${SCRATCH}/${folder}/forbidden.cpp" "#include ${include}\n")
  execute_process(COMMAND ${CMAKE_COMMAND} "-DROOT=${SCRATCH}" -P "${CHECK}"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(result EQUAL 0)
    message(SEND_ERROR "${folder} with #include ${include} was not found")
  elseif(NOT output MATCHES "forbidden.cpp")
    message(SEND_ERROR "${folder} with #include ${include}: the message does not name the file: ${output}")
  endif()
endfunction()

expect_found(models/base "<QString>")
expect_found(models/base "\"models/data/cache.h\"")
expect_found(models/compare "\"models/train/trainer.h\"")
expect_found(models/jobs "<xgboost/c_api.h>")
expect_found(models/view "<QWidget>")
expect_found(widgets "<torch/torch.h>")
expect_found(widgets "\"models/runs/manifest.h\"")
expect_found(app/cli "<xgboost/c_api.h>")
file(REMOVE_RECURSE "${SCRATCH}")
