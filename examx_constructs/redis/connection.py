"""How the application's pods and KEDA reach a Redis, whatever its shape."""

from collections.abc import Mapping
from dataclasses import dataclass

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._strict import strict_value
from examx_constructs.autoscaling import RedisTriggerAuthentication
from examx_constructs.pods import Mount, variables
from examx_constructs.secrets import AwsSecrets
from examx_constructs.settings import KubernetesSecret, RedisAddress, SecretsManagerSecret, SentinelAddress
from examx_constructs.settings.naming import MADE_SECRET_ANNOTATION, REDIS_SECRETS, REDIS_USERS_ANNOTATION
from examx_constructs.settings.paths import REDIS_PASSWORD_PATH
from examx_constructs.settings.redis import ALL_REDIS_USERS, MADE_PASSWORDS, PASSWORD_VARIABLE, RedisUser

_FILE = "password"
_FILE_VARIABLE = "REDIS_PASSWORD_FILE"
_APPLICATION: RedisUser = "application"
_KEDA: RedisUser = "keda"


class RedisUsers(Construct):
    """The users of a Redis that is rendered: a Secret with a password for each, and KEDA's way to its own.

    `exporter`: whether an exporter of metrics is one of them.

    No manifest holds the Secret: `examx apply` makes it, or it is given. It belongs to no pod, and outlives all.
    """

    def __init__(self, scope: Construct, id: str, *, secret: KubernetesSecret, sentinels: bool, exporter: bool) -> None:
        super().__init__(scope, id)
        self._secret, self._exporter = secret.name, exporter
        parameters = ("password", "sentinelPassword") if sentinels else ("password",)
        self.authentication = RedisTriggerAuthentication(
            self, "keda", name=REDIS_SECRETS, secret=secret.name, key=_KEDA, parameters=parameters
        )

    @property
    def annotations(self) -> Mapping[str, str]:
        """On the servers, by which `examx apply` knows that it makes the Secret, and `examx rotate` whom to ask."""
        if self._secret != MADE_PASSWORDS.name:
            return {}
        users = {REDIS_USERS_ANNOTATION: ",".join(ALL_REDIS_USERS)} if self._exporter else {}
        return {MADE_SECRET_ANNOTATION: self._secret, **users}

    @property
    def server_mount(self) -> Mount:
        """All passwords, for a server or a Sentinel: a directory, in which a change shows up."""
        return self._mount(None)

    @property
    def mount(self) -> Mount:
        """The application's password alone, as one file of a directory, in which a change shows up."""
        return self._mount([k8s.KeyToPath(key=_APPLICATION, path=_FILE)])

    def variable(self, name: str) -> k8s.EnvVar:
        """Return an environment variable with the application's password."""
        return _variable(name, self._secret, _APPLICATION)

    def _mount(self, items: list[k8s.KeyToPath] | None) -> Mount:
        # Owned by root, and readable by the group that every pod of the library runs as.
        source = k8s.SecretVolumeSource(secret_name=self._secret, default_mode=0o440, items=items)
        return Mount(
            volume=k8s.Volume(name=REDIS_SECRETS, secret=source),
            mount=k8s.VolumeMount(name=REDIS_SECRETS, mount_path=REDIS_PASSWORD_PATH, read_only=True),
        )


class RedisPassword(Construct):
    """The password of a Redis elsewhere: a secret of AWS Secrets Manager, as a file, a Secret, and for KEDA.

    The Secret is there while a pod mounts the volume, so every pod that uses Redis mounts it. KEDA needs the password
    to wake workers that it has scaled to zero.
    """

    def __init__(self, scope: Construct, id: str, *, secret: SecretsManagerSecret) -> None:
        super().__init__(scope, id)
        self.secrets = AwsSecrets(
            self, "secrets", name=REDIS_SECRETS, files={_FILE: secret}, synced_secret=REDIS_SECRETS
        )
        self.authentication = RedisTriggerAuthentication(
            self, "keda", name=REDIS_SECRETS, secret=REDIS_SECRETS, key=_FILE
        )

    @property
    def mount(self) -> Mount:
        """The directory with the password's file."""
        return self.secrets.mount(REDIS_PASSWORD_PATH)

    def variable(self, name: str) -> k8s.EnvVar:
        """Return an environment variable with the password, out of the Kubernetes Secret."""
        return _variable(name, REDIS_SECRETS, _FILE)


@strict_value
@dataclass(frozen=True, kw_only=True)
class RedisConnection:
    """An address and, where there is one, the password of the application."""

    address: RedisAddress | SentinelAddress
    """Where it is: a server, or Sentinels that know it."""
    password: RedisUsers | RedisPassword | None = None
    """None where the server asks for none."""

    @property
    def authentication(self) -> RedisTriggerAuthentication | None:
        """What KEDA's trigger refers to."""
        return self.password.authentication if self.password else None

    @property
    def mounts(self) -> list[Mount]:
        """What a client's pod mounts."""
        return [self.password.mount] if self.password else []

    @property
    def variables(self) -> list[k8s.EnvVar]:
        """A client's variables. The password is first, because the URL refers to it.

        The file has what the variable has, and shows a change: what celery_settings_module makes reads it for each new
        connection.
        """
        if not self.password:
            return variables(self.address.environment)
        file = {_FILE_VARIABLE: f"{REDIS_PASSWORD_PATH}/{_FILE}"}
        return [self.password.variable(PASSWORD_VARIABLE), *variables(file | self.address.environment)]


def password_of(scope: Construct, secret: SecretsManagerSecret | None) -> RedisPassword | None:
    """Return the password's construct, where a password is set."""
    return RedisPassword(scope, "password", secret=secret) if secret else None


def _variable(name: str, secret: str, key: str) -> k8s.EnvVar:
    reference = k8s.SecretKeySelector(name=secret, key=key)
    return k8s.EnvVar(name=name, value_from=k8s.EnvVarSource(secret_key_ref=reference))
