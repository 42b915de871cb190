#!/bin/sh
# Outlives the process that started it just long enough to leave no orphan behind.
#
# Lines on stdin:  +PID SIGNAL   from now on PID (a session leader) dies with us, by SIGNAL first
#                  -PID          PID has ended and been collected
#                  d PATH        remove the folder PATH last
# End of file means that the owner is gone, however it went: everything still registered is ended. $1 is the owner's
# mark: a process that was started an instant before it could be registered carries it in its environment.
trap '' INT TERM HUP QUIT
mark=$1
alive=' '
folders=

while read -r action argument; do
    case $action in
        +*) alive="$alive${action#+}:$argument " ;;
        -*) alive=$(printf '%s' "$alive" | sed "s/ ${action#-}:[A-Z]* / /") ;;
        d) folders="$folders$argument
" ;;
    esac
done

marked() {
    grep -lzs "^COMMERCE_GUARDED_BY=$mark\$" /proc/[0-9]*/environ | sed -n 's|^/proc/\([0-9]*\)/environ$|\1|p'
}

for entry in $alive; do
    kill -s "${entry#*:}" -- "-${entry%:*}" 2>/dev/null || kill -s "${entry#*:}" "${entry%:*}" 2>/dev/null
done
# A server that is told to go (PostgreSQL: SIGQUIT ends its own children, which left its group) gets three seconds.
tries=0
while [ $tries -lt 30 ]; do
    left=
    for entry in $alive; do
        kill -0 "${entry%:*}" 2>/dev/null && left=1
    done
    [ -z "$left" ] && break
    sleep 0.1
    tries=$((tries + 1))
done
for entry in $alive; do
    kill -s KILL -- "-${entry%:*}" 2>/dev/null
done
for pid in $(marked); do
    kill -s KILL "$pid" 2>/dev/null
done
printf '%s' "$folders" | while read -r folder; do
    rm -rf -- "$folder"
done
