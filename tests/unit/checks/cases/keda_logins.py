"""Cases of the rules on how triggers log in."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.keda_authentication import WITH, gives
from tests.unit.checks.cases.keda_metadata import KAFKA, PROMETHEUS, job, one
from tests.unit.checks.support import Case

NEVER = "and the trigger never works"


def said(key: str, value: str, needs: str, mode: str, kind: str = "ScaledObject") -> str:
    """The finding on a way to log in that lacks something."""
    return f'{kind} dev/web: spec.triggers[0].metadata.{key} is "{value}"; allowed: {needs} from a TriggerAuthentication, beside it; {mode} cannot do without it, {NEVER}'


CASES = [
    Case(
        "http-login-is-complete",
        "nothing to log in with",
        [one("prometheus", f"{PROMETHEUS}, authModes: bearer")],
        [said("authModes", "bearer", "bearerToken or token", "bearer")],
    ),
    Case(
        "http-login-is-complete",
        "half of two ways",
        [gives("username", "cert"), one("prometheus", f"{PROMETHEUS}, authModes: 'tls, basic'", WITH)],
        [said("authModes", "tls, basic", "key", "tls")],
    ),
    Case(
        "http-login-is-complete",
        "of a job",
        [job("loki", "authModes: custom, query: q")],
        [
            said("authModes", "custom", "customAuthHeader", "custom", "ScaledJob"),
            said("authModes", "custom", "customAuthValue", "custom", "ScaledJob"),
        ],
    ),
    Case(
        "http-login-is-complete",
        "all of each, and an authentication that is not here",
        [
            gives("bearerToken", "username", "password", "cert", "key", "ca"),
            *(
                one("prometheus", f"{PROMETHEUS}, authModes: '{modes}'", WITH)
                for modes in ("bearer", "basic", "tls,basic")
            ),
            one("prometheus", f"{PROMETHEUS}, authModes: oauth", ", authenticationRef: {name: elsewhere}"),
            one("redis", "listName: a, authModes: bearer"),
        ],
    ),
    Case(
        "kafka-login-is-complete",
        "a user without a password",
        [gives("username"), one("kafka", f"{KAFKA}, sasl: scram_sha512, tls: enable", WITH)],
        [said("sasl", "scram_sha512", "password", "scram_sha512")],
    ),
    Case(
        "kafka-login-is-complete",
        "a certificate without its key, and Kerberos without a realm",
        [
            gives("username", "keytab", "kerberosConfig", "cert"),
            one("apache-kafka", f"{KAFKA}, sasl: gssapi, tls: enable", WITH),
        ],
        [
            said("sasl", "gssapi", "realm", "gssapi"),
            f'ScaledObject dev/web: spec.triggers[0].metadata.tls is "enable"; allowed: key beside it, from a TriggerAuthentication; one is of no use alone, {NEVER}',
        ],
    ),
    Case(
        "kafka-login-is-complete",
        "all of each",
        [
            gives("username", "password", "cert", "key", "ca", "realm", "kerberosConfig"),
            *(
                one("kafka", f"{KAFKA}, sasl: {sasl}, tls: enable", WITH)
                for sasl in ("plaintext", "scram_sha256", "gssapi", "none")
            ),
            one(
                "kafka",
                f"{KAFKA}, sasl: oauthbearer, saslTokenProvider: aws_msk_iam, tls: enable, awsRegion: eu-west-1",
            ),
            one("kafka", f"{KAFKA}, sasl: plaintext", ", authenticationRef: {name: elsewhere}"),
            one("kafka", f"{KAFKA}, tls: enable"),
        ],
    ),
]
