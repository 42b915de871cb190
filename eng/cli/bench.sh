# shellcheck shell=bash
# `./commerce bench`: Release builds, measured on this machine. What needs a platform starts one of its own.

run_bench() {
  configuration=Release
  apphost_dll=$repo_root/Commerce.AppHost/bin/$configuration/net10.0/Commerce.AppHost.dll
  ensure postgresql redis-server
  set_up
  build_apphost
  export COMMERCE_SERVERS=processes
  build tests/Commerce.Bench || die "the build failed"
  step "the bench"
  dotnet "$repo_root/tests/Commerce.Bench/bin/$configuration/net10.0/Commerce.Bench.dll" "$@"
}
