"""Cases of the rules on references between objects."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.network import NAMESPACE, NOTHING
from tests.unit.checks.support import IN_POD, Case, obj, scaler, workload

ELSEWHERE = f"{NOTHING}; it may be made elsewhere"

CASES = [
    Case(
        "reference-is-in-these-manifests",
        "a part that shows no Secret and no ConfigMap",
        [
            workload(container="envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: database}}]"),
            workload("worker", "envFrom: [{secretRef: {name: database}}, {secretRef: {name: broker}}]"),
        ],
        [
            (
                f'{IN_POD}.containers[0].envFrom[0].configMapRef.name is "settings"; allowed: a ConfigMap that the namespace has;'
                " not in these manifests, which define no ConfigMap there"
            ),
            (
                f'{IN_POD}.containers[0].envFrom[1].secretRef.name is "database"; allowed: a Secret that the namespace has;'
                " not in these manifests, which define no Secret there; nor are these that the file names: broker"
            ),
        ],
    ),
    Case(
        "reference-is-in-these-manifests",
        "a part that shows what is named, or need not",
        [
            obj("ConfigMap", "settings", root="data: {a: b}"),
            workload(
                container="envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: database, optional: true}}]"
            ),
        ],
    ),
    Case(
        "reference-is-in-these-manifests",
        "a volume in whose place a StatefulSet puts the claim of a template",
        [
            workload(
                "db",
                kind="StatefulSet",
                spec="volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce]}}]",
                pod="volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]",
            ),
        ],
    ),
    Case(
        "reference-is-in-these-manifests",
        "what the namespace says is made elsewhere, what an operator may make, and a name to be filled in",
        [
            obj("Namespace", "dev", annotations="{examx.ai/foreign-secrets: database}"),
            workload(container="envFrom: [{secretRef: {name: database}}]"),
            {
                "apiVersion": "postgresql.cnpg.io/v1",
                "kind": "Cluster",
                "metadata": {"name": "db", "namespace": "data"},
            },
            workload("web", "envFrom: [{secretRef: {name: db-app}}]", namespace="data"),
            workload("web", 'envFrom: [{secretRef: {name: "${SECRET}"}}]', namespace="other"),
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "in a namespace that is defined here",
        [
            NAMESPACE,
            workload(
                container="envFrom: [{configMapRef: {name: settings}}]",
                pod="serviceAccountName: web-sa\nvolumes: [{name: media, persistentVolumeClaim: {claimName: media}},"
                " {name: s, csi: {driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: {secretProviderClass: store}}}]",
            ),
            obj(
                "RoleBinding",
                "deploy",
                root="roleRef: {kind: Role, name: deployer}\nsubjects: [{kind: ServiceAccount, name: ci}]",
            ),
            workload("db", kind="StatefulSet", spec="serviceName: db"),
            scaler(triggers="[{type: redis, authenticationRef: {name: redis}}]"),
        ],
        [
            f'{IN_POD}.serviceAccountName is "web-sa"; allowed: a ServiceAccount of the namespace; {ELSEWHERE}',
            f'{IN_POD}.volumes[0].persistentVolumeClaim.claimName is "media"; allowed: a PersistentVolumeClaim of the namespace; {ELSEWHERE}',
            f'{IN_POD}.volumes[1].csi.volumeAttributes.secretProviderClass is "store"; allowed: a SecretProviderClass of the namespace; {ELSEWHERE}',
            f'{IN_POD}.containers[0].envFrom[0].configMapRef.name is "settings"; allowed: a ConfigMap of the namespace; {ELSEWHERE}',
            f'StatefulSet dev/db: spec.serviceName is "db"; allowed: a Service of the namespace; {ELSEWHERE}',
            f'ScaledObject dev/web: spec.triggers[0].authenticationRef.name is "redis"; allowed: a TriggerAuthentication of the namespace; {ELSEWHERE}',
            f'RoleBinding dev/deploy: roleRef.name is "deployer"; allowed: a Role of the namespace; {ELSEWHERE}',
            f'RoleBinding dev/deploy: subjects[0].name is "ci"; allowed: a ServiceAccount of the namespace; {ELSEWHERE}',
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "a Secret where Secrets are made here",
        [
            workload(container="env: [{name: A, valueFrom: {secretKeyRef: {name: reddis, key: password}}}]"),
            obj(
                "SecretProviderClass",
                "store",
                "secretObjects: [{secretName: redis, data: [{key: password, objectName: a}]}]",
            ),
            obj(
                "TriggerAuthentication",
                "redis",
                "secretTargetRef: [{parameter: password, name: rediss, key: password}]",
            ),
        ],
        [
            f'{IN_POD}.containers[0].env[0].valueFrom.secretKeyRef.name is "reddis"; allowed: a Secret of the namespace: redis; {NOTHING}',
            f'TriggerAuthentication dev/redis: spec.secretTargetRef[0].name is "rediss"; allowed: a Secret of the namespace: redis; {NOTHING}',
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "a TriggerAuthentication that the namespace says is made elsewhere, and one that it does not",
        [
            obj("Namespace", "dev", annotations="{examx.ai/foreign-trigger-authentications: prometheus-auth}"),
            scaler("one", triggers="[{type: prometheus, metadata: {}, authenticationRef: {name: prometheus-auth}}]"),
            scaler("two", triggers="[{type: prometheus, metadata: {}, authenticationRef: {name: other}}]"),
        ],
        [
            (
                'ScaledObject dev/two: spec.triggers[0].authenticationRef.name is "other"; allowed: a TriggerAuthentication of the namespace:'
                f" prometheus-auth; {NOTHING}"
            )
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "a Secret that the namespace says is made elsewhere, and one that it does not",
        [
            obj("Namespace", "dev", annotations="{examx.ai/foreign-secrets: 'own-env, other'}"),
            obj("Secret", "db", root="stringData: {password: '<placeholder>'}"),
            workload(
                container="envFrom: [{secretRef: {name: own-env}}, {secretRef: {name: other}}, {secretRef: {name: bd}}]"
            ),
        ],
        [
            f'{IN_POD}.containers[0].envFrom[2].secretRef.name is "bd"; allowed: a Secret of the namespace: db, other, own-env; {NOTHING}'
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "a ConfigMap and a claim that the namespace says are made elsewhere, and one that it does not",
        [
            obj(
                "Namespace",
                "dev",
                annotations="{examx.ai/foreign-config-maps: fonts, examx.ai/foreign-claims: 'models'}",
            ),
            workload(
                container="envFrom: [{configMapRef: {name: fonts}}, {configMapRef: {name: other}}]",
                pod="volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]",
            ),
        ],
        [
            f'{IN_POD}.containers[0].envFrom[1].configMapRef.name is "other"; allowed: a ConfigMap of the namespace: fonts; {NOTHING}'
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "a Secret beside one with values",
        [
            obj("Secret", "db", root="stringData: {password: '<placeholder>'}"),
            workload(container="envFrom: [{secretRef: {name: bd}}]"),
        ],
        [
            f'{IN_POD}.containers[0].envFrom[0].secretRef.name is "bd"; allowed: a Secret of the namespace: db; {ELSEWHERE}'
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "a namesake elsewhere",
        [
            obj("ConfigMap", "other", root="data: {}"),
            obj("ConfigMap", "settings", root="data: {}", namespace="stg"),
            workload(container="envFrom: [{configMapRef: {name: settings}}]"),
        ],
        [
            (
                f'{IN_POD}.containers[0].envFrom[0].configMapRef.name is "settings"; allowed: a ConfigMap of the namespace: other'
                f"; {ELSEWHERE}"
            )
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "Secrets made outside, built-ins, optional ones, other namespaces",
        [
            NAMESPACE,
            workload(
                container="envFrom: [{secretRef: {name: made-by-hand}}, {configMapRef: {name: extra, optional: true}}]",
                pod="serviceAccountName: default\nvolumes: [{name: ca, configMap: {name: kube-root-ca.crt}},"
                " {name: p, projected: {sources: [{configMap: {name: kube-root-ca.crt}}, {secret: {name: made-by-hand}}]}}]",
            ),
            obj(
                "RoleBinding",
                "view",
                root="roleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: argo, namespace: argocd}, {kind: Group, name: dev}]",
            ),
            scaler(triggers="[{type: redis, authenticationRef: {name: shared, kind: ClusterTriggerAuthentication}}]"),
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "nothing of the kind is here",
        [workload(container="envFrom: [{configMapRef: {name: settings}}]", pod="serviceAccountName: web")],
    ),
    Case(
        "reference-leads-somewhere",
        "Secrets from every maker",
        [
            obj("ExternalSecret", "a", "target: {name: external}"),
            obj("ExternalSecret", "named"),
            obj("SealedSecret", "sealed"),
            obj("Certificate", "c", "secretName: tls"),
            workload(
                container="envFrom: [{secretRef: {name: external}}, {secretRef: {name: named}}, {secretRef: {name: sealed}}, {secretRef: {name: tls}}]"
            ),
        ],
    ),
    Case(
        "referenced-key-exists",
        "keys that are not there",
        [
            obj("ConfigMap", "settings", root="data: {a: '1'}\nbinaryData: {b: aGk=}"),
            obj(
                "SecretProviderClass",
                "store",
                "secretObjects: [{secretName: redis, data: [{key: password, objectName: a}]}]",
            ),
            workload(
                container="env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: c}}}, {name: B, valueFrom: {secretKeyRef: {name: redis, key: pw}}}]",
                pod="volumes: [{name: v, configMap: {name: settings, items: [{key: d, path: d}]}}]",
            ),
        ],
        [
            f'{IN_POD}.volumes[0].configMap.items[0].key is "d"; allowed: a key of ConfigMap settings: a, b; the object does not have it',
            f'{IN_POD}.containers[0].env[0].valueFrom.configMapKeyRef.key is "c"; allowed: a key of ConfigMap settings: a, b; the object does not have it',
            f'{IN_POD}.containers[0].env[1].valueFrom.secretKeyRef.key is "pw"; allowed: a key of Secret redis: password; the object does not have it',
        ],
    ),
    Case(
        "referenced-key-exists",
        "keys that are there, optional ones, unseen objects",
        [
            obj("ConfigMap", "settings", root="data: {a: '1'}"),
            workload(
                container="env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}, {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}},"
                " {name: C, valueFrom: {configMapKeyRef: {name: settings, key: z, optional: true}}}]"
            ),
        ],
    ),
    Case(
        "volume-mount-has-volume",
        "none of that name",
        [
            workload(
                container="volumeMounts: [{name: tpm, mountPath: /tmp}]", pod="volumes: [{name: tmp, emptyDir: {}}]"
            )
        ],
        [
            f'{IN_POD}.containers[0].volumeMounts[0].name is "tpm"; allowed: a volume of the pod: tmp; the pod has no such volume'
        ],
    ),
    Case(
        "volume-mount-has-volume",
        "a volume, a claim template",
        [
            workload(
                container="volumeMounts: [{name: tmp, mountPath: /tmp}]", pod="volumes: [{name: tmp, emptyDir: {}}]"
            ),
            workload(
                "db",
                "volumeMounts: [{name: data, mountPath: /data}]",
                kind="StatefulSet",
                spec="volumeClaimTemplates: [{metadata: {name: data}}]",
            ),
        ],
    ),
]
