# Starts nginx as the container's first process, and beside it the one that answers probes. One option that follows is
# handed to nginx: start.sh -t looks at the configuration.
set -eu
here=${0%/*}
@prepare_keys
[ $# -gt 0 ] || nginx -p "$here/" -c health.conf -e stderr &
exec nginx -p "$here/" -c nginx.conf -e stderr ${1:-}
