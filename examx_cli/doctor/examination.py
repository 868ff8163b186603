"""All preconditions, in the order in which a cluster is set up, and what an examination says of each."""

from collections.abc import Iterator

from examx_cli.doctor import (
    admission,
    cluster,
    keda,
    kept,
    load_balancer,
    metrics,
    namespace,
    network,
    secrets,
    storage,
)
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import Precondition
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.verdict import Verdict

PRECONDITIONS: tuple[Precondition, ...] = (
    cluster.version,
    cluster.kinds,
    cluster.architecture,
    cluster.spread,
    network.enforcement,
    network.dns,
    network.node_local_dns,
    keda.operator,
    keda.namespace,
    keda.watching,
    keda.external_metrics,
    metrics.resource_metrics,
    secrets.driver,
    secrets.tokens,
    secrets.provider,
    secrets.everywhere,
    secrets.rotation,
    secrets.sync,
    secrets.roles,
    kept.named,
    load_balancer.controller,
    load_balancer.role,
    load_balancer.ingress_class,
    load_balancer.webhook,
    load_balancer.gates,
    load_balancer.certificates,
    load_balancer.trust_stores,
    storage.efs_driver,
    storage.efs_everywhere,
    storage.efs_role,
    storage.efs_removal,
    storage.ebs_driver,
    storage.ebs_role,
    storage.classes,
    namespace.pod_security,
    namespace.rights,
    namespace.policy,
    admission.policies,
)


def examine(needs: Needs, seen: Seen) -> Iterator[Verdict]:
    """A verdict on each precondition that the environment calls for."""
    for each in PRECONDITIONS:
        if each.applies(needs) and (verdict := each.verdict(needs, seen)):
            yield verdict
