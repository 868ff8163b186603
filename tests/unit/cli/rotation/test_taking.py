"""What a pod takes of secrets, by every way that Kubernetes has."""

from examx_cli.rotation.taking import CLASS, Source, synced_secrets, taken, takes_by_variable
from tests.support import Manifest

DRIVER = {"driver": "secrets-store.csi.k8s.io", "volumeAttributes": {"secretProviderClass": "app"}}
MOUNT = [{"name": "v", "mountPath": "/s"}]


def template(volume: Manifest | None = None, *, init: bool = False, **container: object) -> Manifest:
    made = {"name": "main", **container}
    spec: Manifest = {"containers": [{"name": "other"}, *([] if init else [made])]}
    if init:
        spec["initContainers"] = [made]
    if volume:
        spec["volumes"] = [{"name": "v", **volume}]
    return {"spec": spec}


def test_every_way_to_take_a_secret():
    app, own = Source(CLASS, "app"), Source("Secret", "own")
    for source, pod in [
        (app, template({"csi": DRIVER}, volumeMounts=MOUNT)),
        (app, template({"csi": DRIVER}, init=True, volumeMounts=MOUNT)),
        (own, template({"secret": {"secretName": "own"}}, volumeMounts=MOUNT)),
        (own, template({"projected": {"sources": [{"secret": {"name": "own"}}]}}, volumeMounts=MOUNT)),
        (own, template(envFrom=[{"secretRef": {"name": "own"}}])),
        (own, template(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "own", "key": "a"}}}])),
    ]:
        assert taken(pod, {}) == {source: {"main"}}, pod


def test_what_is_no_secret_is_not_taken():
    for pod in (
        template({"csi": DRIVER}),
        template({"csi": {"driver": "efs.csi.aws.com"}}, volumeMounts=MOUNT),
        template({"configMap": {"name": "own"}}, volumeMounts=MOUNT),
        template({"projected": {"sources": [{"configMap": {"name": "own"}}]}}, volumeMounts=MOUNT),
        template(envFrom=[{"configMapRef": {"name": "own"}}], env=[{"name": "A", "value": "plain"}]),
        {},
    ):
        assert taken(pod, {}) == {}, pod


def test_a_secret_that_the_driver_keeps_counts_as_its_class():
    classes = [{"metadata": {"name": "app"}, "spec": {"secretObjects": [{"secretName": "kept"}]}}, {"metadata": {}}]
    synced = synced_secrets(classes)
    variable = {"name": "A", "valueFrom": {"secretKeyRef": {"name": "kept", "key": "a"}}}
    pod = template(env=[variable], envFrom=[{"secretRef": {"name": "own"}}])
    assert taken(pod, synced) == {Source(CLASS, "app"): {"main"}, Source("Secret", "own"): {"main"}}
    assert takes_by_variable(pod, synced) == {"app"}
    assert takes_by_variable(template({"csi": DRIVER}, volumeMounts=MOUNT), synced) == set()
