"""Cases of fields that hold one of some values, a whole number, or a share; and of what Services and rollouts need."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, IN_POD, Case, obj, workload

REFUSED = "the API server refuses it"
SHARE = f"a number without quotes, or a percentage such as 25%; {REFUSED}"
SERVICE = "selector: {app: web}\nports: [{port: 80}]"


CASES = [
    Case(
        "choice-is-known",
        "small letters",
        [workload(container="imagePullPolicy: ifnotpresent")],
        [f'{APP}.imagePullPolicy is "ifnotpresent"; allowed: Always or IfNotPresent or Never; {REFUSED}'],
    ),
    Case("choice-is-known", "its letters", [workload(container="imagePullPolicy: IfNotPresent")]),
    Case(
        "choice-is-known",
        "of pods, Services, claims, Jobs and bindings",
        [
            workload(pod="restartPolicy: Never\ndnsPolicy: clusterFirst\ntolerations: [{operator: Equals}]"),
            workload("job", kind="Job"),
            workload("nightly", kind="CronJob", pod="restartPolicy: Always"),
            obj("Service", "web", f"{SERVICE}\ntype: Loadbalancer"),
            obj("Service", "udp", "ports: [{port: 53, protocol: udp}]"),
            obj("PersistentVolumeClaim", "data", "accessModes: [RWX, ReadWriteMany]"),
            obj("RoleBinding", "web", root="roleRef: {kind: role, name: a}"),
        ],
        [
            f'{IN_POD}.restartPolicy is "Never"; allowed: Always; {REFUSED}',
            f'Service dev/web: spec.type is "Loadbalancer"; allowed: ClusterIP or NodePort or LoadBalancer or ExternalName; {REFUSED}',
            f'Service dev/udp: spec.ports[0].protocol is "udp"; allowed: TCP or UDP or SCTP; {REFUSED}',
            f'PersistentVolumeClaim dev/data: spec.accessModes[0] is "RWX"; allowed: ReadWriteOnce or ReadOnlyMany or ReadWriteMany or ReadWriteOncePod; {REFUSED}',
            f'RoleBinding dev/web: roleRef.kind is "role"; allowed: Role or ClusterRole; {REFUSED}',
            f'{IN_POD}.dnsPolicy is "clusterFirst"; allowed: ClusterFirst or ClusterFirstWithHostNet or Default or None; {REFUSED}',
            f'{IN_POD}.tolerations[0].operator is "Equals"; allowed: Exists or Equal or Lt or Gt; {REFUSED}',
            f"Job dev/job: spec.template.spec.restartPolicy is missing; allowed: OnFailure or Never; pods that run once have no default: {REFUSED}",
            f'CronJob dev/nightly: spec.jobTemplate.spec.template.spec.restartPolicy is "Always"; allowed: OnFailure or Never; pods that run once have no default: {REFUSED}',
        ],
    ),
    Case(
        "choice-is-known",
        "nothing, nulls, placeholders, other kinds of the same name",
        [
            workload(
                container="imagePullPolicy: ''\nports: [{containerPort: 1, protocol: null}]",
                pod="dnsPolicy: None\nrestartPolicy: Always",
            ),
            workload("job", kind="Job", pod="restartPolicy: Never"),
            obj("Service", "web", f"{SERVICE}\ntype: '${{TYPE}}'"),
            obj("Service", "fn", "type: function") | {"apiVersion": "serving.knative.dev/v1"},
        ],
    ),
    Case(
        "number-is-whole",
        "a number in quotes",
        [workload(spec="replicas: '3'")],
        [f'Deployment dev/web: spec.replicas is "3"; allowed: a whole number, 0 or more, without quotes; {REFUSED}'],
    ),
    Case("number-is-whole", "a number", [workload(spec="replicas: 3")]),
    Case(
        "number-is-whole",
        "below zero, a unit, a half, a switch, a port beyond the last, of a Job and a Service",
        [
            workload(
                container="ports: [{containerPort: 80000}]\nlivenessProbe: {periodSeconds: 60s, timeoutSeconds: 2.5}\nlifecycle: {preStop: {sleep: {seconds: 5s}}}",
                pod="terminationGracePeriodSeconds: 2m",
                spec="replicas: -1",
            ),
            workload("job", kind="CronJob", spec="successfulJobsHistoryLimit: true"),
            obj("Service", "web", "ports: [{port: '80', nodePort: -1}]"),
        ],
        [
            f"Deployment dev/web: spec.replicas is -1; allowed: a whole number, 0 or more; {REFUSED}",
            f"CronJob dev/job: spec.successfulJobsHistoryLimit is true; allowed: a whole number, 0 or more; {REFUSED}",
            f'Service dev/web: spec.ports[0].port is "80"; allowed: a whole number, 1 to 65535, without quotes; {REFUSED}',
            f"Service dev/web: spec.ports[0].nodePort is -1; allowed: a whole number, 0 to 65535; {REFUSED}",
            f'{IN_POD}.terminationGracePeriodSeconds is "2m"; allowed: a whole number, 0 or more; {REFUSED}',
            f"{APP}.ports[0].containerPort is 80000; allowed: a whole number, 1 to 65535; {REFUSED}",
            f'{APP}.lifecycle.preStop.sleep.seconds is "5s"; allowed: a whole number, 0 or more; {REFUSED}',
            f'{APP}.livenessProbe.periodSeconds is "60s"; allowed: a whole number; {REFUSED}',
            f"{APP}.livenessProbe.timeoutSeconds is 2.5; allowed: a whole number; {REFUSED}",
        ],
    ),
    Case(
        "number-is-whole",
        "zero, a whole number with a point, nulls, placeholders",
        [
            workload(
                container="ports: [{containerPort: 80, hostPort: 0}]\nsecurityContext: {runAsUser: 0}",
                pod="terminationGracePeriodSeconds: 0",
                spec="replicas: 3.0\nminReadySeconds: null",
            ),
            workload("later", spec="replicas: '${REPLICAS}'"),
            obj("Service", "web", "ports: [{port: 65535, nodePort: 30080, targetPort: http}]"),
        ],
    ),
    Case(
        "service-is-possible",
        "two ports without names",
        [obj("Service", "web", "ports: [{port: 80}, {port: 443}]")],
        [
            f"Service dev/web: spec.ports[{index}].name is missing; allowed: a name of its own; several ports are told apart by name: {REFUSED}"
            for index in (0, 1)
        ],
    ),
    Case(
        "service-is-possible",
        "two ports with names",
        [obj("Service", "web", "ports: [{name: a, port: 80}, {name: b, port: 443}]")],
    ),
    Case(
        "service-is-possible",
        "a name twice, a port twice, no port, no host name, ports and policies of the node",
        [
            obj("Service", "one", "ports: [{name: a, port: 80}, {name: a, port: 80}]"),
            obj("Service", "two", "selector: {app: web}"),
            obj("Service", "three", "type: ExternalName"),
            obj("Service", "four", "ports: [{port: 80, nodePort: 30080}]\nexternalTrafficPolicy: Local"),
        ],
        [
            f'Service dev/one: spec.ports[1].name is "a"; allowed: a name that no other port of the Service has; {REFUSED}',
            f"Service dev/one: spec.ports[1].port is 80; allowed: a port that the Service has once for each protocol; {REFUSED}",
            f"Service dev/two: spec.ports is missing; allowed: one port or more; only a headless Service has none: {REFUSED}",
            f"Service dev/three: spec.externalName is missing; allowed: a host name; an ExternalName leads to one: {REFUSED}",
            f"Service dev/four: spec.ports[0].nodePort is 30080; allowed: nothing, or the type NodePort or LoadBalancer; {REFUSED}",
            f'Service dev/four: spec.externalTrafficPolicy is "Local"; allowed: nothing, or the type NodePort or LoadBalancer; {REFUSED}',
        ],
    ),
    Case(
        "service-is-possible",
        "headless, an ExternalName, a port for both protocols, a NodePort, a null",
        [
            obj("Service", "one", "clusterIP: None\nselector: {app: web}"),
            obj("Service", "two", "type: ExternalName\nexternalName: db.example.com"),
            obj("Service", "three", "ports: [{name: a, port: 53}, {name: b, port: 53, protocol: UDP}]"),
            obj(
                "Service", "four", "type: NodePort\nports: [{port: 80, nodePort: 30080}]\nexternalTrafficPolicy: Local"
            ),
            obj("Service", "five", "ports: [{port: 80, nodePort: null}]"),
        ],
    ),
    Case(
        "rollout-is-possible",
        "figures beside Recreate",
        [workload(spec="strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}")],
        [
            f"Deployment dev/web: spec.strategy.rollingUpdate is a mapping of 1 keys; allowed: nothing beside the strategy Recreate; {REFUSED}"
        ],
    ),
    Case("rollout-is-possible", "Recreate alone", [workload(spec="strategy: {type: Recreate}")]),
    Case(
        "rollout-is-possible",
        "no selector, ready for longer than there is time",
        [
            workload("set", kind="StatefulSet", spec="selector: null"),
            workload(spec="minReadySeconds: 600"),
            workload("api", spec="minReadySeconds: 30\nprogressDeadlineSeconds: 20"),
        ],
        [
            f"StatefulSet dev/set: spec.selector is missing; allowed: the labels of spec.template; {REFUSED}",
            f"Deployment dev/web: spec.minReadySeconds is 600; allowed: less than progressDeadlineSeconds, 600; no rollout would be done in its time, and {REFUSED}",
            f"Deployment dev/api: spec.minReadySeconds is 30; allowed: less than progressDeadlineSeconds, 20; no rollout would be done in its time, and {REFUSED}",
        ],
    ),
    Case(
        "rollout-is-possible",
        "a null beside Recreate, in time, an old group that fills the selector in, what a test waits for",
        [
            obj("Deployment", "awaited", root="status: {readyReplicas: 1}"),
            workload(spec="strategy: {type: Recreate, rollingUpdate: null}\nminReadySeconds: 599"),
            workload("old", spec="selector: null") | {"apiVersion": "extensions/v1beta1"},
        ],
    ),
    Case(
        "share-is-number-or-percentage",
        "a word for the sign",
        [workload(spec="strategy: {rollingUpdate: {maxSurge: 25 percent}}")],
        [f'Deployment dev/web: spec.strategy.rollingUpdate.maxSurge is "25 percent"; allowed: {SHARE}'],
    ),
    Case(
        "share-is-number-or-percentage", "a percentage", [workload(spec="strategy: {rollingUpdate: {maxSurge: 25%}}")]
    ),
    Case(
        "share-is-number-or-percentage",
        "in quotes, a part, below zero; of a DaemonSet and a budget",
        [
            workload("agent", kind="DaemonSet", spec="updateStrategy: {rollingUpdate: {maxUnavailable: '1'}}"),
            obj("PodDisruptionBudget", "a", "maxUnavailable: -1"),
            obj("PodDisruptionBudget", "b", "minAvailable: 0.5"),
        ],
        [
            f'DaemonSet dev/agent: spec.updateStrategy.rollingUpdate.maxUnavailable is "1"; allowed: {SHARE}',
            f"PodDisruptionBudget dev/a: spec.maxUnavailable is -1; allowed: {SHARE}",
            f"PodDisruptionBudget dev/b: spec.minAvailable is 0.5; allowed: {SHARE}",
        ],
    ),
    Case(
        "share-is-number-or-percentage",
        "zero, all, a null, a placeholder",
        [
            workload(spec="strategy: {rollingUpdate: {maxSurge: 100%, maxUnavailable: 0}}"),
            obj("PodDisruptionBudget", "a", "maxUnavailable: null"),
            obj("PodDisruptionBudget", "b", "minAvailable: '${LEAST}'"),
        ],
    ),
]
