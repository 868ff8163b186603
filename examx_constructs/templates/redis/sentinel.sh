#!/bin/sh
# Writes the configuration of a Sentinel, which the Sentinel then keeps up to date itself.
set -eu
umask 077
. /etc/redis/password.sh
. /etc/redis/topology.sh

# Without another Sentinel to ask, the first primary may know better: it could be a replica by now.
primary=$(current_primary)
if [ -z "$primary" ]; then
  host=${first_primary}
  primary=$(timeout 3 redis-cli -h "$host" --raw INFO replication 2>/dev/null | tr -d '\r' | sed -n 's/^master_host://p') || true
  primary=${primary:-$first_primary}
fi

until getent hosts "$primary" >/dev/null; do
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
