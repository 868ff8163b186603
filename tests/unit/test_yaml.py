"""What is written without cdk8s is what cdk8s writes, to the byte; but for what readers of YAML would misread."""

import random
from pathlib import Path

import pytest
import yaml
from cdk8s import App, Chart, Yaml
from hypothesis import given
from hypothesis import strategies as st

from examx_constructs._yaml import Json, dump
from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.manifests import yaml_text
from examx_constructs.manifests.bare import is_text, needs_escapes
from examx_constructs.settings import ImageReference
from tests.unit.manifests.scalars import scalars
from tests.unit.settings.support import reproducible

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
        " \n",
        "\n  \n",
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
ANY_TEXT = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
    | st.text("a1 .:-#'\"\n\t\\,e", max_size=60)
    | st.sampled_from(TEXTS)
)


def documents(keys: st.SearchStrategy[str], texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, Json]]]:
    """Some documents of these. No nulls: on their way to cdk8s they are lost, and no manifest may hold one."""
    scalars = (
        st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False).filter(bool)
        | texts
    )
    values = st.recursive(scalars, lambda part: st.lists(part, max_size=4) | st.dictionaries(keys, part, max_size=4))
    return st.lists(st.dictionaries(keys, values, min_size=1, max_size=4), min_size=1, max_size=3)


DOCUMENTS = documents(KEYS, ANY_TEXT)
UNMISTAKEN = documents(KEYS.filter(is_text), ANY_TEXT.filter(is_text))
"""Those whose texts no reader takes for anything else."""


@pytest.mark.parametrize("text", TEXTS, ids=repr)
def test_a_text_stands_as_cdk8s_writes_it_or_in_quotation_marks(text: str) -> None:
    document: dict[str, Json] = {"value": text, "list": [text, [text, {"deep": text}]], "mapping": {"last": text}}
    if is_text(text) or not is_bare(text):
        assert dump([document]) == Yaml.stringify(document)
    else:
        assert yaml_text.documents(dump([document])) == [document]
        assert f"value: {text}\n" not in dump([document])


def is_bare(text: str) -> bool:
    """Whether cdk8s leaves out quotation marks, or writes characters that not every reader takes."""
    return Yaml.stringify([text]) == f"- {text}\n" or needs_escapes(text)


@reproducible
@given(UNMISTAKEN)
def test_anything_stands_as_cdk8s_writes_it_but_what_others_misread(documents: list[dict[str, Json]]) -> None:
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


@reproducible
@given(DOCUMENTS)
def test_kubectl_and_yaml_1_1_read_what_was_written(documents: list[dict[str, Json]]) -> None:
    written = dump(documents)
    expected = [fractions(each) for each in documents]
    assert [fractions(each) for each in yaml_text.documents(written)] == expected
    assert [fractions(each) for each in yaml.safe_load_all(written)] == expected


def fractions(value: object) -> object:
    """A value with its numbers as fractions: a whole one of JSON has the shortest digits that mean it."""
    if isinstance(value, dict):
        return {key: fractions(part) for key, part in value.items()}
    if isinstance(value, list):
        return [fractions(part) for part in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def odd_texts() -> list[str]:
    """Texts that some reader takes for something else, and texts that look like them."""
    chance = random.Random(13)
    alphabets = ["0123456789._-+eE", "01_bBoOxX-+", "0123456789abcdefx_.", "0123456789:-TZ .", "yYnNoOfF~.aIiNn+-=<"]
    words = ("".join(chance.choices(each, k=chance.randint(1, 9))) for each in alphabets for _ in range(400))
    return [*dict.fromkeys([*TEXTS, *scalars(), *words])]


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """How each odd text is written: as a value, as an item and as a key, in the block style that there is."""
    return {text: dump([{"value": text, "items": [text, {"deep": text}], "keys": {text: 1}}]) for text in odd_texts()}


def test_readers_in_python_read_odd_texts(written: dict[str, str]) -> None:
    assert len(written) > 2000
    for text, content in written.items():
        expected = {"value": text, "items": [text, {"deep": text}], "keys": {text: 1}}
        assert yaml_text.documents(content) == [expected], content
        assert yaml.safe_load(content) == expected, content


@pytest.mark.parametrize("text", ["0o22", "0o14", "=", "1e-7", "1234e56", "22:30", "1_000", "<<", "08", "y", "~"])
def test_what_some_reader_takes_for_no_text_is_quoted(text: str) -> None:
    assert dump([{"a": text, text: "b"}]) == f'a: "{text}"\n"{text}": b\n'


@pytest.mark.parametrize("text", ["10.0.0.0/8", "1.2.3", "0xg", "250m", "25%", "v1", "a=b", "1e", "-a", "10.0.0.1"])
def test_other_texts_stay_bare(text: str) -> None:
    assert dump([{"a": text}]) == f"a: {text}\n"
