"""Rules on what a SecretProviderClass of AWS asks for: names, ARNs, files and the parts of a secret."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.secrets.provider_objects import (
    Wanted,
    aws_classes,
    field,
    file_names,
    said,
    wanted_objects,
)
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource

_SOURCE = "AWS provider for the Secrets Store CSI driver (chart 3.1.1), provider/secret_descriptor.go"
_KEYS = words(
    "objectName objectType objectAlias filePermission objectVersion objectVersionLabel jmesPath failoverObject"
)
_KNOWN = frozenset(key.lower() for key in _KEYS)
_TYPES = ("secretsmanager", "ssmparameter")
_TYPE_OF_SERVICE = {"secretsmanager": "secretsmanager", "ssm": "ssmparameter"}
_UPWARDS = regex(r"/\.\./|^\.\./|/\.\.$")
_REFUSED = "the provider refuses the whole class, and no pod that mounts it starts"
_ARN_PARTS = 6


class _Arn(NamedTuple):
    """The parts of an ARN that the provider compares."""

    service: str
    region: str


def _arn(name: str) -> _Arn | None:
    parts = name.split(":", _ARN_PARTS - 1)
    return _Arn(parts[2], parts[3]) if len(parts) == _ARN_PARTS else None


@rule(_SOURCE)
def provider_objects_are_valid(manifests: Manifests) -> Iterator[Finding]:
    """The `objects` of a SecretProviderClass are a YAML text with a list, each with a name and known keys.

    The case of a key does not matter. An ARN is one of Secrets Manager or Parameter Store, in the region of the class
    and of the type beside it. As a name it gets an alias, because the file is otherwise named after the ARN, its random
    ending included.
    """
    for provider in aws_classes(manifests):
        given = provider.spec.at("parameters", "objects")
        objects = wanted_objects(provider)
        if objects is None and not is_placeholder(given.text):
            yield finding(given, "a string (objects: |) with a YAML list", "the provider parses the text itself")
        for each in objects or ():
            yield from _object_findings(each)
            yield from _name_findings(each)
            yield from _part_findings(each)
            yield from _failover_findings(each)


def _object_findings(each: Wanted) -> Iterator[Finding]:
    for key, value in each.node.entries():
        if key.lower() not in _KNOWN:
            yield finding(value, ", ".join(sorted(_KEYS)), "the provider does not read it")
    if not each.name:
        yield finding(field(each.node, "objectName"), "the name or ARN of a secret", "there would be nothing to fetch")
    alias = said(field(each.node, "objectAlias"))
    if each.name.startswith("arn:") and not alias and not each.parts:
        place = field(each.node, "objectAlias")
        yield finding(place, "a file name", "the file would be named after the whole ARN")
    for file in each.files:
        if _UPWARDS.search(file.name):
            yield finding(file.place, "a path without ..", _REFUSED)
    for holder in (each.node, *each.parts):
        permission = field(holder, "filePermission")
        if permission.present and said(permission) and not re.fullmatch("[0-7]{4}", said(permission)):
            yield finding(
                permission, 'four octal digits in quotes, such as "0440"', "the provider refuses anything else"
            )


def _name_findings(each: Wanted) -> Iterator[Finding]:
    """Yield what does not agree: the type, the ARN's service and region, and the region of the class."""
    given, kind = field(each.node, "objectType"), said(field(each.node, "objectType"))
    is_arn = each.name.startswith("arn:")
    if is_placeholder(kind):
        return
    if kind not in _TYPES and (kind or not is_arn):
        yield finding(given, " or ".join(_TYPES), "only a full ARN tells the type by itself")
    place = field(each.node, "objectName")
    region = each.provider.spec.at("parameters", "region").text
    yield from _arn_findings(place, each.name, kind, region) if is_arn else ()
    arn = _arn(each.name)
    if kind in _TYPES and is_arn and arn is not None and _TYPE_OF_SERVICE.get(arn.service, kind) != kind:
        yield finding(given, f"{_TYPE_OF_SERVICE[arn.service]}, or none beside this ARN", _REFUSED)
    label, version = field(each.node, "objectVersionLabel"), field(each.node, "objectVersion")
    if kind == "ssmparameter" and said(label) and said(version):
        yield finding(label, "objectVersion or objectVersionLabel of a parameter, not both", _REFUSED)


