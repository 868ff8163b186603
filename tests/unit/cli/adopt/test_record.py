"""The record: what there was before."""

import base64
import os

import pytest

from examx_cli.adopt.record import Record, content_of
from examx_cli.errors import Refusal
from examx_constructs.manifests import ObjectId
from tests.unit.cli.adopt.support import deployment, inventory, item

EMPTY = Record("dev", "abc", "2026-01-01T00:00:00+00:00", "somebody")


def _live(manifest: dict[str, object]) -> dict[str, object]:
    servers = {"uid": "1", "resourceVersion": "2", "generation": 3, "managedFields": [{"manager": "kubectl"}]}
    metadata = {**manifest["metadata"], **servers}  # type: ignore[dict-item]
    return {**manifest, "metadata": metadata, "status": {"replicas": 1}}


def test_it_holds_what_is_there_and_what_is_not() -> None:
    there, missing = _live(deployment("web")), ObjectId("", "ConfigMap", "shop", "new")
    made = EMPTY.with_state(inventory(there), [ObjectId.of(there), missing], {})
    kept = made.objects[ObjectId.of(there)]
    assert kept is not None
    assert set(kept["metadata"]) == {"name", "namespace", "managedFields"}  # type: ignore[arg-type]
    assert "status" not in kept
    assert made.objects[missing] is None


def test_what_it_knows_already_stays_as_it_was() -> None:
    before, after = deployment("web", replicas=1), deployment("web", replicas=9)
    key = ObjectId.of(before)
    made = EMPTY.with_state(inventory(before), [key], {}).with_state(inventory(after), [key], {})
    assert made.objects[key] == before


def test_the_inventory_of_before_has_neither_what_is_new_nor_changes() -> None:
    before, after, new = deployment("web", replicas=1), deployment("web", replicas=9), item("ConfigMap", "new")
    keys = [ObjectId.of(before), ObjectId.of(new)]
    made = EMPTY.with_state(inventory(before), keys, {})
    was = made.before(inventory(after, new))
    assert dict(was.objects) == {keys[0]: before}


def test_what_no_secret_can_hold_is_refused_with_what_to_do() -> None:
    noise = base64.b64encode(os.urandom(2 << 20)).decode()
    large = {**item("ConfigMap", "large"), "data": {"noise": noise}}
    made = EMPTY.with_state(inventory(large), [ObjectId.of(large)], {})
    with pytest.raises(Refusal, match="a Secret takes 1048576: move what is large"):
        made.content()


def test_the_same_content_is_the_same_whoever_wrote_it() -> None:
    plain = deployment("web")
    live = _live(plain)
    live["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "7"}  # type: ignore[index]
    assert content_of(live) == content_of(plain)
    assert content_of(deployment("web", replicas=2)) != content_of(plain)
