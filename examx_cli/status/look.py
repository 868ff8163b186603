"""One look at an environment: everything is read, each thing for itself."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from examx_cli.cluster import Cluster
from examx_cli.deploy.history import History
from examx_cli.doctor.needs import Needs
from examx_cli.errors import CommandError
from examx_cli.status import queues
from examx_cli.status.certificates import certificates
from examx_cli.status.exporter import exporter
from examx_cli.status.reading import RELEASES, Reading
from examx_cli.status.redis import servers
from examx_cli.status.secrets import secrets
from examx_cli.status.targets import balancer
from examx_cli.status.values import Expiry, Status, Unread
from examx_cli.status.warnings import warnings
from examx_cli.status.workloads import workloads
from examx_constructs.manifests import Versions, text
from examx_constructs.settings import SettingError


def look(environment: str, cluster: Cluster, needs: Needs, before: Status | None = None) -> Status:
    """Return what is known now. `before` is an earlier look, by which it is known how fast queues grow.

    Raises UnreachedError where the cluster does not answer at all; what else cannot be read, its place says.
    """
    # Everybody may ask this, so it tells a cluster that does not answer from one that does not tell.
    version = text(cluster.kubectl.json("version"), "serverVersion", "gitVersion")
    now = datetime.now(UTC)
    reading = Reading(cluster, needs.manifests)
    with ThreadPoolExecutor(2) as pool:
        expiring = pool.submit(lambda: list(_expiries(reading, needs, now)))
        reading.ahead()
        told = pool.submit(exporter, reading)
        counted = queues.counted(reading)
        servers_found = servers(reading)
        grown = queues.with_told(counted.queues, told.result())
        if before is not None:
            grown = queues.with_rates(grown, before.queues, (now - before.time).total_seconds())
        return Status(
            environment=environment,
            cluster=cluster.target.cluster,
            namespace=cluster.target.namespace,
            time=now,
            release=_release(reading),
            workloads=list(workloads(reading, counted.totals, _versions(version))),
            queues=grown,
            redis=servers_found,
            balancer=balancer(reading, needs),
            expiries=expiring.result(),
            warnings=warnings(reading, now),
        )


def _release(reading: Reading) -> History | Unread:
    found = reading.objects(RELEASES)
    if isinstance(found, Unread):
        return found
    try:
        return History.read(next(iter(found), None), reading.cluster.target.namespace)
    except CommandError as error:
        return Unread(str(error))


def _expiries(reading: Reading, needs: Needs, now: datetime) -> Iterable[Expiry | Unread]:
    yield from certificates(needs.ingresses, now)
    yield from secrets(reading, now)


def _versions(written: str) -> Versions:
    """Return the cluster's version, as far as an autoscaler's arithmetic depends on it."""
    try:
        return Versions(kubernetes=written)
    except SettingError:
        return Versions()
