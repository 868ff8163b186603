"""The quota in the policy of docs/features.md: what the namespace of a branch may ask for, as the code renders it.

The policy holds who deploys branches to exactly that, so a figure of a branch's environment is one of the policy too.
"""

import re
import textwrap
from datetime import UTC, datetime

from cdk8s import App

from examx_constructs.chart import ExamxChart
from examx_constructs.features import Feature, feature
from examx_constructs.settings import ImageReference

_QUOTA = re.compile(r"(?<=\n    - name: quota\n      expression: >-\n)(?: {8}.*\n)+")
_WIDTH = 120


def filled(text: str) -> str:
    """Return the document with the quota of today, where it has a policy."""
    return _QUOTA.sub(lambda _: quota(), text)


def quota() -> str:
    """Return the map of the quota, as lines of an expression of CEL, which writes it as Python does."""
    wanted = Feature(
        branch="any",
        image=ImageReference.parse("registry.example.com/app:1"),
        owner="any",
        expires=datetime(2030, 1, 1, tzinfo=UTC),
    )
    rendered = ExamxChart(App(), feature(wanted)).to_json()
    [hard] = [each["spec"]["hard"] for each in rendered if each["kind"] == "ResourceQuota"]
    indent = " " * 8
    lines = textwrap.wrap(
        str(dict(sorted(hard.items()))),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "".join(f"{line}\n" for line in lines)
