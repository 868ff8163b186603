"""Secrets, by reference only: no value of a secret ever stands in an environment."""

from examx_constructs.settings._value import pattern, setting, value
from examx_constructs.settings.naming import dns_label

ENV_FILE = ".env"
"""The file that Django reads its secrets from; also the key of a Secret that holds it."""


@value
class SecretsManagerSecret:
    """A secret of AWS Secrets Manager, by its ARN."""

    arn: str = setting(
        pattern(
            r"arn:aws(?:-[a-z]+)*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,512}",
            "it must be the ARN of a secret: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX",
        )
    )

    @property
    def region(self) -> str:
        """The region in which the secret is stored."""
        return self.arn.split(":")[3]


@value
class KubernetesSecret:
    """A Secret of the environment's own namespace, by its name: made outside of the manifests, which only refer to it.

    Each of its keys is a file. Pods do not see a change: give changed values another name.
    """

    name: str = setting(dns_label)
