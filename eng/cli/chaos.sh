# shellcheck shell=bash
# `./commerce chaos`: orders and faults side by side on a running platform, then its books are checked.

run_chaos() {
  ensure curl postgresql redis-server faketime
  set_up
  build tests/Commerce.Chaos || die "the build failed"
  # Short deadlines, so that late money and expiry happen within the run; two replicas, so that one can die. What has arrived
  # is not called back when its order is cancelled; so boxes are on their way for longer than any fault keeps Order or Delivery
  # from hearing the other: 30 s frozen, and the way back.
  local own_settings=(
    Orders__Expiry=00:00:25 Orders__RepeatAfter=00:00:05 Orders__AskAgainAfter=00:00:05
    Delivery__ReadyFor=00:00:02 Delivery__OnRouteFor=00:00:40 RateLimits__SignIn__PerMinute=100000
    Native__Replicas__catalog=2 Native__Replicas__payment=2
  )
  on_a_platform "$repo_root/tests/Commerce.Chaos/bin/$configuration/net10.0/Commerce.Chaos.dll" "$@"
}
