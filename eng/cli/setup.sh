# shellcheck shell=bash
# What has to be there before anything is built or started, and the build itself.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
# No build process outlives its build.
export MSBUILDDISABLENODEREUSE=1
configuration=${COMMERCE_CONFIGURATION:-Debug}
apphost_dll=$repo_root/Commerce.AppHost/bin/$configuration/net10.0/Commerce.AppHost.dll

# apphost_engine: Native or Aspire, by the rule of Commerce.AppHost/AppHostEngine.props.
apphost_engine() {
  if [ -n "${AppHostEngine:-}" ]; then
    printf '%s\n' "$AppHostEngine"
  elif [ -S /var/run/docker.sock ]; then
    echo Aspire
  else
    echo Native
  fi
}

has_dotnet() { has dotnet && (cd "$repo_root" && dotnet --version >/dev/null 2>&1); }

has_postgres() {
  local folder
  for folder in /usr/lib/postgresql/*/bin $(tr ':' ' ' <<<"$PATH"); do
    [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && return
  done
  return 1
}

# check <name>: is this tool there?
check() {
  case $1 in
    dotnet) has_dotnet ;;
    postgresql) has_postgres ;;
    chromium) find_chromium >/dev/null ;;
    *) has "$1" ;;
  esac
}

# package <name>: the Debian package that brings it.
package() {
  case $1 in
    kubectl) echo kubernetes-client ;;
    g++ | make) echo build-essential ;;
    *) echo "$1" ;;
  esac
}

find_chromium() {
  local name
  if [ -x "${CHROMIUM:-}" ]; then
    printf '%s\n' "$CHROMIUM"
    return
  fi
  for name in chromium chromium-browser google-chrome; do
    command -v "$name" && return
  done
  return 1
}

# ensure <names...>: everything that is missing, installed in one go (as root) or named in one line.
ensure() {
  local name packages=()
  check dotnet || die "the .NET 10 SDK is missing (global.json asks for 10.0.100 or newer). Mend it: sudo apt-get install dotnet-sdk-10.0, or the installer on dot.net"
  for name in "$@"; do
    check "$name" || packages+=("$(package "$name")")
  done
  [ "${#packages[@]}" = 0 ] && return
  # Debian's PostgreSQL would set up and start a server of its own, which nobody asked for.
  if [[ " ${packages[*]} " == *" postgresql "* ]] && [ "$(id -u)" = 0 ] && ! has pg_createcluster; then
    install_packages postgresql-common
    sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  fi
  # A run level of 1 keeps the packages' services from starting on init systems that ask for it.
  RUNLEVEL=1 install_packages "${packages[@]}"
  for name in "$@"; do
    check "$name" || die "'$name' is still missing after installing $(package "$name")"
  done
}

# The names, times and sizes of everything that goes into a build.
fingerprint() {
  (cd "$repo_root" && find Commerce.AppHost Commerce.ServiceDefaults src web eng/assets artifacts/assets/.stamp \
    ./*.props ./*.targets global.json .editorconfig \
    \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f -printf '%p %T@ %s\n' 2>/dev/null) |
    LC_ALL=C sort | sha256sum
}

# end_processes_with <argument>: those that have exactly this argument.
end_processes_with() {
  local process
  while IFS=/ read -r _ _ process _; do
    kill "$process" 2>/dev/null || true
  done < <(grep -lsxzF -f <(printf '%s\n' "$1") /proc/[0-9]*/cmdline)
}

# build <project or solution> [msbuild arguments...]
build() {
  # A compiler server of our own, so that ending it ends nobody else's.
  local pipe=commerce-$$ status=0
  (cd "$repo_root" && dotnet build "$@" -c "$configuration" -v quiet -nologo -clp:ErrorsOnly\;Summary "-p:SharedCompilationId=$pipe") >&2 || status=$?
  end_processes_with "-pipename:$pipe"
  return "$status"
}

# The build is skipped when nothing changed since the last one: starting the platform then takes seconds.
build_apphost() {
  local engine=$1 stamp=$repo_root/artifacts/.built-$configuration-$1 now
  now=$(fingerprint)
  if [ -f "$apphost_dll" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then return; fi
  say "building ..."
  rm -f "$repo_root/artifacts/.built-$configuration"-*
  build Commerce.AppHost "-p:AppHostEngine=$engine" || die "the build failed"
  printf '%s\n' "$now" >"$stamp"
}

set_up() {
  mkdir -p "$repo_root/artifacts"
  "$repo_root/eng/assets/fetch"
}
