# mg_worker: the worker without its command line. mergegate-worker: leases analysis tasks and runs one mergegate-analyze
# process for each.
find_package(CLI11 REQUIRED)
mg_library(NAME worker DEPS worker_sandbox cache proto LINK mg_grpc absl::status absl::statusor absl::strings spdlog::spdlog
           SOURCES worker/answer.cc worker/engine_cache.cc worker/lease_loop.cc worker/run_task.cc worker/toolchain.cc)
add_executable(mergegate-worker worker/main.cc)
target_link_libraries(mergegate-worker PRIVATE mg_worker CLI11::CLI11)
