"""Texts are read as kubectl reads them: held against a table of what its own reader says."""

import json
from typing import Any

from examx_constructs.manifests.yaml_text import parts
from tests.unit.manifests import facts
from tests.unit.manifests.facts import Fact

FACTS = facts.facts()
# Where a reader in C differs from its copy in Go, it refuses more: the text is told, and never read as another one.
REFUSED_HERE = {
    "value {a:}": "libyaml 0.2.5 takes the colon for a mistake",
    "key []": "kubectl reads the list, and not what stands behind it",
    "stream directive behind a separator": "kubectl takes the directive for an empty document",
    "stream end, then more": "kubectl reads up to the dots, and not what stands behind them",
}


_NAMES = {bool: "bool", str: "string", int: "int64", float: "float64"}


def typed(value: object) -> list[Any]:
    """A value as the table has it."""
    if value is None:
        return ["null"]
    if isinstance(value, list):
        return ["list", *map(typed, value)]
    if isinstance(value, dict):
        return ["map", *([key, typed(value[key])] for key in sorted(value, key=lambda key: key.encode()))]
    return [_NAMES[type(value)], value]


def numbered(answer: Any) -> Any:
    """An answer of the table with its numbers as numbers."""
    if not isinstance(answer, list):
        return answer
    kind = {"int64": int, "float64": float}.get(answer[0] if answer and isinstance(answer[0], str) else "")
    return [answer[0], kind(answer[1])] if kind and len(answer) == 2 else [numbered(each) for each in answer]


def read(text: str) -> tuple[list[Any], str]:
    """What is read here, up to what is refused, and why it is."""
    found: list[Any] = []
    for part in parts(text):
        if part.content is not None:
            found.append(typed(part.content))
        if part.error:
            return found, str(part.error)
    return found, ""


def disagreements(table: list[Fact]) -> list[str]:
    """What is read otherwise here."""
    wrong: list[str] = []
    for fact in table:
        found, refused = read(fact.text)
        if fact.varies or fact.name in REFUSED_HERE:
            continue
        # kubectl may refuse before it gives what came before; what it gives is first here too.
        expected = numbered(fact.documents)
        same = found[: len(expected)] == expected if fact.error else found == expected
        if not same or bool(refused) != bool(fact.error):
            wrong.append(f"{fact.name!r}: {found} {refused!r}; kubectl: {expected} {fact.error!r}")
    return wrong


def test_the_table_is_of_the_versions_that_are_pinned() -> None:
    assert json.loads(facts.TABLE.read_text(encoding="utf-8"))["versions"] == facts.versions()
    assert {fact.name: fact.text for fact in FACTS} == facts.texts()


def test_scalars_streams_and_json_are_read_as_kubectl_reads_them() -> None:
    assert len(FACTS) > 1000
    assert disagreements(FACTS) == []


def test_what_is_refused_here_alone_is_refused() -> None:
    by_name = {fact.name: fact for fact in FACTS}
    for name in REFUSED_HERE:
        assert not by_name[name].error, name
        assert read(by_name[name].text)[1], name


def test_keys_that_kubectl_takes_in_any_order_are_there_twice() -> None:
    texts = [fact.text for fact in FACTS if fact.varies and "inf" not in fact.text and "<<" not in fact.text]
    assert texts
    assert all(any(part.twice for part in parts(text)) for text in texts)
