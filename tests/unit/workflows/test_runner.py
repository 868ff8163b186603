"""The model of GitHub Actions, on which the other tests rely: it does and refuses what GitHub does and refuses."""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.unit.workflows.actions import ACTIONS
from tests.unit.workflows.model import Event, JobRun, Place, Run, Settings, WorkflowError
from tests.unit.workflows.runner import start

STEP = "{run: 'echo said', shell: 'bash -euo pipefail {0}'}"
CHECKOUT = f"actions/checkout@{ACTIONS['actions/checkout'].commit}"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A checkout with a workflow that can be called."""
    folder = tmp_path / "source/.github/workflows"
    folder.mkdir(parents=True)
    called = f"""
        name: called
        on:
          workflow_call:
            inputs: {{text: {{type: string, required: true}}, flag: {{type: boolean, default: false}}}}
            secrets: {{KEY: {{required: true}}}}
            outputs: {{given: {{value: '${{{{ jobs.inner.outputs.given }}}}'}}}}
        jobs:
          inner:
            permissions: {{contents: write}}
            outputs: {{given: '${{{{ inputs.text }}}}-${{{{ inputs.flag }}}}'}}
            steps: [{STEP}]
    """
    (folder / "called.yaml").write_text(dedent(called), encoding="utf-8")
    return tmp_path / "source"


def run(source: Path, jobs: str, *, secrets: dict[str, str] | None = None) -> JobRun:
    """Run the jobs of a workflow that is started by hand."""
    text = f"name: test\non: {{workflow_dispatch: {{}}}}\njobs:\n{indent(dedent(jobs), '  ')}"
    (source / ".github/workflows/test.yaml").write_text(text, encoding="utf-8")
    begun = Run(
        source=source,
        scratch=source.parent / "scratch",
        event=Event("workflow_dispatch", {"inputs": {}}),
        settings=Settings({}, secrets or {}, {"prod": Place({"ROLE": "a role"})}),
        repository="acme/test",
        sha="0" * 40,
        actor="mona",
        programs=source,
        system_path=["/usr/bin", "/bin"],
        actions={"actions/checkout": lambda job, given: {"commit": job.of.sha}},
        variables={},
    )
    return start(begun, "test.yaml")


def test_a_job_that_was_left_out_leaves_out_what_comes_after_it_in_called_workflows_too(source: Path) -> None:
    done = run(
        source,
        f"""\
          out: {{if: false, steps: [{STEP}]}}
          caller:
            needs: out
            if: ${{{{ !failure() }}}}
            permissions: {{contents: write}}
            uses: ./.github/workflows/called.yaml
            with: {{text: a}}
            secrets: {{KEY: b}}
        """,
    )
    assert done.jobs["caller"].jobs["inner"].result == "skipped"


CALL = "permissions: {contents: write}, uses: ./.github/workflows/called.yaml"


@pytest.mark.parametrize(
    ("job", "complaint"),
    [
        ("steps: [{uses: somebody/something@v1}]", "uses somebody/something@v1, which is not known here"),
        ("steps: [{uses: actions/checkout@v7}]", "uses actions/checkout@v7, which is not known here"),
        (f"steps: [{{uses: {CHECKOUT}}}]", "the wrong inputs: "),
        (f"steps: [{{uses: {CHECKOUT}, with: {{persist-credentials: false, reff: a}}}}]", "the wrong inputs: .*reff"),
        ("steps: [{uses: ./.github/actions/none}]", "its checkout has no such action"),
        ("steps: [{run: true}]", "has no shell"),
        ("steps: [{run: true, continue-on-error: true}]", "has continue-on-error, which is not known here"),
        ("container: a, steps: []", "has container, which is not known here"),
        ("environment: staging, steps: []", "there is no environment staging"),
        ("needs: [first], steps: []", "nothing lets first begin"),
        ("uses: acme/other/.github/workflows/called.yaml@v1", "is not of this repository"),
        (f"{CALL}, secrets: {{KEY: a}}", "called.yaml needs the input text"),
        (f"{CALL}, secrets: {{KEY: a}}, with: {{text: a, txt: b}}", "called.yaml has no input txt"),
        (f"{CALL}, secrets: {{KEY: a}}, with: {{text: a, flag: 'yes'}}", "called.yaml: flag must be a boolean"),
        (f"{CALL}, with: {{text: a}}", "called.yaml gets the wrong secrets: none"),
        (f"{CALL}, secrets: {{KEY: a, KEYS: b}}, with: {{text: a}}", "called.yaml gets the wrong secrets: KEY, KEYS"),
        (
            "permissions: {contents: read}, uses: ./.github/workflows/called.yaml, with: {text: a}, secrets: {KEY: a}",
            "inner asks for contents: write, but its caller gives it less",
        ),
    ],
)
def test_what_is_refused(source: Path, job: str, complaint: str) -> None:
    with pytest.raises(WorkflowError, match=complaint):
        run(source, f"first: {{{job}}}")
