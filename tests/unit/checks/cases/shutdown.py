"""Cases of the rules on how pods stop."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, IN_POD, Case, celery, workload

PAUSE = "lifecycle: {preStop: {sleep: {seconds: 15}}}"
LONG = "{examx.ai/longest-task-seconds: '900'}"

CASES = [
    Case(
        "grace-period-covers-longest-task",
        "too short, by default and with a pause",
        [
            celery("bulk", annotations=LONG),
            workload("web", PAUSE, pod="terminationGracePeriodSeconds: 910", annotations=LONG),
            workload("odd", annotations="{examx.ai/longest-task-seconds: 15 min}"),
        ],
        [
            (
                "Deployment dev/bulk: spec.template.spec.terminationGracePeriodSeconds is missing, so 30; allowed: 900 or more: the longest"
                " task of 900 s; SIGKILL at the end of the grace period would lose the running task"
            ),
            (
                f"{IN_POD}.terminationGracePeriodSeconds is 910; allowed: 915 or more: the longest task of 900 s plus the pre-stop pause of"
                " 15 s; SIGKILL at the end of the grace period would lose the running task"
            ),
            (
                'Deployment dev/odd: metadata.annotations[examx.ai/longest-task-seconds] is "15 min"; allowed: whole seconds, as a string;'
                " the longest task is compared with the grace period"
            ),
        ],
    ),
    Case(
        "grace-period-covers-longest-task",
        "just long enough",
        [workload("web", PAUSE, pod="terminationGracePeriodSeconds: 915", annotations=LONG), workload("plain")],
    ),
    Case(
        "pre-stop-is-shorter-than-grace-period",
        "as long as it",
        [
            workload("web", "lifecycle: {preStop: {exec: {command: [sh, -c, 'nginx -s quit; sleep 0.5m']}}}"),
            workload("api", "lifecycle: {preStop: {sleep: {seconds: 60}}}", pod="terminationGracePeriodSeconds: 60"),
        ],
        [
            (
                f"{APP}.lifecycle.preStop.exec.command is 30 s; allowed: less than the grace period of 30 s; the process would be killed"
                " without a moment to stop"
            ),
            (
                "Deployment dev/api: spec.template.spec.containers[0].lifecycle.preStop.sleep.seconds is 60 s; allowed: less than the grace"
                " period of 60 s; the process would be killed without a moment to stop"
            ),
        ],
    ),
    Case(
        "pre-stop-is-shorter-than-grace-period",
        "shorter",
        [workload("web", "lifecycle: {preStop: {exec: {command: [sleep, '15']}}}"), workload("api", PAUSE)],
    ),
]
