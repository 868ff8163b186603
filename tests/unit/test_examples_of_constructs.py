"""What the documents show as examples of constructs keeps to the library's own rules."""

from pathlib import Path

import pytest

from examx_constructs.checks import Manifests, check
from tests.argument_types import checked
from tests.blocks import PROJECT
from tests.support import read_documents
from tools.docs import DOCUMENTS, examples, rendered

_EXAMPLES = [
    pytest.param(document, code, id=f"{document.name}-{number}")
    for document in DOCUMENTS
    for number, code in enumerate(examples((PROJECT / document).read_text(encoding="utf-8")), start=1)
]


@pytest.mark.parametrize(("document", "code"), _EXAMPLES)
def test_an_example_breaks_no_rule(document: Path, code: str) -> None:
    with checked():
        objects = read_documents(rendered(code))
    found = check(Manifests.of(objects, document.name))
    # An example is a part: the Secrets that it names are made elsewhere.
    assert [str(each) for each in found if each.rule != "reference-is-in-these-manifests"] == []
