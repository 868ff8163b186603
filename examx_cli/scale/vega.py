"""Draws what Vega-Lite describes, offline: an SVG, or one HTML file.

vl-convert brings Vega-Lite and all that it needs as one wheel; it is imported when a picture is asked for. What it is
given are plain mappings, as Vega-Lite's own reference has them: why no Altair makes these, docs/decisions.md tells.
"""

from pathlib import Path

from examx_cli.errors import CommandError
from examx_cli.scale.figures import JsonObject

EXTRA = "scale"
"""The extra of this package that brings what draws."""
_VERSION = "6.4"
_SHARED: JsonObject = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "config": {"font": "system-ui, sans-serif", "view": {"stroke": None}},
}
_LABEL = "const spec = "


def svg(specification: JsonObject) -> str:
    """Return the picture: the same bytes for the same specification. Raises CommandError."""
    return _ended(_converter().vegalite_to_svg({**_SHARED, **specification}, vl_version=_VERSION))


def html(specification: JsonObject) -> str:
    """Return the page, which fetches nothing. Raises CommandError."""
    drawn = {**_SHARED, **specification}
    page = _converter().vegalite_to_html(drawn, vl_version=_VERSION, bundle=True, renderer="svg")
    # vl-convert 1.9 writes texts of the specification into a script as they are: `</script>` would end it.
    before, mark, after = page.rpartition(_LABEL)
    line, end, rest = after.partition("\n")
    return _ended(before + mark + line.replace("<", "\\u003c") + end + rest)


def write(file: Path, text: str) -> None:
    """Write what was drawn. Raises CommandError."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from error


def _converter():  # noqa: ANN202 - a module, of which there are no types
    try:
        import vl_convert  # noqa: PLC0415 - 84 MiB, for pictures alone
    except ImportError:
        raise CommandError(
            f"vl-convert-python is not installed, which draws pictures; install examx-constructs[{EXTRA}]"
        ) from None
    return vl_convert


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
