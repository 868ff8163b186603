"""The runner of workflows: what its steps do, and hand on."""

from pathlib import Path

import pytest

from tests.unit.workflows.expressions import ExpressionError
from tests.unit.workflows.test_runner import STEP, run, source

__all__ = ["source"]


def test_a_job_waits_for_those_that_it_needs_and_runs_only_after_their_success(source: Path) -> None:
    done = run(
        source,
        f"""\
          last: {{needs: [middle], steps: [{STEP}]}}
          always: {{needs: [middle], if: always(), steps: [{STEP}]}}
          middle: {{needs: first, steps: [{STEP}]}}
          first: {{steps: [{{run: exit 3, shell: 'bash {{0}}'}}, {STEP}]}}
        """,
    )
    assert {name: job.result for name, job in done.jobs.items()} == {
        "first": "failure",
        "middle": "skipped",
        "last": "skipped",
        "always": "success",
    }
    assert done.result == "failure"
    assert done.log() == "said\n"


def test_outputs_pass_from_step_to_job_to_caller(source: Path) -> None:
    done = run(
        source,
        """\
          first:
            outputs: {one: '${{ steps.it.outputs.one }}', two: '${{ steps.it.outputs.two }}'}
            steps:
              - id: it
                shell: bash {0}
                run: |
                  echo one=1 >> "$GITHUB_OUTPUT"
                  printf 'two<<END\\na\\nb=c\\nEND\\n' >> "$GITHUB_OUTPUT"
          second:
            needs: first
            permissions: {contents: write}
            uses: ./.github/workflows/called.yaml
            with: {text: '${{ needs.first.outputs.two }}', flag: '${{ needs.first.outputs.one == 1 }}'}
            secrets: {KEY: b}
        """,
    )
    assert done.jobs["first"].outputs == {"one": "1", "two": "a\nb=c"}
    assert done.jobs["second"].outputs == {"given": "a\nb=c-true"}


def test_what_is_secret_is_in_no_output_and_a_mask_is_not_printed(source: Path) -> None:
    done = run(
        source,
        """\
          first:
            outputs: {one: 'x ${{ secrets.KEY }}', two: '${{ steps.it.outputs.two }}', three: three}
            steps:
              - id: it
                shell: bash {0}
                run: |
                  echo ::add-mask::hidden
                  echo two=it-is-hidden >> "$GITHUB_OUTPUT"
        """,
        secrets={"KEY": "a key"},
    )
    assert done.jobs["first"].outputs == {"one": "", "two": "", "three": "three"}
    assert done.log() == ""


def test_a_step_sees_the_path_that_another_added_to_and_variables_of_its_environment(source: Path) -> None:
    done = run(
        source,
        """\
          first:
            environment: prod
            steps:
              - {run: 'mkdir tools; cp /bin/echo tools/speak; echo "$PWD/tools" >> "$GITHUB_PATH"', shell: 'bash {0}'}
              - {run: 'speak "$ROLE of $GITHUB_ACTOR"', shell: 'bash {0}', env: {ROLE: '${{ vars.ROLE }}'}}
        """,
    )
    assert done.log() == "a role of mona\n"


def test_a_matrix_runs_the_job_for_each_value(source: Path) -> None:
    step = "{run: 'echo $EACH; [ $EACH != b ]', shell: 'bash {0}', env: {EACH: '${{ matrix.each }}'}}"
    done = run(source, f"first: {{strategy: {{matrix: {{each: [a, b]}}}}, steps: [{step}]}}")
    assert (done.result, done.log()) == ("failure", "a\nb\n")


@pytest.mark.parametrize(
    "job",
    [
        "{steps: [], outputs: {a: '${{ steps.none.outputs.a }}'}}",
        "{outputs: {a: '${{ steps.it.outputs.a }}'}, steps: [{id: it, run: 'true', shell: 'bash {0}'}]}",
        "{steps: [{run: 'true', shell: 'bash {0}', env: {A: '${{ vars.ROLE }}'}}]}",
        "{steps: [{run: 'true', shell: 'bash {0}', env: {A: '${{ secrets.KEY }}'}}]}",
    ],
)
def test_names_that_nobody_declared_are_refused(source: Path, job: str) -> None:
    with pytest.raises(ExpressionError, match="has no"):
        run(source, f"first: {job}")
