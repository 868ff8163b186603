"""Secrets and configuration: pods that wait for what is not there, and secrets in the open."""

from tests.unit.checks.mutations.edits import BOXES, POD, Mutation, add, beside, both, drop, put, swap

BACKEND = "Deployment/examxv2-backend"
WORKER = "Deployment/celery-worker-default"
PROVIDER = "SecretProviderClass/examxv2-backend-secrets"
OBJECTS = "spec.parameters.objects"
SYNCED = [{"secretName": "env", "type": "Opaque", "data": [{"objectName": ".env", "key": "env"}]}]

MUTATIONS = [
    Mutation(
        "the configuration of yesterday",
        "reference-leads-somewhere",
        "prod",
        put(BACKEND, f"{POD}.volumes[nginx-config].configMap.name", "examxv2-nginx-0123456789"),
    ),
    Mutation(
        "a Secret with a typo",
        "reference-leads-somewhere",
        "prod",
        put(BACKEND, f"{POD}.volumes[redis-auth].secret.secretName", "redis-auht"),
    ),
    Mutation(
        "a Secret of a variable with a typo",
        "reference-leads-somewhere",
        "dev",
        put(WORKER, f"{BOXES}[0].env[REDIS_PASSWORD].valueFrom.secretKeyRef.name", "redis_auth"),
    ),
    Mutation(
        "a key of a Secret with a typo",
        "",
        "dev",
        put(WORKER, f"{BOXES}[0].env[REDIS_PASSWORD].valueFrom.secretKeyRef.key", "aplication"),
        missed="the Secret is made outside: no manifest lists its keys",
    ),
    Mutation(
        "a variable out of a Secret without its key",
        "key-reference-is-complete",
        "dev",
        drop(WORKER, f"{BOXES}[0].env[REDIS_PASSWORD].valueFrom.secretKeyRef.key"),
    ),
    Mutation(
        "a variable with a value and a source",
        "key-reference-is-complete",
        "dev",
        put(WORKER, f"{BOXES}[0].env[REDIS_PASSWORD].value", "x"),
    ),
    Mutation(
        "all of a ConfigMap that is not there",
        "reference-leads-somewhere",
        "dev",
        put(WORKER, f"{BOXES}[0].envFrom", [{"configMapRef": {"name": "celery-settings"}}]),
    ),
    Mutation(
        "a file that the ConfigMap has not",
        "referenced-key-exists",
        "dev",
        put(
            "StatefulSet/redis", f"{POD}.volumes[config].configMap.items", [{"key": "redis.cnf", "path": "redis.conf"}]
        ),
    ),
    Mutation(
        "a file of the volume that is not there",
        "mounted-file-exists",
        "dev",
        put("StatefulSet/redis", f"{BOXES}[redis].volumeMounts[config].subPath", "redis/redis.conf"),
    ),
    Mutation(
        "permissions as people say them",
        "number-is-whole",
        "dev",
        put(BACKEND, f"{POD}.volumes[redis-auth].secret.defaultMode", 640),
    ),
    Mutation(
        "a ServiceAccount with a typo",
        "reference-leads-somewhere",
        "prod",
        put(BACKEND, f"{POD}.serviceAccountName", "examxv2-prod-sa"),
    ),
    Mutation(
        "a SecretProviderClass with a typo",
        "reference-leads-somewhere",
        "prod",
        put(
            WORKER,
            f"{POD}.volumes[examxv2-backend-secrets].csi.volumeAttributes.secretProviderClass",
            "examxv2-backend-secret",
        ),
    ),
    Mutation(
        "the secrets' volume may be written",
        "secrets-volume-is-read-only",
        "dev",
        put(WORKER, f"{POD}.volumes[examxv2-backend-secrets].csi.readOnly", value=False),
    ),
    Mutation(
        "nothing says that the secrets' volume is read",
        "secrets-volume-is-read-only",
        "stg",
        drop(WORKER, f"{POD}.volumes[examxv2-backend-secrets].csi.readOnly"),
    ),
    Mutation(
        "the provider in capitals",
        "",
        "dev",
        put(PROVIDER, "spec.provider", "AWS"),
        missed="a driver takes providers by whatever name they register",
    ),
    Mutation(
        "a setting of the driver among the provider's",
        "provider-parameter-is-known",
        "dev",
        put(PROVIDER, "spec.parameters.rotationPollInterval", "2m"),
    ),
    Mutation(
        "the objects under another name",
        "provider-parameter-is-known",
        "dev",
        put(PROVIDER, "spec.parameters", {"object": "- objectName: a\n"}),
    ),
    Mutation(
        "the objects as a list", "provider-objects-are-valid", "dev", put(PROVIDER, OBJECTS, [{"objectName": "a"}])
    ),
    Mutation(
        "an object without a name",
        "provider-objects-are-valid",
        "prod",
        swap(PROVIDER, OBJECTS, "objectName", "objectNam"),
    ),
    Mutation(
        "a name of another region",
        "provider-objects-are-valid",
        "prod",
        swap(PROVIDER, OBJECTS, "ap-south-1", "ap-southeast-1"),
    ),
    Mutation(
        "a name of another service",
        "provider-objects-are-valid",
        "dev",
        swap(PROVIDER, OBJECTS, "secretsmanager", "iam"),
    ),
    Mutation(
        "a type that is none",
        "provider-objects-are-valid",
        "dev",
        swap(PROVIDER, OBJECTS, "  objectAlias: .env\n", "  objectAlias: .env\n  objectType: secretmanager\n"),
    ),
    Mutation(
        "permissions with three digits", "provider-objects-are-valid", "dev", swap(PROVIDER, OBJECTS, "'0644'", "'644'")
    ),
    Mutation(
        "two objects in one file",
        "provider-files-are-apart",
        "prod",
        swap(
            PROVIDER,
            OBJECTS,
            "- objectName",
            "- {objectName: other, objectType: secretsmanager, objectAlias: .env}\n- objectName",
        ),
    ),
    Mutation(
        "a part of a secret without its file",
        "provider-objects-are-valid",
        "prod",
        swap(PROVIDER, OBJECTS, "  objectAlias: .env\n", "  objectAlias: .env\n  jmesPath:\n  - path: token\n"),
    ),
    Mutation(
        "the objects are no YAML",
        "provider-objects-are-valid",
        "dev",
        swap(PROVIDER, OBJECTS, "objectAlias: .env", "objectAlias: [.env"),
    ),
    Mutation(
        "a synced Secret of an object that is not fetched",
        "synced-secret-has-object",
        "dev",
        put(PROVIDER, "spec.secretObjects", [{**SYNCED[0], "data": [{"objectName": "env", "key": "env"}]}]),
    ),
    Mutation(
        "a synced Secret without a type",
        "synced-secret-is-complete",
        "dev",
        put(PROVIDER, "spec.secretObjects", [{"secretName": "env", "data": SYNCED[0]["data"]}]),
    ),
    Mutation(
        "a synced Secret of a class that no pod mounts",
        "synced-secret-is-mounted",
        "dev",
        both(
            beside(
                """{apiVersion: secrets-store.csi.x-k8s.io/v1, kind: SecretProviderClass, metadata: {name: mail},
                spec: {provider: aws, parameters: {objects: "- {objectName: mail, objectType: secretsmanager}\\n"},
                secretObjects: [{secretName: mail, type: Opaque, data: [{objectName: mail, key: password}]}]}}"""
            ),
            add(WORKER, f"{BOXES}[0].envFrom", "{secretRef: {name: mail}}"),
        ),
    ),
    Mutation(
        "secrets are copied by a hook",
        "secrets-are-not-copied-by-hook",
        "dev",
        put(
            BACKEND,
            f"{BOXES}[backend].lifecycle.postStart",
            {"exec": {"command": ["sh", "-c", "cp /mnt/secret-store/.env /app/.env"]}},
        ),
    ),
    Mutation(
        "a password in a variable",
        "secret-is-not-literal",
        "dev",
        add(WORKER, f"{BOXES}[0].env", "{name: DATABASE_PASSWORD, value: correct-horse-battery}"),
    ),
    Mutation(
        "a password in a URL",
        "secret-is-not-literal",
        "dev",
        put(
            WORKER,
            f"{BOXES}[0].env[REDIS_URL].value",
            "redis://application:correct-horse@redis.dev-examxv2.svc.cluster.local:6379/0",
        ),
    ),
    Mutation(
        "a Secret in the repository",
        "secret-is-not-in-manifests",
        "prod",
        beside("{apiVersion: v1, kind: Secret, metadata: {name: smtp}, stringData: {password: correct-horse-battery}}"),
    ),
    Mutation(
        "a Secret that is not encoded",
        "secret-is-not-in-manifests",
        "dev",
        beside("{apiVersion: v1, kind: Secret, metadata: {name: smtp}, data: {password: not base64!}}"),
    ),
    Mutation("a number in a ConfigMap", "text-is-quoted", "dev", put("ConfigMap/redis-config", "data.timeout", 30)),
    Mutation(
        "a mapping in a ConfigMap",
        "text-is-quoted",
        "dev",
        put("ConfigMap/redis-config", "data.settings", {"timeout": 30}),
    ),
    Mutation(
        "a key of a ConfigMap with a slash",
        "data-key-is-valid",
        "dev",
        put("ConfigMap/redis-config", "data<conf.d/redis.conf>", "port 6379"),
    ),
]
