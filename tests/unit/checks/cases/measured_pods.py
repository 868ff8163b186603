"""Cases of the rules on the pods that an HPA measures."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.utilization import CPU, LIMITS
from tests.unit.checks.support import Case, Object, hpa, obj, scaler, workload

OTHERS = "a target whose selector matches its own pods alone; {} has its labels too"
LISTS = "the HPA lists pods by the selector of the target"
EXTERNAL = "maxReplicas: 3\nmetrics: [{type: External, external: {metric: {name: q}, target: {type: AverageValue, averageValue: 5}}}]"


def labelled(kind: str, container: str = "", name: str = "report") -> Object:
    """A workload whose pods have the labels of `web`."""
    built = workload(name, container, kind=kind)
    holder = built["spec"]["jobTemplate"]["spec"] if kind == "CronJob" else built["spec"]
    if kind == "Pod":
        built["metadata"]["labels"] = {"app": "web"}
    else:
        holder["template"]["metadata"]["labels"] = {"app": "web", "role": name}
    return built


CASES = [
    Case(
        "autoscaler-measures-own-pods",
        "a selector of expressions",
        [
            workload(container=LIMITS, spec="selector: {matchExpressions: [{key: app, operator: In, values: [web]}]}"),
            hpa(),
            labelled("CronJob", LIMITS),
        ],
        [
            f'HorizontalPodAutoscaler dev/web: spec.scaleTargetRef.name is "web"; allowed: {OTHERS.format("CronJob dev/report")}; {LISTS}: its usage counts as the target\'s'
        ],
    ),
    Case(
        "autoscaler-measures-own-pods",
        "a CronJob with the same label, without a request",
        [workload(container=LIMITS), hpa(spec=CPU), labelled("CronJob")],
        [
            f'HorizontalPodAutoscaler dev/web: spec.scaleTargetRef.name is "web"; allowed: {OTHERS.format("CronJob dev/report")}; {LISTS}: it requests no cpu, so nothing scales'
        ],
    ),
    Case(
        "autoscaler-measures-own-pods",
        "a Job and a Pod, with requests, under KEDA",
        [
            workload(container=LIMITS),
            scaler(triggers="[{type: memory, metricType: Utilization, metadata: {value: '80'}}]"),
            labelled("Job", LIMITS),
            labelled("Pod", LIMITS, "debug"),
        ],
        [
            f'ScaledObject dev/web: spec.scaleTargetRef.name is "web"; allowed: {OTHERS.format("Job dev/report")}; {LISTS}: its usage counts as the target\'s',
            f'ScaledObject dev/web: spec.scaleTargetRef.name is "web"; allowed: {OTHERS.format("Pod dev/debug")}; {LISTS}: its usage counts as the target\'s',
        ],
    ),
    Case(
        "autoscaler-measures-own-pods",
        "a selector that tells them apart",
        [
            workload(container=LIMITS, spec="selector: {matchLabels: {app: web, role: web}}"),
            hpa(spec=CPU),
            labelled("CronJob"),
        ],
    ),
    Case(
        "autoscaler-measures-own-pods",
        "a metric that needs no pods, and one of another namespace",
        [
            workload(container=LIMITS),
            hpa(spec=EXTERNAL),
            scaler(),
            labelled("Job"),
            labelled("Job") | {"metadata": {"name": "x", "namespace": "stg"}},
        ],
    ),
    Case(
        "autoscaler-measures-own-pods",
        "two Deployments, of which another rule speaks",
        [workload(container=LIMITS), hpa(spec=CPU), labelled("Deployment")],
    ),
    Case(
        "autoscaler-measures-own-pods",
        "an unseen target",
        [hpa(spec=CPU), obj("Service", "web", "{selector: {app: web}}"), labelled("Job")],
    ),
]
