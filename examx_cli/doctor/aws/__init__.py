"""What an environment needs of its account of AWS: `examx doctor ENV --aws`. Read, never changed."""

from examx_cli.doctor.aws import balancer, certificates, cluster, nodes, roles, stores
from examx_cli.doctor.aws.account import Account
from examx_cli.doctor.precondition import Precondition

__all__ = ["SETTINGS", "Account"]

SETTINGS: tuple[Precondition[Account], ...] = (
    cluster.endpoint,
    cluster.audit,
    cluster.add_on,
    nodes.running,
    nodes.templates,
    balancer.attributes,
    balancer.access_logs,
    balancer.web_acl,
    balancer.shield,
    balancer.trust_stores,
    certificates.certificates,
    stores.tags,
    stores.scan,
    stores.secret_policies,
    roles.github_roles,
)
"""In the order in which they are told."""
