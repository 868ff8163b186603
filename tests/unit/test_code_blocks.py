"""Every code block of every document: run, generated, carried out elsewhere, or held against what it speaks of."""

import json
import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import typer
import yaml

from examx_cli.schemas.kubernetes import VERSIONS, findings, is_built_in
from examx_constructs.checks import Manifests, check
from examx_constructs.checks.waiver_files import FILE_NAME, read_waivers
from examx_constructs.features import read_features
from tests.blocks import CARRIED_OUT, DOCUMENTS, PROJECT, Block, blocks
from tests.commands import assert_there, commands
from tests.guides import assert_examx_has
from tests.support import holds
from tools import docs

BLOCKS = [block for document in DOCUMENTS for block in blocks(document)]
GENERATED = ("example", "setup", "output", "diagram", "keda", "breaking", "sound", "waiver", "shown")
"""What the comment before a block of tools/docs.py begins with: the code that it runs, and what it writes."""

CHECKED = "checked"
"""The comment before what test_checks_guide.py checks, and finds broken as the guide says."""

REFUSED = (AssertionError, pytest.fail.Exception, *typer.BadParameter.__bases__)
"""What a command that is not there raises: here, in tests/guides.py, and in the command line itself."""

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def generated(block: Block) -> bool:
    """Whether tools/docs.py runs or writes the block; that it does so, test_generated_blocks_are_written tells."""
    written = block.document.relative_to(PROJECT) in docs.DOCUMENTS
    return written and block.marker.partition(" ")[0] in GENERATED


def carried_out(block: Block) -> bool:
    """Whether test_architecture_guide.py carries the block out."""
    return block in CARRIED_OUT


def starts_process(block: Block) -> bool:
    """Python runs in a process of its own, and towncrier is asked what it knows: in tests/process."""
    return block.language == "python" or "towncrier " in block.text


@pytest.mark.parametrize("block", [block for block in BLOCKS if not starts_process(block)], ids=str)
def test_block(block: Block, tmp_path: Path) -> None:
    assert block.language in LANGUAGES, f"no test knows blocks of the language {block.language!r}: {block}"
    LANGUAGES[block.language](block, tmp_path)


def manifests(block: Block, folder: Path) -> None:
    """YAML: a part of dist/, a file of features, or objects that an API server takes and no rule complains of."""
    if generated(block) or carried_out(block) or block.marker == CHECKED:
        return
    path = block.path or ""
    documents = list(yaml.safe_load_all(block.text))
    if path.startswith(("dist/", "examples/")):
        whole = yaml.safe_load_all((PROJECT / path).read_text(encoding="utf-8"))
        assert any(holds(each, documents[0]) for each in whole)
    elif path.startswith(".github/workflows/"):
        jobs = documents[0]["jobs"].values()
        for step in [each for job in jobs for each in job["steps"]]:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]) if "uses" in step else True
            script_of(step.get("run", ""))
    elif path == "features.yaml":
        (folder / path).write_text(block.text, encoding="utf-8")
        assert read_features(folder / path)
    else:
        assert all(is_built_in(each) for each in documents), "custom resources are shown as they are rendered"
        assert [line for each in documents for line in findings(each, VERSIONS[-1])] == []
        assert list(map(str, check(Manifests.of(documents)))) == []


def script(block: Block, _folder: Path) -> None:
    assert script_of(block.text)


def script_of(text: str) -> int:
    """Looks at the commands of a text, and says how many there are."""
    found = list(commands(text))
    for command in found:
        assert_there(command)
    return len(found)


def session(block: Block, _folder: Path) -> None:
    """What is typed is behind a dollar sign, what is answered without."""
    typed = re.findall(r"^\$ (.*)$", block.text, re.MULTILINE)
    assert typed
    for line in typed:
        for command in commands(line):
            assert_there(command)


def change(block: Block, _folder: Path) -> None:
    assert carried_out(block) or generated(block)


def waivers(block: Block, folder: Path) -> None:
    """A file of waivers, which names rules that there are."""
    (folder / FILE_NAME).write_text(block.text, encoding="utf-8")
    assert read_waivers(folder / FILE_NAME)


