# Sourced: how a server logs in at its leader, of which the password is an argument.
outgoing() { printf 'CONFIG SET masteruser replication masterauth %s\n' "$1"; }
