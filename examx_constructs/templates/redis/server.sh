#!/bin/sh
# Writes the configuration of a primary or a replica. Which of the two it is, the Sentinels say: after a failover the
# first primary comes back as a replica.
set -eu
umask 077
. /etc/redis/password.sh
. /etc/redis/topology.sh

primary=$(current_primary)

# Replicas copy their primary: one that started with an empty volume would empty them too. It leaves the role to one of
# them, which the Sentinels promote meanwhile, and rather never starts than loses what they hold.
attempt=0
while [ "$primary" = "$self" ] && [ ! -e /data/appendonlydir ] && is_data_elsewhere; do
  attempt=$((attempt + 1))
  [ "$attempt" -le 60 ] || exit 1
  echo "this server is the primary and lost its data: waiting for the Sentinels to promote a replica" >&2
  sleep 2
  primary=$(current_primary)
done

# The lowest priority is promoted first: the first primary, then the replicas that are scaled in last.
case $self in
  "$first_primary") priority=1 ;;
  *) priority=$((10 + ${pod##*-})) ;;
esac

cp /etc/redis/redis.conf /run/redis/redis.conf
{
  cat /etc/redis/replication.conf
  echo "replica-announce-ip $self"
  echo "replica-priority $priority"
  [ "$primary" = "$self" ] || echo "replicaof $primary 6379"
  if [ -n "$password" ]; then
    printf 'requirepass %s\nmasterauth %s\n' "$password" "$password"
  fi
} >>/run/redis/redis.conf
