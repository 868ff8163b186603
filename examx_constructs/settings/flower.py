"""Flower: a page of Celery's tasks and workers."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.image import ImageReference
from examx_constructs.settings.limits import PodGroup
from examx_constructs.settings.quantity import Quantity
from examx_constructs.settings.refusal import SettingError, pattern
from examx_constructs.settings.resources import Resources
from examx_constructs.settings.secrets import KubernetesSecret

FLOWER_NAME = "celery-flower"
FLOWER_IMAGE = ImageReference.parse("docker.io/mher/flower:2.2.0")
"""The release that tests/runtime runs; Flower's own workflow pushes an image of each (.github/workflows/docker.yml)."""
FLOWER_PORT = 5555
FLOWER_LOGIN_KEY = "login"
"""The key of the Secret: `USER:PASSWORD`, several with commas between them (Flower 2.1, option basic_auth)."""
FLOWER_SCRATCH = Quantity("64Mi")

_prefix = pattern(
    r"/[a-z0-9][a-z0-9-]{0,62}", "it must be a path of one part, such as /flower: lower-case letters, digits and '-'"
)
_TAKEN = ("/api", "/admin", "/static", "/media", "/health")


@value
class FlowerSettings:
    """Flower, which shows arguments of tasks: nobody comes in without a login, and by the Ingress only where named.

    `login`: a Secret with the key `login`, made outside of the manifests. `path`: where the load balancer leads to it,
    beside the application on its host; None leaves it to `kubectl port-forward`. It only reads, for workers obey no
    remote control (docs/application.md).
    """

    login: KubernetesSecret
    path: str | None = setting(_prefix, default=None)
    image: ImageReference = FLOWER_IMAGE
    resources: Resources = Resources.of("50m", "128Mi", "500m", "512Mi")

    def __attrs_post_init__(self) -> None:
        if self.path in _TAKEN:
            raise SettingError("FlowerSettings.path", self.path, "it must be another: the application has this one")

    @property
    def pods(self) -> PodGroup:
        """Its one pod, beside which a rollout starts none."""
        return PodGroup(containers=(self.resources,), most=1, scratch=FLOWER_SCRATCH)
