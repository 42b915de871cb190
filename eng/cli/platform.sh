# shellcheck shell=bash
# Starting and stopping the platform, and talking to the running one, for the most part with the Aspire CLI.

home=${COMMERCE_HOME:-$repo_root/.commerce}
state=$home/run/state.json     # there while everything is up
failure=$home/run/failure.txt  # why the last start failed
lock=$home/run/lock            # held by the app host, whose process id is in it
start_limit=300                # seconds
answer_limit=60                # seconds; killing a container takes an engine half of it
apphost_project=$repo_root/Commerce.AppHost/Commerce.AppHost.csproj

# running_pid: the app host's process id, if it runs: after a crash the file may name a process that is somebody else's by now.
running_pid() {
  local pid
  pid=$(cat "$lock" 2>/dev/null) || return 1
  [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 1
  if has flock && flock -n "$lock" true; then return 1; fi
  printf '%s\n' "$pid"
}

# field <name>: a string or number of the running platform's state.
field() {
  [ -f "$state" ] || return 0
  sed -n "s/^ *\"$1\": *\"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$state" | head -n 1
}

# aspire <command> [arguments...]: the Aspire CLI, pointed at the platform in $home. $aspire_limit ends it after so many seconds.
aspire() {
  local apphost=$apphost_project
  # A platform with a folder of its own is known by it: there may be others of the same checkout.
  if [ -n "${COMMERCE_HOME:-}" ]; then apphost=$lock; fi
  restore_tools
  (cd "$repo_root" && exec ${aspire_limit:+timeout "$aspire_limit"} dotnet aspire "$@" --apphost "$apphost" --nologo --non-interactive)
}

need_running() {
  running_pid >/dev/null || die "the platform is not running. Start it: ./commerce run --detach"
  [ -f "$state" ] || die "the platform is still starting"
}

run_platform() {
  local detach='' arguments=()
  while [ $# -gt 0 ]; do
    case $1 in
      --detach) detach=1 ;;
      --fresh) arguments+=(--fresh true) ;;
      --watch)
        [ $# -gt 1 ] || die "--watch needs the name of a service, or several: order,catalog"
        arguments+=(--watch "$2")
        shift
        ;;
      *) die "unknown argument: $1" ;;
    esac
    shift
  done

  if running_pid >/dev/null; then
    [ "${#arguments[@]}" = 0 ] || die "the platform is running. Stop it first: ./commerce stop"
    [ -n "$detach" ] || die "the platform is already running (./commerce urls). Stop it first: ./commerce stop"
    wait_until_up "$(running_pid)"
    return
  fi
  ensure
  set_up
  build_apphost
  ensure_servers
  export DOTNET_ENVIRONMENT=${DOTNET_ENVIRONMENT:-Development}
  cd "$repo_root" || exit
  if [ -z "$detach" ]; then exec dotnet "$apphost_dll" "${arguments[@]}"; fi

  step "starting the platform" "$home/apphost.log"
  mkdir -p "$home"
  # A killed platform leaves them behind, and they would speak for the new one.
  rm -f "$state" "$failure"
  (umask 077 && : >"$home/apphost.log")
  # A session of its own, and none of our descriptors: it outlives this terminal and whoever waits for this call.
  setsid dotnet "$apphost_dll" "${arguments[@]}" >"$home/apphost.log" 2>&1 </dev/null 8>&- &
  disown
  wait_until_up $!
}

# wait_until_up <pid>: until every resource is healthy; says why when that does not happen.
wait_until_up() {
  local pid=$1 waited=0
  until [ -f "$state" ]; do
    if [ -s "$failure" ]; then
      stop_platform
      die "the platform did not start: $(cat "$failure")"
    fi
    if ! kill -0 "$pid" 2>/dev/null; then
      tail -n 30 "$home/apphost.log" >&2
      die "the platform did not start; see $home/apphost.log"
    fi
    if [ "$waited" -ge $((start_limit * 10)) ]; then
      tail -n 30 "$home/apphost.log" >&2
      stop_platform
      die "the platform was not healthy after $start_limit s; see $home/apphost.log"
    fi
    sleep 0.1
    waited=$((waited + 1))
  done
  print_urls
  cat <<'TEXT'

Demo accounts: shopper@commerce.local  farmer@commerce.local  admin@commerce.local   password: Commerce!2026
TEXT
}

stop_platform() {
  local pid waited=0
  pid=$(running_pid) || {
    say "the platform is not running"
    return
  }
  # It hears signals from its first moment on, the CLI only once it is up.
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
  need_running
  case ${1:-} in
    --json) printf '{\n%s\n}\n' "$(urls_of_state)" ;;
    '')
      urls_of_state | sed -n 's/^ *"\([^"]*\)": "\(http[^"]*\)",\{0,1\}$/\1 \2/p' |
        while read -r name url; do printf '%-18s%s\n' "$name" "$url"; done
      ;;
    *) die "unknown argument: $1" ;;
  esac
}

# The lines of the object "urls".
urls_of_state() { sed -n '/^  "urls": {$/,/^  }/{/^    /p}' "$state"; }

# resource_name <argument>: refuses what could not be one.
resource_name() {
  [[ ${1:-} =~ ^[a-z][a-z0-9-]*$ ]] || die "which resource? There are: $(resource_names)"
  printf '%s\n' "$1"
}

resource_names() { urls_of_state 2>/dev/null | sed 's/^ *"\([^"]*\)".*/\1/' | tr '\n' ' '; }

# change_resource <kill|start|stop> <resource>
change_resource() {
  local name said status=0
  need_running
  name=$(resource_name "${2:-}") || exit 1
  said=$(aspire_limit=$answer_limit aspire resource "$name" "$1" 2>&1) || status=$?
  case $status in
    0) say "$1 $name: done" ;;
    # A start ends when what the resource needs is there, which somebody may have stopped.
    124) die "$1 $name: not done after $answer_limit s. What it waits for: ./commerce logs $name" ;;
    *)
      printf '%s\n' "$said" >&2
      die "$1 $name: refused. There are: $(resource_names)"
      ;;
  esac
}

print_log() {
  local name follow=()
  need_running
  name=$(resource_name "${1:-}") || exit 1
  case ${2:-} in
    '') ;;
    -f) follow=(--follow --tail 100) ;;
    *) die "unknown argument: $2" ;;
  esac
  aspire logs "$name" "${follow[@]}" || die "there is no log of '$name'. There are: $(resource_names)"
}
