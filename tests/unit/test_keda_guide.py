"""The guide to KEDA says what is rendered: objects, commands, metrics, checks, settings and every figure."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from examx_cli.deploy.diagnosis import autoscalers
from examx_cli.diff.report import NOT_OURS
from examx_cli.ownership.managers import MARKS
from examx_constructs.checks import RULES
from examx_constructs.environments import ENVIRONMENTS, load, read_images
from examx_constructs.features import Feature, feature
from examx_constructs.scaling import ClusterModel
from examx_constructs.settings import ImageReference, ScalingBehavior
from tests.conftest import FIXED_IMAGE
from tests.guides import PROJECT, Guide, find, objects_in, option, rendered
from tests.support import Manifest, matches, of_kind, one, pod_templates
from tools import keda_guide, modelled, spans

GUIDE = Guide("KEDA_CONFIGURATION.md")
KUBECTL = GUIDE.commands("kubectl")
QUERIES = GUIDE.lines("promql")

GENERATED = re.compile(r"<!-- keda (?P<words>[^>]*) -->\n(?P<content>.*?)<!-- /keda -->", re.DOTALL)
WRITTEN = re.sub(r"```.*?```", "", GENERATED.sub("", GUIDE.text), flags=re.DOTALL)

# pkg/eventreason of KEDA 2.17.2, and the HPA controller's.
EVENTS = {"KEDAScalerFailed", "KEDAScaleTargetActivated", "KEDAScaleTargetDeactivated", "SuccessfulRescale"}
# pkg/metricscollector of KEDA 2.17.2 (prommetrics.go, webhook_prommetrics.go).
KEDA_METRICS = {
    "keda_build_info",
    "keda_internal_scale_loop_latency_seconds",
    "keda_scaled_object_errors_total",
    "keda_scaled_object_paused",
    "keda_scaler_active",
    "keda_scaler_detail_errors_total",
    "keda_scaler_metrics_latency_seconds",
    "keda_scaler_metrics_value",
    "keda_webhook_scaled_object_validation_errors_total",
    "keda_webhook_scaled_object_validations_total",
}
# docs/metrics/workload of kube-state-metrics: HorizontalPodAutoscalers, Deployments.
STATE_METRICS = {
    "kube_deployment_spec_replicas",
    "kube_deployment_status_replicas_available",
    "kube_horizontalpodautoscaler_spec_max_replicas",
    "kube_horizontalpodautoscaler_status_condition",
    "kube_horizontalpodautoscaler_status_current_replicas",
    "kube_horizontalpodautoscaler_status_desired_replicas",
}


def _scaled(environment: str) -> list[Manifest]:
    return of_kind(rendered(environment), "ScaledObject")


def _lists(objects: list[Manifest]) -> set[str]:
    return {each["spec"]["triggers"][0]["metadata"]["listName"] for each in of_kind(objects, "ScaledObject")}


def _namespace(command: list[str]) -> str | None:
    return option(command, "--namespace")


@pytest.mark.parametrize("command", [each for each in KUBECTL if "/etc/redis/cli.sh" in each], ids=" ".join)
def test_redis_is_asked_for_lists_that_are_there(command: list[str]):
    verb, key = command[command.index("/etc/redis/cli.sh") + 1 :]
    lists = _lists(objects_in(_namespace(command) or ""))
    # The hash of what is taken and not done is kombu's.
    assert (verb == "llen" and key in lists) or (verb, key) == ("hlen", "unacked")


@pytest.mark.parametrize("command", [each for each in KUBECTL if "--raw" in each], ids=" ".join)
def test_the_metric_that_is_asked_for_is_rendered(command: list[str]):
    address = urlsplit(option(command, "--raw") or "")
    api, _, rest = address.path.partition("/namespaces/")
    namespace, metric = rest.split("/")
    key, _, scaler = parse_qs(address.query)["labelSelector"][0].partition("=")
    assert (api, key) == ("/apis/external.metrics.k8s.io/v1beta1", "scaledobject.keda.sh/name")
    found = find(objects_in(namespace), "scaledobject", scaler)
    assert metric == f"s0-redis-{found['spec']['triggers'][0]['metadata']['listName']}"


@pytest.mark.parametrize("command", [each for each in KUBECTL if "--selector" in each], ids=" ".join)
def test_selectors_match_pods(command: list[str]):
    key, _, value = (option(command, "--selector") or "").partition("=")
    templates = pod_templates(objects_in(_namespace(command) or ""))
    assert [name for name, each in templates.items() if matches({key: value}, each["metadata"]["labels"])]


def test_events_have_names_that_keda_and_kubernetes_give():
    asked = [option(each, "--field-selector") for each in KUBECTL if "--field-selector" in each]
    named = {each.removeprefix("reason=") for each in asked if each} | set(re.findall(r"`(KEDA\w+)`", WRITTEN))
    assert len(named) >= 4
    assert named <= EVENTS


def test_there_are_commands_and_queries_to_test():
    assert len(KUBECTL) >= 25
    assert len(QUERIES) >= 10


@pytest.mark.parametrize("query", QUERIES)
def test_queries_use_metrics_and_names_that_exist(query: str):
    metrics = set(re.findall(r"\b(?:keda|kube)_\w+", query))
    assert metrics
    assert metrics <= KEDA_METRICS or metrics <= STATE_METRICS
    prod = rendered("prod")
    for label, value in re.findall(r'(\w+)="([^"]*)"', query):
        match label:
            case "namespace":
                assert value == one(prod, "Namespace")["metadata"]["name"]
            case "scaledObject":
                find(prod, "scaledobject", value)
            case "metric":
                assert value.removeprefix("s0-redis-") in _lists(prod)
            case "deployment":
                find(prod, "deployment", value)
            case _:
                assert (label, value) in {("type", "scaledobject"), ("condition", "ScalingActive"), ("status", "false")}


def _shown() -> list[tuple[str, Manifest]]:
    parts = [(each["words"].split(), each["content"]) for each in GENERATED.finditer(GUIDE.text)]
    return [
        (words[1], yaml.safe_load(content.removeprefix("```yaml\n").removesuffix("```\n")))
        for words, content in parts
        if words[0] == "manifest"
    ]


def test_the_scaled_objects_are_those_of_dist():
    shown = _shown()
    assert {(name, each["spec"]["triggers"][0]["type"]) for name, each in shown} == {
        ("dev", "redis"),
        ("prod", "redis-sentinel"),
    }
    for environment, each in shown:
        assert each in _scaled(environment)


def test_the_checks_that_are_named_exist():
    named = set(re.findall(r"check\s+`([a-z-]+)`", WRITTEN))
    assert len(named) >= 4
    assert named <= {rule.id for rule in RULES}


def test_links_inside_lead_to_headings():
    headings = {
        re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", GUIDE.text, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", GUIDE.text)) <= headings


def _tuning() -> list[tuple[str, str]]:
    rows = re.findall(r"^\| (.*) \| (.*) \| .* \|$", GUIDE.text.partition("## Tuning")[2], re.MULTILINE)
    last: list[str] = []
    found: list[tuple[str, str]] = []
    for settings, where in rows:
        # "the same" are the files of the row before.
        last = re.findall(r"\]\(([^)]*\.py)\)", where) or (last if where == "the same" else [])
        found += [(name, path) for name in re.findall(r"`([^`]+)`", settings) for path in last]
    return found


def test_settings_stand_in_the_files_that_are_named():
    settings = _tuning()
    assert len(settings) >= 10
    for name, path in settings:
        assert name in (PROJECT / path).read_text(encoding="utf-8"), f"{name} in {path}"


# Figures of KEDA, Kubernetes, or advice, which no environment sets.
CONSTANTS = {
    "15 s": "the HPA controller's sync period",
    "10 %": "its tolerance",
    "0 %": "what it takes a new pod's use for",
    "17 minutes": "the longest pause between KEDA's tries",
    "15 minutes": "how long an alert waits",
    "1.1 times": "one and the tolerance",
}
# What was measured: tests/unit/test_recorded_scaling.py and tests/cluster/test_scaling_facts.py hold what they can.
MEASURED = {
    "20 s": "when the pods of the measurements were ready",
    "45 s": "from one step up on CPU or memory to the next",
    "305 s": "from one step down to the next",
    "10 s": "from the end of an outage to a step down that it had held back",
    "6 replicas": "from where",
    "95 %": "how busy a worker was that was put to sleep",
    "75 s": "how long every HPA stood still without an operator",
    "8 replicas": "what the fallback that did not act was set to",
    "120 s": "the longest outage in which it did not",
}


def test_every_figure_in_the_text_is_known():
    behavior = ScalingBehavior()
    down = spans.first_step_down("prod", "default")
    computed = {
        f"{behavior.scale_down_window.seconds} s",
        f"{down.last} s",
        f"{_stop_margin()} s",
        f"{round(100 * (1 - ClusterModel().tolerance))} %",
    }
    text = " ".join(re.sub(r"`[^`]*`", "", WRITTEN).split())
    found = set(re.findall(r"\b\d[\d.]* (?:s|%|minutes|times|tasks|replicas|pods|slots|rounds)(?!\w)", text))
    assert found == {*CONSTANTS, *MEASURED, *computed}


def _stop_margin() -> int:
    margins = {
        pod_templates(rendered(each.name))[queue.worker]["spec"]["terminationGracePeriodSeconds"]
        - queue.longest_task.seconds
        for each in load(read_images())
        for queue in each.queues
    }
    assert len(margins) == 1
    return margins.pop()


def test_a_worker_sleeps_no_earlier_than_its_last_task_ends():
    """The guide: the cooldown exceeds the longest task by more than one look of KEDA."""
    expires = datetime(2030, 1, 1, tzinfo=UTC)
    wanted = Feature(branch="b", image=ImageReference.parse(FIXED_IMAGE), owner="ada", expires=expires)
    for queue in feature(wanted).queues:
        assert queue.replicas.minimum == 0
        assert spans.sleeps(queue).first > queue.longest_task.seconds


def test_a_sentence_on_the_tolerance_includes_its_edge():
    said = keda_guide.tolerance("prod", "default")
    low, high, few, enough = (
        int(each) for each in re.findall(r"list of (\d+) to (\d+).*, (\d+) tasks.*and (\d+)", said)[0]
    )
    queue = next(each for each in load(read_images()) if each.name == "prod").queues[0]
    target = queue.list_length * queue.replicas.maximum // 2
    assert (low, high) == (target * 9 // 10, target * 11 // 10)
    least = queue.replicas.minimum
    assert modelled.growth("prod", "default", few) == [least]
    assert modelled.growth("prod", "default", enough) == [least, least + 1]


def test_each_form_in_which_keda_tells_of_an_hpa_is_told_of():
    assert f"`{autoscalers.HPA_CONDITION}=False`" in GUIDE.text
    for reason in autoscalers.OF_THE_HPA:
        assert f"`{reason}`" in WRITTEN
        assert f"`{reason}`" in keda_guide.health()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_is_said_of_all_environments_holds(environment: str):
    objects = rendered(environment)
    for scaler in _scaled(environment):
        assert scaler["spec"]["minReplicaCount"] >= 1, "the cooldown is inert"
        assert "fallback" not in scaler["spec"]
        assert "annotations" not in scaler["metadata"], "nothing is paused, no HPA is taken over"
        assert "name" not in scaler["spec"]["advanced"]["horizontalPodAutoscalerConfig"]
        for trigger in scaler["spec"]["triggers"]:
            asks_redis = trigger["type"].startswith("redis")
            assert trigger.get("authenticationRef") == ({"name": "redis-auth"} if asks_redis else None)
            assert "useCachedMetrics" not in trigger, "the HPA controller gets a fresh length"
    autoscalers = [*_scaled(environment), *of_kind(objects, "HorizontalPodAutoscaler")]
    targets = {each["spec"]["scaleTargetRef"]["name"] for each in autoscalers}
    assert not targets & {"celery-beat", "redis", "redis-primary", "redis-sentinel"}
    policy = one(objects, "NetworkPolicy", "app-to-redis-incoming")
    admitted = [peer.get("namespaceSelector") for peer in policy["spec"]["ingress"][0]["from"]]
    assert {"matchLabels": {"kubernetes.io/metadata.name": "keda"}} in admitted


def test_a_pause_by_hand_is_what_an_apply_leaves():
    assert "autoscaling.keda.sh/" in MARKS
    assert f"*{NOT_OURS[True]}*" in WRITTEN
