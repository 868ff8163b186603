"""Cases of probes that ask Celery, and of a scheduler that is defined twice."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, Case, obj, workload

PING = "sh, -c, 'celery -A shop inspect ping -d celery@$HOSTNAME'"
BEAT = workload("beat", "command: [celery, -A, shop, beat]", spec="strategy: {type: Recreate}")


def probe(command: str, more: str = "", name: str = "livenessProbe") -> str:
    return f"{name}: {{exec: {{command: [{command}]}}, periodSeconds: 60{more}}}"


def late(place: str, value: str, program: str = "celery inspect", least: str = "5", enough: str = "10") -> str:
    return f"{place}.timeoutSeconds is {value}; allowed: {enough} or more, {least} at the least; {program} starts the application first, and the probe fails while all is well"


CASES = [
    Case(
        "celery-probe-has-time",
        "the default second",
        [workload(container=probe(PING))],
        [late(f"{APP}.livenessProbe", "missing, so 1")],
    ),
    Case("celery-probe-has-time", "ten seconds", [workload(container=probe(PING, ", timeoutSeconds: 10"))]),
    Case(
        "celery-probe-has-time",
        "without a shell, status, a module, of a readiness and a startup probe, longer answers, Django",
        [
            workload("one", probe("celery, -A, shop, status", ", timeoutSeconds: 3", "readinessProbe")),
            workload(
                "two", probe("python, -m, celery, -A, shop, inspect, ping", "", "startupProbe"), kind="StatefulSet"
            ),
            workload(
                "three",
                probe("bash, -ec, 'celery -A shop inspect ping --timeout 20 | grep -q OK'", ", timeoutSeconds: 10"),
            ),
            workload("four", probe("python, /app/manage.py, check", ", timeoutSeconds: 2")),
            workload("five", probe("/venv/bin/celery, inspect, ping, -t5", ", timeoutSeconds: 5")),
        ],
        [
            late("Deployment dev/one: spec.template.spec.containers[0].readinessProbe", "3", "celery status"),
            late("Deployment dev/three: spec.template.spec.containers[0].livenessProbe", "10", least="21", enough="40"),
            late("Deployment dev/four: spec.template.spec.containers[0].livenessProbe", "2", "manage.py"),
            late("Deployment dev/five: spec.template.spec.containers[0].livenessProbe", "5", least="6"),
            late("StatefulSet dev/two: spec.template.spec.containers[0].startupProbe", "missing, so 1"),
        ],
    ),
    Case(
        "celery-probe-has-time",
        "a file, another program, a process that is looked for, a request",
        [
            workload("one", probe("sh, -c, 'test $(find /tmp/alive -mmin -1)'")),
            workload("two", probe("redis-cli, ping")),
            workload("three", probe("pgrep, -f, celery worker")),
            workload("four", "livenessProbe: {httpGet: {path: /celery/inspect, port: 80}}"),
            workload("five", f"command: [celery, -A, shop, inspect, ping]\n{probe('cat, /tmp/ok')}"),
        ],
    ),
    Case(
        "celery-liveness-spares-broker",
        "a ping",
        [workload(container=probe(PING, ", timeoutSeconds: 30"))],
        [
            f"{APP}.livenessProbe.exec.command is celery inspect; allowed: a check of the worker itself, such as the age of a file that it touches; it starts the application each time, and restarts every worker when the broker is away"
        ],
    ),
    Case(
        "celery-liveness-spares-broker",
        "the age of a file",
        [workload(container=probe("sh, -c, 'find /tmp/alive -mmin -1 | grep -q .'"))],
    ),
    Case(
        "celery-liveness-spares-broker",
        "of readiness",
        [workload(container=probe(PING, ", timeoutSeconds: 30", "readinessProbe"))],
    ),
    Case("beat-exists-once", "one that is defined twice", [BEAT, obj("ConfigMap", "a"), dict(BEAT)]),
]
