"""Rules on KEDA's Redis triggers: how KEDA finds the server, its credentials and the list."""

import ipaddress
import re
from collections.abc import Iterator, Set

from examx_constructs._keda.scalers import FROM_ENV
from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.keda.variables import unreadable_variables
from examx_constructs.manifests.keda import Triggered, all_triggers, supplied_parameters
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import environment
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import REDIS_TRIGGERS

_SOURCE = "KEDA 2.17 Redis Lists scaler"
_ADDRESS = regex(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/@]+):(?P<port>\d{1,5})")
_ADDRESS_KEYS = ("address", "addresses")
_HOST_KEYS = ("host", "hosts")
_PASSWORD_KEYS = ("password", "sentinelPassword")


def _triggers(manifests: Manifests) -> Iterator[tuple[Triggered, Node]]:
    return ((each, trigger) for each, trigger in all_triggers(manifests) if trigger["type"].text in REDIS_TRIGGERS)


def _gives(metadata: Node, supplied: Set[str], *keys: str) -> bool:
    return any(key in supplied or metadata[key].text or metadata[f"{key}{FROM_ENV}"].text for key in keys)


@rule(_SOURCE)
def redis_trigger_has_address(manifests: Manifests) -> Iterator[Finding]:
    """A Redis trigger says where Redis is: an address, or a host and a port.

    Without one KEDA logs "no addresses or hosts given" and the ScaledObject never becomes ready.
    """
    for scaler, trigger in _triggers(manifests):
        supplied = supplied_parameters(manifests, scaler, trigger)
        metadata = trigger["metadata"]
        if supplied is None or _gives(metadata, supplied, *_ADDRESS_KEYS):
            continue
        if not (_gives(metadata, supplied, *_HOST_KEYS) and _gives(metadata, supplied, "port", "ports")):
            yield finding(metadata["address"], "host:port, or host and port", "KEDA would not know which Redis to ask")


@rule("KEDA 2.17 Redis Lists scaler; go-redis Options.Addr")
def redis_address_is_host_and_port(manifests: Manifests) -> Iterator[Finding]:
    """The address of a Redis trigger is host:port, never a URL.

    KEDA hands it to the client as it is: a redis:// URL fails with "too many colons in address", and rediss:// turns on
    no TLS. That goes for a variable with a URL in it as well.
    """
    for scaler, trigger in _triggers(manifests):
        variables = _variables(manifests, scaler)
        for node, address in _addresses(trigger["metadata"], variables):
            if not _ADDRESS.fullmatch(address.strip()) and ("://" in address or not is_placeholder(address)):
                yield finding(node, "host:port", "KEDA passes it to the Redis client as it is; a URL is never parsed")
        for key in _HOST_KEYS:
            host = trigger["metadata"][key].text
            if re.search(r"[:/]", host) and not is_placeholder(host):
                yield finding(
                    trigger["metadata"][key], "a host name alone", "the port is apart, and a URL is not parsed"
                )


def _addresses(metadata: Node, variables: dict[str, str]) -> Iterator[tuple[Node, str]]:
    for key in _ADDRESS_KEYS:
        for address in filter(None, metadata[key].text.split(",")):
            yield metadata[key], address
        variable = metadata[f"{key}{FROM_ENV}"]
        if variable.text in variables:
            for address in variables[variable.text].split(","):
                yield variable, address
        elif variable.text.endswith(("_URL", "_URI")):
            yield variable, f"{variable.text}://"


def _variables(manifests: Manifests, scaled: Triggered) -> dict[str, str]:
    container = scaled.source_container(manifests)
    return {} if container is None else environment(container)


@rule("KEDA 2.17 Redis Lists scaler; Kubernetes documentation, DNS for Services")
def redis_host_names_namespace(manifests: Manifests) -> Iterator[Finding]:
    """The host of a Redis trigger names its namespace: `redis.dev-examxv2:6379`.

    KEDA's operator connects, from the operator's namespace, where a bare Service name means another Service or none.
    """
    for scaler, trigger in _triggers(manifests):
        for node, address in _addresses(trigger["metadata"], _variables(manifests, scaler)):
            parts = _ADDRESS.fullmatch(address.strip())
            if parts and _is_short(parts["host"]):
                yield _short_host(node, parts["host"])
        for key in _HOST_KEYS:
            for host in trigger["metadata"][key].text.split(","):
                if host and _is_short(host) and ":" not in host:
                    yield _short_host(trigger["metadata"][key], host)


def _is_short(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." not in host and not is_placeholder(host)
    return False


def _short_host(node: Node, host: str) -> Finding:
    return finding(node, f"{host}.<namespace> or longer", "KEDA resolves the name from its own namespace")


@rule("KEDA 2.17 Redis Lists scaler, environment resolution")
def redis_trigger_environment_exists(manifests: Manifests) -> Iterator[Finding]:
    """A `…FromEnv` of a Redis trigger names a variable that KEDA can read.

    KEDA reads the target container's env and envFrom in the manifest. It cannot see a mounted .env file, the image's
    variables, fieldRef or what a shell exports. An address from there is empty, and so is a password, silently.
    """
    for scaled, trigger in _triggers(manifests):
        yield from unreadable_variables(manifests, scaled, trigger)


@rule("KEDA 2.17 Redis Lists scaler, authentication parameters")
def redis_trigger_has_no_password(manifests: Manifests) -> Iterator[Finding]:
    """A Redis trigger holds no password: it comes from a TriggerAuthentication, or from a variable of the target."""
    for _, trigger in _triggers(manifests):
        for key in _PASSWORD_KEYS:
            if trigger["metadata"][key].text:
                yield finding(
                    trigger["metadata"][key],
                    "a TriggerAuthentication that reads a Secret",
                    "manifests are no place for a password",
                    value="set (redacted)",
                )


@rule(_SOURCE)
def redis_trigger_sets_tls_once(manifests: Manifests) -> Iterator[Finding]:
    """TLS of a Redis trigger is set in metadata or by the authentication's `tls`: KEDA refuses both together."""
    for scaler, trigger in _triggers(manifests):
        tls = trigger["metadata"]["enableTLS"]
        if tls.present and "tls" in (supplied_parameters(manifests, scaler, trigger) or ()):
            yield finding(
                tls, "nothing, beside the authentication's tls parameter", "KEDA refuses to have it set twice"
            )


@rule("KEDA 2.17 Redis Lists scaler; KEDA 2.17 Redis Lists (Sentinel) scaler")
def redis_trigger_names_list(manifests: Manifests) -> Iterator[Finding]:
    """A Redis trigger names its list, and one through Sentinel names its master: KEDA has no default for either."""
    for scaler, trigger in _triggers(manifests):
        metadata = trigger["metadata"]
        if metadata["listName"].value in (None, ""):
            yield finding(metadata["listName"], "the name of a list", "there would be nothing to count")
        supplied = supplied_parameters(manifests, scaler, trigger)
        needs_master = trigger["type"].text == "redis-sentinel" and supplied is not None
        if needs_master and not _gives(metadata, supplied or frozenset(), "sentinelMaster"):
            yield finding(
                metadata["sentinelMaster"], "the name of the master", "Sentinel would not know which one to ask for"
            )