def _arn_findings(place: Node, name: str, kind: str, region: str) -> Iterator[Finding]:
    arn = _arn(name)
    if arn is None:
        if not is_placeholder(name):
            yield finding(place, "a whole ARN: arn:partition:service:region:account:resource", _REFUSED)
        return
    if arn.service not in _TYPE_OF_SERVICE and not is_placeholder(arn.service):
        allowed = f"an ARN of {'Parameter Store' if kind == 'ssmparameter' else 'Secrets Manager'}"
        yield finding(place, allowed, f"the provider fetches nothing from {arn.service}, and refuses the whole class")
    elif region and arn.region != region and not is_placeholder(region) and not is_placeholder(arn.region):
        yield finding(place, f"an ARN in {region}, the region of the class", _REFUSED)


def _part_findings(each: Wanted) -> Iterator[Finding]:
    parts = field(each.node, "jmesPath")
    if parts.present and not isinstance(parts.value, list):
        yield finding(parts, "a list of a path and an objectAlias each", _REFUSED)
    for part in each.parts:
        for key, allowed in (("path", "a JMESPath into the JSON of the secret"), ("objectAlias", "a file name")):
            if not said(field(part, key)):
                yield finding(field(part, key), allowed, _REFUSED)


def _failover_findings(each: Wanted) -> Iterator[Finding]:
    other = field(each.node, "failoverObject")
    name, region = field(other, "objectName"), each.provider.spec.at("parameters", "failoverRegion")
    if not said(name):
        return
    if not region.text:
        yield finding(region, "the region of the failoverObject", _REFUSED)
    if not said(field(each.node, "objectAlias")):
        yield finding(field(each.node, "objectAlias"), "a file name, beside a failoverObject", _REFUSED)
    if said(name).startswith("arn:"):
        yield from _arn_findings(name, said(name), said(field(each.node, "objectType")), region.text)
    version, own = field(other, "objectVersion"), said(field(each.node, "objectVersion"))
    if said(version) != own:
        yield finding(version, f"{own or 'none'}, as in the first region", _REFUSED)


@rule(_SOURCE)
def provider_files_are_apart(manifests: Manifests) -> Iterator[Finding]:
    """No two objects of a SecretProviderClass, or parts of them, become one file of the volume.

    The provider refuses an alias that is there already, and a name that is twice without what tells the two apart.
    What it does not see, such as `a/b` and `a_b`, or one name with two versions, leaves the last one in the file.
    """
    for provider in aws_classes(manifests):
        seen: set[str] = set()
        aliases: set[str] = set()
        for each in wanted_objects(provider) or ():
            for file in each.files:
                alias = said(file.place) if file.aliased else ""
                if file.name in seen and not is_placeholder(file.name):
                    why = (
                        _REFUSED
                        if alias in aliases - {""}
                        else "both go into one file, and the last one is what pods read"
                    )
                    yield finding(file.place, "a file name of its own", why)
                seen.add(file.name)
                aliases.add(alias)


@rule("Secrets Store CSI driver, Sync as Kubernetes Secret")
def synced_secret_has_object(manifests: Manifests) -> Iterator[Finding]:
    """The `objectName` in a SecretProviderClass's secretObjects is a file that it mounts: the alias, if any."""
    for provider in aws_classes(manifests):
        names = file_names(provider)
        for secret in provider.spec["secretObjects"] if names else ():
            for data in secret["data"]:
                yield from _missing_file(provider, data["objectName"], names)


def _missing_file(provider: Resource, name: Node, names: set[str]) -> Iterator[Finding]:
    # A slash becomes an underscore in the file, which the driver looks for by the name as it is here.
    if name.text.strip() not in names and name.text and not any(map(is_placeholder, (name.text, *names))):
        yield finding(name, f"a mounted file: {', '.join(sorted(names))}", "the driver finds no such file to copy")
