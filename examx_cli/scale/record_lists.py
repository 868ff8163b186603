r"""The lists that hold the tasks of a queue.

kombu keeps tasks with a priority in lists of their own. Their names are the queue's name, `\x06\x16` and the priority,
of the steps 0, 3, 6 and 9, where 0 has no suffix (kombu 5.5 to 5.7, transport/redis.py, `Channel._q_for_pri`,
`PRIORITY_STEPS`). All count: each holds tasks that wait.
"""

_SEPARATOR = "\x06\x16"
_PRIORITIES = (3, 6, 9)


def lists_of(queue: str) -> tuple[str, ...]:
    """Return the names of a queue's lists, its own first."""
    return (queue, *(f"{queue}{_SEPARATOR}{priority}" for priority in _PRIORITIES))
