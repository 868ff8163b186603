"""What rules make of the texts of a trigger's metadata: some are filled in before KEDA reads them."""

import re
from urllib.parse import urlsplit

from examx_constructs._keda import values
from examx_constructs._keda.scalers import Parameter
from examx_constructs.manifests.placeholders import is_placeholder

_ENCRYPTED = "ENC["


def is_open(name: str) -> bool:
    """Return whether a name is still filled in.

    One of capitals and underscores may be: as a name, it is taken for one.
    """
    return is_placeholder(name) and re.fullmatch(r"[\w.-]+", name) is None


def refused(text: str, parameter: Parameter) -> tuple[str, str] | None:
    """Return what is allowed instead of a text, and why; None where the scaler takes it, or it is not known yet."""
    trimmed = text.strip()
    if is_placeholder(trimmed) or trimmed.startswith(_ENCRYPTED):
        return None
    return values.refused(text, parameter)


def is_url(text: str, *schemes: str) -> bool:
    """Return whether a text is a URL with one of these schemes and a host."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname)
