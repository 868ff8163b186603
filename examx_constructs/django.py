"""What every process of the Django application shares: one image, its secrets, its media, its way to Redis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cdk8s_plus_27 import k8s

from examx_constructs._strict import strict_value
from examx_constructs.access import WorkloadIdentity
from examx_constructs.pods import Mount, scratch, variables
from examx_constructs.redis import RedisConnection
from examx_constructs.secrets import AwsSecrets, ExistingSecret
from examx_constructs.settings import Application, ImageReference, PodExtras, Quantity, Telemetry
from examx_constructs.settings.application import EXAMX
from examx_constructs.settings.paths import SCRATCH_PATH
from examx_constructs.settings.pod_extras import NOTHING
from examx_constructs.settings.secrets import ENV_FILE
from examx_constructs.storage import EfsDirectory, EfsStorage

# The fixed user has no home of its own, and the root is read-only.
_HOME = {"HOME": SCRATCH_PATH}


@strict_value
@dataclass(frozen=True, kw_only=True)
class DjangoApp:
    """The application as a value: what the backend, each worker and beat have in common.

    Only the image is required. `application` says what is in it, ExamX by default. `env_file` provides a file named
    `.env`. `files` are further read-only mounts, such as `AwsSecrets.mount_file` makes them. `variables` are plain and
    public. `telemetry` says what each process tells about itself, and whom. `architecture`: what the image was built
    for, as in the node label kubernetes.io/arch. `spot`: rather on Spot capacity, where pods may be interrupted.
    `extras`: what each of its pods gets beside all this.
    """

    image: ImageReference
    application: Application = EXAMX
    identity: WorkloadIdentity | None = None
    env_file: AwsSecrets | ExistingSecret | None = None
    files: Sequence[Mount] = ()
    media: EfsStorage | EfsDirectory | None = None
    """Where uploads are kept, mounted by every pod; None for none."""
    redis: RedisConnection | None = None
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    telemetry: Telemetry | None = None
    architecture: str = "arm64"
    spot: bool = False
    extras: PodExtras = NOTHING

    def environment(self, workload: str, own: Mapping[str, str]) -> list[k8s.EnvVar]:
        """Return the variables of a workload's processes.

        They are those of Redis, the application's, and its own, which come last.

        Of a name that is in both, a workload's own value counts.
        """
        redis = self.redis.variables if self.redis else []
        telemetry = self.telemetry.variables(workload) if self.telemetry else {}
        return [*redis, *variables({**_HOME, **self.variables, **telemetry, **own})]

    def mounts(self, *, scratch_size: Quantity) -> list[Mount]:
        """Return what a process reads and writes: secrets, media, and a /tmp of a bounded size."""
        return [*self._secrets(), *self._media(), scratch("tmp", SCRATCH_PATH, scratch_size)]

    @property
    def service_account(self) -> str | None:
        """The name of the pods' ServiceAccount."""
        return self.identity.name if self.identity else None

    @property
    def node_labels(self) -> dict[str, str]:
        """The nodes that can run the image."""
        return {"kubernetes.io/arch": self.architecture, "kubernetes.io/os": "linux"}

    def _secrets(self) -> Sequence[Mount]:
        # The directory shows a rotated value; the single file is what Django reads at start (it keeps its value).
        env_file = (
            [
                self.env_file.mount(self.application.secrets_path),
                self.env_file.mount_file(ENV_FILE, self.application.env_file_path),
            ]
            if self.env_file
            else []
        )
        return [*env_file, *self.files, *(self.redis.mounts if self.redis else [])]

    def _media(self) -> Sequence[Mount]:
        return [self.media.mount(self.application.media_path)] if self.media else []
