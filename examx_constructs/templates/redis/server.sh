#!/bin/sh
# Starts a server on the data that it has, as a replica of nobody that takes no write. Who leads, its keeper finds out:
# no server knows by itself whether another has newer data.
set -eu
umask 077
. /etc/redis/password.sh
. /etc/redis/append-only.sh
. /etc/redis/topology.sh

cp /etc/redis/redis.conf /run/redis/redis.conf
{
  cat /etc/redis/replication.conf
  echo "replica-announce-ip $self"
  echo "replica-priority 0"
  echo "replicaof 127.0.0.1 1"
  echo "min-replicas-to-write $closed"
  if [ -n "$password" ]; then
    printf 'requirepass %s\nmasterauth %s\n' "$password" "$password"
  fi
} >>/run/redis/redis.conf
check_append_only
exec redis-server /run/redis/redis.conf "$@@"
