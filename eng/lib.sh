# shellcheck shell=bash
# Shared by the scripts under eng/ and by ./commerce. Source it; it does nothing by itself.

repo_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# step <what>: what is being done now, for the message when it fails; [log]: where its output went.
step() { current_step=$1 current_log=${2:-}; }

# No command may end this script without a word. (In a subshell the parent tells it: it knows the step.)
tell_failure() {
  local status=$1 command=$2 place=$3
  [ "$BASH_SUBSHELL" = 0 ] || return "$status"
  say "error: ${current_step:-the script} failed with status $status at $place: $command"
  if [ -n "${current_log:-}" ] && [ -f "$current_log" ]; then
    tail -n 20 "$current_log" >&2
    say "the whole log: $current_log"
  fi
}
trap 'tell_failure $? "$BASH_COMMAND" "${BASH_SOURCE[0]#"$repo_root/"}:$LINENO"' ERR

has() { command -v "$1" >/dev/null 2>&1; }

# Survives the checkout, so that a second one takes seconds. Entries are written beside it and moved into place.
cache=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/commerce

# need <command> <Debian package>: installs the package as root, otherwise names the command that mends it.
need() {
  local command=$1 package=$2
  has "$command" && return
  install_packages "$package"
  has "$command" || die "'$command' is missing. Mend it: sudo apt-get install $package"
}

# install_packages <Debian packages...>: by name, only as root and only where apt-get exists.
install_packages() {
  if ! has apt-get || [ "$(id -u)" != 0 ]; then die "missing: $*. Mend it: sudo apt-get install $*"; fi
  say "installing $* ..."
  apt_updated=${apt_updated:-}
  if [ -z "$apt_updated" ]; then
    apt-get update -qq >&2
    apt_updated=1
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null || die "apt-get install $* failed"
}

# npm_unpack <name@version> <directory>: the package's files, without its scripts or dependencies.
# npm checks the archive against the registry's digest; its own cache makes a second call cheap.
npm_unpack() {
  local package=$1 into=$2 archive
  need npm npm
  mkdir -p "$into/.npm"
  archive=$(cd "$into/.npm" && npm pack --silent --ignore-scripts "$package") || die "npm could not fetch $package"
  tar -xzf "$into/.npm/${archive##*$'\n'}" -C "$into" --strip-components=1
  rm -rf "$into/.npm"
}

# cached <entry> <function> [args...]: runs the function with a fresh directory as its first argument and moves that
# directory to the cache under the entry's name. An interrupted run leaves no half entry.
cached() {
  local entry=$1 make=$2 work status
  shift 2
  [ -d "$cache/$entry" ] && return
  work=$(mktemp -d "$cache/.making-XXXXXX")
  # Not "if" or "||": those would switch off -e inside the function.
  set +e
  (
    set -e
    "$make" "$work" "$@"
  )
  status=$?
  set -e
  if [ "$status" != 0 ]; then
    rm -rf "$work"
    die "$entry could not be made"
  fi
  mv -T "$work" "$cache/$entry"
}

# place <from> <to>: replaces a folder by a copy (hard links where the file system allows: these files never change).
place() {
  local from=$1 to=$2 work
  work=$to.new-$$
  rm -rf "$work"
  cp -al "$from" "$work" 2>/dev/null || {
    rm -rf "$work"
    cp -a "$from" "$work"
  }
  chmod 755 "$work"
  rm -rf "$to"
  mv -T "$work" "$to"
}

# One filler at a time on a machine: the second one then finds everything cached.
lock_cache() {
  mkdir -p "$cache"
  exec 8>"$cache/.lock"
  if has flock; then flock 8; fi
  find "$cache" -maxdepth 1 -name '.making-*' -exec rm -rf {} +
}
