"""The Django application's processes: how many, how large, how they come and go."""

from collections.abc import Mapping

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.autoscaling import Replicas, ScalingBehavior, Utilization
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.metrics import AnyMetric
from examx_constructs.settings.refusal import SettingError, at_least, pattern
from examx_constructs.settings.resources import Resources
from examx_constructs.settings.variables import refuse_variables

_DEREGISTRATION_MOST = Duration("3600s")


def _deregistration(given: object) -> str | None:
    outside = isinstance(given, Duration) and given > _DEREGISTRATION_MOST
    return f"the most is {_DEREGISTRATION_MOST}: the limit of AWS target groups" if outside else None


def _graceful(given: object) -> str | None:
    outside = isinstance(given, Duration) and given.seconds < 1
    return "the least is 1s: gunicorn needs a moment to finish the requests that it has" if outside else None


@value
class Rollout:
    """How a backend pod leaves without failing a request.

    The pod is taken out of the load balancer while it still serves: it pauses for longer than the load balancer
    takes to deregister it. Then nginx takes nothing more, and what is under way gets the graceful timeout. gunicorn
    serves on until nginx is done: a request that still arrives at nginx has not reached it yet, and would find it
    closed. Kubernetes counts all this as part of the grace period.
    """

    deregistration_delay: Duration = setting(_deregistration, default=Duration("120s"))
    """How long the load balancer lets requests end on a target that leaves."""
    pre_stop_pause: Duration = Duration("135s")
    """How long the pod serves on before it is told to stop. It must exceed that delay."""
    graceful_timeout: Duration = setting(_graceful, default=Duration("30s"))
    """What requests under way get after the pause."""
    margin: Duration = Duration("15s")
    """What the grace period leaves beyond all these, gunicorn's own timeout included."""

    def __attrs_post_init__(self) -> None:
        if self.pre_stop_pause <= self.deregistration_delay:
            raise SettingError(
                "Rollout.pre_stop_pause",
                self.pre_stop_pause,
                f"it must be longer than the deregistration delay, {self.deregistration_delay}: "
                "the load balancer sends requests to the pod until then",
            )

    @property
    def gunicorn_pause(self) -> Duration:
        """How long gunicorn serves on: until nginx has nothing under way any more."""
        return self.pre_stop_pause + self.graceful_timeout

    @property
    def grace_period(self) -> Duration:
        """The pod's terminationGracePeriodSeconds: gunicorn's pause, its own grace for what was cut, and a margin."""
        return self.gunicorn_pause + self.graceful_timeout + self.margin


@value
class BackendSettings:
    """The API's pods. `workers` are gunicorn's processes, `threads` the requests that each serves at a time.

    `metrics` are what the autoscaler looks at beside CPU and memory. `variables` are those of gunicorn alone.
    `metrics_path`: what Prometheus finds by the annotations `prometheus.io/…` of pods and Service, at nginx's port.
    """

    workers: int = setting(at_least(1, "gunicorn needs a process to serve with"))
    threads: int = setting(at_least(1, "a process needs a thread to serve with"), default=4)
    resources: Resources
    nginx_resources: Resources
    replicas: Replicas
    """How many pods the autoscaler may run. With a minimum of 2, a lost node stops nothing."""
    utilization: Utilization = Utilization()
    metrics: tuple[AnyMetric, ...] = ()
    behavior: ScalingBehavior = ScalingBehavior()
    rollout: Rollout = Rollout()
    variables: Mapping[str, str] = {}
    metrics_path: str | None = setting(
        pattern(r"(?:/[\w.~-]+)+/?", "it must be an absolute path, such as /metrics"), default=None
    )

    def __attrs_post_init__(self) -> None:
        refuse_variables("BackendSettings.variables", self.variables)
        if self.replicas.minimum < 1:
            raise SettingError(
                "BackendSettings.replicas.minimum",
                self.replicas.minimum,
                "the least is 1: an HPA cannot scale to zero",
            )
