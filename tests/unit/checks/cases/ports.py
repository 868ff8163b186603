"""Cases of the rules on the ports of containers and Services."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import IN_POD, Case, Object, obj, workload

QUOTED = "in quotes it is a name, and the API server refuses it"


def service(ports: str, name: str = "web", more: str = "") -> Object:
    return obj("Service", name, f"selector: {{app: web}}\nports: [{ports}]\n{more}")


HTTP = workload(container="ports: [{name: http, containerPort: 8080}]")
TWO = workload(
    container="ports: [{containerPort: 22011, name: http}]",
    pod="containers: [{name: a, ports: [{name: http, containerPort: 22011}]}, {name: b, ports: [{name: http, containerPort: 22012}]}]",
)

CASES = [
    Case(
        "service-target-port-exists",
        "a name of no port",
        [HTTP, service("{port: 80, targetPort: web}")],
        [
            'Service dev/web: spec.ports[0].targetPort is "web"; allowed: a port name of the selected pods: http; the name leads to no port'
        ],
    ),
    Case("service-target-port-exists", "its name", [HTTP, service("{port: 80, targetPort: http}")]),
    Case(
        "service-target-port-exists",
        "a number in quotes, another protocol, a number beside those that are declared, no target at all",
        [
            HTTP,
            service("{port: 80, targetPort: '8080'}", "one"),
            service("{port: 80, targetPort: http, protocol: UDP}", "two"),
            service("{port: 80, targetPort: 8000}", "three"),
            service("{port: 80}", "four"),
        ],
        [
            f'Service dev/one: spec.ports[0].targetPort is "8080"; allowed: the number without quotes: 8080; {QUOTED}',
            'Service dev/two: spec.ports[0].targetPort is "http"; allowed: a UDP port; Deployment dev/web has it for TCP; the name leads to no port of this protocol',
            "Service dev/three: spec.ports[0].targetPort is 8000; allowed: a port that the selected pods declare: 8080; no container declares it, so connections may be refused",
            "Service dev/four: spec.ports[0].port is 80; allowed: a port that the selected pods declare: 8080; no container declares it, so connections may be refused",
        ],
    ),
    Case(
        "service-target-port-exists",
        "of a sidecar, of one of several workloads, undeclared ports, pods unseen, a headless Service, a placeholder",
        [
            workload(
                container="ports: [{name: http, containerPort: 8080}]",
                pod="initContainers: [{name: proxy, restartPolicy: Always, ports: [{name: mesh, containerPort: 15000}]}]",
            ),
            service(
                "{port: 1, targetPort: mesh}, {port: 8080}, {port: 3, targetPort: 15000}, {port: 4, targetPort: '${PORT}'}"
            ),
            service("{port: 80}", "headless", "clusterIP: None"),
            workload("bare"),
            obj("Service", "bare", "selector: {app: bare}\nports: [{port: 80}, {port: 81, targetPort: 9}]"),
            obj("Service", "other", "selector: {app: other}\nports: [{port: 80, targetPort: any}]"),
            obj("Service", "db", "ports: [{port: 80, targetPort: any}]"),
        ],
    ),
    Case(
        "container-ports-are-unique",
        "one number in two containers",
        [
            workload(
                container="ports: [{containerPort: 80}]",
                pod="initContainers: [{name: proxy, restartPolicy: Always, ports: [{containerPort: 80}, {containerPort: 81}]}]",
            )
        ],
        [
            f"{IN_POD}.initContainers[0].ports[0].containerPort is 80; allowed: a port that no other container of the pod listens on; spec.template.spec.containers[0].ports[0].containerPort has it already"
        ],
    ),
    Case(
        "container-ports-are-unique",
        "another protocol, and a container that only initialises",
        [
            workload(
                container="ports: [{containerPort: 53}, {containerPort: 53, protocol: UDP}]",
                pod="initContainers: [{name: init, ports: [{containerPort: 53}]}]",
            )
        ],
    ),
    Case(
        "container-ports-are-unique",
        "a name twice in a container, a number twice in a container, a name of two containers that a Service goes by",
        [
            workload("one", "ports: [{name: http, containerPort: 80}, {name: http, containerPort: 81}]"),
            workload("two", "ports: [{name: http, containerPort: 80}, {name: metrics, containerPort: 80}]"),
            TWO,
            service("{port: 80, targetPort: http}"),
        ],
        [
            'Deployment dev/one: spec.template.spec.containers[0].ports[1].name is "http"; allowed: a port name that is used once in the container; spec.template.spec.containers[0].ports[0].name has it already',
            "Deployment dev/two: spec.template.spec.containers[0].ports[1].containerPort is 80; allowed: a port that the container declares once; spec.template.spec.containers[0].ports[0].containerPort has it already, and an apply keeps one of the two",
            f'{IN_POD}.containers[1].ports[0].name is "http"; allowed: a port name that is used once in the pod; Service dev/web goes by it; spec.template.spec.containers[0].ports[0].name has it already, and connections go there alone',
        ],
    ),
    Case(
        "container-ports-are-unique",
        "a name of two containers that nothing goes by, one port of two addresses of the host",
        [
            TWO,
            service("{port: 80, targetPort: 22011}"),
            workload(
                "host",
                "ports: [{containerPort: 80, hostPort: 80, hostIP: 10.0.0.1}, {containerPort: 80, hostPort: 80, hostIP: 10.0.0.2}]",
            ),
        ],
    ),
]
