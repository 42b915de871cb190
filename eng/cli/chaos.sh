# shellcheck shell=bash
# `./commerce chaos`: orders and faults side by side on a platform of its own, then its books are checked.

run_chaos() {
  ensure postgresql redis-server faketime
  set_up
  step "the build"
  build tests/Commerce.Chaos || die "the build failed"
  step "the chaos run"
  COMMERCE_SERVERS=processes dotnet "$repo_root/tests/Commerce.Chaos/bin/$configuration/net10.0/Commerce.Chaos.dll" "$@"
}
