"""Pieces of PromQL."""


def series(metric: str, **labels: str) -> str:
    """Return the series of a metric with these labels; one that ends in `_not` or `_like` is compared otherwise."""
    return f"{metric}{{{','.join(_matcher(name, value) for name, value in labels.items())}}}"


def _matcher(name: str, value: str) -> str:
    escaped = value.replace("\\", r"\\").replace('"', r"\"")
    if name.endswith("_like"):
        return f'{name.removesuffix("_like")}=~"{escaped}"'
    if name.endswith("_not"):
        return f'{name.removesuffix("_not")}!="{escaped}"'
    return f'{name}="{escaped}"'


def any_of(*names: str) -> str:
    """Return a pattern of exactly these names, for `_like`.

    Of what names may contain only the point means something else.
    """
    return "|".join(name.replace(".", r"\.") for name in names)
