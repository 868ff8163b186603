"""The set-up page against the charts that it installs, as they are in the versions that it pins.

What was read of them is here: the version, the values that the page sets, and the file that they are in. A chart that
is raised is read again, and its line here with it.
"""

import json
import re
import shlex
from dataclasses import dataclass
from itertools import pairwise

import pytest

from examx_cli.doctor import component, keda, load_balancer, network, questions, secrets, storage
from examx_cli.doctor.charts import CHARTS, Chart
from examx_cli.doctor.examination import PRECONDITIONS
from tests.guides import Guide
from tests.unit.cli.doctor.conftest import cluster_for, needs_of

PAGE = Guide("docs/cluster.md")
CLUSTER = "dev-stg-cluster"


@dataclass(frozen=True)
class Facts:
    """A chart, in one version: where it was read, what of its values the page sets, the program in it.

    `values` in the words of values.yaml: `a.b` is a mapping in a mapping, `a[]` an element of a list, `a.*` any key.
    """

    version: str
    source: str
    values: frozenset[str]
    runs: str


FACTS = {
    "keda": Facts(
        "2.17.2", "kedacore/charts v2.17.2, keda/values.yaml", frozenset({"operator.replicaCount"}), "2.17.2"
    ),
    "metrics-server": Facts(
        "3.13.1",
        "kubernetes-sigs/metrics-server metrics-server-helm-chart-3.13.1, charts/metrics-server/values.yaml",
        frozenset(),
        "0.8.1",
    ),
    "secrets-store-csi-driver": Facts(
        "1.6.0",
        "kubernetes-sigs/secrets-store-csi-driver v1.6.0, charts/secrets-store-csi-driver/values.yaml; "
        "tokenRequests goes into templates/csidriver.yaml as it is",
        frozenset({"enableSecretRotation", "tokenRequests[].audience", "syncSecret.enabled"}),
        "1.6.0",
    ),
    "secrets-store-csi-driver-provider-aws": Facts(
        "3.1.1",
        "aws/secrets-store-csi-driver-provider-aws a74182c, charts/secrets-store-csi-driver-provider-aws/values.yaml",
        frozenset({"secrets-store-csi-driver.install", "tolerations[].operator"}),
        "3.1.1",
    ),
    "aws-load-balancer-controller": Facts(
        "3.5.0",
        "aws/eks-charts 5239609, stable/aws-load-balancer-controller/values.yaml",
        frozenset({"clusterName", "region", "vpcId", "serviceAccount.annotations.*"}),
        "3.5.0",
    ),
    "aws-efs-csi-driver": Facts(
        "4.4.1",
        "kubernetes-sigs/aws-efs-csi-driver helm-chart-aws-efs-csi-driver-4.4.1, charts/aws-efs-csi-driver/values.yaml",
        frozenset({"controller.deleteAccessPointRootDir", "controller.serviceAccount.annotations.*"}),
        "3.4.1",
    ),
    "aws-ebs-csi-driver": Facts(
        "2.64.0",
        "kubernetes-sigs/aws-ebs-csi-driver v1.64.0, charts/aws-ebs-csi-driver/values.yaml",
        frozenset({"controller.serviceAccount.annotations.*"}),
        "1.64.0",
    ),
}
ADD_ONS = {"vpc-cni": {"enableNetworkPolicy": "true"}}
"""What add-ons of EKS are configured with: texts, also where they say yes (EKS user guide, cni-network-policy)."""


def set_values(command: list[str]) -> dict[str, str]:
    """The values that a command of Helm sets, by the names that they have in FACTS."""
    given = [word for before, word in pairwise(command) if before == "--set"]
    found: dict[str, str] = {}
    for each in given:
        key, _, value = each.partition("=")
        # Helm takes a dot after a backslash for a part of a key.
        steps = re.split(r"(?<!\\)\.", re.sub(r"\[\d+\]", "[]", key))
        found[".".join("*" if "\\." in step else step for step in steps)] = value
    return found


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_a_chart_is_pinned_and_sets_only_values_that_it_has(chart: Chart) -> None:
    facts = FACTS[chart.name]
    assert chart.version == facts.version
    assert set_values(chart.words(CLUSTER)).keys() <= facts.values, facts.source
    assert chart.version in chart.words(CLUSTER)


def test_the_page_installs_these_charts_in_their_order() -> None:
    assert [shlex.join(each) for each in PAGE.commands("helm")] == [each.command(CLUSTER) for each in CHARTS]


def test_what_the_page_adds_in_words_are_values_of_a_chart() -> None:
    added = re.findall(r"`--set ([\w.]+)=", PAGE.text)
    known = {value for each in FACTS.values() for value in each.values}
    assert len(added) >= 2
    assert set(added) <= known


