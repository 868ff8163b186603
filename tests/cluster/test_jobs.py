"""What `examx apply` relies on where a migration gives way to the next, on a real API server."""

from typing import TYPE_CHECKING

import pytest
from cdk8s import App, Chart

from examx_cli.cluster import Cluster, Target
from examx_cli.comparison import compare
from examx_cli.deploy import before_rollout
from examx_cli.kubectl import Kubectl
from examx_cli.processes import ProcessError
from examx_constructs import DjangoApp, Migration, ScheduledTask
from examx_constructs.manifests import Object, ObjectId
from examx_constructs.settings import ImageReference, MigrationSettings, Resources, ScheduledTaskSettings
from tests.support import Manifest, one, synth

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

pytestmark = [pytest.mark.e2e, pytest.mark.every_version]

SMALL = Resources.of("250m", "256Mi", "500m", "512Mi")


def _rendered(namespace: str, tag: str) -> list[Manifest]:
    chart = Chart(App(), "team", namespace=namespace, disable_resource_name_hashes=True)
    app = DjangoApp(image=ImageReference.parse(f"registry.example.com/shop:{tag}"))
    Migration(chart, "migration", app=app, settings=MigrationSettings(resources=SMALL))
    task = ScheduledTaskSettings(name="clean", schedule="0 3 * * *", command=("clean",), resources=SMALL)
    ScheduledTask(chart, "task", app=app, settings=task)
    return synth(chart)


@pytest.fixture
def cluster(control_plane: "ControlPlane", namespace: str, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setenv("KUBECONFIG", str(control_plane.kubeconfig))
    monkeypatch.setenv("EXAMX_KUBECTL", str(control_plane.kubectl_binary))
    return Cluster(Kubectl(), Target("testing", namespace))


def _live(cluster: Cluster, job: Manifest) -> Object:
    [found] = cluster.read([job]).objects.values()
    return found


def test_a_job_gives_way_to_the_next_and_to_no_other(cluster: Cluster, namespace: str) -> None:
    objects = _rendered(namespace, "1")
    assert len(cluster.try_apply(objects).accepted) == len(objects)
    cluster.apply(objects)
    job = one(objects, "Job")
    key, live = ObjectId.of(job), _live(cluster, job)

    # The same one is no change, whatever the server has put into it and into the one that is tried.
    again = cluster.try_apply([job], {key: live})
    assert not compare([live], [again.accepted[key]]).changes

    changed = one(_rendered(namespace, "2"), "Job")
    tried = cluster.try_apply([changed], {key: live})
    assert not tried.refused
    assert [each.path for each in compare([live], [tried.accepted[key]]).changes[0].fields] != []
    with pytest.raises(ProcessError, match="field is immutable"):
        cluster.apply([changed])

    path = f"/apis/batch/v1/namespaces/{namespace}/jobs/{key.name}"
    cluster.delete_this({"metadata": {"uid": "00000000-0000-0000-0000-000000000000"}}, path)
    assert "deletionTimestamp" not in _live(cluster, job)["metadata"]  # pyright: ignore[reportOperatorIssue]
    cluster.delete_this(live, path)
    gone = cluster.read([job]).objects.get(key)
    assert gone is None or "deletionTimestamp" in gone["metadata"]  # pyright: ignore[reportOperatorIssue]
    assert not before_rollout.is_over(live)
