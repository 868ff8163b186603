"""APIs that programs add to the API server: whether they are there, and whose they are."""

from examx_cli.doctor.questions import API_SERVICES
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.verdict import Found, good, lacking
from examx_constructs.manifests import Object, items, text


def api_service(seen: Seen, name: str) -> Object | None:
    """Return the APIService of that name."""
    found = (each for each in seen.objects(API_SERVICES) if text(each, "metadata", "name") == name)
    return next(found, None)


def is_available(seen: Seen, name: str) -> Found:
    """Return whether an aggregated API is there and answers."""
    service = api_service(seen, name)
    if service is None:
        return lacking(f"there is no {name}")
    available = [each for each in items(service, "status", "conditions") if text(each, "type") == "Available"]
    if any(text(each, "status") == "True" for each in available):
        return good(f"{served_by(service)} serves it")
    why = " ".join(text(each, "message") for each in available)
    return lacking(f"{name} is not available: {why or 'the API server does not say why'}")


def served_by(service: Object) -> str:
    """Return the Service behind an aggregated API, with its namespace."""
    return f"{text(service, 'spec', 'service', 'namespace')}/{text(service, 'spec', 'service', 'name')}"
