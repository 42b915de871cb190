# shellcheck shell=bash
# `./commerce chaos`: orders and faults side by side on a running platform, then its books are checked.

chaos_dll=$repo_root/tests/Commerce.Chaos/bin/$configuration/net10.0/Commerce.Chaos.dll

run_chaos() {
  local own='' status=0
  ensure curl postgresql redis-server faketime
  set_up
  build tests/Commerce.Chaos || die "the build failed"
  if running_pid >/dev/null; then
    say "using the platform in $home"
  else
    own=$(mktemp -d)
    # Short deadlines, so that late money and expiry happen within the run; two replicas, so that one can die.
    say "starting a platform of its own ..."
    COMMERCE_HOME=$own Orders__Expiry=00:00:25 Orders__RepeatAfter=00:00:05 Orders__AskAgainAfter=00:00:05 \
      Delivery__ReadyFor=00:00:02 Delivery__OnRouteFor=00:00:02 RateLimits__SignIn__PerMinute=100000 \
      Native__Replicas__catalog=2 Native__Replicas__payment=2 COMMERCE_DASHBOARD=none \
      "$repo_root/commerce" run --detach >/dev/null || die "the platform did not start"
    home=$own
  fi
  dotnet "$chaos_dll" --home "$home" "$@" || status=$?
  if [ -n "$own" ]; then
    COMMERCE_HOME=$own "$repo_root/commerce" stop
    if [ "$status" = 0 ]; then
      rm -rf "$own"
    else
      say "what it left: $own"
    fi
  fi
  return "$status"
}
