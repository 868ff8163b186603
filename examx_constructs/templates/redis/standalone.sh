#!/bin/sh
# Starts the server: on the file of the ConfigMap, with the users of the Secret.
set -eu
umask 077
. /etc/redis/operator.sh
. /etc/redis/users.sh
. /etc/redis/append-only.sh
cp /etc/redis/redis.conf /run/redis/redis.conf
check_append_only || {
  echo "$damage. Not started: copy the files, then \`redis-check-aof --fix\` drops what cannot be read." \
    "See docs/reliability.md, \"Append-only file\"" >&2
  exit 1
}
read_users || exit 1
printf '%s\n' "$lines" | sed 's/^/user /' >>/run/redis/redis.conf
remember
exec redis-server /run/redis/redis.conf "$@@"
