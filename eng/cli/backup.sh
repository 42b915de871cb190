# shellcheck shell=bash
# `./commerce backup` and `./commerce restore`: every database of a platform whose servers are processes, all as of one moment (docs/adr/0011).

backup_mark=commerce-backup # the file that makes a folder a backup; written last
backup_files=(base.tar.gz pg_wal.tar.gz backup_manifest)

# mark_of <backup> <name>: a value of its mark.
mark_of() { sed -n "s/^$2=//p" "$1/$backup_mark" 2>/dev/null; }

# postgres_programs <major version>: their folder.
postgres_programs() {
  local folder
  for folder in "/usr/lib/postgresql/$1/bin" $(tr ':' ' ' <<<"$PATH"); do
    if [ -x "$folder/postgres" ] && [ -x "$folder/pg_basebackup" ] && [ -x "$folder/pg_verifybackup" ] &&
      [[ $("$folder/postgres" --version) == *" $1."* ]]; then
      printf '%s\n' "$folder"
      return
    fi
  done
  die "the programs of PostgreSQL $1 are missing. Mend it: sudo apt-get install postgresql-$1"
}

take_backup() {
  local folder partial version programs connection host port begun started=$SECONDS
  [ $# -le 1 ] || die "one folder: ./commerce backup [folder]"
  need_running
  [ -e "$home/data/postgres/PG_VERSION" ] || die "the databases of this platform are in a container, which has its own ways to be backed up"
  folder=$(realpath -m "${1:-$home/backups/$(date -u +%Y-%m-%dT%H-%M-%SZ)}")
  [ -z "$(ls -A "$folder" 2>/dev/null)" ] || die "$folder is not empty"
  connection=$(field postgres)
  [[ $connection =~ Host=([^;]+) ]] && host=${BASH_REMATCH[1]}
  [[ $connection =~ Port=([0-9]+) ]] && port=${BASH_REMATCH[1]}
  [ -n "${port:-}" ] || die "the running platform does not say where its PostgreSQL is"
  version=$(cat "$home/data/postgres/PG_VERSION")
  programs=$(postgres_programs "$version")

  partial=$folder.partial
  rm -rf "$partial"
  mkdir -p "$(dirname "$folder")"
  # It holds every account and key.
  mkdir -m 700 "$partial"
  say "copying the databases of the running platform ..."
  begun=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  (
    # Whatever the caller's own PostgreSQL is, it is not this one.
    unset "${!PG@}"
    # In a file, because arguments are readable by every account.
    PGPASSFILE=$(mktemp)
    export PGPASSFILE
    trap 'rm -f "$PGPASSFILE"' EXIT
    [[ $connection =~ Password=([^;]+) ]] && printf '*:*:*:postgres:%s\n' "${BASH_REMATCH[1]}" >"$PGPASSFILE"
    "$programs/pg_basebackup" --host="$host" --port="$port" --username=postgres --no-password --pgdata="$partial" \
      --format=tar --gzip --wal-method=stream --checkpoint=fast --label=commerce >&2
  ) || {
    rm -rf "$partial"
    die "the backup failed"
  }
  printf '%s\n' format=1 "postgres=$version" "begun=$begun" "ended=$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$partial/$backup_mark"
  mv -T "$partial" "$folder"
  say "backed up in $((SECONDS - started)) s, $(du -sh "$folder" | cut -f1): everything that was committed before $begun."
  say "It holds every account and key: keep it as you keep passwords."
  printf '%s\n' "$folder"
}

restore_backup() {
  local folder file version programs new=$home/data/postgres.restored started=$SECONDS
  [ $# = 1 ] || die "which backup? ./commerce restore <folder>"
  folder=$(realpath -m "$1")
  [ "$(mark_of "$folder" format)" = 1 ] || die "$folder is no backup; ./commerce backup makes one"
  for file in "${backup_files[@]}"; do
    [ -f "$folder/$file" ] || die "$folder is not a whole backup: $file is missing"
  done
  version=$(mark_of "$folder" postgres)
  [[ $version =~ ^[0-9]+$ ]] || die "$folder does not say which PostgreSQL it is of"
  programs=$(postgres_programs "$version")
  hold_home

  say "unpacking ..."
  remove_server_folder "$new"
  make_server_folder "$new"
  # Until the last moment the data that are there stay as they are.
  trap 'remove_server_folder "$home/data/postgres.restored"' EXIT
  unpack "$folder" "$(readlink -f "$new")" || die "the backup cannot be unpacked; nothing was changed"
  say "checking every file against the backup's manifest ..."
  as_server "$programs/pg_verifybackup" --quiet "$(readlink -f "$new")" ||
    die "the backup is damaged; nothing was changed"
  say "bringing the databases to the moment of the backup ..."
  recover "$programs" "$(readlink -f "$new")"
  put_in_place "$new"
  trap - EXIT

  say "restored in $((SECONDS - started)) s: what was committed before $(mark_of "$folder" begun). Start it: ./commerce run --detach"
  say "What happened after $(mark_of "$folder" ended) is forgotten, except by the payment provider: see docs/adr/0011."
  say "The data of before are in $home/data/*.before until the next restore."
}

# Refuses while a platform uses the data, and keeps every other away until this process ends.
hold_home() {
  local pid
  running_pid >/dev/null && die "the platform is running. Stop it first: ./commerce stop"
  mkdir -p "$home/data" "$home/run"
  chmod 700 "$home/run"
  # The app host's own lock. It may still be stopping.
  exec 9>"$home/run/lock"
  if has flock; then flock -n 9 || die "the platform is still stopping, or starting"; fi
  pid=$(head -n 1 "$home/data/postgres/postmaster.pid" 2>/dev/null) || true
  if [ -n "$pid" ] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q "^[^ ]*/postgres -D"; then
    die "PostgreSQL still uses the data (process $pid). Stop it first: kill -INT $pid"
  fi
}

# as_server <command...>: as the account that runs PostgreSQL, which refuses to be root.
as_server() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && setpriv --reuid=postgres --regid=postgres --init-groups -- "$@" 9>&-)
  else
    "$@" 9>&-
  fi
}

