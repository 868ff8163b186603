"""Cases of the rules on autoscalers, KEDA's included."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.checks.support import Case, celery, hpa, obj, redis_scaler, scaler, workload

LIMITS = "resources: {limits: {cpu: 1, memory: 1Gi}}"
CPU = "maxReplicas: 3\nmetrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]"
SIDECAR_CPU = (
    "maxReplicas: 3\nmetrics: [{type: ContainerResource, containerResource:"
    " {name: cpu, container: app, target: {type: Utilization, averageUtilization: 70}}}]"
)
BARE_SIDECAR = "initContainers: [{name: proxy, image: example/proxy:1, restartPolicy: Always}]"
BEHAVIOR = (
    "{scaleDown: {stabilizationWindowSeconds: 7200, policies: [{type: Percent, value: 100, periodSeconds: 15}]},"
    " scaleUp: {stabilizationWindowSeconds: 0, policies: [{type: Pods, value: 4, periodSeconds: 3600}]}}"
)
TAKEOVER = "advanced: {horizontalPodAutoscalerConfig: {name: web}}"
TRANSFER = "{scaledobject.keda.sh/transfer-hpa-ownership: 'true'}"
CRON = "{type: cron, metadata: {timezone: UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: '2'}}"
CPU_TRIGGER = "{type: cpu, metricType: Utilization, metadata: {value: '70'}}"
QUEUE_TRIGGER = "{type: redis, metadata: {address: 'redis.dev:6379', listName: default}}"
REDIS = "address: 'redis.dev:6379', listName: default"
AUTHENTICATION = obj(
    "TriggerAuthentication",
    "redis",
    "secretTargetRef: [{parameter: tls, name: s, key: k}, {parameter: address, name: s, key: a}]",
)
AUTHENTICATED = ", authenticationRef: {name: redis}"

CASES = [
    Case(
        "one-autoscaler-per-target",
        "an HPA and a ScaledObject",
        [workload(), hpa(), scaler("web-scaler")],
        [
            (
                'ScaledObject dev/web-scaler: spec.scaleTargetRef.name is "web"; allowed: a target that no other autoscaler has;'
                " HorizontalPodAutoscaler dev/web scales Deployment web already; two autoscalers of one workload undo each"
                " other's work"
            )
        ],
    ),
    Case(
        "one-autoscaler-per-target",
        "two HPAs",
        [hpa("one"), hpa("two")],
        [
            (
                'HorizontalPodAutoscaler dev/two: spec.scaleTargetRef.name is "web"; allowed: a target that no other autoscaler'
                " has; HorizontalPodAutoscaler dev/one scales Deployment web already; two autoscalers of one workload undo each"
                " other's work"
            )
        ],
    ),
    Case(
        "one-autoscaler-per-target",
        "one each, and one adopted",
        [hpa(), scaler(spec=TAKEOVER, annotations=TRANSFER), hpa("api", target="api")],
    ),
    Case(
        "one-autoscaler-per-target",
        "the same names in two namespaces",
        [scaler(), scaler() | {"metadata": {"name": "web", "namespace": "stg"}}],
    ),
    Case(
        "no-replicas-under-autoscaler",
        "replicas beside an HPA",
        [workload(spec="replicas: 2"), hpa()],
        [
            (
                "Deployment dev/web: spec.replicas is 2; allowed: nothing, leave it out; every apply would undo what"
                " HorizontalPodAutoscaler dev/web decided"
            )
        ],
    ),
    Case(
        "no-replicas-under-autoscaler",
        "replicas where nothing scales",
        [workload(spec="replicas: 2"), hpa(target="api")],
    ),
    Case(
        "utilization-needs-requests",
        "a native sidecar without requests",
        [workload(container=LIMITS, pod=BARE_SIDECAR), hpa(spec=CPU)],
        [
            (
                "Deployment dev/web: spec.template.spec.initContainers[0].resources.requests.cpu is missing; allowed: a cpu"
                " request on container proxy; HorizontalPodAutoscaler dev/web scales on a share of it, and without one the share"
                " is undefined and nothing scales"
            )
        ],
    ),
    Case(
        "utilization-needs-requests",
        "a KEDA memory trigger",
        [workload(), scaler(triggers="[{type: memory, metadata: {value: '80'}}]")],
        [
            (
                "Deployment dev/web: spec.template.spec.containers[0].resources.requests.memory is missing; allowed: a memory"
                " request on container app; ScaledObject dev/web scales on a share of it, and without one the share is undefined"
                " and nothing scales"
            )
        ],
    ),
    Case(
        "utilization-needs-requests",
        "the old version of the API",
        [workload(), hpa(spec="targetCPUUtilizationPercentage: 50")],
        [
            (
                "Deployment dev/web: spec.template.spec.containers[0].resources.requests.cpu is missing; allowed: a cpu request on"
                " container app; HorizontalPodAutoscaler dev/web scales on a share of it, and without one the share is undefined"
                " and nothing scales"
            )
        ],
    ),
    Case("utilization-needs-requests", "a limit stands in", [workload(container=LIMITS), hpa(spec=CPU)]),
    Case(
        "utilization-needs-requests",
        "another container's metric",
        [workload(container=LIMITS, pod=BARE_SIDECAR), hpa(spec=SIDECAR_CPU)],
    ),
    Case(
        "utilization-needs-requests",
        "a request of the pod",
        [workload(pod="resources: {requests: {cpu: 1}}"), hpa(spec=CPU)],
    ),
    Case(
        "utilization-needs-requests",
        "a default of the namespace",
        [workload(), hpa(spec=CPU), obj("LimitRange", "l", "limits: [{type: Container, defaultRequest: {cpu: 1}}]")],
    ),
    Case(
        "replica-range-is-possible",
        "min above max",
        [hpa(spec="minReplicas: 5\nmaxReplicas: 2"), scaler(spec="minReplicaCount: 101")],
        [
            (
                "HorizontalPodAutoscaler dev/web: spec.minReplicas is 5; allowed: at most spec.maxReplicas, 2; no number of"
                " replicas lies in the range"
            ),
            (
                "ScaledObject dev/web: spec.minReplicaCount is 101; allowed: at most spec.maxReplicaCount, 100; no number of"
                " replicas lies in the range"
            ),
        ],
    ),
    Case(
        "replica-range-is-possible",
        "below what can be",
        [hpa(spec="minReplicas: 0\nmaxReplicas: 2"), scaler(spec="minReplicaCount: -1\nmaxReplicaCount: 0")],
        [
            "HorizontalPodAutoscaler dev/web: spec.minReplicas is 0; allowed: 1 or more; an HPA cannot scale to zero by default",
            "ScaledObject dev/web: spec.minReplicaCount is -1; allowed: 0 or more; replicas are counted from 0",
            (
                "ScaledObject dev/web: spec.maxReplicaCount is 0; allowed: 1 or more; a workload that may never have a replica"
                " cannot scale"
            ),
        ],
    ),
    Case(
        "replica-range-is-possible",
        "equal bounds, and KEDA's defaults",
        [hpa(spec="minReplicas: 2\nmaxReplicas: 2"), scaler()],
    ),
    Case(
        "idle-replicas-are-zero",
        "one replica when idle",
        [scaler(spec="idleReplicaCount: 1\nminReplicaCount: 2")],
        [
            "ScaledObject dev/web: spec.idleReplicaCount is 1; allowed: 0, or leave it out; KEDA supports no other idle count"
        ],
    ),
    Case(
        "idle-replicas-are-zero",
        "nothing to fall to",
        [scaler(spec="idleReplicaCount: 0")],
        [
            (
                "ScaledObject dev/web: spec.idleReplicaCount is 0; allowed: an idle count below minReplicaCount, which is 0 here;"
                " there is nothing to fall to when idle"
            )
        ],
    ),
    Case("idle-replicas-are-zero", "0 below 1", [scaler(spec="idleReplicaCount: 0\nminReplicaCount: 1")]),
    Case(
        "scaling-windows-are-in-range",
        "windows and periods too long",
        [hpa(spec=f"behavior: {BEHAVIOR}")],
        [
            (
                "HorizontalPodAutoscaler dev/web: spec.behavior.scaleUp.policies[0].periodSeconds is 3600; allowed: 1 to 1800"
                " seconds; the API server refuses anything else"
            ),
            (
                "HorizontalPodAutoscaler dev/web: spec.behavior.scaleDown.stabilizationWindowSeconds is 7200; allowed: 0 to 3600"
                " seconds; the API server refuses anything else"
            ),
        ],
    ),
    Case(
        "scaling-windows-are-in-range",
        "KEDA's HPA",
        [
            scaler(
                spec="advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleDown: {stabilizationWindowSeconds: 300}}}}"
            )
        ],
    ),
    Case(
        "autoscaler-target-exists",
        "a wrong name, and a kind without a scale",
        [workload("api"), hpa(), hpa("agent", kind="DaemonSet", target="agent")],
        [
            (
                'HorizontalPodAutoscaler dev/web: spec.scaleTargetRef.name is "web"; allowed: a Deployment of the same namespace;'
                " nothing in these manifests has that name"
            ),
            (
                'HorizontalPodAutoscaler dev/agent: spec.scaleTargetRef.kind is "DaemonSet"; allowed: a kind with a scale'
                " subresource, such as Deployment or StatefulSet; this kind cannot be scaled"
            ),
        ],
    ),
    Case(
        "autoscaler-target-exists",
        "workloads are elsewhere, or custom",
        [hpa(), hpa("roll", kind="Rollout", target="roll")],
    ),
    Case("autoscaler-target-exists", "it is there", [workload(), scaler()]),
    Case(
        "scaled-object-has-triggers",
        "none",
        [scaler(triggers="[]")],
        [
            "ScaledObject dev/web: spec.triggers is an empty list; allowed: at least one trigger; there is nothing to scale on"
        ],
    ),
    Case("scaled-object-has-triggers", "one", [scaler()]),
    Case(
        "trigger-names-are-unique",
        "one name twice",
        [scaler(triggers="[{type: cpu, name: a, metadata: {}}, {type: redis, name: a, metadata: {}}]")],
        [
            (
                'ScaledObject dev/web: spec.triggers[1].name is "a"; allowed: a name that no other trigger has; the formula finds'
                " triggers by name"
            )
        ],
    ),
    Case(
        "trigger-names-are-unique",
        "two names, two without",
        [scaler(triggers="[{name: a}, {name: b}, {type: cpu}, {type: cpu}]")],
    ),
    Case(
        "trigger-metadata-is-text",
        "a number",
        [redis_scaler("listName: default, listLength: 10")],
        [
            (
                "ScaledObject dev/web: spec.triggers[0].metadata.listLength is 10; allowed: a string: put it in quotes; the CRD"
                " refuses anything else"
            )
        ],
    ),
    Case("trigger-metadata-is-text", "a string", [redis_scaler("listName: default, listLength: '10'")]),
    Case(
        "resource-triggers-cannot-wake",
        "cpu alone from zero",
        [scaler(triggers=f"[{CPU_TRIGGER}]")],
        [
            (
                "ScaledObject dev/web: spec.minReplicaCount is missing; allowed: 1 or more; its cpu and memory triggers cannot be"
                " measured at zero replicas"
            )
        ],
    ),
    Case("resource-triggers-cannot-wake", "a queue beside it", [scaler(triggers=f"[{CPU_TRIGGER}, {QUEUE_TRIGGER}]")]),
    Case(
        "metric-type-fits-trigger",
        "each with the other's",
        [scaler(triggers="[{type: redis, metricType: Utilization}, {type: cpu, metricType: Value}]")],
        [
            (
                'ScaledObject dev/web: spec.triggers[0].metricType is "Utilization"; allowed: AverageValue or Value; a redis'
                " trigger has no request to be a share of"
            ),
            (
                'ScaledObject dev/web: spec.triggers[1].metricType is "Value"; allowed: Utilization or AverageValue; the cpu scaler'
                " knows no total"
            ),
        ],
    ),
    Case(
        "metric-type-fits-trigger",
        "each with its own",
        [scaler(triggers=f"[{CPU_TRIGGER}, {{type: redis, metricType: AverageValue}}]")],
    ),
    Case(
        "cached-metrics-fit-trigger",
        "cron",
        [scaler(triggers=f"[{CRON[:-1]}, useCachedMetrics: true}}]")],
        [
            (
                "ScaledObject dev/web: spec.triggers[0].useCachedMetrics is true; allowed: false, or leave it out; KEDA does not poll"
                " a cron trigger, so it caches nothing"
            )
        ],
    ),
    Case("cached-metrics-fit-trigger", "redis", [scaler(triggers=f"[{QUEUE_TRIGGER[:-1]}, useCachedMetrics: true}}]")]),
    Case(
        "fallback-is-usable",
        "incomplete, and nothing can fall back",
        [scaler(spec="minReplicaCount: 1\nfallback: {failureThreshold: 3}", triggers=f"[{CPU_TRIGGER}]")],
        [
            (
                "ScaledObject dev/web: spec.fallback.replicas is missing; allowed: a whole number, 0 or more; a fallback needs both of"
                " its numbers"
            ),
            (
                "ScaledObject dev/web: spec.fallback is a mapping of 1 keys; allowed: a fallback beside a trigger of metricType"
                " AverageValue other than cpu and memory; no trigger of this ScaledObject can fall back"
            ),
        ],
    ),
    Case("fallback-is-usable", "a queue can", [scaler(spec="fallback: {failureThreshold: 3, replicas: 2}")]),
    Case(
        "scaling-modifiers-are-complete",
        "a formula without a target",
        [scaler(spec="advanced: {scalingModifiers: {formula: a + b}}")],
        [
            (
                "ScaledObject dev/web: spec.advanced.scalingModifiers.target is missing; allowed: a value; formula and target only"
                " work together"
            )
        ],
    ),
    Case(
        "scaling-modifiers-are-complete",
        "both",
        [scaler(spec="advanced: {scalingModifiers: {formula: a + b, target: '5'}}")],
    ),
    Case(
        "scaled-object-name-is-short",
        "55 characters",
        [scaler("w" * 55)],
        [
            (
                f'ScaledObject dev/{"w" * 55}: metadata.name is "{"w" * 55}"; allowed: at most 54 characters; KEDA\'s HPA would be'
                " keda-hpa-<name>, 64 characters, and 63 is the most"
            )
        ],
    ),
    Case(
        "scaled-object-name-is-short", "54, or another name for the HPA", [scaler("w" * 54), scaler("w" * 60, TAKEOVER)]
    ),
    Case(
        "redis-trigger-has-address",
        "none, and half of one",
        [redis_scaler("listName: a"), redis_scaler("listName: b, host: redis.dev")],
        [
            (
                "ScaledObject dev/web: spec.triggers[0].metadata.address is missing; allowed: host:port, or host and port; KEDA would"
                " not know which Redis to ask"
            )
        ]
        * 2,
    ),
    Case(
        "redis-trigger-has-address",
        "every way to give it",
        [
            redis_scaler(REDIS),
            redis_scaler("hostFromEnv: REDIS_HOST, port: '6379'"),
            redis_scaler("listName: a", more=AUTHENTICATED),
            redis_scaler("listName: a", more=", authenticationRef: {name: shared, kind: ClusterTriggerAuthentication}"),
            redis_scaler("listName: a", more=", authenticationRef: {name: elsewhere}"),
            AUTHENTICATION,
        ],
    ),
    Case(
        "redis-address-is-host-and-port",
        "URLs, given and from variables",
        [
            workload(container="env: [{name: BROKER, value: 'redis://redis.dev:6379/0'}]"),
            redis_scaler("address: 'redis://:pw@redis.dev:6379/0'"),
            redis_scaler("addressFromEnv: BROKER"),
            redis_scaler("addressFromEnv: CELERY_BROKER_URL"),
            redis_scaler("host: 'redis.dev:6379', port: '6379'"),
        ],
        [
            f"ScaledObject dev/web: spec.triggers[0].metadata.{field}; allowed: {allowed}"
            for field, allowed in (
                *(
                    (text, "host:port; KEDA passes it to the Redis client as it is; a URL is never parsed")
                    for text in (
                        'address is "redis://:(redacted)@redis.dev:6379/0"',
                        'addressFromEnv is "BROKER"',
                        'addressFromEnv is "CELERY_BROKER_URL"',
                    )
                ),
                ('host is "redis.dev:6379"', "a host name alone; the port stands apart, and a URL is not parsed"),
            )
        ],
    ),
    Case(
        "redis-address-is-host-and-port",
        "names, addresses, IPv6, several, a variable",
        [
            workload(container="env: [{name: REDIS_URL, value: 'redis.dev:6379'}]"),
            redis_scaler(REDIS),
            redis_scaler("addresses: '10.0.0.1:6379,[fd00::1]:6379', listName: a"),
            redis_scaler("addressFromEnv: REDIS_URL"),
            redis_scaler("host: redis.dev, port: '6379'"),
        ],
    ),
    Case(
        "redis-host-names-namespace",
        "bare Service names",
        [redis_scaler("address: 'redis:6379'"), redis_scaler("host: redis, port: '6379'")],
        [
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.address is "redis:6379"; allowed: redis.<namespace> or longer; KEDA'
                " resolves the name from its own namespace"
            ),
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.host is "redis"; allowed: redis.<namespace> or longer; KEDA'
                " resolves the name from its own namespace"
            ),
        ],
    ),
    Case(
        "redis-host-names-namespace",
        "full names and addresses",
        [redis_scaler(REDIS), redis_scaler("addresses: '10.0.0.1:6379,[fd00::1]:6379'")],
    ),
    Case(
        "redis-trigger-environment-exists",
        "only in .env, of the pod's fields, or no such key",
        [
            workload(
                container="env: [{name: IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]\nenvFrom: [{configMapRef: {name: c}}]"
            ),
            obj("ConfigMap", "c", root="data: {HOST: redis.dev}"),
            redis_scaler("addressFromEnv: REDIS_ADDRESS, hostFromEnv: IP, listNameFromEnv: QUEUE"),
        ],
        [
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.addressFromEnv is "REDIS_ADDRESS"; allowed: a variable in env or'
                " envFrom of container app; KEDA reads the manifest alone, so a variable from a mounted .env or the image is empty"
                " to it"
            ),
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.hostFromEnv is "IP"; allowed: a variable in env or envFrom of'
                " container app; KEDA reads the manifest alone, so a variable from a mounted .env or the image is empty to it"
            ),
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.listNameFromEnv is "QUEUE"; allowed: listName with the value'
                " itself; KEDA has no listNameFromEnv for Redis triggers"
            ),
        ],
    ),
    Case(
        "redis-trigger-environment-exists",
        "env, envFrom, an unseen Secret, an unseen target",
        [
            workload(
                container="env: [{name: HOST, value: redis.dev}, {name: PW, valueFrom: {secretKeyRef: {name: s, key: k}}}]\n"
                "envFrom: [{configMapRef: {name: c}}]"
            ),
            workload("api", "envFrom: [{secretRef: {name: elsewhere}}]"),
            obj("ConfigMap", "c", root="data: {PORT: '6379'}"),
            redis_scaler("hostFromEnv: HOST, portFromEnv: PORT, passwordFromEnv: PW"),
            scaler("api", target="api", triggers="[{type: redis, metadata: {addressFromEnv: ANY}}]"),
            scaler("gone", target="gone", triggers="[{type: redis, metadata: {addressFromEnv: ANY}}]"),
        ],
    ),
    Case(
        "redis-trigger-has-no-password",
        "a literal",
        [redis_scaler("password: not-a-real-one")],
        [
            (
                "ScaledObject dev/web: spec.triggers[0].metadata.password is set (redacted); allowed: a TriggerAuthentication that"
                " reads a Secret; manifests are no place for a password"
            )
        ],
    ),
    Case("redis-trigger-has-no-password", "from a variable", [redis_scaler("passwordFromEnv: REDIS_PASSWORD")]),
    Case(
        "redis-trigger-sets-tls-once",
        "in both places",
        [AUTHENTICATION, redis_scaler("enableTLS: 'true'", more=AUTHENTICATED)],
        [
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.enableTLS is "true"; allowed: nothing, beside the authentication\'s'
                " tls parameter; KEDA refuses to have it set twice"
            )
        ],
    ),
    Case(
        "redis-trigger-sets-tls-once",
        "in one",
        [redis_scaler("enableTLS: 'true'"), AUTHENTICATION, redis_scaler(REDIS, more=AUTHENTICATED)],
    ),
    Case(
        "redis-trigger-names-list",
        "neither list nor master",
        [redis_scaler("address: 'redis.dev:26379'", kind="redis-sentinel")],
        [
            (
                "ScaledObject dev/web: spec.triggers[0].metadata.listName is missing; allowed: the name of a list; there would be"
                " nothing to count"
            ),
            (
                "ScaledObject dev/web: spec.triggers[0].metadata.sentinelMaster is missing; allowed: the name of the master; Sentinel"
                " would not know which one to ask for"
            ),
        ],
    ),
    Case(
        "redis-trigger-names-list",
        "both",
        [redis_scaler("listName: a, sentinelMaster: m", kind="redis-sentinel"), redis_scaler("listName: a")],
    ),
    Case(
        "queue-is-drained-by-target",
        "a queue of another worker",
        [celery("web", "bulk_upload"), scaler()],
        [
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.listName is "default"; allowed: a queue that Deployment web drains:'
                " bulk_upload; workers would be started for a queue that they never take from"
            )
        ],
    ),
    Case(
        "queue-is-drained-by-target",
        "no -Q means the queue celery",
        [workload(container="command: [python, -m, celery, --app=examx, worker]"), scaler()],
        [
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.listName is "default"; allowed: a queue that Deployment web drains:'
                " celery; workers would be started for a queue that they never take from"
            )
        ],
    ),
    Case(
        "queue-is-drained-by-target",
        "every way to write it",
        [
            celery("web", "default,bulk"),
            scaler(),
            *(
                built
                for name, line in (
                    ("a", "command: [sh, -c, 'exec celery -A examx worker --queues=default']"),
                    ("b", "command: [/usr/bin/tini, --, celery, -Aexamx, worker, -Qdefault]"),
                    (
                        "c",
                        "args: [celery, -A, examx, worker, --queues, $(QUEUE)]\nenv: [{name: QUEUE, value: default}]",
                    ),
                    ("d", "args: [celery, -A, examx, worker, -Q, $(UNKNOWN)]"),
                    ("e", "args: [celery, -A, examx, flower]"),
                    ("f", "command: [/entrypoint.sh]"),
                    (
                        "g",
                        'command: [bash, -c, "export A=\'1\\nexec celery -A examx worker -Q ${QUEUE}"]\nenv: [{name: QUEUE, value: default}]',
                    ),
                    ("h", "command: [sh, entrypoint.sh]"),
                )
                for built in (workload(name, line), scaler(name, target=name))
            ),
        ],
    ),
    Case(
        "queue-has-one-worker",
        "the same queues twice, and a counted one shared",
        [celery("one", "a"), celery("two", "a"), celery("three", "b,default"), celery("web", "default,c"), scaler()],
        [
            (
                "Deployment dev/two: spec.template.spec.containers[0].command is -Q a; allowed: queues that no other workload drains;"
                " Deployment dev/one has them too; one of the two is a mistake, or the figures that scale them mean neither"
            ),
            (
                "Deployment dev/web: spec.template.spec.containers[0].command is -Q default; allowed: queues that no other workload"
                " drains; Deployment dev/three has them too; one of the two is a mistake, or the figures that scale them mean neither"
            ),
        ],
    ),
    Case(
        "queue-has-one-worker",
        "an uncounted queue shared on purpose, other apps, one-off jobs",
        [
            celery("one", "high,low"),
            celery("two", "low"),
            workload("other", "command: [celery, -A, shop, worker, -Q, low]"),
            celery("drain", "low", kind="Job"),
        ],
    ),
    Case(
        "queue-has-one-scaler",
        "one list, two ScaledObjects",
        [scaler("one"), scaler("two")],
        [
            (
                'ScaledObject dev/two: spec.triggers[0].metadata.listName is "default"; allowed: a list that no other ScaledObject'
                " counts; ScaledObject dev/one does; both would start workers for the same tasks"
            )
        ],
    ),
    Case(
        "queue-has-one-scaler",
        "another list, another server",
        [
            scaler("one"),
            redis_scaler("address: 'redis.dev:6379', listName: bulk"),
            redis_scaler("address: 'other.dev:6379', listName: default"),
        ],
    ),
    Case(
        "idle-queue-is-not-idle-worker",
        "a cooldown within the longest task",
        [celery("web", annotations="{examx.ai/longest-task-seconds: '900'}"), scaler()],
        [
            (
                "ScaledObject dev/web: spec.cooldownPeriod is missing, so 300; allowed: more than the longest task, 900 seconds, or"
                " minReplicaCount 1; the list is empty while the last task runs, and KEDA would stop its worker"
            )
        ],
    ),
    Case(
        "idle-queue-is-not-idle-worker",
        "idle to zero",
        [
            celery("web", annotations="{examx.ai/longest-task-seconds: '900'}"),
            scaler(spec="cooldownPeriod: 900\nminReplicaCount: 2\nidleReplicaCount: 0"),
        ],
        [
            (
                "ScaledObject dev/web: spec.cooldownPeriod is 900; allowed: more than the longest task, 900 seconds, or"
                " minReplicaCount 1; the list is empty while the last task runs, and KEDA would stop its worker"
            )
        ],
    ),
    Case(
        "idle-queue-is-not-idle-worker",
        "a longer cooldown, or one replica",
        [
            celery("web", annotations="{examx.ai/longest-task-seconds: '900'}"),
            scaler(spec="cooldownPeriod: 901"),
            celery("bulk", annotations="{examx.ai/longest-task-seconds: '900'}"),
            scaler("bulk", "minReplicaCount: 1\ncooldownPeriod: 60", target="bulk"),
        ],
    ),
]
