# shellcheck shell=bash
# `./commerce bench circuits`: what so many visitors with an open page cost.

bench_dll=$repo_root/tests/Commerce.Bench/bin/$configuration/net10.0/Commerce.Bench.dll

run_bench() {
  local own='' status=0
  ensure curl postgresql redis-server
  set_up
  build tests/Commerce.Bench || die "the build failed"
  if running_pid >/dev/null; then
    say "using the platform in $home"
  else
    own=$(mktemp -d)
    say "starting a platform of its own ..."
    COMMERCE_HOME=$own COMMERCE_DASHBOARD=none "$repo_root/commerce" run --detach >/dev/null || die "the platform did not start"
    home=$own
  fi
  dotnet "$bench_dll" "$@" --home "$home" || status=$?
  if [ -n "$own" ]; then
    COMMERCE_HOME=$own "$repo_root/commerce" stop
    rm -rf "$own"
  fi
  return "$status"
}
