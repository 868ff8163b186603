"""Secrets, by reference only: no value of a secret is ever in an environment."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.paths import overlap
from examx_constructs.settings.refusal import SettingError, pattern

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
    """Its full ARN, with the suffix that AWS adds to the name."""

    @property
    def region(self) -> str:
        """The region in which the secret is stored."""
        return self.arn.split(":")[3]


_PART = r"(?!\.{1,2}(?:/|$))[\w.-]{1,64}"


@value
class SecretFile:
    """A secret of AWS Secrets Manager as one file in the pods of the application, for what reads credentials by path.

    `name`: of its SecretProviderClass. `file`: what the provider calls it. `path`: where the processes find it; it
    keeps the value that it had when its container started. The pods' role must be allowed to read the secret, or no
    pod starts.
    """

    name: str = setting(dns_label)
    secret: SecretsManagerSecret
    file: str = setting(
        pattern(_PART, "it must be a plain file name: the provider makes _ of a slash, and the mount would miss it")
    )
    path: str = setting(
        pattern(rf"(?:/{_PART}){{2,16}}", "it must be an absolute path of a file in a directory, without '..'")
    )

    def __attrs_post_init__(self) -> None:
        if taken := overlap(self.path):
            raise SettingError("SecretFile.path", self.path, f"it must be elsewhere: the pods have {taken} already")


@value
class KubernetesSecret:
    """A Secret of the environment's own namespace, by its name: made outside of the manifests, which only refer to it.

    Each of its keys is a file. Pods do not see a change: give changed values another name.
    """

    name: str = setting(dns_label)
    """It must be in the environment's namespace before pods start."""
