"""Preconditions of KEDA, as its chart 2.17.2 installs it (kedacore/charts)."""

from examx_cli.doctor import questions
from examx_cli.doctor.aggregated import api_service, is_available
from examx_cli.doctor.charts import KEDA
from examx_cli.doctor.component import Component, as_named, written
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.verdict import Found, State, good, lacking
from examx_constructs.manifests import items, text

TOPIC = "KEDA"
OPERATOR = Component("KEDA operator", image="keda", container="keda-operator")
_ADAPTER = Component("KEDA adapter", image="keda-metrics-apiserver", container="keda-operator-metrics-apiserver")
LEAST, BELOW = (2, 17, 0), (2, 21, 0)
"""The versions that the manifests are tried with: 2.17 runs, 2.20 is the newest whose CRDs they are checked against."""

EXTERNAL_METRICS = "v1beta1.external.metrics.k8s.io"


@precondition(
    TOPIC,
    "operator, 2.17 to 2.20",
    when=lambda needs: needs.scaled,
    breaks="no worker is scaled: those with none stay at none, whatever waits in their queues",
    mend=KEDA.command("CLUSTER"),
)
def operator(_needs: Needs, seen: Seen) -> Found:
    """It runs, in a version that the manifests are made for."""
    return OPERATOR.check(seen.objects(questions.DEPLOYMENTS), least=LEAST, below=BELOW)


@precondition(
    TOPIC,
    "the version that the environment names",
    when=lambda needs: needs.scaled,
    breaks="rules and simulations judge by another KEDA: what this one refuses or counts otherwise is not told",
    mend="set cluster_versions of ENVIRONMENT, synthesise, and see what the rules say; or upgrade KEDA",
)
def named_version(needs: Needs, seen: Seen) -> Found | None:
    """The operator is of the minor version by which the environment's manifests are judged."""
    running = OPERATOR.among(seen.objects(questions.DEPLOYMENTS))
    found = OPERATOR.version(running[0]) if running else None
    return found and as_named(found, written(found), needs.versions.keda)


@precondition(
    TOPIC,
    "its namespace",
    when=lambda needs: needs.scaled and bool(needs.keda_namespaces),
    breaks="the NetworkPolicies keep it from Redis: no list is counted, and no worker is scaled by its queue",
    mend=f"{KEDA.command('CLUSTER')}; or name its namespace in NetworkSettings.keda_namespace",
)
def namespace(needs: Needs, seen: Seen) -> Found | None:
    """The operator runs in a namespace that the NetworkPolicies admit to Redis."""
    running = OPERATOR.among(seen.objects(questions.DEPLOYMENTS))
    if not running:
        return None
    found = {text(each, "metadata", "namespace") for each in running}
    admitted = ", ".join(sorted(needs.keda_namespaces))
    if found & needs.keda_namespaces:
        return good(f"{', '.join(sorted(found))}, which the NetworkPolicies admit to Redis")
    return lacking(f"it runs in {', '.join(sorted(found))}; the NetworkPolicies admit {admitted} to Redis")


@precondition(
    TOPIC,
    "namespaces that it watches",
    when=lambda needs: needs.scaled,
    breaks="no worker of the namespace is scaled: the operator does not see its ScaledObjects",
    mend=KEDA.command("CLUSTER"),
)
def watching(needs: Needs, seen: Seen) -> Found | None:
    """The operator watches every namespace, or the environment's among others (WATCH_NAMESPACE)."""
    running = OPERATOR.among(seen.objects(questions.DEPLOYMENTS))
    if not running:
        return None
    environment = items(OPERATOR.container_of(running[0]), "env")
    told = [text(each, "value") for each in environment if text(each, "name") == "WATCH_NAMESPACE"]
    watched = [name for each in told for name in each.split(",") if name]
    if watched and needs.namespace not in watched:
        return lacking(f"it watches {', '.join(watched)} alone")
    return good("it watches every namespace" if not watched else f"it watches {', '.join(watched)}")


@precondition(
    TOPIC,
    "external metrics API",
    when=lambda needs: needs.scaled,
    breaks="autoscalers get no length of a queue, and leave their workers as they are",
    mend="kubectl describe apiservice/v1beta1.external.metrics.k8s.io --context CLUSTER; only one adapter may serve it",
)
def external_metrics(_needs: Needs, seen: Seen) -> Found:
    """The API that autoscalers ask is served, and by KEDA: only one program of a cluster can serve it."""
    found = is_available(seen, EXTERNAL_METRICS)
    served = text(api_service(seen, EXTERNAL_METRICS), "spec", "service", "namespace")
    adapters = {text(each, "metadata", "namespace") for each in _ADAPTER.among(seen.objects(questions.DEPLOYMENTS))}
    if found.state is State.OK and adapters and served not in adapters:
        return lacking(f"{found.said}, and KEDA's adapter runs in {', '.join(sorted(adapters))}")
    return found
