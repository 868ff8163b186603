#!/bin/sh
# redis-cli as the user `operator` at the process of this pod: for its probe, and for people, who type no password.
. /etc/redis/operator.sh
log_in_with "$taken_password" redis-cli --user operator -h "$here" -p "$port" "$@@"
