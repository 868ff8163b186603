"""What holds data outlives an adoption, its way back and its end; only the record of the adoption itself goes."""

import pytest

from examx_cli.errors import CommandError
from tests.unit.cli.adopt.played import NAMESPACE, Json
from tests.unit.cli.adopt.support import item
from tests.unit.cli.adopt.test_doing import TODAY, Start, ours, run, start

__all__ = ["start"]

RECORD = ("Secret", "examx-adoption")
DATA: list[Json] = [
    item("PersistentVolumeClaim", "media", {"volumeName": "media"}),
    item("PersistentVolumeClaim", "data-redis-0", {}),
    item("PersistentVolume", "media", {"claimRef": {"namespace": NAMESPACE, "name": "media"}}),
    {**item("Secret", "keys"), "data": {}},
    {**item("ConfigMap", "examx-releases"), "data": {}},
]
KEPT = {(each["kind"], each["metadata"]["name"]) for each in DATA}


def test_no_way_through_an_adoption_takes_data_away(start: Start) -> None:
    cluster = start(*TODAY, *DATA)
    run(ours()).execute("ingress")
    assert cluster.objects.keys() >= {*KEPT, RECORD}
    run(ours()).undo()
    assert cluster.objects.keys() >= KEPT
    assert RECORD not in cluster.objects
    run(ours()).execute(None)
    assert cluster.objects.keys() >= {*KEPT, RECORD}
    run(ours()).finish()
    assert cluster.objects.keys() >= KEPT
    assert RECORD not in cluster.objects


@pytest.mark.parametrize("what", ["PersistentVolumeClaim/media", "PersistentVolume/media", "Secret/keys"])
def test_data_are_not_removed_for_being_asked(start: Start, what: str) -> None:
    cluster = start(*TODAY, *DATA)
    before = set(cluster.objects)
    with pytest.raises(CommandError, match="is never removed here"):
        run(ours(), what).execute(None)
    assert set(cluster.objects) == before
