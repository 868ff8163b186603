"""All preconditions, in the order in which a cluster is set up, and what an examination says of each."""

from collections.abc import Iterable, Iterator

from examx_cli.doctor import (
    admission,
    aws,
    cluster,
    hub,
    keda,
    kept,
    load_balancer,
    metrics,
    namespace,
    network,
    secrets,
    storage,
)
from examx_cli.doctor.aws import Account
from examx_cli.doctor.hub import Repository
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import Precondition, Where
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.verdict import Verdict

PRECONDITIONS: tuple[Precondition[Seen], ...] = (
    cluster.version,
    cluster.named_version,
    cluster.kinds,
    cluster.architecture,
    cluster.spread,
    network.enforcement,
    network.dns,
    network.node_local_dns,
    keda.operator,
    keda.named_version,
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


_TOLD_BY_AWS = (load_balancer.certificates, load_balancer.trust_stores)
"""What Kubernetes does not know, and AWS does."""


def examine(
    needs: Needs, seen: Seen, *, account: Account | None = None, repository: Repository | None = None
) -> Iterator[Verdict]:
    """Yield a verdict on each precondition that the environment calls for.

    Both the cluster and what else may be asked are looked at.
    """
    asked = [each for each in PRECONDITIONS if account is None or each not in _TOLD_BY_AWS]
    yield from _verdicts(asked, needs, seen)
    if account:
        yield from _verdicts(aws.SETTINGS, needs, account)
    if repository:
        yield from _verdicts(hub.SETTINGS, needs, repository)


def _verdicts(preconditions: Iterable[Precondition[Where]], needs: Needs, seen: Where) -> Iterator[Verdict]:
    for each in preconditions:
        if each.applies(needs) and (verdict := each.verdict(needs, seen)):
            yield verdict
