"""A program beside the application that runs one pod: its Deployment and its Service."""

from collections.abc import Mapping, Sequence

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import match, metadata, pod_labels, text
from examx_constructs.django import DjangoApp
from examx_constructs.extras import with_sidecars
from examx_constructs.pods import Additions, Mount, pod_template
from examx_constructs.settings import Duration
from examx_constructs.settings.naming import APP_LABEL

_GRACE = Duration("10s")


def one_pod(
    construct: Construct,
    scope: Construct,
    *,
    app: DjangoApp,
    labels: Mapping[str, str],
    container: k8s.Container,
    mounts: Sequence[Mount],
    added: Additions,
    service_account: str | None = None,
) -> k8s.KubeDeployment:
    """Make a Deployment of one pod, where and as whom the application's run. A rollout ends the old one first.

    `labels`: the label `app` among them names and selects it.
    """
    own = {APP_LABEL: labels[APP_LABEL]}
    return with_sidecars(k8s.KubeDeployment, added)(
        construct,
        "deployment",
        metadata=metadata(labels[APP_LABEL], labels=labels),
        spec=k8s.DeploymentSpec(
            replicas=1,
            selector=match(own),
            strategy=k8s.DeploymentStrategy(type="Recreate"),
            template=pod_template(
                labels=pod_labels(scope, labels),
                service_account=service_account,
                node_labels=app.node_labels,
                spot=app.spot,
                user=app.application.user,
                grace_period=_GRACE,
                mounts=mounts,
                containers=[container],
                added=added,
            ),
        ),
    )


def service_of(
    construct: Construct,
    *,
    labels: Mapping[str, str],
    port: tuple[str, int],
    annotations: Mapping[str, str] | None = None,
) -> k8s.KubeService:
    """Make the Service that leads to it: the name and the number of its port."""
    name, number = port
    return k8s.KubeService(
        construct,
        "service",
        metadata=metadata(labels[APP_LABEL], labels=labels, annotations=annotations),
        spec=k8s.ServiceSpec(
            type="ClusterIP",
            selector={APP_LABEL: labels[APP_LABEL]},
            ports=[k8s.ServicePort(name=name, port=number, target_port=text(name), protocol="TCP")],
        ),
    )
