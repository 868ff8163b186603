"""What the controller's own parser makes of odd annotations, and what the rules make of them: the same.

`alb_parser.json` is recorded of aws-load-balancer-controller v3.5.0, built with Go 1.26. It has `pairs` by
splitKeyValuePairs and ParseStringMapAnnotation, numbers and truths by strconv, networks by net.ParseCIDR. JSON is read
by encoding/json into the types of pkg/ingress, with their `validate`. The inputs were made at random, around what
people write. Each is beside the value that was read, null where it was refused, or whether it was taken.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from examx_constructs.checks import Manifests, alb
from examx_constructs.checks.alb.annotations import REFUSED, network, pairs, truth, whole
from examx_constructs.checks.alb.documents import Shape, document
from examx_constructs.checks.alb.shapes import LISTEN_PORTS, MUTUAL_AUTHENTICATION, OIDC
from examx_constructs.manifests import Node
from tests.unit.checks.cases.alb import ingress

RECORDED: dict[str, list[tuple[str, object]]] = json.loads(
    (Path(__file__).parent / "alb_parser.json").read_text(encoding="utf-8")
)


def fits(shape: Shape) -> Callable[[str], bool]:
    """Whether a text is JSON of that shape."""
    return lambda text: document(Node.of(text), shape).misfit is None


def taken(rule_id: str, suffix: str) -> Callable[[str], bool]:
    """Whether a rule does not say that the controller refuses an annotation."""
    rule = next(rule for rule in alb.RULES if rule.id == rule_id)

    def read(text: str) -> bool:
        given = ingress()
        given["metadata"]["annotations"] = {f"alb.ingress.kubernetes.io/{suffix}": text}
        return all(found.why != REFUSED for found in rule(Manifests.of([given])))

    return read


READERS: Mapping[str, Callable[[str], object]] = {
    "pairs": pairs,
    "int": whole,
    "bool": truth,
    "cidr": lambda text: network(text) is not None,
    "action": taken("alb-action-is-valid", "actions.go"),
    "conditions": taken("alb-condition-is-valid", "conditions.web"),
    "transforms": taken("alb-transform-is-valid", "transforms.web"),
    "mtls": fits(MUTUAL_AUTHENTICATION),
    "ports": fits(LISTEN_PORTS),
    "oidc": fits(OIDC),
}


@pytest.mark.parametrize("kind", RECORDED)
def test_odd_values_are_read_as_the_controller_reads_them(kind: str) -> None:
    read = READERS[kind]
    assert [(text, read(text)) for text, _ in RECORDED[kind]] == [(text, value) for text, value in RECORDED[kind]]


def test_each_kind_is_taken_and_refused() -> None:
    assert set(RECORDED) == set(READERS)
    assert {
        kind: {value in (None, False) for _, value in rows} for kind, rows in RECORDED.items() if kind != "bool"
    } == {kind: {True, False} for kind in RECORDED if kind != "bool"}
