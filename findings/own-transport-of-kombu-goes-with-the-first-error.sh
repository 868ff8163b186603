#!/usr/bin/env bash
# kombu: a transport class of one's own serves until the first connection error, and then never again.
#
# kombu 5.7.0 and 5.5.4. A connection is given several URLs, as for Sentinels, and a transport class (Celery passes its
# setting `broker_transport` the same way). It is a subclass that mends something, here by counting.
#
# Guess: the class is the connection's, the URLs are only where it connects: after an error the next URL is tried with
# the same class.
# Really: the next URL is parsed anew, and its scheme chooses the transport (Connection.switch, maybe_switch_next). The
# class that was given is forgotten without a word, on the first error, for as long as the connection object lives.
#
# Seen, with both:  before Mended, after Transport, connected by the class that was given: 1 of 2 tries
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >look.py <<'PY'
from kombu import Connection
from kombu.transport import memory


class Mended(memory.Transport):
    tries = 0

    def establish_connection(self):
        Mended.tries += 1
        raise OSError("the first server is away")

    connection_errors = (*memory.Transport.connection_errors, OSError)


connection = Connection("memory://first;memory://second", transport=Mended)
before = type(connection.transport).__name__
connection.ensure_connection(max_retries=3, interval_start=0, interval_step=0)
after = type(connection.transport).__name__
print(f"before {before}, after {after}, connected by the class that was given: {Mended.tries} of 2 tries")
PY
for version in 5.7.0 5.5.4; do
  python3 -m venv "$version"
  "$version/bin/pip" install --quiet --disable-pip-version-check \
    "kombu==$version" amqp==5.4.2 vine==5.1.0 packaging==26.4 tzdata==2026.6
  seen=$("$version/bin/python" look.py)
  echo "kombu $version: $seen"
  [ "$seen" = "before Mended, after Transport, connected by the class that was given: 1 of 2 tries" ]
done
