"""Curves as pictures in a comment on a pull request.

GitHub shows no SVG that is in a comment, and an image would need a host, whose address then is in the comment for good.
It draws code blocks in mermaid by itself, though. `xychart-beta` has lines (mermaid 10.6 and newer; the name without
`beta` came with 11 and is not known to older ones). It has no legend, so the title says which line is which.
"""

from examx_cli.comparison.forecast import Curve, Outcome

_BEFORE, _AFTER = "#8c959f", "#cf222e"
"""Grey and red, which read on a light page and on a dark one."""
_MINUTES = 600
"""Seconds from which on the axis counts minutes."""
_HEIGHT = 240
_NO_TEXT = frozenset('"`<>%{}')


def chart(outcome: Outcome, curve: Curve) -> str:
    """Return a code block that GitHub draws: a line before, one after."""
    divisor, unit = (60, "minutes") if outcome.seconds > _MINUTES else (1, "seconds")
    title = f"{outcome.queue}, {outcome.workload}: {curve.title} (grey before, red after)"
    highest = max(1, *curve.before, *curve.after)
    palette = f'{{"plotColorPalette": "{_BEFORE}, {_AFTER}"}}'
    setting = f'{{"themeVariables": {{"xyChart": {palette}}}, "xyChart": {{"height": {_HEIGHT}, "titleFontSize": 14}}}}'
    return "\n".join(
        [
            "```mermaid",
            f"%%{{init: {setting}}}%%",
            "xychart-beta",
            f"  title {_text(title)}",
            f"  x-axis {_text(unit)} 0 --> {outcome.seconds / divisor:.0f}",
            f"  y-axis {_text(curve.title)} 0 --> {highest}",
            f"  line [{', '.join(map(str, curve.before))}]",
            f"  line [{', '.join(map(str, curve.after))}]",
            "```",
        ]
    )


def _text(text: str) -> str:
    """Return a text of mermaid, which has no escapes.

    What would end it or the block, or is more than text, is left out.
    """
    return '"' + "".join(each for each in text if each.isprintable() and each not in _NO_TEXT) + '"'
