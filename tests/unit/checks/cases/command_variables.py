"""Variables in commands."""

from tests.unit.checks.support import APP, Case, workload

TOLD = f"{APP}.command[1]"

CASES = [
    Case(
        "command-variable-is-filled-in",
        "nobody defines it",
        [workload("web", "command: [serve, --workers=$(WORKERS)]")],
        [
            (
                f'{TOLD} is "--workers=$(WORKERS)"; allowed: a variable of the container: WORKERS is none; '
                "the program gets the text $(WORKERS)"
            )
        ],
    ),
    Case(
        "command-variable-is-filled-in",
        "as a shell has it, without a shell",
        [workload("web", "command: [serve, '--workers=${WORKERS}']\nenv: [{name: WORKERS, value: '4'}]")],
        [
            (
                f'{TOLD} is "--workers=${{WORKERS}}"; allowed: $(WORKERS), which the kubelet fills in; '
                "no shell reads it: the program gets ${WORKERS}"
            )
        ],
    ),
    Case(
        "command-variable-is-filled-in",
        "the container defines it",
        [workload("web", "command: [serve, --workers=$(WORKERS)]\nenv: [{name: WORKERS, value: '4'}]")],
    ),
    Case("command-variable-is-filled-in", "in a shell", [workload("web", "command: [sh, -c, 'serve $(NPROC) ${A}']")]),
    Case("command-variable-is-filled-in", "escaped", [workload("web", "command: [serve, '$$(WORKERS)']")]),
    Case(
        "command-variable-is-filled-in",
        "all of a Secret may give it, and each Service gives its own",
        [
            workload("web", "command: [serve, $(WORKERS)]\nenvFrom: [{secretRef: {name: web}}]"),
            workload("api", "command: [serve, $(REDIS_SERVICE_HOST)]"),
        ],
    ),
    Case(
        "command-variable-is-filled-in",
        "of what the image starts",
        [workload("web", "args: ['--workers=${WORKERS}']\nenv: [{name: WORKERS, value: '4'}]")],
    ),
]
