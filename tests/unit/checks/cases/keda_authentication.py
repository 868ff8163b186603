"""Cases of the rules on what authenticates triggers."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.keda_metadata import authentication, job, one
from tests.unit.checks.support import Case, Object, obj

WITH = ", authenticationRef: {name: redis}"
INCOMPLETE = "allowed: a value; the CRD refuses an entry without it, or KEDA finds nothing by it"
IGNORED = "no trigger that names this authentication reads it, and KEDA ignores it"
REDIS_READS = "Cert, address, addresses, ca, cert, host, hosts, key, keyPassword, password, port, ports, sentinelMaster, sentinelPassword, sentinelUsername, tls, username"


def gives(*parameters: str) -> Object:
    """A TriggerAuthentication that gives these parameters."""
    entries = ", ".join(f"{{parameter: {each}, name: s, key: k}}" for each in parameters)
    return authentication(f"secretTargetRef: [{entries}]")


CASES = [
    *(
        Case(
            "authentication-kind-is-known",
            kind,
            [one("redis", "listName: a", f", authenticationRef: {{name: redis, kind: {kind}}}")],
            [
                f'ScaledObject dev/web: spec.triggers[0].authenticationRef.kind is "{kind}"; allowed: TriggerAuthentication or ClusterTriggerAuthentication; the CRD refuses anything else'
            ],
        )
        for kind in ("ClusterTriggerAuth", "triggerauthentication", "Secret")
    ),
    Case(
        "authentication-kind-is-known",
        "either, or none said",
        [
            one("redis", "listName: a", f", authenticationRef: {{name: redis{kind}}}")
            for kind in (
                "",
                ", kind: TriggerAuthentication",
                ", kind: ClusterTriggerAuthentication",
                ", kind: '${KIND}'",
            )
        ],
    ),
    *(
        Case(
            "authentication-source-is-complete",
            f"no {place}",
            [authentication(spec)],
            [f"TriggerAuthentication dev/redis: spec.{place} is missing; {INCOMPLETE}"],
        )
        for place, spec in (
            ("secretTargetRef[0].key", "secretTargetRef: [{parameter: password, name: s}]"),
            ("configMapTargetRef[0].name", "configMapTargetRef: [{parameter: host, key: k}]"),
            ("env[0].parameter", "env: [{name: A}]"),
            ("boundServiceAccountToken[0].serviceAccountName", "boundServiceAccountToken: [{parameter: token}]"),
            (
                "hashiCorpVault.address",
                "hashiCorpVault: {authentication: token, secrets: [{parameter: a, path: p, key: k}]}",
            ),
            ("azureKeyVault.secrets[0].name", "azureKeyVault: {vaultUri: 'https://v', secrets: [{parameter: a}]}"),
            ("gcpSecretManager.secrets[0].id", "gcpSecretManager: {secrets: [{parameter: a}]}"),
            ("awsSecretManager.secrets[0].parameter", "awsSecretManager: {secrets: [{name: a}]}"),
            ("hashiCorpVault.secrets", "hashiCorpVault: {address: 'https://v', authentication: token}"),
            ("azureKeyVault.cloud.type", "azureKeyVault: {vaultUri: 'https://v', cloud: {}, secrets: []}"),
            (
                "gcpSecretManager.credentials.clientSecret.valueFrom",
                "gcpSecretManager: {secrets: [], credentials: {clientSecret: {}}}",
            ),
            (
                "awsSecretManager.credentials.accessSecretKey",
                "awsSecretManager: {secrets: [], credentials: {accessKey: {valueFrom: {secretKeyRef: {name: a, key: b}}}}}",
            ),
            (
                "awsSecretManager.credentials.accessToken.valueFrom.secretKeyRef.key",
                (
                    "awsSecretManager: {secrets: [], credentials: {accessKey: {valueFrom: {secretKeyRef: {name: a, key: b}}}, "
                    "accessSecretKey: {valueFrom: {secretKeyRef: {name: a, key: b}}}, "
                    "accessToken: {valueFrom: {secretKeyRef: {name: a}}}}}"
                ),
            ),
            ("oauth2.tokenUrl", "oauth2: {type: clientCredentials, clientId: a}"),
        )
    ),
    Case(
        "authentication-source-is-complete",
        "a provider that is none, for the whole cluster",
        [
            obj("ClusterTriggerAuthentication", "aws", "podIdentity: {provider: irsa}")
            | {"apiVersion": "keda.sh/v1alpha1"}
        ],
        [
            'ClusterTriggerAuthentication dev/aws: spec.podIdentity.provider is "irsa"; allowed: one of azure-workload, gcp, aws, aws-eks, none; the CRD refuses anything else'.replace(
                "dev/", ""
            )
        ],
    ),
    Case(
        "authentication-source-is-complete",
        "all of each",
        [
            gives("password"),
            authentication(
                "env: [{parameter: a, name: A, containerName: app}]\npodIdentity: {provider: aws, identityOwner: workload}"
            ),
            authentication(
                "hashiCorpVault: {address: 'https://v', authentication: kubernetes, role: r, mount: m, secrets: [{parameter: a, path: p, key: k}]}"
            ),
            authentication(
                "awsSecretManager: {region: eu-west-1, podIdentity: {provider: aws}, secrets: [{parameter: a, name: n, secretKey: k}]}"
            ),
            authentication("filePath: /credentials/redis.json"),
        ],
    ),
    Case(
        "authentication-parameter-is-known",
        "a slip of the hand, and other letters",
        [gives("pasword", "Username"), one("redis", "listName: a", WITH)],
        [
            f'TriggerAuthentication dev/redis: spec.secretTargetRef[0].parameter is "pasword"; allowed: password, most likely; {IGNORED}',
            f'TriggerAuthentication dev/redis: spec.secretTargetRef[1].parameter is "Username"; allowed: username, most likely; {IGNORED}',
        ],
    ),
    Case(
        "authentication-parameter-is-known",
        "what metadata alone may hold, of a job",
        [
            gives("listName"),
            job("redis", "listName: a").copy(),
            obj("ScaledJob", "api", f"triggers: [{{type: redis, metadata: {{listName: a}}{WITH}}}]"),
        ],
        [
            f'TriggerAuthentication dev/redis: spec.secretTargetRef[0].parameter is "listName"; allowed: one of {REDIS_READS}; {IGNORED}'
        ],
    ),
    Case(
        "authentication-parameter-is-known",
        "shared by triggers that read each its own",
        [
            gives("password", "host", "bearerToken"),
            one("redis", "listName: a", WITH),
            one("rabbitmq", "queueName: a", WITH),
            one("prometheus", "query: a", WITH),
        ],
    ),
    Case(
        "authentication-parameter-is-known",
        "of nobody here, or of a program of one's own",
        [
            gives("anything"),
            one("external", "scalerAddress: a", WITH),
            authentication("secretTargetRef: [{parameter: whatever, name: s, key: k}]", "other"),
        ],
    ),
    Case(
        "authentication-parameter-is-known",
        "of AWS, by shared code",
        [gives("awsAccessKeyID", "awsSecretAccessKey", "awsSessionToken"), one("aws-sqs-queue", "queueURL: a", WITH)],
    ),
]
