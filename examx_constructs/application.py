"""What the application takes from here: the settings that its Celery app needs for the workers that are rendered."""

from collections.abc import Iterable

from examx_constructs import _templates
from examx_constructs.settings import Application, Queue, SettingError
from examx_constructs.settings.application import EXAMX
from examx_constructs.settings.queue import VISIBILITY_TIMEOUT


def celery_settings_module(
    queues: Iterable[Queue], *, application: Application = EXAMX, default: str = "default"
) -> str:
    """Return the source of a Python module with the settings for these queues. The application's image brings it.

    It is imported under the name `application.celery_settings`.

    A queue that is given several times, as environments do, counts with its longest task. `default` is the queue of
    tasks that name none. Raises SettingError when it is not among the queues.
    """
    longest: dict[str, int] = {}
    for queue in queues:
        for name in queue.lists:
            longest[name] = max(longest.get(name, 0), queue.longest_task.seconds)
    if default not in longest:
        raise SettingError(
            "celery_settings_module.default", default, f"it must be one of the queues, {', '.join(longest)}"
        )
    return _templates.render(
        "celery/settings.py.template",
        queues="\n".join(f'    "{name}": {seconds},' for name, seconds in longest.items()),
        default_queue=default,
        title=application.title,
        module=application.module,
        identifier=application.identifier,
        celery_settings=application.celery_settings,
        visibility_timeout=VISIBILITY_TIMEOUT.seconds,
    )
