# Starts nginx as the container's first process, and beside it the one that answers probes. One option that follows is
# handed to nginx: start.sh -t looks at the configuration.
set -eu
here=${0%/*}
@prepare_keys
if [ $# -eq 0 ]; then
    # nginx writes the file when it listens; one of a container before this one says nothing.
    rm -f @scratch_root/nginx.pid
    (
        until [ -e @scratch_root/nginx.pid ]; do sleep 0.1; done
        exec nginx -p "$here/" -c health.conf -e stderr
    ) &
fi
exec nginx -p "$here/" -c nginx.conf -e stderr ${1:-}
