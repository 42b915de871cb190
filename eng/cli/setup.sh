# shellcheck shell=bash
# What has to be there before anything is built or started, and the build itself.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 ASPIRE_CLI_TELEMETRY_OPTOUT=true
# No build process outlives its build.
export MSBUILDDISABLENODEREUSE=1
configuration=${COMMERCE_CONFIGURATION:-Debug}
apphost_dll=$repo_root/Commerce.AppHost/bin/$configuration/net10.0/Commerce.AppHost.dll

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

# The names, times and sizes of everything that goes into a build. What is not there yet has none.
fingerprint() {
  (
    cd "$repo_root"
    shopt -s nullglob
    find Commerce.AppHost Commerce.ServiceDefaults src web eng/assets eng/kafka artifacts/assets/.stamp* artifacts/kafka-packages.props* \
      ./*.props ./*.targets global.json .editorconfig \
      \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f -printf '%p %T@ %s\n'
  ) | LC_ALL=C sort | sha256sum
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
  # One compiler for all projects, and of our own, so that ending it ends nobody else's.
  local pipe=commerce-$$ status=0
  (cd "$repo_root" && dotnet build "$@" -c "$configuration" -v quiet -nologo -clp:ErrorsOnly\;Summary -p:UseSharedCompilation=true "-p:SharedCompilationId=$pipe") >&2 || status=$?
  end_processes_with "-pipename:$pipe"
  return "$status"
}

# The build is skipped when nothing changed since the last one: starting the platform then takes seconds.
build_apphost() {
  local stamp=$repo_root/artifacts/.built-$configuration now
  step "looking for changes"
  now=$(fingerprint)
  if [ -f "$apphost_dll" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then return; fi
  say "building ..."
  step "the build"
  rm -f "$stamp"
  build Commerce.AppHost || die "the build failed"
  printf '%s\n' "$now" >"$stamp"
}

# Two packages of Aspire are not on every package source: where they are, the build uses them, elsewhere the stand-ins in
# eng/kafka. The source is asked once for each version.
find_kafka_packages() {
  local answer=$repo_root/artifacts/kafka-packages.props version work served=false
  version=$(sed -n 's/.*Include="Aspire.Hosting.Kafka" Version="\([^"]*\)".*/\1/p' "$repo_root/Directory.Packages.props")
  if grep -qs "<!-- $version -->" "$answer"; then return; fi
  say "asking the package source for Aspire.Hosting.Kafka $version ..."
  work=$(mktemp -d)
  step "asking the package source" "$work/log"
  cat >"$work/Directory.Build.props" <<<'<Project />'
  cat >"$work/Directory.Packages.props" <<<'<Project />'
  cat >"$work/probe.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup>
    <PackageDownload Include="Aspire.Hosting.Kafka" Version="[$version]" />
    <PackageDownload Include="Aspire.Confluent.Kafka" Version="[$version]" />
  </ItemGroup>
</Project>
XML
  if (cd "$work" && dotnet restore probe.csproj --packages "$work/packages" -v q) >"$work/log" 2>&1; then
    served=true
  elif ! grep -qE 'NU110[12]' "$work/log"; then
    # It did not answer, which says nothing: stand-ins would hide a network fault.
    tail -n 20 "$work/log" >&2
    die "the package source does not answer. Try again when it does (dotnet nuget list source)"
  fi
  rm -rf "$work"
  printf '<Project>\n  <!-- %s -->\n  <PropertyGroup><KafkaPackagesServed>%s</KafkaPackagesServed></PropertyGroup>\n</Project>\n' \
    "$version" "$served" >"$answer"
}

set_up() {
  mkdir -p "$repo_root/artifacts"
  find_kafka_packages
  step "fetching the web font"
  "$repo_root/eng/assets/fetch"
}

# servers: "containers" or "processes", as the app host decides. It is built; where no engine is, nobody needs to ask it.
servers() {
  case ${COMMERCE_SERVERS:-} in
    processes | containers) echo "$COMMERCE_SERVERS" && return ;;
    '') has docker || has podman || has "${ASPIRE_CONTAINER_RUNTIME:-docker}" || { echo processes && return; } ;;
    *) die "COMMERCE_SERVERS is '$COMMERCE_SERVERS'; it can be 'containers' or 'processes'" ;;
  esac
  (cd "$repo_root" && dotnet "$apphost_dll" --ask-for-servers true) | tee >(cat >&2) | tail -n 1
}

# What running needs beside the build: the servers' programs, where they do not run as containers. The app host that is started
# next is given the answer: it would ask the engine, and try to pull what cannot be had, a second time.
ensure_servers() {
  step "looking for a container engine"
  COMMERCE_SERVERS=$(servers)
  export COMMERCE_SERVERS
  [ "$COMMERCE_SERVERS" = containers ] || ensure postgresql redis-server
}

# The Aspire CLI, a tool of this repository. It remembers nothing and sends nothing.
restore_tools() {
  local stamp=$repo_root/artifacts/.tools now
  now=$(sha256sum <"$repo_root/.config/dotnet-tools.json")
  if [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then return; fi
  step "restoring the repository's tools" "$repo_root/artifacts/tools.log"
  (cd "$repo_root" && dotnet tool restore) >"$repo_root/artifacts/tools.log" 2>&1
  printf '%s\n' "$now" >"$stamp"
}
