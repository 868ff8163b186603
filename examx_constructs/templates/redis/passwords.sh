#!/bin/sh
# Beside a process that needs no other keeper: gives it the passwords of the Secret when these change.
set -eu
umask 077
. /etc/redis/operator.sh
. /etc/redis/users.sh
. /etc/redis/outgoing.sh
. /etc/redis/keep-passwords.sh
trap 'exit 0' TERM INT

while :; do
  keep_passwords
  # For its probes.
  : >/run/redis/keeper
  sleep 2 &
  wait $!
done
