#!/bin/sh
# Starts a server on the data that it has, as a replica of nobody that takes no write. Who leads, its keeper finds out:
# no server knows by itself whether another has newer data.
set -eu
umask 077
. /etc/redis/operator.sh
. /etc/redis/users.sh
. /etc/redis/append-only.sh
. /etc/redis/topology.sh
. /etc/redis/copy-anew.sh

check_append_only || copy_anew
read_users || exit 1
cp /etc/redis/redis.conf /run/redis/redis.conf
{
  cat /etc/redis/replication.conf
  echo "replica-announce-ip $self"
  echo "replica-priority 0"
  echo "replicaof 127.0.0.1 1"
  echo "min-replicas-to-write $closed"
  printf '%s\n' "$lines" | sed 's/^/user /'
  echo "masteruser replication"
  echo "masterauth $(own_password)"
} >>/run/redis/redis.conf
remember
exec redis-server /run/redis/redis.conf "$@@"
