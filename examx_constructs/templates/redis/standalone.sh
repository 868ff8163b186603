#!/bin/sh
# Starts the server: on the file of the ConfigMap, with the password if there is one.
set -eu
umask 077
. /etc/redis/password.sh
. /etc/redis/append-only.sh
cp /etc/redis/redis.conf /run/redis/redis.conf
if [ -n "$password" ]; then
  printf 'requirepass %s\n' "$password" >>/run/redis/redis.conf
fi
check_append_only
exec redis-server /run/redis/redis.conf "$@@"
