# shellcheck shell=bash
# Starting and stopping the platform, and talking to the running one over the AppHost's control endpoint.

home=${COMMERCE_HOME:-$repo_root/.commerce}
state=$home/run/state.json       # there while everything is up
starting=$home/run/starting.json # there while the platform starts
failure=$home/run/failure.txt    # why the last start or run failed
start_limit=300                  # seconds

# field <file> <name>: a string or number of a flat JSON object.
field() {
  [ -f "$1" ] || return 0
  tr -d '\n' <"$1" | sed -n "s/.*\"$2\"[[:space:]]*:[[:space:]]*\"\{0,1\}\([^\",}]*\).*/\1/p"
}

# The AppHost's process id, if it runs: after a crash the file may name a process that is somebody else's by now.
running_pid() {
  local file pid
  for file in "$state" "$starting"; do
    pid=$(field "$file" pid)
    if [ -n "$pid" ] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q 'Commerce\.AppHost'; then
      printf '%s\n' "$pid"
      return
    fi
  done
  return 1
}

# control <method> <path>: the answer's body; fails with its explanation when the platform is down or refuses.
control() {
  local answer status
  running_pid >/dev/null || die "the platform is not running. Start it: ./commerce run --detach"
  [ -f "$state" ] || die "the platform is still starting"
  # The token goes through a file descriptor: arguments are readable by every account.
  answer=$(curl -sS --max-time 30 -X "$1" -w '\n%{http_code}' \
    -H @<(printf 'X-Commerce-Token: %s\n' "$(field "$state" token)") "$(field "$state" controlUrl)$2") ||
    die "the platform did not answer"
  status=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  case $status in
    2??) printf '%s\n' "$answer" ;;
    404) die "no such resource. There are: $(resource_names)" ;;
    *) die "refused ($status): $answer" ;;
  esac
}

resource_names() {
  control GET /resources | grep -o '"name"[[:space:]]*:[[:space:]]*"[^"]*"' | sed 's/.*"\([^"]*\)"$/\1/' | tr '\n' ' '
}

run_platform() {
  local detach='' arguments=() engine
  while [ $# -gt 0 ]; do
    case $1 in
      --detach) detach=1 ;;
      --fresh) arguments+=(--fresh) ;;
      *) die "unknown argument: $1" ;;
    esac
    shift
  done
  engine=$(apphost_engine)
  [ "$engine" = Native ] || {
    run_with_aspire "$engine" "$detach" "${arguments[@]}"
    return
  }

  if running_pid >/dev/null; then
    [ "${#arguments[@]}" = 0 ] || die "the platform is running. Stop it first: ./commerce stop"
    [ -n "$detach" ] || die "the platform is already running (./commerce urls). Stop it first: ./commerce stop"
    wait_until_up "$(running_pid)"
    return
  fi
  ensure curl postgresql redis-server
  set_up
  build_apphost Native
  cd "$repo_root" || exit
  if [ -z "$detach" ]; then exec dotnet "$apphost_dll" "${arguments[@]}"; fi

  mkdir -p "$home"
  # A killed platform leaves them behind, and they would speak for the new one.
  rm -f "$state" "$starting" "$failure"
  # A session of its own, and none of our descriptors: it outlives this terminal and whoever waits for this call.
  setsid dotnet "$apphost_dll" "${arguments[@]}" >"$home/apphost.log" 2>&1 </dev/null 8>&- &
  disown
  wait_until_up $!
}

# wait_until_up <pid>: until every resource is healthy; says why when that does not happen.
wait_until_up() {
  local pid=$1 waited=0
  until [ -f "$state" ]; do
    if ! kill -0 "$pid" 2>/dev/null; then
      [ ! -s "$failure" ] || die "the platform did not start: $(cat "$failure")"
      tail -n 30 "$home/apphost.log" >&2
      die "the platform did not start; see $home/apphost.log"
    fi
    if [ "$waited" -ge $((start_limit * 10)) ]; then
      tail -n 30 "$home/apphost.log" >&2
      stop_platform
      die "the platform was not healthy after $start_limit s; see $home/logs"
    fi
    sleep 0.1
    waited=$((waited + 1))
  done
  print_urls
  cat <<'TEXT'

Demo accounts: shopper@commerce.local  farmer@commerce.local  admin@commerce.local   password: Commerce!2026
TEXT
}

# Docker's engine needs nothing of ours: its dashboard is where resources are stopped, started and read.
run_with_aspire() {
  local engine=$1 detach=$2
  shift 2
  [ "$engine" = Aspire ] || die "AppHostEngine is Native or Aspire, not '$engine'"
  if [ -n "$detach" ] || [ $# != 0 ]; then
    die "--detach and --fresh need the native engine. Choose it: AppHostEngine=Native ./commerce run"
  fi
  ensure curl
  set_up
  cd "$repo_root" || exit
  exec dotnet run --project Commerce.AppHost -p:AppHostEngine=Aspire
}

stop_platform() {
  local pid waited=0
  pid=$(running_pid) || {
    say "the platform is not running"
    return
  }
  kill -TERM "$pid"
  while kill -0 "$pid" 2>/dev/null; do
    if [ "$waited" = 600 ]; then
      say "it did not stop within 60 s: killing it"
      kill -KILL "$pid" 2>/dev/null || true
    fi
    sleep 0.1
    waited=$((waited + 1))
  done
  say "stopped"
}

print_urls() {
  local urls
  case ${1:-} in
    --json) control GET /urls ;;
    '')
      urls=$(control GET /urls)
      tr -d '\n{}' <<<"$urls" | grep -o '"[^"]*"[[:space:]]*:[[:space:]]*"http[^"]*"' |
        sed 's/"\([^"]*\)"[[:space:]]*:[[:space:]]*"\([^"]*\)"/\1 \2/' |
        while read -r name url; do printf '%-18s%s\n' "$name" "$url"; done
      ;;
    *) die "unknown argument: $1" ;;
  esac
}

# resource_name <argument>: refuses what could not be one, because it becomes part of a path.
resource_name() {
  [[ ${1:-} =~ ^[a-z][a-z0-9-]*$ ]] || die "which resource? There are: $(resource_names)"
  printf '%s\n' "$1"
}

change_resource() {
  local name
  name=$(resource_name "${2:-}") || exit 1
  control POST "/resources/$name/$1" >/dev/null
  say "$1 $name: done"
}

print_log() {
  local name file
  name=$(resource_name "${1:-}") || exit 1
  file=$home/logs/$name.log
  [ -f "$file" ] || die "there is no log of '$name'. There are: $(cd "$home/logs" 2>/dev/null && ls)"
  if [ "${2:-}" = -f ]; then exec tail -n 100 -F "$file"; fi
  cat "$file"
}

# on_a_platform <dll> <its arguments...>: runs a tool against the running platform, or against one of its own, which gets the
# settings in the array own_settings (NAME=value) and is gone afterwards, unless the tool failed.
on_a_platform() {
  local own='' status=0
  if running_pid >/dev/null; then
    say "using the platform in $home"
  else
    own=$(mktemp -d)
    say "starting a platform of its own ..."
    env COMMERCE_HOME="$own" COMMERCE_CONFIGURATION="$configuration" COMMERCE_DASHBOARD=none "${own_settings[@]}" \
      "$repo_root/commerce" run --detach >/dev/null || die "the platform did not start"
    home=$own
  fi
  dotnet "$@" --home "$home" || status=$?
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
