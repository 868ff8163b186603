"""Rules on the memory of nginx."""

import re
from collections.abc import Iterator

from examx_constructs import settings
from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.objects.mounted_files import mounted_files
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests
from examx_constructs.settings.refusal import SettingError

_WORKERS = regex(r"^\s*worker_processes\s+(\d{1,4})\s*;", re.MULTILINE)
_CONNECTIONS = regex(r"^\s*worker_connections\s+(\d{1,7})\s*;", re.MULTILINE)
_HEADERS = regex(r"^\s*large_client_header_buffers\s+(\d{1,4})\s+(\d{1,9})([kKmM]?)\s*;", re.MULTILINE)
_BODY = regex(r"^\s*client_body_buffer_size\s+(\d{1,9})([kKmM]?)\s*;", re.MULTILINE)
_REQUESTS = regex(r"^\s*limit_conn\s+\S+\s+(\d{1,7})\s*;", re.MULTILINE)
_INCLUDE = regex(r"^\s*include\s+([^\s;]+)\s*;", re.MULTILINE)
_UNITS = {"": 1, "k": 2**10, "m": 2**20}
_DEFAULT_HEADERS, _DEFAULT_BODY = 4 * 8 * 2**10, 16 * 2**10
_MEBIBYTE = 2**20


@rule("nginx documentation, ngx_http_core_module: large_client_header_buffers, client_body_buffer_size")
def nginx_buffers_fit_limit(manifests: Manifests) -> Iterator[Finding]:
    """The buffers that nginx's connections may fill fit into the memory limit of its container.

    Each connection may fill those of a header, and each request one for its body. Slow clients that hold as many as
    there may be end the process otherwise. A `limit_conn` bounds the requests; without one they are as many as the
    connections.
    """
    for pod in manifests.pods:
        for container in pod.containers:
            files = dict(mounted_files(manifests, pod, container))
            limit = _limit(container) if files else None
            if limit is not None:
                yield from _too_much(files, limit)


def _too_much(files: dict[str, Node], limit: "settings.Quantity") -> Iterator[Finding]:
    main = next((path for path in files if path.endswith("/nginx.conf")), None)
    if main is None:
        return
    folder, included = main.rpartition("/")[0], set(_INCLUDE.findall(files[main].text))
    read = {main, *(each if each.startswith("/") else f"{folder}/{each}" for each in included)}
    text = "\n".join(content.text for path, content in files.items() if path in read)
    connections = int(_found(_CONNECTIONS, files[main].text, "512")) * int(_found(_WORKERS, files[main].text, "1"))
    requests = min(connections, max((int(each) for each in _REQUESTS.findall(text)), default=connections))
    needed = connections * _headers(text) + requests * _body(text)
    if needed > limit.amount:
        yield finding(
            files[main],
            f"connections whose buffers fit the limit of {limit}: {connections} of them may fill "
            f"{needed // _MEBIBYTE}Mi",
            "slow clients that hold them all would end nginx",
            value=f"worker_connections {_found(_CONNECTIONS, files[main].text, '512')}",
        )


def _found(pattern: re.Pattern[str], text: str, default: str) -> str:
    found = pattern.search(text)
    return found[1] if found else default


def _headers(text: str) -> int:
    found = _HEADERS.search(text)
    return int(found[1]) * int(found[2]) * _UNITS[found[3].lower()] if found else _DEFAULT_HEADERS


def _body(text: str) -> int:
    found = _BODY.search(text)
    return int(found[1]) * _UNITS[found[2].lower()] if found else _DEFAULT_BODY


def _limit(container: Node) -> "settings.Quantity | None":
    given = container.at("resources", "limits", "memory")
    try:
        return settings.Quantity(str(given.value)) if given.present else None
    except SettingError:
        return None
