"""From when on a deployment has made something worse."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.refusal import at_least, at_most

_SHORTEST, _LONGEST = Duration("5s"), Duration("45m")


def _window(given: object) -> str | None:
    if not isinstance(given, Duration) or _SHORTEST <= given <= _LONGEST:
        return None
    return f"it must be from {_SHORTEST} to {_LONGEST}: a rate needs two scrapes, and a job of a workflow has an hour"


def _above_zero(given: object) -> str | None:
    return "the least is 1s" if isinstance(given, Duration) and given.seconds < 1 else None


@value
class DeploymentBounds:
    """What `examx watch` measures a deployment against. It changes no manifest.

    The time of `window` before the deployment is compared with as much after it. A figure has moved where it is above
    its floor afterwards, and more than `rise_percent` above what it was. Figures of one and the same release differ
    too, from one quarter of an hour to the next. What is below its floor troubles nobody.

    Floors: `error_percent` of the backend's answers are 5xx. 5 of 100 requests take longer than `latency_p95`. The
    oldest task of a queue has waited for `wait`, or for the `wait_p95` of its service level where it has one. They
    are below the bounds of `Alerting`, which wake somebody: this is looked at once, by the person who deploys.

    `minimum_requests`: fewer in either window are not judged. At 500 the floor of 1 % is 5 errors, so that two errors
    in a quiet night are no alarm.
    """

    window: Duration = setting(_window, default=Duration("10m"))
    minimum_requests: int = setting(at_least(1, "a share of nothing is no figure"), default=500)
    error_percent: int = setting(at_least(1, "a share in percent"), at_most(100, "a share in percent"), default=1)
    latency_p95: Duration = setting(_above_zero, default=Duration("1s"))
    wait: Duration = setting(_above_zero, default=Duration("60s"))
    rise_percent: int = setting(
        at_least(1, "a figure that has not risen has not moved"), at_most(10_000, "that is a hundredfold"), default=50
    )
