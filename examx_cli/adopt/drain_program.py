"""Waits until a Celery broker has no task left in some queues. Runs in a pod of the application's own image.

Its text is given to Python there, which may be an old one; nothing but Celery is needed. It reads the broker's address
from where the application does. Arguments: the application, the looks in a row that must see nothing, the seconds
between two looks, and the queues.
"""

PROGRAM = """
import os, sys, time

BOOT = "import os; exec(os.environ['EXAMX_DRAIN'])"

def left(channel, queues):
    found = {}
    for queue in queues:
        found[queue] = channel._size(queue)
    unacked = getattr(channel, "unacked_key", None)
    if unacked:
        found["begun or reserved"] = channel.client.hlen(unacked)
    return {name: number for name, number in found.items() if number}

def main():
    name, looks, pause, queues = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
    time.sleep(pause)
    try:
        sys.path.insert(0, os.getcwd())
        from celery.app.utils import find_app
        app = find_app(name)
        seen, said = 0, None
        with app.connection_for_write() as connection:
            channel = connection.default_channel
            while seen < looks:
                found = left(channel, queues)
                seen = 0 if found else seen + 1
                if found != said:
                    what = ", ".join("%s: %d" % each for each in sorted(found.items()))
                    print("left: " + what if found else "nothing left", flush=True)
                    said = found
                time.sleep(pause)
    except Exception as error:
        # The settings may come a moment after the start, and are read once: begin anew.
        print("not yet: %s: %s" % (type(error).__name__, str(error)[:200].split("@")[-1]), flush=True)
        time.sleep(max(pause, 1))
        os.execv(sys.executable, [sys.executable, "-c", BOOT] + sys.argv[1:])
    print("drained", flush=True)

main()
"""

BOOT = "import os; exec(os.environ['EXAMX_DRAIN'])"
VARIABLE = "EXAMX_DRAIN"
