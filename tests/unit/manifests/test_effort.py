"""Long files take as long as they are long: what reads a document goes through its text a fixed number of times."""

import pytest
import yaml

from examx_constructs.manifests import yaml_document

FIXTURES = 500


class CountedText(str):
    """A text that counts how often it is searched from its beginning."""

    __slots__ = ("searches",)

    def __new__(cls, text: str) -> "CountedText":
        made = super().__new__(cls, text)
        made.searches = 0
        return made

    def __contains__(self, part: str) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride] - texts hold texts
        self.searches += 1
        return super().__contains__(part)


def plain_loader(text: str) -> yaml.SafeLoader:
    """PyYAML takes plain texts alone."""
    return yaml.SafeLoader(str(text))


def test_a_text_in_quotation_marks_is_not_searched_for_in_the_whole_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as what Django dumps, a list in JSON, which kubectl reads as YAML: it has a million of them."""
    monkeypatch.setattr(yaml_document, "_FastestLoader", plain_loader)
    rows = ",\n".join(f'{{"model": "exam.result", "pk": {number}, "name": "n"}}' for number in range(FIXTURES))
    text = CountedText(f"[{rows}]")
    content = yaml_document.build(text).content
    assert isinstance(content, list)
    assert len(content) == FIXTURES  # pyright: ignore[reportUnknownArgumentType] - of what YAML holds
    assert text.searches <= 3
