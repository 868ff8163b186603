"""What means the environments of branches is rendered as they are."""

from examx_cli.doctor.needs import Needs
from examx_cli.doctor.sample import sample
from examx_cli.project import Project
from tests.guides import PROJECT


def test_a_branch_that_there_is_not_is_rendered_by_the_checkout() -> None:
    needs = Needs.of("feature", sample(Project(PROJECT)))
    assert needs.namespace == "feat-examx-doctor-examxv2"
    assert needs.cluster == "dev-stg-cluster"
    assert needs.claimed_classes == {"examxv2-features"}
    assert needs.secret_accounts == ["examxv2-feature-sa"]
