#!/bin/sh
# Writes the configuration of the server: the file of the ConfigMap, and the password if there is one.
set -eu
umask 077
. /etc/redis/password.sh
cp /etc/redis/redis.conf /run/redis/redis.conf
if [ -n "$password" ]; then
  printf 'requirepass %s\n' "$password" >>/run/redis/redis.conf
fi
