"""Cases of the rules on probes and hooks."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, IN_POD, Case, obj, workload

FAILS = "the kubelet finds no such port, and the probe or hook fails each time"
REFUSED = "the API server refuses it"
UNFILLED = "a text without variables, or a shell that fills them in: [sh, -c, '…']; the kubelet fills in no variables here, and the program gets the text as it is"
SERVICE = obj("Service", "web", "selector: {app: web}\nports: [{port: 80}]")
EARLY = "they get requests whether they can answer or not"
HTTP = "httpGet: {path: /, port: 80}"

CASES = [
    Case(
        "probe-port-exists",
        "a name that no port has",
        [workload(container="ports: [{name: http, containerPort: 80}]\nlivenessProbe: {httpGet: {port: web}}")],
        [
            f'{APP}.livenessProbe.httpGet.port is "web"; allowed: a port name of the container: http, or a number; {FAILS}'
        ],
    ),
    Case(
        "probe-port-exists",
        "the name of its port",
        [workload(container="ports: [{name: http, containerPort: 80}]\nlivenessProbe: {httpGet: {port: http}}")],
    ),
    Case(
        "probe-port-exists",
        "of another container, in quotes, out of range, of a hook, of a sidecar and a Job",
        [
            workload(
                container="readinessProbe: {tcpSocket: {port: mesh}}\nstartupProbe: {tcpSocket: {port: '8080'}}\nlivenessProbe: {httpGet: {port: 0}}\nlifecycle: {preStop: {httpGet: {port: stop}}}",
                pod="initContainers: [{name: proxy, restartPolicy: Always, ports: [{name: mesh, containerPort: 1}], startupProbe: {httpGet: {port: mash}}}]",
            ),
            workload("job", "livenessProbe: {httpGet: {port: http}}", kind="CronJob"),
        ],
        [
            f"{APP}.livenessProbe.httpGet.port is 0; allowed: 1 to 65535; {REFUSED}",
            f'{APP}.readinessProbe.tcpSocket.port is "mesh"; allowed: a port name of the container: none, or a number; {FAILS}',
            f'{APP}.startupProbe.tcpSocket.port is "8080"; allowed: the number without quotes: 8080; in quotes it is a name, and {REFUSED}',
            f'{APP}.lifecycle.preStop.httpGet.port is "stop"; allowed: a port name of the container: none, or a number; {FAILS}',
            f'{IN_POD}.initContainers[0].startupProbe.httpGet.port is "mash"; allowed: a port name of the container: mesh, or a number; {FAILS}',
            f'CronJob dev/job: spec.jobTemplate.spec.template.spec.containers[0].livenessProbe.httpGet.port is "http"; allowed: a port name of the container: none, or a number; {FAILS}',
        ],
    ),
    Case(
        "probe-port-exists",
        "numbers undeclared, gRPC, commands, a placeholder",
        [
            workload(
                container="livenessProbe: {httpGet: {port: 9}}\nreadinessProbe: {grpc: {port: 9}}\nstartupProbe: {exec: {command: [a]}}\nlifecycle: {postStart: {httpGet: {port: '{{ .Values.port }}'}}}"
            )
        ],
    ),
    Case(
        "probe-is-possible",
        "two kinds at once",
        [workload(container=f"livenessProbe: {{{HTTP}, exec: {{command: [a]}}}}")],
        [f"{APP}.livenessProbe is exec and httpGet; allowed: one of exec, httpGet, tcpSocket, grpc; {REFUSED}"],
    ),
    Case("probe-is-possible", "one kind", [workload(container=f"livenessProbe: {{{HTTP}}}")]),
    Case(
        "probe-is-possible",
        "none, times, a threshold, a grace period, a container that only initialises",
        [
            workload(
                container=f"livenessProbe: {{periodSeconds: 5}}\nreadinessProbe: {{{HTTP}, timeoutSeconds: -1, terminationGracePeriodSeconds: 5}}\nstartupProbe: {{{HTTP}, successThreshold: 2}}\nlifecycle: {{preStop: {{}}}}",
                pod=f"initContainers: [{{name: first, livenessProbe: {{{HTTP}}}}}]",
            )
        ],
        [
            f"{APP}.livenessProbe is without any; allowed: one of exec, httpGet, tcpSocket, grpc; {REFUSED}",
            f"{APP}.readinessProbe.timeoutSeconds is -1; allowed: 0 or more; {REFUSED}",
            f"{APP}.readinessProbe.terminationGracePeriodSeconds is 5; allowed: nothing, leave it out; this probe ends no container: {REFUSED}",
            f"{APP}.startupProbe.successThreshold is 2; allowed: 1, or leave it out; startupProbe succeeds at once: {REFUSED}",
            f"{APP}.lifecycle.preStop is without any; allowed: one of exec, httpGet, tcpSocket, sleep; {REFUSED}",
            f"{IN_POD}.initContainers[0].livenessProbe is a mapping of 1 keys; allowed: nothing, or restartPolicy Always; what only initialises is not watched: {REFUSED}",
        ],
    ),
    Case(
        "probe-is-possible",
        "no port, a name for gRPC, no command",
        [
            workload(
                container="readinessProbe: {httpGet: {path: /}}\nlivenessProbe: {exec: {}}\nstartupProbe: {grpc: {port: grpc}}"
            )
        ],
        [
            f"{APP}.livenessProbe.exec.command is missing; allowed: a program and its arguments; {REFUSED}",
            f"{APP}.readinessProbe.httpGet.port is missing; allowed: 1 to 65535; {REFUSED}",
            f'{APP}.startupProbe.grpc.port is "grpc"; allowed: the number of a port; gRPC takes no name: {REFUSED}',
        ],
    ),
    Case(
        "probe-is-possible",
        "zero, a threshold of readiness, a sidecar, a pause, nulls",
        [
            workload(
                container=f"readinessProbe: {{{HTTP}, successThreshold: 3, initialDelaySeconds: 0}}\nlivenessProbe: {{{HTTP}, tcpSocket: null, terminationGracePeriodSeconds: 5}}\nlifecycle: {{preStop: {{sleep: {{seconds: 5}}}}, postStart: null}}",
                pod=f"initContainers: [{{name: proxy, restartPolicy: Always, startupProbe: {{{HTTP}}}}}]",
            )
        ],
    ),
    Case(
        "probe-command-is-expanded",
        "a variable without a shell",
        [workload(container="livenessProbe: {exec: {command: [celery, inspect, ping, -d, celery@$HOSTNAME]}}")],
        [f'{APP}.livenessProbe.exec.command[4] is "celery@$HOSTNAME"; allowed: {UNFILLED}'],
    ),
    Case(
        "probe-command-is-expanded",
        "a variable in a shell",
        [workload(container="livenessProbe: {exec: {command: [sh, -c, 'celery inspect ping -d celery@$HOSTNAME']}}")],
    ),
    Case(
        "probe-command-is-expanded",
        "as in a command, in braces, of a hook",
        [
            workload(
                container="readinessProbe: {exec: {command: [pg_isready, -U, $(POSTGRES_USER)]}}\nstartupProbe: {exec: {command: [redis-cli, -a, '${REDIS_PASSWORD}', ping]}}\nlifecycle: {preStop: {exec: {command: [/stop, $POD_NAME]}}}"
            )
        ],
        [
            f'{APP}.readinessProbe.exec.command[2] is "$(POSTGRES_USER)"; allowed: {UNFILLED}',
            f'{APP}.startupProbe.exec.command[2] is "${{REDIS_PASSWORD}}"; allowed: {UNFILLED}',
            f'{APP}.lifecycle.preStop.exec.command[1] is "$POD_NAME"; allowed: {UNFILLED}',
        ],
    ),
    Case(
        "probe-command-is-expanded",
        "other languages, the end of a line, a shell behind env, a container's own command",
        [
            workload(
                container="command: [app, $(HOSTNAME)]\nreadinessProbe: {exec: {command: [awk, '{print $NF}', /proc/1]}}\nlivenessProbe: {exec: {command: [grep, -q, ready$, /tmp/state]}}\nlifecycle: {preStop: {exec: {command: [/usr/bin/env, bash, -c, 'kill $PID']}}}"
            )
        ],
    ),
    Case(
        "served-pod-says-when-ready",
        "no probe",
        [workload(), SERVICE],
        [f"{APP}.readinessProbe is missing; allowed: a readiness probe: Service dev/web sends to these pods; {EARLY}"],
    ),
    Case(
        "served-pod-says-when-ready", "a readiness probe", [workload(container=f"readinessProbe: {{{HTTP}}}"), SERVICE]
    ),
    Case(
        "served-pod-says-when-ready",
        "alive alone, and told once",
        [
            workload(container=f"livenessProbe: {{{HTTP}}}", kind="StatefulSet"),
            SERVICE,
            obj("Service", "two", "selector: {app: web}\nports: [{port: 81}]"),
        ],
        [
            f"StatefulSet dev/web: spec.template.spec.containers[0].readinessProbe is missing; allowed: a readiness probe: Service dev/web sends to these pods; {EARLY}"
        ],
    ),
    Case(
        "served-pod-says-when-ready",
        "of a sidecar, a gate, unready ones asked for, no Service, a Job",
        [
            workload(pod=f"initContainers: [{{name: proxy, restartPolicy: Always, readinessProbe: {{{HTTP}}}}}]"),
            SERVICE,
            workload("three", pod="readinessGates: [{conditionType: example.com/ready}]"),
            obj("Service", "three", "selector: {app: three}"),
            workload("four", kind="StatefulSet"),
            obj("Service", "four", "selector: {app: four}\npublishNotReadyAddresses: true"),
            workload("five"),
            workload("six", kind="Job"),
            obj("Service", "six", "selector: {app: six}"),
        ],
    ),
]
