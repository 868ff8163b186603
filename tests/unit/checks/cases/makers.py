"""Cases of references to what a set does not show, because something else makes it, or a person fills it in."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.network import NAMESPACE, NOTHING
from tests.unit.checks.support import IN_POD, Case, Object, obj, workload

RULE = "reference-leads-somewhere"
HERE = obj("Secret", "smtp", root="stringData: {user: someone}")
"""Makes a set claim to define the Secrets of the namespace."""


def custom(kind: str, api: str, name: str = "db", spec: str = "{}", namespace: str | None = "dev") -> Object:
    return obj(kind, name, spec, namespace=namespace) | {"apiVersion": api}


def takes(*secrets: str) -> Object:
    return workload(container=f"envFrom: [{', '.join(f'{{secretRef: {{name: {each}}}}}' for each in secrets)}]")


OPERATORS = [
    ("Cluster", "postgresql.cnpg.io/v1", "db-app"),
    ("postgresql", "acid.zalan.do/v1", "shop.db.credentials.postgresql.acid.zalan.do"),
    ("PostgresCluster", "postgres-operator.crunchydata.com/v1beta1", "db-pguser-shop"),
    ("RabbitmqCluster", "rabbitmq.com/v1beta1", "db-default-user"),
    ("KafkaUser", "kafka.strimzi.io/v1beta2", "db"),
    ("Elasticsearch", "elasticsearch.k8s.elastic.co/v1", "db-es-elastic-user"),
    ("VaultStaticSecret", "secrets.hashicorp.com/v1beta1", "from-vault"),
    ("OnePasswordItem", "onepassword.com/v1", "db"),
    ("HelmRelease", "helm.toolkit.fluxcd.io/v2", "db-auth"),
]
ROLE = obj("Role", "maker", root="rules: [{apiGroups: [''], resources: [secrets], verbs: [get, create]}]")
BINDING = obj(
    "RoleBinding",
    "maker",
    root="roleRef: {kind: Role, name: maker}\nsubjects: [{kind: ServiceAccount, name: default}]",
)

CASES = [
    *(
        Case(RULE, f"a Secret beside a {kind} of {api}", [custom(kind, api), HERE, takes(secret)])
        for kind, api, secret in OPERATORS
    ),
    Case(
        RULE,
        "what a package manager installs into another namespace",
        [
            NAMESPACE,
            custom("Application", "argoproj.io/v1alpha1", spec="destination: {namespace: dev}", namespace="argocd"),
            custom("HelmRelease", "helm.toolkit.fluxcd.io/v2", spec="targetNamespace: dev", namespace="flux-system"),
            obj("ConfigMap", "own", root="data: {a: b}"),
            workload(container="envFrom: [{configMapRef: {name: grafana}}]", pod="serviceAccountName: grafana"),
        ],
    ),
    Case(
        RULE,
        "what a Job of the set creates by its command, and what a program may create",
        [
            HERE,
            takes("webhook-certificate"),
            workload("j", "args: [create, --host=a.dev.svc, --secret-name=webhook-certificate]", kind="Job"),
            obj("Secret", "smtp", root="stringData: {user: someone}", namespace="stg"),
            workload(container="envFrom: [{secretRef: {name: anything}}]", namespace="stg"),
            ROLE | {"metadata": {"name": "maker", "namespace": "stg"}},
            BINDING | {"metadata": {"name": "maker", "namespace": "stg"}},
        ],
    ),
    Case(
        RULE,
        "a right that nobody uses, and one to read",
        [
            HERE,
            takes("anything"),
            ROLE,
            obj("ServiceAccount", "other"),
            obj(
                "RoleBinding",
                "maker",
                root="roleRef: {kind: Role, name: maker}\nsubjects: [{kind: ServiceAccount, name: other}]",
            ),
            obj("Role", "reader", root="rules: [{apiGroups: [''], resources: [secrets], verbs: [get, list]}]"),
            obj(
                "RoleBinding",
                "reader",
                root="roleRef: {kind: Role, name: reader}\nsubjects: [{kind: ServiceAccount, name: default}]",
            ),
        ],
        [
            f'{IN_POD}.containers[0].envFrom[0].secretRef.name is "anything"; allowed: a Secret of the namespace: smtp; {NOTHING}; it may be made elsewhere'
        ],
    ),
    Case(
        RULE,
        "copies of what another namespace has, and names that are still to be filled in",
        [
            HERE,
            obj(
                "Secret",
                "registry",
                root="data: {a: eA==}",
                namespace="shared",
                annotations="{reflector.v1.k8s.emberstack.com/reflection-allowed: 'true'}",
            ),
            takes("registry", '"${APP}-env"', '"<release>-env"', '"{{ .Release.Name }}-env"'),
        ],
    ),
    Case(
        RULE,
        "the cluster's own",
        [
            obj("Namespace", "kube-system"),
            obj("Role", "own", root="rules: []", namespace="kube-system"),
            obj(
                "RoleBinding",
                "a",
                root="roleRef: {kind: Role, name: extension-apiserver-authentication-reader}\nsubjects: [{kind: ServiceAccount, name: adapter}]",
                namespace="kube-system",
            ),
            obj("Namespace", "kube-public"),
            obj(
                "RoleBinding",
                "b",
                root="roleRef: {kind: Role, name: 'system:controller:bootstrap-signer'}",
                namespace="kube-public",
            ),
        ],
    ),
    Case(
        RULE,
        "the claim of a StatefulSet's pod, and certificates that are asked for",
        [
            NAMESPACE,
            HERE,
            workload("db", kind="StatefulSet", spec="volumeClaimTemplates: [{metadata: {name: data}}]"),
            obj("Service", "web", annotations="{service.beta.openshift.io/serving-cert-secret-name: web-tls}"),
            obj("Ingress", "web", "tls: [{secretName: site}]", annotations="{cert-manager.io/issuer: letsencrypt}"),
            workload(
                "backup",
                "envFrom: [{secretRef: {name: web-tls}}, {secretRef: {name: site}}]",
                kind="CronJob",
                pod="volumes: [{name: d, persistentVolumeClaim: {claimName: data-db-0}}]",
            ),
        ],
    ),
    Case(
        RULE,
        "a claim of a StatefulSet that makes none of that name",
        [
            NAMESPACE,
            workload("db", kind="StatefulSet", spec="volumeClaimTemplates: [{metadata: {name: data}}]"),
            workload(
                "backup", kind="CronJob", pod="volumes: [{name: d, persistentVolumeClaim: {claimName: data-bd-0}}]"
            ),
        ],
        [
            (
                "CronJob dev/backup: spec.jobTemplate.spec.template.spec.volumes[0].persistentVolumeClaim.claimName is"
                f' "data-bd-0"; allowed: a PersistentVolumeClaim of the namespace; {NOTHING}; it may be made elsewhere'
            )
        ],
    ),
    Case(
        "referenced-key-exists",
        "of an empty Secret, a token, an injected ConfigMap, a generated, a templated and a merged Secret",
        [
            obj("Secret", "empty", root="type: Opaque\ndata: null"),
            obj("Secret", "token", root="type: kubernetes.io/service-account-token\ndata: {extra: eA==}"),
            obj(
                "Secret",
                "generated",
                root="stringData: {user: a}",
                annotations="{secret-generator.v1.mittwald.de/autogenerate: password}",
            ),
            obj("ConfigMap", "ca", root="data: {a: b}", annotations="{cert-manager.io/inject-ca-from: dev/web}"),
            obj("ConfigMap", "none"),
            obj("Secret", "merged", root="stringData: {user: a}"),
            obj("ExternalSecret", "merged", "dataFrom: [{extract: {key: k}}]\ntarget: {creationPolicy: Merge}"),
            workload(
                container="env: ["
                + ", ".join(
                    f"{{name: V{index}, valueFrom: {{secretKeyRef: {{name: {name}, key: password}}}}}}"
                    for index, name in enumerate(("empty", "token", "generated", "merged"))
                )
                + ", {name: C, valueFrom: {configMapKeyRef: {name: ca, key: ca.crt}}}, {name: D, valueFrom: {configMapKeyRef: {name: none, key: a}}}]"
            ),
        ],
    ),
    Case(
        "referenced-key-exists",
        "of Secrets that are made: what their makers say",
        [
            obj("ExternalSecret", "fetched", "data: [{secretKey: password, remoteRef: {key: k}}]"),
            obj(
                "ExternalSecret",
                "templated",
                "data: [{secretKey: password, remoteRef: {key: k}}]\ntarget: {template: {data: {url: 'x'}}}",
            ),
            obj("SealedSecret", "sealed", "encryptedData: {password: AgB}"),
            obj("Certificate", "c", "secretName: tls\nkeystores: {pkcs12: {create: true}}"),
            workload(
                container="env: ["
                + ", ".join(
                    f"{{name: V{index}, valueFrom: {{secretKeyRef: {{name: {name}, key: {key}}}}}}}"
                    for index, (name, key) in enumerate(
                        (
                            ("fetched", "password"),
                            ("fetched", "pasword"),
                            ("templated", "url"),
                            ("templated", "password"),
                            ("sealed", "password"),
                            ("sealed", "user"),
                            ("tls", "keystore.p12"),
                            ("tls", "tls.pem"),
                        )
                    )
                )
                + "]"
            ),
        ],
        [
            f'{IN_POD}.containers[0].env[{index}].valueFrom.secretKeyRef.key is "{key}"; allowed: a key of Secret {known}; the object does not have it'
            for index, key, known in (
                (1, "pasword", "fetched: password"),
                (3, "password", "templated: url"),
                (5, "user", "sealed: password"),
                (7, "tls.pem", "tls: ca.crt, keystore.p12, tls.crt, tls.key, truststore.p12"),
            )
        ],
    ),
]
