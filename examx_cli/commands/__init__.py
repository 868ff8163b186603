"""The commands: what people and workflows type, one file each. This is the list of them, in the order of the help."""

from examx_cli.lazy import Lazy

COMMANDS = {
    "adopt": Lazy(
        "examx_cli.commands.adopt:adopt",
        "Take over a namespace that somebody else applied: with kubectl, Helm, Argo CD, or by hand.",
    ),
    "apply": Lazy("examx_cli.commands.apply:apply", "Apply the manifests of an environment and wait until they run."),
    "diff": Lazy(
        "examx_cli.commands.diff:diff",
        "Show what the manifests in dist/ would change, field by field, and what that does to a running system.",
    ),
    "doctor": Lazy(
        "examx_cli.commands.doctor:doctor",
        "Ask a cluster whether it has what an environment needs. Exit status 1 where something is missing.",
    ),
    "drift": Lazy(
        "examx_cli.commands.drift:drift",
        "Say what of an environment runs otherwise than it was deployed. Exit status 1 where something does.",
    ),
    "logs": Lazy(
        "examx_cli.commands.logs:logs",
        "Show the logs of a part of an environment: of all its pods, each line with its pod before it.",
    ),
    "notify": Lazy(
        "examx_cli.commands.notify:notify",
        "Tell the Slack channel how a deployment ended, and in which state that leaves the environment.",
    ),
    "release": Lazy(
        "examx_cli.commands.release:release",
        "Write down which image an environment shall run: set it, render, commit and push.",
    ),
    "restart": Lazy(
        "examx_cli.commands.restart:restart",
        "Replace pods, so that what was rotated in the secret store reaches the application.",
    ),
    "rollback": Lazy(
        "examx_cli.commands.rollback:rollback",
        "Go back to an earlier release of an environment: its manifests as they were, applied as `examx apply` does.",
    ),
    "rotate": Lazy(
        "examx_cli.commands.rotate:rotate",
        "Give the users of Redis new passwords, without a restart and without locking anybody out.",
    ),
    "shell": Lazy(
        "examx_cli.commands.shell:shell",
        "Open a shell in a pod, or run one of Django's commands there: in a ready one of the newest release.",
    ),
    "status": Lazy(
        "examx_cli.commands.status:status",
        "Show what an environment does now: one screen for the person on duty. It changes nothing.",
    ),
    "validate": Lazy(
        "examx_cli.commands.validate:validate",
        "Find everything that is wrong with manifests: all findings, not the first.",
    ),
    "verify-password": Lazy(
        "examx_cli.commands.verify_password:verify_password",
        "Say whether the person who started this run knows the deployment password.",
    ),
    "watch": Lazy(
        "examx_cli.commands.watch:watch",
        "Watch what a deployment did: errors, latency and waits after it, against those before it.",
    ),
    "env": Lazy("examx_cli.commands.env:env", "Look at the environments: all of them, or one whole."),
    "feature": Lazy(
        "examx_cli.commands.feature:feature",
        "Give a branch an environment of its own for a while, look at those there are, and remove them.",
    ),
    "image": Lazy(
        "examx_cli.commands.image:image", "Name the image of a build, and set the image that an environment runs."
    ),
    "scale": Lazy(
        "examx_cli.commands.scale:scale",
        "Say what autoscalers do with a workload, without a cluster: waits, pods and hours.",
    ),
}
"""Each command by what is typed."""
