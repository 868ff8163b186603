#!/bin/sh
# Whether the process of this pod has taken the Secret as it is mounted now, and lets a user in with each password of it.
# Says so by its status; prints no password.
set -eu
. /etc/redis/operator.sh
. /etc/redis/users.sh

case " $users " in
  *" ${1-} "*) ;;
  *) echo "usage: accepts.sh USER, one of $users" >&2; exit 2 ;;
esac
is_taken || { echo "the Secret has changed, and is not taken yet" >&2; exit 1; }
for key in "$1" "$1.previous" "$1.next"; do
  [ "$key" = "$1" ] || [ -f "$secrets/$key" ] || continue
  answer=$(log_in_with "$secrets/$key" timeout 2 redis-cli --raw --user "$1" -h "$here" -p "$port" PING 2>/dev/null) || true
  case $answer in
    # Logged in, but the data are being read.
    PONG | LOADING* | MASTERDOWN*) ;;
    *) echo "the password $key is not taken" >&2; exit 1 ;;
  esac
done
