"""Cases of the rules on references in the values of variables."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, IN_POD, Case, obj, workload

PASSWORD = "{name: REDIS_PASSWORD, valueFrom: {secretKeyRef: {name: redis, key: password}}}"
URL = "{name: BROKER, value: 'redis://:$(REDIS_PASSWORD)@redis:6379/0'}"
STAYS = "the kubelet knows only what is before: the container gets the text "


def late(place: str, name: str) -> str:
    return f"{place}.value is a text with $({name}); allowed: {name} above it; {STAYS}$({name})"


CASES = [
    Case(
        "variable-is-defined-before-use",
        "a password below the address that holds it",
        [workload(container=f"env: [{URL}, {PASSWORD}]")],
        [late(f"{APP}.env[0]", "REDIS_PASSWORD")],
    ),
    Case(
        "variable-is-defined-before-use",
        "the password above the address",
        [workload(container=f"env: [{PASSWORD}, {URL}]")],
    ),
    Case(
        "variable-is-defined-before-use",
        "in a CronJob, in a container that initialises, twice in one value, of itself",
        [
            workload("nightly", f"env: [{URL}, {PASSWORD}]", kind="CronJob"),
            workload(pod=f"initContainers: [{{name: i, image: i, env: [{URL}, {PASSWORD}]}}]"),
            workload(
                "two",
                "env: [{name: A, value: '$(b)-$(C)-$(b)'}, {name: b, value: '1'}, {name: C, value: '2'}]",
                kind="StatefulSet",
            ),
            workload("path", "env: [{name: PATH, value: '/opt/bin:$(PATH)'}]", kind="DaemonSet"),
        ],
        [
            late(f"{IN_POD}.initContainers[0].env[0]", "REDIS_PASSWORD"),
            late("StatefulSet dev/two: spec.template.spec.containers[0].env[0]", "b"),
            late("StatefulSet dev/two: spec.template.spec.containers[0].env[0]", "C"),
            (
                "DaemonSet dev/path: spec.template.spec.containers[0].env[0].value is a text with $(PATH); allowed: the whole value: no variable can"
                f" refer to PATH of the image; {STAYS}$(PATH)"
            ),
            late(
                "CronJob dev/nightly: spec.jobTemplate.spec.template.spec.containers[0].env[0]",
                "REDIS_PASSWORD",
            ),
        ],
    ),
    Case(
        "variable-is-defined-before-use",
        "beside a source that does not have it, and one that may",
        [
            obj("ConfigMap", "settings", root="data: {DEBUG: '0'}"),
            workload(container=f"envFrom: [{{configMapRef: {{name: settings}}}}]\nenv: [{URL}, {PASSWORD}]"),
            workload("b", container=f"envFrom: [{{secretRef: {{name: unseen}}}}]\nenv: [{URL}, {PASSWORD}]"),
        ],
        [
            late(f"{APP}.env[0]", "REDIS_PASSWORD"),
            late(f"{APP}.env[0]".replace("/web", "/b"), "REDIS_PASSWORD"),
        ],
    ),
    Case(
        "variable-is-defined-before-use",
        "nothing defines it",
        [workload(container=f"env: [{URL}]")],
        [
            (
                f"{APP}.env[0].value is a text with $(REDIS_PASSWORD); allowed: a value without $(REDIS_PASSWORD), or REDIS_PASSWORD above it;"
                " nothing here defines REDIS_PASSWORD: the container gets the text $(REDIS_PASSWORD)"
            )
        ],
    ),
    Case(
        "variable-is-defined-before-use",
        "from a source, with a prefix, of a Service, escaped, for a shell, in a command",
        [
            obj("ConfigMap", "settings", root="data: {HOST: redis}"),
            workload(
                container="envFrom: [{prefix: REDIS_, configMapRef: {name: settings}}]\n"
                "env: [{name: A, value: '$(REDIS_HOST):6379'}, {name: B, value: 'tcp://$(WEB_SERVICE_HOST):$(WEB_SERVICE_PORT)'},"
                " {name: C, value: '$$(LATER)'}, {name: LATER, value: '1'}, {name: D, value: '$(date +%s) $LATEST ${LATEST}'},"
                " {name: E, value: '$(WEB_PORT_80_TCP_ADDR)'}]\nargs: [--at, $(UNKNOWN)]"
            ),
            workload("b", container="envFrom: [{secretRef: {name: unseen}}]\nenv: [{name: A, value: '$(UNSEEN)'}]"),
        ],
    ),
    Case(
        "variable-is-defined-before-use",
        "defined twice, the first time above",
        [workload(container=f"env: [{PASSWORD}, {URL}, {PASSWORD}]")],
    ),
]
