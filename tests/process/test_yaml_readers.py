"""Texts that some reader of YAML takes for something else, read by real ones."""

import json
import subprocess

import pytest

from tests.blocks import PROJECT
from tests.unit.manifests import facts
from tests.unit.test_yaml import written

__all__ = ["written"]


NPM = """
const {{ parseDocument }} = require({module!r});
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const read = (text, version) => {{
  const document = parseDocument(text, {{ version }});
  if (document.errors.length) throw document.errors[0];
  return document.toJS();
}};
console.log(JSON.stringify(texts.map(text => [read(text, '1.1'), read(text, '1.2')])));
"""


@pytest.mark.parametrize("module", ["yaml", "cdk8s/node_modules/yaml"])
def test_readers_in_javascript_read_odd_texts(written: dict[str, str], module: str) -> None:
    """The library that cdk8s writes with, and a newer one, by the rules of YAML 1.1 and of 1.2."""
    folder = PROJECT / "node_modules" / module
    if not folder.is_dir():
        pytest.skip(f"node_modules has no {module}")
    done = subprocess.run(
        ["node", "-e", NPM.format(module=str(folder))],
        input=json.dumps([*written.values()]),
        capture_output=True,
        text=True,
        check=True,
    )
    for text, answers in zip(written, json.loads(done.stdout), strict=True):
        for answer in answers:
            assert answer == {"value": text, "items": [text, {"deep": text}], "keys": {text: 1}}, text


def test_kubectls_own_reader_reads_odd_texts(written: dict[str, str]) -> None:
    if reason := facts.refusal():
        pytest.skip(reason)
    for text, answer in zip(written, facts.read([*written.values()]), strict=True):
        (mapping,) = answer["documents"]
        values = dict(mapping[1:])
        assert values["value"] == ["string", text], text
        assert values["items"] == ["list", ["string", text], ["map", ["deep", ["string", text]]]], text
        assert values["keys"] == ["map", [text, ["int64", "1"]]], text