# make_server_folder <folder>: as the app host makes it. An account that cannot come here gets its folder elsewhere, and a link.
make_server_folder() {
  local target=$1
  if [ "$(id -u)" != 0 ]; then
    mkdir -m 700 "$1"
    return
  fi
  if ! as_server test -x "$(dirname "$1")"; then
    install -d -m 711 /var/lib/commerce
    target=$(mktemp -d -p /var/lib/commerce)
    ln -s "$target" "$1"
  fi
  install -d -m 700 -o postgres -g postgres "$target"
}

# remove_server_folder <folder>: and what it points at, when it is a link. Absent is fine.
remove_server_folder() {
  if [ -L "$1" ]; then rm -rf "$(readlink -f "$1")"; fi
  rm -rf "$1"
}

# unpack <backup> <data folder>
unpack() {
  as_server tar -xz -C "$2" <"$1/base.tar.gz" &&
    as_server tar -xz -C "$2/pg_wal" <"$1/pg_wal.tar.gz" &&
    as_server tee "$2/backup_manifest" <"$1/backup_manifest" >/dev/null
}

# recover <programs> <data folder>: replays the log to its end and begins a new timeline, by which the services see that they
# were set back; then the superuser's password becomes the one that this platform knows.
recover() {
  local log=$home/run/restore.log password
  password=$(postgres_password)
  as_server rm -f "$2/backup_manifest"
  as_server touch "$2/recovery.signal"
  # The statement comes by a pipe, and no log repeats it.
  printf "alter role postgres password '%s'\n" "${password//\'/\'\'}" |
    as_server "$1/postgres" --single -D "$2" -c wal_level=logical -c hot_standby=off -c restore_command=false \
      -c password_encryption=scram-sha-256 -c log_min_error_statement=panic postgres >/dev/null 2>"$log" || {
    tail -n 20 "$log" >&2
    die "the databases of the backup cannot be opened; nothing was changed"
  }
  if grep -E 'ERROR|FATAL|PANIC' "$log" >&2; then die "the databases of the backup cannot be used; nothing was changed"; fi
  as_server "$1/initdb" --sync-only -D "$2" >/dev/null
}

# The one that the engine uses; made here when this is a machine on which it never ran.
postgres_password() {
  local file=$home/secrets/postgres-password
  if [ -n "${Parameters__postgres_password:-}" ]; then
    printf '%s' "$Parameters__postgres_password"
    return
  fi
  if [ ! -f "$file" ]; then
    mkdir -p -m 700 "$home/secrets"
    (umask 077 && head -c 200 /dev/urandom | base64 -w 0 | tr -dc a-zA-Z0-9 | head -c 22 >"$file")
  fi
  cat "$file"
}

# put_in_place <data folder>: Redis and Kafka begin empty: what they hold is newer than the databases. They go first, because
# the databases that are there can do without them, and those of the backup must.
put_in_place() {
  local name
  for name in redis kafka postgres; do
    remove_server_folder "$home/data/$name.before"
    if [ -e "$home/data/$name" ]; then mv -T "$home/data/$name" "$home/data/$name.before"; fi
  done
  mv -T "$1" "$home/data/postgres" || {
    if [ -e "$home/data/postgres.before" ]; then mv -T "$home/data/postgres.before" "$home/data/postgres"; fi
    die "the databases could not be put in place; those of before are there again"
  }
}
