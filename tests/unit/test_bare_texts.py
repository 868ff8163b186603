"""Texts that cdk8s' own writer would leave to be misread stop a synth; those that it quotes do not."""

from pathlib import Path

import pytest
from cdk8s import ApiObject, ApiObjectMetadata, App, Chart, JsonPatch

from examx_constructs.chart_checks import add_checks


def synthesized(folder: Path, labels: dict[str, str], data: dict[str, str]) -> Path:
    app = App(outdir=str(folder))
    chart = Chart(app, "web", namespace="shop")
    config = ApiObject(
        chart, "settings", api_version="v1", kind="ConfigMap", metadata=ApiObjectMetadata(name="settings")
    )
    config.add_json_patch(JsonPatch.add("/data", data), JsonPatch.add("/metadata/labels", labels))
    add_checks(app, [chart])
    app.synth()
    return folder / "web.k8s.yaml"


@pytest.mark.parametrize("text", ["0o22", "0o14", "=", "a\tb"])
def test_a_text_that_is_left_bare_is_named_with_its_construct(tmp_path: Path, text: str) -> None:
    with pytest.raises(RuntimeError) as refused:
        synthesized(tmp_path, {}, {"UMASK": text})
    assert f'web/settings: ConfigMap shop/settings: data.UMASK is "{text}"' in str(refused.value)
    assert "[text-stays-text; " in str(refused.value)


def test_a_key_as_well(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r'data\.0o22 is "0o22"'):
        synthesized(tmp_path, {}, {"0o22": "a"})


@pytest.mark.parametrize(
    "text", ["y", "no", "022", "1.5", "~", "null", "a", "0o9", "10.0.0.1", "", "22:30", "1e3", "1e-7"]
)
def test_what_cdk8s_quotes_or_nobody_misreads_is_fine(tmp_path: Path, text: str) -> None:
    assert synthesized(tmp_path, {"a": "b"}, {"UMASK": text}).is_file()
