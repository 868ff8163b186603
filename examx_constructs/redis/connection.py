"""How the application's pods and KEDA reach a Redis, whatever its shape."""

from dataclasses import dataclass

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs.autoscaling import RedisTriggerAuthentication
from examx_constructs.pods import Mount, variables
from examx_constructs.secrets import AwsSecrets
from examx_constructs.settings import RedisAddress, SecretsManagerSecret, SentinelAddress
from examx_constructs.settings.naming import REDIS_SECRETS
from examx_constructs.settings.paths import REDIS_PASSWORD_PATH
from examx_constructs.settings.redis import PASSWORD_VARIABLE

_KEY = "password"


class RedisPassword(Construct):
    """The password of Redis: a secret of AWS Secrets Manager, as a file, a Secret and a TriggerAuthentication.

    The Secret is there while a pod mounts the volume, so every pod that uses Redis does: KEDA needs the password to
    wake workers that it has scaled to zero.
    """

    def __init__(self, scope: Construct, id: str, *, secret: SecretsManagerSecret) -> None:
        super().__init__(scope, id)
        self.secrets = AwsSecrets(
            self, "secrets", name=REDIS_SECRETS, files={_KEY: secret}, synced_secret=REDIS_SECRETS
        )
        self.authentication = RedisTriggerAuthentication(
            self, "keda", name=REDIS_SECRETS, secret=REDIS_SECRETS, key=_KEY
        )

    @property
    def mount(self) -> Mount:
        """The directory with the password's file."""
        return self.secrets.mount(REDIS_PASSWORD_PATH)

    def variable(self, name: str) -> k8s.EnvVar:
        """An environment variable with the password, out of the Kubernetes Secret."""
        reference = k8s.SecretKeySelector(name=REDIS_SECRETS, key=_KEY)
        return k8s.EnvVar(name=name, value_from=k8s.EnvVarSource(secret_key_ref=reference))


@dataclass(frozen=True, kw_only=True)
class RedisConnection:
    """An address and, where one is set, the password."""

    address: RedisAddress | SentinelAddress
    password: RedisPassword | None = None

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
        """A client's variables. The password stands first, because the URL refers to it."""
        secret = [self.password.variable(PASSWORD_VARIABLE)] if self.password else []
        return [*secret, *variables(self.address.environment)]


def password_of(scope: Construct, secret: SecretsManagerSecret | None) -> RedisPassword | None:
    """The password's construct, where a password is set."""
    return RedisPassword(scope, "password", secret=secret) if secret else None
