"""What is written without cdk8s is what cdk8s writes, to the byte."""

from pathlib import Path

import pytest
import yaml
from cdk8s import App, Chart, Yaml
from hypothesis import given
from hypothesis import strategies as st

from examx_constructs._yaml import Json, dump
from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import ImageReference
from tests.settings.support import reproducible

TEXTS = [
    *(
        "",
        " ",
        "-",
        "a-",
        "a:",
        ":a",
        "a: b",
        "a:b",
        "a #b",
        "a#b",
        "#a",
        "?",
        "? a",
        "[a",
        "{a}",
        "a,b",
        "&a",
        "*a",
        "!a",
        "|",
    ),
    *(
        "y",
        "N",
        "Yes",
        "oN",
        "off",
        "TRUE",
        "False",
        "null",
        "~",
        "=",
        "<<",
        "nan",
        ".nan",
        ".inf",
        "-.inf",
        "inf",
        "Null",
    ),
    *(
        "0",
        "07",
        "08",
        "0o7",
        "0x1f",
        "0b1",
        "1_000",
        "1:20",
        "1e3",
        "e5",
        "E+5",
        "e",
        "e5x",
        "+1",
        "-1",
        "1.5",
        ".5",
        "5.",
    ),
    *(
        "2001-01-01",
        "2001-01-01T00:00:00Z",
        "10.0.0.0/8",
        "250m",
        "4Gi",
        "25%",
        "1.2.3",
        "...",
        "---",
        "- a",
        "a\tb",
        "\ta",
    ),
    *(
        "'",
        '"',
        "a'b",
        'a"b',
        "\"a'",
        "\\",
        "a\\nb",
        "%a",
        "@a",
        "`a",
        "é",
        "日本",
        "\u2028",
        "\x7f",
        "\x07",
        "\ufeff",
        "🙂",
    ),
    *(
        "a\nb",
        "a\nb\n",
        "a\n\n",
        "\na",
        "\n",
        " a\nb",
        "a\n b\n",
        "a\n ",
        "a \nb",
        "a\n\n\n  b\n\n",
        "---\na\n",
        "- a\n- b\n",
    ),
    *(
        "#!/bin/sh\n\necho a: b\n",
        "a\r\nb",
        "/",
        "/a b",
        "http://a.b:80/c?d=e",
        "a@b.c",
        "$(A)",
        "x" * 200 + " y",
        "a: b\n" * 30,
    ),
]
KEYS = st.from_regex(r"[_a-zA-Z/][-._a-zA-Z0-9/]{0,12}", fullmatch=True) | st.sampled_from(["y", "e5", ".env"])
# No nulls: on their way to cdk8s they are lost, and no manifest may hold one.
SCALARS = (
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False).filter(bool)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
    | st.text("a1 .:-#'\"\n\t\\,e", max_size=60)
    | st.sampled_from(TEXTS)
)
VALUES = st.recursive(SCALARS, lambda part: st.lists(part, max_size=4) | st.dictionaries(KEYS, part, max_size=4))
DOCUMENTS = st.lists(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), min_size=1, max_size=3)


@pytest.mark.parametrize("text", TEXTS, ids=repr)
def test_a_text_stands_as_cdk8s_writes_it(text: str) -> None:
    document: dict[str, Json] = {"value": text, "list": [text, [text, {"deep": text}]], "mapping": {"last": text}}
    assert dump([document]) == Yaml.stringify(document)


@reproducible
@given(DOCUMENTS)
def test_anything_stands_as_cdk8s_writes_it(documents: list[dict[str, Json]]) -> None:
    assert dump(documents) == Yaml.stringify(*documents)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_stands_as_cdk8s_writes_it(name: str, image: ImageReference, tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    chart = ExamxChart(app, ENVIRONMENTS[name](image))
    app.synth()
    assert dump(chart.to_json()) == (tmp_path / f"{name}.k8s.yaml").read_text(encoding="utf-8")


def test_a_chart_without_objects_is_an_empty_file(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "empty")
    app.synth()
    assert dump(chart.to_json()) == (tmp_path / "empty.k8s.yaml").read_text(encoding="utf-8") == ""


def test_other_parsers_read_the_same() -> None:
    document: dict[str, Json] = {"texts": [*(text for text in TEXTS if text.isprintable() or text.isascii())]}
    assert yaml.safe_load(dump([{"a": ["yes", "e5", "a: b", "x\ny\n"]}])) == {"a": ["yes", "e5", "a: b", "x\ny\n"]}
    assert len(dump([document])) > 0