def picture(block: Block, _folder: Path) -> None:
    # What `examx diff` draws is held against a run by tests/process/cli/diff/test_forecast_told.py.
    assert generated(block) or block.text.startswith("flowchart ") or block.marker == "forecast"
    for opening, closing in ("[]", "()", "{}"):
        assert block.text.count(opening) == block.text.count(closing)
    assert block.text.count('"') % 2 == 0


def data(block: Block, _folder: Path) -> None:
    json.loads(block.text)


def queries(block: Block, _folder: Path) -> None:
    assert block.document.name == "KEDA_CONFIGURATION.md", "test_keda_guide.py knows the metrics of that guide"


def answer(_block: Block, _folder: Path) -> None:
    """What a program prints, for which there is no language."""


LANGUAGES: Mapping[str, Callable[[Block, Path], None]] = {
    "bash": script,
    "console": session,
    "diff": change,
    "json": data,
    "mermaid": picture,
    "promql": queries,
    "text": answer,
    "toml": waivers,
    "yaml": manifests,
}
"""What becomes of a block of each language, but of Python. One that is not here is refused: none is there untried."""


@pytest.mark.parametrize("document", docs.DOCUMENTS, ids=str)
def test_generated_blocks_are_written(document: Path) -> None:
    """What counts as generated is what `make docs` writes now, whatever stood there."""
    text = (PROJECT / document).read_text(encoding="utf-8")
    tables = r"(<!-- (alerts|cutover|crashes|application|rules)[a-z -]* -->\n).*?(?=<!-- /\2 -->)"
    damaged = re.sub(tables, r"\1stale\n", text, flags=re.DOTALL)
    for block in blocks(PROJECT / document):
        if generated(block) and block.language != "python":
            damaged = damaged.replace(f"```{block.language}\n{block.text}```", f"```{block.language}\nstale\n```")
    # The quota in a policy is a part of a block.
    damaged = re.sub(r"(?<='limits.memory': ')\w+", "1Mi", damaged)
    assert damaged != text
    assert docs.generated(damaged) == text, "run `make docs`"


@every_document
def test_the_commands_of_examx_in_the_text_exist(document: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for command in re.findall(r"`(examx [a-z][^`]*)`", text):
        assert_examx_has(shlex.split(command))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("examx appply dev", "has no command appply"),
        ("examx apply dev --force", "--force"),
        ("examx env show dev stg", "stg"),
        ("examx env", "examx env has no command"),
        ("make everything", "make has no target everything"),
        ("kubectl get deployment/web --namespace dev-examxv2", "no manifest has deployment/web"),
        ("kubectl get deployment/celery-beat", "without its namespace"),
        ("kubectl get pods --namespace nowhere", "no environment has the namespace nowhere"),
        ("kubectl logs deployment/examxv2-backend --container web --namespace dev-examxv2", "web"),
        ("kubectl get hpa/keda-hpa-celery-beat-scaler --namespace dev-examxv2", "celery-beat-scaler"),
        ("helm install keda", "helm install"),
        ("aws eks create-addon --name x", "--name"),
        ("python -m no_such_module", "no_such_module"),
        ("python missing.py", "there is no file missing.py"),
        ("gh workflow run missing.yaml", "there is no workflow missing.yaml"),
        ("gh workflow run cd-stg.yaml -f branch=x", "no input branch=x"),
        ("gh secret set NOTHING --body x", "no workflow uses the secret NOTHING"),
        ("gh pr create", "gh pr create"),
        ("A=1 true | frobnicate > /dev/null", "no test knows the program true"),
    ],
)
def test_a_command_that_is_not_there_is_found(command: str, message: str) -> None:
    words, *_ = commands(command)
    with pytest.raises(REFUSED, match=re.escape(message)):
        assert_there(words)


def test_commands_are_told_apart() -> None:
    script = "# first\nA=1 B=2 one 'a b' \\\n  --x=1 | two > file 2>&1 && three; four # end\n"
    assert list(commands(script)) == [["one", "a b", "--x=1"], ["two", "2"], ["three"], ["four"]]
