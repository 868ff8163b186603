#!/bin/sh
# Writes the configuration of a Sentinel, which the Sentinel then keeps up to date itself.
set -eu
umask 077
. /etc/redis/password.sh
. /etc/redis/topology.sh

# A Sentinel does not start with a name that has no address yet. The primary may be another one meanwhile: ask again.
until primary=$(current_primary) && getent ahosts "$primary" >/dev/null; do
  echo "waiting for the address of $primary" >&2
  sleep 1
done

{
  echo "port 26379"
  echo "protected-mode no"
  echo "dir /run/redis"
  echo "sentinel resolve-hostnames yes"
  echo "sentinel announce-hostnames yes"
  echo "sentinel announce-ip $self"
  echo "sentinel monitor $master_name $primary 6379 2"
  echo "sentinel down-after-milliseconds $master_name 10000"
  echo "sentinel failover-timeout $master_name 60000"
  echo "sentinel parallel-syncs $master_name 1"
  if [ -n "$password" ]; then
    printf 'sentinel auth-pass %s %s\n' "$master_name" "$password"
  fi
} >/run/redis/sentinel.conf
