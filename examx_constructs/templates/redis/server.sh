#!/bin/sh
# Writes the configuration of a primary or a replica. Which of the two it is, the Sentinels say: after a failover the
# first primary comes back as a replica. Before there are Sentinels, the first primary is the primary.
set -eu
umask 077
. /etc/redis/password.sh
. /etc/redis/topology.sh

primary=$(current_primary)
primary=${primary:-$first_primary}

# A primary that restarts without its data would empty its replicas: leave the role to one of them.
attempt=0
while [ "$primary" = "$self" ] && [ ! -e /data/appendonlydir ] && [ -n "$(ask_sentinels replicas)" ] && [ "$attempt" -lt 60 ]; do
  echo "this server is the primary and lost its data: waiting for the Sentinels to promote a replica" >&2
  attempt=$((attempt + 1))
  sleep 2
  primary=$(current_primary)
  primary=${primary:-$first_primary}
done

# The lowest priority is promoted first: the first primary, then the replicas that are scaled in last.
ordinal=${self%%.*}
ordinal=${ordinal##*-}
case $self in
  "$first_primary") priority=1 ;;
  *) priority=$((10 + ordinal)) ;;
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
