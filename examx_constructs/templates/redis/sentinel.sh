#!/bin/sh
# Starts a Sentinel on the leader, whom the servers name. What Sentinels knew is in no file: the servers have written down
# who leads, and since when, where no restart loses it.
set -eu
umask 077
. /etc/redis/operator.sh
. /etc/redis/users.sh
. /etc/redis/topology.sh

until leader=$(reports_of "$core" | leader_of | awk '{ print $1, $6 }') && [ -n "$leader" ]; do
  echo "waiting for a leader among $core" >&2
  sleep 1
done
# One that restarts has forgotten for whom it voted a moment ago: it comes back when that vote is over.
[ -z "$(named_by_sentinels)" ] || sleep @election

read_users || exit 1
{
  echo "port 26379"
  echo "protected-mode no"
  echo "dir /run/redis"
  echo "sentinel resolve-hostnames yes"
  echo "sentinel announce-hostnames yes"
  echo "sentinel announce-ip $self"
  echo "sentinel monitor $master_name ${leader% *} 6379 $most_sentinels"
  echo "sentinel config-epoch $master_name ${leader#* }"
  echo "sentinel down-after-milliseconds $master_name 10000"
  echo "sentinel failover-timeout $master_name 60000"
  echo "sentinel parallel-syncs $master_name 5"
  echo "sentinel auth-user $master_name replication"
  echo "sentinel auth-pass $master_name $(own_password)"
  echo "sentinel sentinel-user replication"
  echo "sentinel sentinel-pass $(own_password)"
  printf '%s\n' "$lines" | sed 's/^/user /'
} >/run/redis/sentinel.conf
remember
exec redis-sentinel /run/redis/sentinel.conf "$@@"
