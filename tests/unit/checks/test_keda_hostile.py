"""Nothing in a ScaledObject, a ScaledJob or an authentication can make a rule crash, or take long."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examx_constructs._keda.scalers import scaler, types
from examx_constructs.checks import Manifests, check
from examx_constructs.manifests import Versions
from examx_constructs.manifests.versions import KEDA, KUBERNETES
from tests.examples import examples

TEXTS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["0", "05", "1e3", "-1", "9" * 5000, "." * 300, "ten", "true", "${X}", "$(A)", "{{ a }}", "ENC[x]"]
    ),
    st.sampled_from(["http://", "http://[::1", "redis://:x@h:1/0", "a.b.svc:1", "a.b:99999", ".b:1", "svc:1", "a:b:c"]),
    st.sampled_from(["* * * * *", "*/0 * * * *", "TZ=", "CRON_TZ= ", "@daily", "UTC", "5/ * * * *", "1-2-3 * * * *"]),
    st.sampled_from(
        ["(a+)+$", "^a.*.*.*.*b$", "[", "let", "let x = ", "a ? b : c", "{a:", "/*", '"', "`", "a.b#.c(", "\\"]
    ),
)
ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 10**30), st.floats(), TEXTS, st.just([]), st.just({})
)
NAMED: st.SearchStrategy[Any] = st.one_of(st.sampled_from(["web", "ta", "a"]), ANYTHING)


@st.composite
def triggers(draw: st.DrawFn) -> dict[str, Any]:
    type_ = draw(st.sampled_from(sorted(types(KEDA[-1]))))
    known = scaler(type_, KEDA[-1])
    keys = [*(known.by_name if known else ()), "unknown", "FromEnv"]
    written = st.tuples(st.sampled_from(keys), st.sampled_from(["", "FromEnv"])).map("".join)
    return {
        "type": type_,
        "name": draw(NAMED),
        "metricType": draw(NAMED),
        "authenticationRef": draw(st.one_of(NAMED, st.fixed_dictionaries({"name": NAMED, "kind": NAMED}))),
        "metadata": draw(st.one_of(ANYTHING, st.dictionaries(written, ANYTHING, max_size=6))),
    }


NOTHING: list[dict[str, Any]] = [{}]
REQUIRED: dict[str, st.SearchStrategy[Any]] = {
    "scaleTargetRef": st.one_of(NAMED, st.fixed_dictionaries({"name": NAMED, "kind": NAMED, "apiVersion": NAMED})),
    "triggers": st.one_of(ANYTHING, st.lists(st.one_of(triggers(), ANYTHING), max_size=3)),
}
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "jobTargetRef": st.one_of(ANYTHING, st.just({"template": {"spec": {"containers": [{"name": "a"}]}}})),
    "minReplicaCount": ANYTHING,
    "maxReplicaCount": ANYTHING,
    "fallback": st.one_of(ANYTHING, st.fixed_dictionaries({"replicas": ANYTHING, "behavior": ANYTHING})),
    "advanced": st.one_of(
        ANYTHING,
        st.fixed_dictionaries({"scalingModifiers": st.fixed_dictionaries({"formula": ANYTHING, "target": ANYTHING})}),
    ),
    "secretTargetRef": st.one_of(ANYTHING, st.lists(st.fixed_dictionaries({"parameter": NAMED}), max_size=2)),
    "awsSecretManager": st.one_of(ANYTHING, st.fixed_dictionaries({"secrets": st.one_of(ANYTHING, st.just(NOTHING))})),
}
SPECS = st.fixed_dictionaries(REQUIRED, optional=OPTIONAL)
KINDS = st.sampled_from(["ScaledObject", "ScaledJob", "TriggerAuthentication", "ClusterTriggerAuthentication"])
OBJECTS = st.fixed_dictionaries(
    {
        "apiVersion": st.just("keda.sh/v1alpha1"),
        "kind": KINDS,
        "metadata": st.fixed_dictionaries({"name": NAMED, "namespace": st.just("dev")}),
        "spec": SPECS,
    }
)
TARGET: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "dev"},
    "spec": {"template": {"spec": {"containers": [{"name": "a", "args": ["celery", "worker", "-Q", "a"]}]}}},
}


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.lists(OBJECTS, min_size=1, max_size=4), st.sampled_from(KUBERNETES), st.sampled_from(KEDA))
def test_no_rule_crashes(objects: list[dict[str, Any]], kubernetes: str, keda: str):
    for found in check(Manifests.of([TARGET, *objects], versions=Versions(kubernetes, keda))):
        assert "\n" not in str(found)
