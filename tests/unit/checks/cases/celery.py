"""Cases of the rules on Celery's processes and queues."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, Case, celery, hpa, obj, scaler, workload

BEAT = "command: [celery, -A, examx, beat, -l, info]"
RECREATE = "strategy: {type: Recreate}"
GEVENT = "command: [celery, -A, examx, worker, --pool, gevent]"
REMAPPED = "allowed: SIGTERM, or no REMAP_SIGTERM; SIGTERM would no longer begin a warm stop: a gevent worker loses the tasks that it runs"

CASES = [
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
    Case(
        "beat-is-single",
        "two replicas, rolling, autoscaled",
        [workload("web", BEAT, spec="replicas: 2"), hpa()],
        [
            "Deployment dev/web: spec.replicas is 2; allowed: 1; every further scheduler sends every periodic task again",
            (
                'HorizontalPodAutoscaler dev/web: spec.scaleTargetRef.name is "web"; allowed: a workload other than the scheduler;'
                " every further scheduler sends every periodic task again"
            ),
            (
                "Deployment dev/web: spec.strategy.type is missing; allowed: Recreate; a rolling update runs the old and the new"
                " scheduler side by side"
            ),
        ],
    ),
    Case(
        "beat-is-single",
        "inside a scaled worker",
        [workload("web", "command: [celery, -A, examx, worker, -EB]", spec="replicas: 3")],
        [
            "Deployment dev/web: spec.replicas is 3; allowed: 1; its workers run beat too (-B), so each further one schedules again"
        ],
    ),
    Case(
        "beat-is-single",
        "one, recreated; a StatefulSet; a worker with a broker option",
        [
            workload("beat", BEAT, spec=f"replicas: 1\n{RECREATE}"),
            workload("other", BEAT, kind="StatefulSet"),
            workload("worker", "command: [celery, -A, examx, -b, redis, worker, -E]", spec="replicas: 3"),
        ],
    ),
    Case(
        "beat-exists-once",
        "two for one app",
        [workload("one", BEAT), workload("two", "command: [celery, -A, examx, worker, --beat]")],
        [
            (
                "Deployment dev/two: spec.template.spec.containers[0].command is celery worker of app examx; allowed: no second scheduler"
                " of the app; Deployment dev/one is one already; every periodic task would be sent twice"
            )
        ],
    ),
    Case("beat-exists-once", "two apps", [workload("one", BEAT), workload("two", "args: [celery, -A, shop, beat]")]),
    Case(
        "celery-receives-sigterm",
        "behind a shell",
        [workload("web", "command: [/bin/bash, -ec]\nargs: ['./migrate && celery -A examx worker -Q a']")],
        [
            (
                f"{APP}.command is celery worker behind bash; allowed: celery itself as the command, or `exec celery …` in the shell;"
                " SIGTERM may end at the shell, and a warm shutdown never begins"
            )
        ],
    ),
    Case(
        "celery-receives-sigterm",
        "exec, and no shell",
        [
            workload("one", 'command: [sh, -c, "./migrate && \\\\\\n exec celery -A examx worker"]'),
            celery("two"),
            workload("three", BEAT),
        ],
    ),
    Case(
        "celery-receives-sigterm",
        "remapped: by the container, a ConfigMap, the command",
        [
            workload("web", f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, value: SIGQUIT}}]"),
            workload("typo", f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, value: QUIT}}]"),
            workload("map", f"{GEVENT}\nenvFrom: [{{prefix: REMAP_, configMapRef: {{name: stop}}}}]"),
            workload(
                "key",
                f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, valueFrom: {{configMapKeyRef: {{name: stop, key: SIGTERM}}}}}}]",
            ),
            workload("two", f"{GEVENT}\nenv: [{{name: A, value: SIG}}, {{name: REMAP_SIGTERM, value: $(A)INT}}]"),
            workload("argv", "command: [env, REMAP_SIGTERM=SIGQUIT, celery, -A, examx, worker, -Q, a]"),
            workload("text", "command: [sh, -c, 'export REMAP_SIGTERM=SIGQUIT; exec celery -A examx worker -Q b']"),
            obj("ConfigMap", "stop", root="data: {SIGTERM: SIGQUIT}"),
        ],
        [
            f'{APP}.env[0] is "REMAP_SIGTERM=SIGQUIT"; {REMAPPED}',
            f'{APP.replace("/web", "/typo")}.env[0] is "REMAP_SIGTERM=QUIT"; {REMAPPED}',
            f'{APP.replace("/web", "/map")}.envFrom[0] is "REMAP_SIGTERM=SIGQUIT"; {REMAPPED}',
            f'{APP.replace("/web", "/key")}.env[0] is "REMAP_SIGTERM=SIGQUIT"; {REMAPPED}',
            f'{APP.replace("/web", "/two")}.env[1] is "REMAP_SIGTERM=SIGINT"; {REMAPPED}',
            f'{APP.replace("/web", "/argv")}.command is "REMAP_SIGTERM=SIGQUIT"; {REMAPPED}',
            f'{APP.replace("/web", "/text")}.command is "REMAP_SIGTERM=SIGQUIT"; {REMAPPED}',
        ],
    ),
    Case(
        "celery-receives-sigterm",
        "a variable that changes nothing, or is for another program, overridden, unset or unknown",
        [
            workload("same", f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, value: SIGTERM}}]"),
            workload("empty", f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, value: ''}}]"),
            workload("web", "command: [gunicorn, examx.wsgi]\nenv: [{name: REMAP_SIGTERM, value: SIGQUIT}]"),
            workload("beat", f"{BEAT}\nenv: [{{name: REMAP_SIGTERM, value: SIGQUIT}}]"),
            workload("image", "env: [{name: REMAP_SIGTERM, value: SIGQUIT}]"),
            workload(
                "last",
                f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, value: SIGQUIT}}, {{name: REMAP_SIGTERM, value: SIGTERM}}]",
            ),
            workload(
                "over",
                f"{GEVENT}\nenvFrom: [{{configMapRef: {{name: stop}}}}]\nenv: [{{name: REMAP_SIGTERM, value: SIGTERM}}]",
            ),
            workload(
                "secret", f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, valueFrom: {{secretKeyRef: {{name: a, key: b}}}}}}]"
            ),
            workload(
                "unset",
                "command: [sh, -c, 'unset REMAP_SIGTERM; exec celery -A examx worker -Q a']\nenv: [{name: REMAP_SIGTERM, value: SIGQUIT}]",
            ),
            workload("once", f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, value: SIGQUIT}}]", kind="Job"),
            obj("ConfigMap", "stop", root="data: {REMAP_SIGTERM: SIGQUIT}"),
        ],
    ),
    Case(
        "beat-is-single",
        "inside a scaled worker, by a variable",
        [
            workload(
                "web",
                "command: [celery, -A, examx, worker]\nenv: [{name: CELERY_WORKER_BEAT, value: 'true'}]",
                spec="replicas: 3",
            )
        ],
        [
            "Deployment dev/web: spec.replicas is 3; allowed: 1; its workers run beat too (-B), so each further one schedules again"
        ],
    ),
    Case(
        "queue-has-one-worker",
        "queues by a variable",
        [
            workload("web", "command: [celery, -A, examx, worker]\nenv: [{name: CELERY_WORKER_QUEUES, value: a}]"),
            workload("two", "command: [celery, -A, examx, worker]\nenv: [{name: CELERY_WORKER_QUEUES, value: b}]"),
        ],
    ),
]
