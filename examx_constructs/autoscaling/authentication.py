"""How KEDA's scalers log in."""

from collections.abc import Sequence

from cdk8s import ApiObjectMetadata
from constructs import Construct

from examx_constructs._strict import strict
from examx_constructs.imports import keda


class RedisTriggerAuthentication(Construct):
    """How KEDA's scalers get the password of Redis: from a Kubernetes Secret, never from a trigger's metadata.

    `parameters`: which parameters of the scaler have it; Sentinels ask for `sentinelPassword` (KEDA 2.17 and 2.20,
    redis_scaler.go).

    `secret` is the name of the Secret, and `key` the entry with the password.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        secret: str,
        key: str,
        parameters: Sequence[str] = ("password",),
    ) -> None:
        super().__init__(scope, id)
        self.name = name
        self.trigger_authentication = keda.TriggerAuthentication(
            self,
            "trigger-authentication",
            metadata=ApiObjectMetadata(name=name),
            spec=keda.TriggerAuthenticationSpec(
                secret_target_ref=[
                    keda.TriggerAuthenticationSpecSecretTargetRef(parameter=each, name=secret, key=key)
                    for each in parameters
                ]
            ),
        )
