"""Rules on the health checks of target groups."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from examx_constructs._regex import regex
from examx_constructs.checks.alb.annotations import API, CONTROLLER, REFUSED, REFUSED_BY_AWS, whole
from examx_constructs.checks.alb.classes import members
from examx_constructs.checks.alb.targets import settled, targets
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource

_INTERVAL, _TIMEOUT = "healthcheck-interval-seconds", "healthcheck-timeout-seconds"
_DEFAULTS = {_INTERVAL: 15, _TIMEOUT: 5}
_CODES = regex(r"\s*\d+(\s*-\s*\d+)?\s*(,\s*\d+(\s*-\s*\d+)?\s*)*")
_HTTP, _GRPC = (200, 499), (0, 99)


@dataclass(frozen=True, slots=True, eq=False)
class _Settings:
    """Where the settings of a target group are, by who goes first."""

    resources: tuple[Resource, ...]
    known: bool
    """Whether these are all: a Service by itself may be one of an Ingress elsewhere."""

    def __getitem__(self, suffix: str) -> Node:
        return settled(suffix, *self.resources)


def _settings(manifests: Manifests) -> Iterator[_Settings]:
    """Yield the settings of each target group, and of each Service by itself."""
    for member in members(manifests):
        services = {id(target.service): target.service for target in targets(manifests, member)}
        for service in services.values() or [None]:
            yield _Settings((service, member.ingress) if service else (member.ingress,), known=True)
    for service in manifests.kind("Service"):
        yield _Settings((service,), known=False)


@rule(f"{API}, CreateTargetGroup; defaults by {CONTROLLER}, pkg/ingress/model_builder.go")
def alb_health_check_times_fit(manifests: Manifests) -> Iterator[Finding]:
    """A health check's timeout is shorter than its interval: AWS refuses the target group otherwise.

    Annotations of the Service go before those of the Ingress. Left out, the interval is 15 s and the timeout 5 s.
    """
    reported: set[int] = set()
    for settings in _settings(manifests):
        interval, timeout = settings[_INTERVAL], settings[_TIMEOUT]
        seconds, longest = _seconds(_TIMEOUT, timeout), _seconds(_INTERVAL, interval)
        if not settings.known and not (interval.present and timeout.present):
            continue
        place = timeout if timeout.present else interval
        if seconds is not None and longest is not None and seconds >= longest and id(place) not in reported:
            reported.add(id(place))
            if timeout.present:
                yield finding(place, f"less than the interval, {longest} s", REFUSED_BY_AWS)
            else:
                yield finding(place, f"more than the timeout, {seconds} s by default", REFUSED_BY_AWS)


@rule(f"{API}, Matcher")
def alb_success_codes_are_possible(manifests: Manifests) -> Iterator[Finding]:
    """`success-codes` are statuses or ranges of them: 200 to 499 for HTTP, 0 to 99 for gRPC."""
    reported: set[int] = set()
    for settings in _settings(manifests):
        codes, version = settings["success-codes"], settings["backend-protocol-version"].text
        if not codes.text or is_placeholder(codes.text) or id(codes) in reported:
            continue
        least, most = _GRPC if version == "GRPC" else _HTTP
        if not settings.known and not version:
            least, most = _GRPC[0], _HTTP[1]
        numbers = [int(each[:9]) for each in re.findall(r"\d+", codes.text)]
        if not _CODES.fullmatch(codes.text) or not all(least <= each <= most for each in numbers):
            reported.add(id(codes))
            allowed = f"codes from {least} to {most}, such as {least},{most} or {least}-{most}"
            yield finding(codes, allowed, REFUSED_BY_AWS)


@rule(f"{CONTROLLER}, pkg/ingress/model_build_target_group.go")
def alb_health_check_port_is_found(manifests: Manifests) -> Iterator[Finding]:
    """A name in `healthcheck-port` is a port of the Service; with targets of type ip, one with a number behind it."""
    for member in members(manifests):
        for target in targets(manifests, member):
            port = target.said("healthcheck-port")
            service = target.service
            if (
                not port.text
                or re.fullmatch(r"[+-]?\d+|traffic-port", port.text)
                or service is None
                or is_placeholder(port.text)
            ):
                continue
            ports = list(service.spec["ports"])
            named = next((each for each in ports if each["name"].text == port.text), None)
            if named is None:
                known = ", ".join(each["name"].text for each in ports if each["name"].text) or "none"
                yield finding(port, f"a port name of {service.id.qualified}: {known}", REFUSED)
            elif target.type == "ip" and named["targetPort"].text and not named["targetPort"].text.isdecimal():
                yield finding(port, "the number of the pods' port: the Service's has a name for it", REFUSED)


def _seconds(suffix: str, place: Node) -> int | None:
    return whole(place.text) if place.present else _DEFAULTS[suffix]