def test_every_command_of_helm_names_one_version_and_one_cluster() -> None:
    for command in PAGE.commands("helm"):
        assert command.count("--version") == 1
        assert command.count("--kube-context") == 1
        assert re.fullmatch(r"\d+\.\d+\.\d+", command[command.index("--version") + 1])


def test_add_ons_are_configured_in_the_words_of_their_schemas() -> None:
    changed = [each for each in PAGE.commands("aws") if each[2] in ("create-addon", "update-addon")]
    assert changed
    for command in changed:
        name = command[command.index("--addon-name") + 1]
        assert json.loads(command[command.index("--configuration-values") + 1]) == ADD_ONS[name]


def test_what_an_examination_advises_is_on_the_page() -> None:
    """A command in an advice is one of the page's, whole, or nothing that installs."""
    page = [shlex.join(each) for name in ("helm", "aws") for each in PAGE.commands(name)]
    advised = [each.mend.replace("CLUSTER", CLUSTER) for each in PRECONDITIONS]
    installing = [each for each in advised if each.startswith(("helm ", "aws eks update-addon"))]
    assert len(installing) > 8
    for each in installing:
        assert any(each.startswith(command) or shlex.join(shlex.split(each)) == command for command in page), each


def test_what_is_installed_is_what_an_examination_is_content_with() -> None:
    least = {
        "keda": keda.LEAST,
        "aws-load-balancer-controller": load_balancer.LEAST,
        "aws-efs-csi-driver": storage.EFS_LEAST,
    }
    for name, version in least.items():
        runs = component.version_of(FACTS[name].runs)
        assert runs is not None
        assert runs >= version
    assert keda.LEAST <= (component.version_of(FACTS["keda"].runs) or ()) < keda.BELOW
    assert load_balancer.LEAST == (2, 12, 0)
    assert storage.EFS_LEAST == (2, 1, 2)


def test_the_driver_of_secrets_asks_for_what_the_provider_needs() -> None:
    [driver] = [each for each in CHARTS if each.name == "secrets-store-csi-driver"]
    audiences = [each.partition("=")[2] for each in driver.values if each.startswith("tokenRequests")]
    assert audiences == [secrets.IRSA, secrets.POD_IDENTITY]
    assert not any("syncSecret" in each for each in driver.values)
    assert not any(needs_of(each).synced_secrets for each in ("dev", "stg", "prod")), (
        "then the page must set syncSecret"
    )


def test_every_service_account_that_the_page_gives_a_role_is_one() -> None:
    trusted = set(re.findall(r"`([a-z0-9-]+:[a-z0-9-]+)`", PAGE.text))
    applications = {
        f"{needs.namespace}:{account}"
        for needs in map(needs_of, ("dev", "stg", "prod"))
        for account in needs.secret_accounts
    }
    assert applications <= trusted
    system = cluster_for(needs_of("dev")).answers[questions.SERVICE_ACCOUNTS]
    assert {f"kube-system:{each['metadata']['name']}" for each in system} == trusted - applications


def test_the_roles_of_the_commands_are_those_of_the_table() -> None:
    named = {
        value.rpartition("/")[2]
        for each in PAGE.commands("helm")
        for value in set_values(each).values()
        if ":role/" in value
    }
    assert named == set(re.findall(rf"^\| `({CLUSTER}-[a-z-]+)` \|", PAGE.text, re.MULTILINE))


def test_the_add_on_is_told_what_an_examination_looks_for() -> None:
    assert f"--enable-network-policy={ADD_ONS['vpc-cni']['enableNetworkPolicy']}" == network.ENFORCES


def test_checksums_are_of_charts_that_are_installed_in_their_versions() -> None:
    """A version that is raised takes its old checksum along: the row has to be made anew."""
    rows = re.findall(
        r"^\| `([a-z0-9-]+)-(\d+\.\d+\.\d+)\.tgz` \| `([0-9a-f]{64})` \| (.+) \|$", PAGE.text, re.MULTILINE
    )
    assert len(rows) >= 3
    assert {(name, version) for name, version, *_ in rows} <= {(each.name, each.version) for each in CHARTS}
    assert len({digest for _, _, digest, _ in rows}) == len(rows)
    missing = len(CHARTS) - len(rows)
    said = {4: "The four drivers' archives were not at hand.", 0: ""}
    assert said[missing] in PAGE.text


def test_nodes_give_nothing_to_pods() -> None:
    """What the page sets is what an examination of AWS is content with."""
    [template] = [each for each in PAGE.commands("aws") if each[2] == "create-launch-template-version"]
    options = json.loads(template[template.index("--launch-template-data") + 1])["MetadataOptions"]
    assert options == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
