"""The table of what kubectl's own reader says is what it says."""

import random
from typing import Any

import pytest

from tests.unit.manifests import facts
from tests.unit.manifests.facts import Fact
from tests.unit.manifests.test_facts import disagreements


@pytest.fixture(scope="module")
def reader() -> Any:
    if reason := facts.refusal():
        pytest.skip(reason)
    return facts.read


def test_the_table_is_what_the_reader_says(reader: Any) -> None:
    assert facts.rendered() == facts.TABLE.read_text(encoding="utf-8")


def test_random_scalars_are_read_as_kubectl_reads_them(reader: Any) -> None:
    chance = random.Random(13)
    alphabets = ["0123456789._-+eE", "01_bBoOxX-+", "0123456789abcdefx_.", "0123456789:-TZ .", "yYnNoOfF~.aIiNn+-"]
    words = {
        "".join(chance.choice(alphabet) for _ in range(chance.randint(1, 9)))
        for alphabet in alphabets
        for _ in range(600)
    }
    # Marks of YAML's own, and what looks like a separator, are in the table.
    scalars = sorted(word for word in words if word.strip() == word and not word.startswith("---"))
    scalars = [word for word in scalars if not word.endswith(":") and ": " not in word and word not in {"-", "~"}]
    scalars = [word for word in scalars if not word.startswith(("- ", ":"))]
    texts = {
        name: text
        for word in scalars
        for name, text in (
            (f"value {word}", facts.as_value(word)),
            (f"key {word}", facts.as_key(word)),
        )
    }
    table = [
        Fact(name, text, answer["documents"], answer.get("error", ""), answer.get("varies", False))
        for (name, text), answer in zip(texts.items(), reader([*texts.values()]), strict=True)
    ]
    assert len(table) > 4000
    assert disagreements(table) == []
