"""What an examination says of an account of AWS: one thing is wrong at a time, and exactly that is said."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from examx_cli.doctor import State, Verdict, asking, questions
from examx_cli.doctor.aws import SETTINGS, Account
from examx_cli.doctor.needs import Needs
from examx_cli.errors import Refusal
from tests.process.cli.doctor.outside import amazon
from tests.process.cli.doctor.outside.conftest import Answers, Outside
from tests.unit.cli.doctor.conftest import needs_of
from tests.unit.cli.doctor.eks import Played

OK, MISSING, UNKNOWN = State.OK, State.MISSING, State.UNKNOWN
Record = Callable[[Answers], Outside]
POLICY = '{"Statement": [{"Effect": "Allow", "Principal": %s, "Action": "secretsmanager:GetSecretValue"%s}]}'


def needs(**annotations: str) -> Needs:
    """What dev needs, with other annotations of its Ingress."""
    whole = needs_of("dev")
    manifests: list[Any] = copy.deepcopy(list(whole.manifests))
    for each in manifests:
        if each["kind"] == "Ingress":
            for name, text in annotations.items():
                each["metadata"]["annotations"][f"alb.ingress.kubernetes.io/{name.replace('_', '-')}"] = text
    return Needs("dev", amazon.CLUSTER, whole.namespace, manifests)


def cluster(name: str = amazon.DNS) -> Played:
    """A cluster whose Ingress has a load balancer."""
    ingress = {
        "metadata": {"name": "examxv2-ingress", "namespace": "dev-examxv2"},
        "status": {"loadBalancer": {"ingress": [{"hostname": name}] if name else []}},
    }
    return Played({questions.OWN_INGRESSES: [ingress]})


def examined(wanted: Needs, seen: Played | None = None) -> dict[str, Verdict]:
    account = Account(asking.aws(wanted.region), seen or cluster())
    found = [each.verdict(wanted, account) for each in SETTINGS if each.applies(wanted)]
    return {each.what: each for each in found if each}


@dataclass(frozen=True)
class Case:
    """Other answers of AWS, and what is then said of one setting."""

    name: str
    what: str
    state: State
    said: str
    answers: Answers
    annotations: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def config(**changed: Any) -> Answers:
    answer = copy.deepcopy(amazon.sound()["eks describe-cluster"])
    answer["cluster"]["resourcesVpcConfig"] |= changed
    return {"eks describe-cluster": answer}


def add_on(values: str | None) -> Answers:
    has = {} if values is None else {"configurationValues": values}
    return {"eks describe-addon": {"addon": {"addonVersion": "v1.20.4", **has}}}


def instances(*nodes: dict[str, Any]) -> Answers:
    return {amazon.INSTANCES: {"Reservations": [{"Instances": [*nodes]}]}}


def template(**options: Any) -> Answers:
    data = {"MetadataOptions": amazon.KEPT | options} if options else {}
    return {amazon.TEMPLATE: {"LaunchTemplateVersions": [{"LaunchTemplateData": data}]}}


def certificates(*given: dict[str, Any]) -> Answers:
    return {amazon.CERTIFICATES: {"CertificateSummaryList": [*given]}}


def repository(**changed: Any) -> Answers:
    answer = copy.deepcopy(amazon.sound()["ecr describe-repositories"])
    answer["repositories"][0] |= changed
    return {"ecr describe-repositories": answer}


def scanning(kind: str, often: str, name: str) -> Answers:
    rule = {"scanFrequency": often, "repositoryFilters": [{"filter": name, "filterType": "WILDCARD"}]}
    told = {"scanningConfiguration": {"scanType": kind, "rules": [rule]}}
    return repository(imageScanningConfiguration={"scanOnPush": False}) | {
        "ecr get-registry-scanning-configuration": told
    }


def roles(subject: object, **more: Any) -> Answers:
    return {"iam list-roles": amazon.role(subject, **more)}


def policy(principal: str, condition: str = "") -> Answers:
    return {"secretsmanager get-resource-policy": {"ResourcePolicy": POLICY % (principal, condition)}}


REPO, ROLES = "repo:examx/platform", "roles that workflows take"
OPEN, AUDIT, ADD_ON = "networks that reach the API server", "audit log", "enableNetworkPolicy of the add-on vpc-cni"
NODES, COMING = "metadata service of the nodes that run", "metadata service of the nodes to come"
ATTRIBUTES, LOGS, ACL, SHIELD = "attributes, as rendered", "access logs", "web ACL of WAF", "Shield Advanced"
STORES, CERTIFICATES = "trust stores", "a certificate for each host"
TAGS, SCAN, SECRETS = "tags of images that do not change", "scan of images", "policies of the secrets"
ABSENT = {"fails": "An error occurred (ResourceNotFoundException) when calling the X operation: No such thing"}

CASES = [
    Case("open to all", OPEN, UNKNOWN, "it is open to 0.0.0.0/0", config(publicAccessCidrs=["0.0.0.0/0"])),
    Case(
        "open by IPv6",
        OPEN,
        UNKNOWN,
        "it is open to 192.0.2.0/24, ::/0",
        config(publicAccessCidrs=["192.0.2.0/24", "::/0"]),
    ),
    Case("the VPC alone", OPEN, OK, "the VPC alone", config(endpointPublicAccess=False)),
    Case(
        "another region", OPEN, MISSING, "there is no cluster testing in ap-south-1", {"eks describe-cluster": ABSENT}
    ),
    Case(
        "nobody writes",
        AUDIT,
        MISSING,
        "it does not write audit, authenticator",
        {"eks describe-cluster": {"cluster": {}}},
    ),
    Case("not configured", ADD_ON, MISSING, "v1.20.4: it is not set", add_on(None)),
    Case("configured off", ADD_ON, MISSING, "v1.20.4: it is false", add_on('{"enableNetworkPolicy": "false"}')),
    Case("a truth value", ADD_ON, OK, "v1.20.4: True", add_on('{"enableNetworkPolicy": true}')),
    Case("in YAML", ADD_ON, UNKNOWN, "its configuration is no JSON", add_on("enableNetworkPolicy: 'true'")),
    Case("a list", ADD_ON, MISSING, "it is not set", add_on("[]")),
    Case("looked after by others", ADD_ON, UNKNOWN, "not EKS's own to look after", {"eks describe-addon": ABSENT}),
    Case(
        "two hops",
        NODES,
        MISSING,
        "1 of 2 nodes: i-00000000000000002 (HttpPutResponseHopLimit 2)",
        instances(amazon.node(1), amazon.node(2, HttpPutResponseHopLimit=2)),
    ),
    Case("no tokens", NODES, MISSING, "(HttpTokens optional)", instances(amazon.node(1, HttpTokens="optional"))),
    Case(
        "switched off", NODES, OK, "1 nodes", instances(amazon.node(1, HttpEndpoint="disabled", HttpTokens="optional"))
    ),
    Case("no nodes", NODES, UNKNOWN, "no instance has the tag kubernetes.io/cluster/testing", instances()),
    Case(
        "nodes of another cluster",
        NODES,
        UNKNOWN,
        "no instance has the tag",
        instances({**amazon.node(1), "Tags": [{"Key": "eks:eks-cluster-name", "Value": "other"}]}),
    ),
    Case(
        "two hops to come",
        COMING,
        MISSING,
        "arm, lt-1 version 7: HttpPutResponseHopLimit 2",
        template(HttpPutResponseHopLimit=2),
    ),
    Case(
        "a template that says nothing",
        COMING,
        MISSING,
        "HttpTokens not set, HttpPutResponseHopLimit not set",
        template(),
    ),
    Case("no template", COMING, MISSING, "arm has no launch template", {"eks describe-nodegroup": {"nodegroup": {}}}),
    Case("no group", COMING, UNKNOWN, "no managed node group", {"eks list-nodegroups": {"nodegroups": []}}),
    Case(
        "another attribute",
        ATTRIBUTES,
        MISSING,
        "idle_timeout.timeout_seconds is 60, not 600",
        {amazon.ATTRIBUTES: amazon.attributes(idle_timeout__timeout_seconds="60")},
    ),
    Case(
        "no logs",
        LOGS,
        UNKNOWN,
        "they are off, and the environment's file asks for none",
        {amazon.ATTRIBUTES: amazon.attributes(access_logs__s3__enabled="false")},
    ),
    Case(
        "no logs, though rendered",
        LOGS,
        MISSING,
        "they are off",
        {amazon.ATTRIBUTES: amazon.attributes(access_logs__s3__enabled="false")},
        {"load_balancer_attributes": "access_logs.s3.enabled=true,access_logs.s3.bucket=logs"},
    ),
    Case(
        "no web ACL",
        ACL,
        UNKNOWN,
        "it has none, and the environment's file names none",
        {"wafv2 get-web-acl-for-resource": {}},
    ),
    Case("nothing printed", ACL, UNKNOWN, "it has none", {"wafv2 get-web-acl-for-resource": ""}),
    Case(
        "no web ACL, though rendered",
        ACL,
        MISSING,
        f"it has none, not {amazon.ACL}",
        {"wafv2 get-web-acl-for-resource": {}},
        {"wafv2_acl_arn": amazon.ACL},
    ),
    Case("another web ACL", ACL, MISSING, f"it has {amazon.ACL}, not arn:other", {}, {"wafv2_acl_arn": "arn:other"}),
    Case(
        "no protection",
        SHIELD,
        MISSING,
        "k8s-examx has no protection",
        {"shield describe-protection": ABSENT},
        {"shield_advanced_protection": "true"},
    ),
    Case("protection", SHIELD, OK, "it is on", {}, {"shield_advanced_protection": "true"}),
    Case(
        "no trust store",
        STORES,
        MISSING,
        "partners is not there",
        {},
        {"mutual_authentication": '[{"port": 443, "mode": "verify", "trustStore": "partners"}]'},
    ),
    Case(
        "a trust store",
        STORES,
        OK,
        "partners",
        {
            "elbv2 describe-trust-stores": {
                "TrustStores": [{"Name": "partners", "TrustStoreArn": "arn", "Status": "ACTIVE"}]
            }
        },
        {"mutual_authentication": '[{"port": 443, "mode": "verify", "trustStore": "partners"}]'},
    ),
    Case("no certificate", CERTIFICATES, MISSING, "examx.cloud: none", certificates()),
    Case(
        "a wildcard does not cover what it stands below",
        CERTIFICATES,
        MISSING,
        "examx.cloud: none",
        certificates(amazon.certificate("*.examx.cloud")),
    ),
    Case(
        "a certificate that ends",
        CERTIFICATES,
        MISSING,
        "ends on 2020-01-01",
        certificates(amazon.certificate("examx.cloud", NotAfter="2020-01-01T00:00:00+00:00")),
    ),
    Case(
        "a certificate that ends, told as a number",
        CERTIFICATES,
        MISSING,
        "ends on 2020-01-01",
        certificates(amazon.certificate("examx.cloud", NotAfter=1577836800.0)),
    ),
    Case(
        "of two the later counts",
        CERTIFICATES,
        OK,
        "examx.cloud: 1 of them",
        certificates(amazon.certificate("examx.cloud", NotAfter=0), amazon.certificate("examx.cloud", "a.cloud")),
    ),
    Case(
        "a name beyond those that are listed",
        CERTIFICATES,
        OK,
        "examx.cloud",
        certificates(amazon.certificate("a.cloud", HasAdditionalSubjectAlternativeNames=True))
        | {"acm describe-certificate": {"Certificate": {"SubjectAlternativeNames": ["a.cloud", "examx.cloud"]}}},
    ),
    Case(
        "the one that is named is not there",
        CERTIFICATES,
        MISSING,
        "not covered by arn:other, or that is not issued",
        {},
        {"certificate_arn": "arn:other"},
    ),
    Case(
        "tags that move",
        TAGS,
        MISSING,
        "examxv2-backend: MUTABLE",
        repository(imageTagMutability="MUTABLE", imageTagMutabilityExclusionFilters=[]),
    ),
    Case(
        "all but some move",
        TAGS,
        MISSING,
        "MUTABLE_WITH_EXCLUSION",
        repository(imageTagMutability="MUTABLE_WITH_EXCLUSION"),
    ),
    Case(
        "no repository",
        TAGS,
        MISSING,
        "there is no repository examxv2-backend",
        {"ecr describe-repositories": {"fails": "An error occurred (RepositoryNotFoundException) when calling"}},
    ),
    Case("nobody scans", SCAN, MISSING, "neither the repository nor the registry", scanning("BASIC", "MANUAL", "*")),
    Case(
        "others are scanned", SCAN, MISSING, "neither the repository", scanning("ENHANCED", "CONTINUOUS_SCAN", "web-*")
    ),
    Case(
        "the registry scans",
        SCAN,
        OK,
        "CONTINUOUS_SCAN, by the registry (ENHANCED)",
        scanning("ENHANCED", "CONTINUOUS_SCAN", "examx*"),
    ),
    Case("everybody reads", SECRETS, MISSING, "allows everybody", policy('"*"')),
    Case("everybody reads, as AWS writes it", SECRETS, MISSING, "allows everybody", policy('{"AWS": "*"}')),
    Case(
        "under a condition",
        SECRETS,
        OK,
        "with a policy of their own",
        policy('"*"', ', "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}'),
    ),
    Case(
        "one role reads",
        SECRETS,
        OK,
        "2 with a policy of their own",
        policy('{"AWS": "arn:aws:iam::111122223333:role/a"}'),
    ),
    Case("no role", ROLES, UNKNOWN, "no role of the account trusts GitHub", {"iam list-roles": {"Roles": []}}),
    Case(
        "two environments, one by one",
        ROLES,
        OK,
        "deploy-prod",
        roles([f"{REPO}:environment:prod", f"{REPO}:environment:stg"]),
    ),
    Case("a pattern that is none", ROLES, OK, "deploy-prod", roles(f"{REPO}:environment:prod", operator="StringLike")),
    Case(
        "a repository, whatever the branch",
        ROLES,
        MISSING,
        "deploy-prod trusts repo:examx/platform:*, a pattern",
        roles(f"{REPO}:*", operator="StringLike"),
    ),
    Case("a branch", ROLES, MISSING, "which is no environment and not main", roles(f"{REPO}:ref:refs/heads/dev")),
    Case("pull requests", ROLES, MISSING, "which is no environment and not main", roles(f"{REPO}:pull_request")),
    Case("everybody on GitHub", ROLES, MISSING, "it names no subject", roles(None)),
    Case(
        "another audience",
        ROLES,
        MISSING,
        "asks for the audience others",
        roles(f"{REPO}:environment:prod", audience="others"),
    ),
    Case(
        "no audience",
        ROLES,
        MISSING,
        "asks for the audience of nobody",
        roles(f"{REPO}:environment:prod", audience=None),
    ),
    Case(
        "no secret",
        SECRETS,
        MISSING,
        "there is no secret arn:aws:secretsmanager",
        {"secretsmanager get-resource-policy": ABSENT},
    ),
]


def test_an_account_that_lacks_nothing(outside: Record) -> None:
    played = outside(amazon.sound())
    found = examined(needs())
    assert {what: each.said for what, each in found.items() if each.state is not OK} == {}
    assert len(found) >= 11
    assert all(call[-4:] == ["--region", "ap-south-1", "--output", "json"] for call in played.calls)
    assert len({tuple(each) for each in played.calls}) == len(played.calls), "each is asked once"


def test_it_only_reads(outside: Record) -> None:
    played = outside(amazon.sound())
    examined(needs(shield_advanced_protection="true"))
    verbs = {call[1].partition("-")[0] for call in played.calls}
    assert verbs <= {"describe", "list", "get"}, verbs


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_wrong_is_said(case: Case, outside: Record) -> None:
    outside(amazon.sound() | case.answers)
    wanted = needs(**case.annotations)
    found = examined(wanted)[case.what]
    assert (found.state, case.said in found.said) == (case.state, True), found
    if found.state is not OK:
        assert found.breaks
        assert not {"CLUSTER", "NAMESPACE", "ENVIRONMENT", "REGION"} & set(found.mend.replace("/", " ").split())


def test_every_setting_has_a_case_that_lacks_it() -> None:
    assert {each.what for each in SETTINGS} == {case.what for case in CASES if case.state is not OK}


@pytest.mark.parametrize(
    ("fails", "said"),
    [
        (
            "An error occurred (AccessDeniedException) when calling the X operation: no",
            "this identity may not ask `aws",
        ),
        (
            "An error occurred (UnauthorizedOperation) when calling the X operation: no",
            "this identity may not ask `aws",
        ),
        ("Unable to locate credentials. You can configure credentials by", "aws is not signed in; `aws"),
        ("An error occurred (ExpiredToken) when calling the X operation: old", "aws is not signed in; `aws"),
        ("Could not connect to the endpoint URL", "failed: Could not connect to the endpoint URL"),
        ("", "failed: it said nothing"),
    ],
)
def test_what_may_not_be_read_is_unknown_with_the_command(fails: str, said: str, outside: Record) -> None:
    outside({words: {"fails": fails} for words in amazon.sound()})
    found = examined(needs())
    assert {each.state for each in found.values()} == {UNKNOWN}
    assert all(said in each.said and " --region ap-south-1 --output json`" in each.said for each in found.values())


@pytest.mark.parametrize("printed", ["no JSON", "[" * 100_000, "17", "null", '"text"'])
def test_answers_of_another_form_are_unknown(printed: str, outside: Record) -> None:
    outside(dict.fromkeys(amazon.sound(), printed))
    found = examined(needs())
    assert {each.state for each in found.values()} == {UNKNOWN}
    assert all("printed something that is no JSON" in each.said for each in found.values())


@pytest.mark.parametrize(
    "printed", ['{"cluster": 1, "addon": [], "Reservations": {}, "nodegroups": [7, null]}', "[1]", "{}"]
)
def test_answers_that_hold_something_else_crash_nothing(printed: str, outside: Record) -> None:
    outside(dict.fromkeys(amazon.sound(), printed))
    assert len(examined(needs())) >= 11


def test_without_the_program_it_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAMX_AWS", "no-such-program-of-amazon")
    found = examined(needs())
    assert {each.state for each in found.values()} == {UNKNOWN}
    assert all("is not installed" in each.said and "`aws " in each.said for each in found.values())


def test_an_ingress_without_a_load_balancer_is_unknown(outside: Record) -> None:
    outside(amazon.sound())
    assert examined(needs(), cluster(""))[ACL].said == "no Ingress of dev-examxv2 has a load balancer yet"
    assert "AWS shows no load balancer gone.example.com" in examined(needs(), cluster("gone.example.com"))[ACL].said


def test_another_account_is_refused(outside: Record) -> None:
    outside(amazon.sound() | {"sts get-caller-identity": {"Account": "111122223333"}})
    wanted = needs()
    with pytest.raises(
        Refusal, match=r"signed in to the account 111122223333; dev is of 399600302704: choose its cred"
    ):
        Account(asking.aws(wanted.region), cluster()).check_identity(wanted)


def test_who_is_not_signed_in_is_not_refused(outside: Record) -> None:
    outside({"sts get-caller-identity": {"fails": "Unable to locate credentials."}})
    Account(asking.aws("ap-south-1"), cluster()).check_identity(needs())
