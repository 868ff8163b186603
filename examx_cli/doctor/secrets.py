"""Preconditions of secrets as files: the Secrets Store CSI driver 1.6.0 and AWS's provider 3.1.1, and roles of IAM.

The provider asks for the token of `sts.amazonaws.com`, or for that of `pods.eks.amazonaws.com` where a class uses Pod
Identity. It also asks for a role of the ServiceAccount (server/server.go, utils/token_parser.go). Earlier than 3.0.0 it
made tokens itself.
"""

from collections.abc import Sequence

from examx_cli.doctor import questions
from examx_cli.doctor.charts import SECRETS_DRIVER, SECRETS_PROVIDER
from examx_cli.doctor.component import Component
from examx_cli.doctor.needs import SECRETS_DRIVER as DRIVER_NAME
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.taints import reaches
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import Object, items, mapping, text

TOPIC = "secrets"
DRIVER = Component("Secrets Store CSI driver", image="secrets-store-csi-driver", container="secrets-store")
PROVIDER = Component(
    "Secrets Store provider of AWS", image="secrets-store-csi-driver-provider-aws", container="provider-aws-installer"
)
IRSA, POD_IDENTITY = "sts.amazonaws.com", "pods.eks.amazonaws.com"
_ASKS_FOR_TOKENS = (3, 0, 0)
_READS_TOKENS_OF_SECRETS = (1, 6, 0)
_ROLE = "eks.amazonaws.com/role-arn"
_AGENT = "eks-pod-identity-agent"
_NO_POD = "no pod that mounts a secret starts: all of the application's"


def _mounts(needs: Needs) -> bool:
    return bool(needs.secret_classes)


def _driver_object(seen: Seen) -> Object | None:
    found = (each for each in seen.objects(questions.DRIVERS) if text(each, "metadata", "name") == DRIVER_NAME)
    return next(found, None)


@precondition(
    TOPIC,
    f"driver {DRIVER_NAME}",
    when=_mounts,
    breaks=_NO_POD,
    mend=SECRETS_DRIVER.command("CLUSTER"),
)
def driver(_needs: Needs, seen: Seen) -> Found:
    """The driver is registered, and runs on the nodes."""
    registered = _driver_object(seen)
    if registered is None:
        return lacking(f"there is no CSIDriver {DRIVER_NAME}")
    workloads = seen.objects(questions.DAEMON_SETS)
    running = DRIVER.among(workloads)
    version = DRIVER.version(running[0]) if running else None
    if (
        version
        and version < _READS_TOKENS_OF_SECRETS
        and mapping(registered, "spec").get("serviceAccountTokenInSecrets")
    ):
        return lacking(
            "its CSIDriver has serviceAccountTokenInSecrets, and only 1.6.0 and newer look for tokens there: "
            f"{DRIVER.check(workloads).said}"
        )
    return DRIVER.check(workloads)


@precondition(
    TOPIC,
    "driver's tokens for AWS",
    when=_mounts,
    breaks=f"{_NO_POD} (the provider says: serviceAccount.tokens not provided)",
    mend=SECRETS_DRIVER.command("CLUSTER"),
)
def tokens(needs: Needs, seen: Seen) -> Found | None:
    """The CSIDriver asks for a token of each audience that the provider needs."""
    registered = _driver_object(seen)
    if registered is None:
        return None
    has = [text(each, "audience") for each in items(registered, "spec", "tokenRequests")]
    wants = [*([IRSA] if needs.roles else []), *([POD_IDENTITY] if needs.pod_identity else [])]
    lost = [each for each in wants if each not in has]
    if not lost:
        return good(f"tokenRequests: {', '.join(has)}")
    said = f"its tokenRequests lack {', '.join(lost)}; they have {', '.join(has) or 'none'}"
    if (version := _provider_version(seen)) and version < _ASKS_FOR_TOKENS:
        return unsure(f"{said}; the provider that runs still makes tokens itself, and 3.0.0 and newer do not")
    return lacking(said)


def _provider_version(seen: Seen) -> tuple[int, int, int] | None:
    running = PROVIDER.among(seen.objects(questions.DAEMON_SETS))
    return PROVIDER.version(running[0]) if running else None


@precondition(
    TOPIC,
    "AWS's provider",
    when=_mounts,
    breaks=f'{_NO_POD} (the driver says: provider not found: provider "aws")',
    mend=SECRETS_PROVIDER.command("CLUSTER"),
)
def provider(_needs: Needs, seen: Seen) -> Found:
    """The provider runs on the nodes."""
    return PROVIDER.check(seen.objects(questions.DAEMON_SETS))


@precondition(
    TOPIC,
    "driver and provider on every node that pods may go to",
    when=lambda needs: _mounts(needs) and bool(needs.tolerated),
    breaks="pods that go to such a node never start there: nobody mounts their secrets",
    mend=SECRETS_PROVIDER.command("CLUSTER"),
)
def everywhere(needs: Needs, seen: Seen) -> Found | None:
    """Driver and provider tolerate the taints that the environment's pods do, such as those of Spot nodes."""
    workloads = seen.objects(questions.DAEMON_SETS)
    running = [*DRIVER.among(workloads)[:1], *PROVIDER.among(workloads)[:1]]
    return reaches(running, needs, seen) if running else None


@precondition(
    TOPIC,
    "rotation",
    when=_mounts,
    breaks="a secret that changes in Secrets Manager never reaches the pods that run",
    mend=SECRETS_DRIVER.command("CLUSTER"),
)
def rotation(_needs: Needs, seen: Seen) -> Found | None:
    """The driver looks again at secrets that are mounted: told so, and since 1.6.0 called by the kubelet again."""
    registered, running = _driver_object(seen), DRIVER.among(seen.objects(questions.DAEMON_SETS))
    if registered is None or not running:
        return None
    container = DRIVER.container_of(running[0])
    told = any(each == "--enable-secret-rotation=true" for each in items(container, "args"))
    version = DRIVER.version(running[0])
    needs_republish = version is None or version >= _READS_TOKENS_OF_SECRETS
    if not told:
        return lacking("it is not told --enable-secret-rotation=true")
    if needs_republish and mapping(registered, "spec").get("requiresRepublish") is not True:
        return lacking("its CSIDriver has no requiresRepublish, so the kubelet does not call it again")
    return good("it is on")


@precondition(
    TOPIC,
    "right to keep Secrets",
    when=lambda needs: needs.synced_secrets,
    breaks="the Secret that a SecretProviderClass asks for is never made, and what reads it does not start",
    mend=f"{SECRETS_DRIVER.command('CLUSTER')} --set syncSecret.enabled=true",
)
def sync(_needs: Needs, seen: Seen) -> Found:
    """The driver may write Secrets: its chart gives that right by `syncSecret.enabled`."""
    there = seen.objects(questions.SYNCING_ROLE)
    return good(str(questions.SYNCING_ROLE)) if there else lacking(f"there is no {questions.SYNCING_ROLE}")


@precondition(
    TOPIC,
    "roles of the ServiceAccounts",
    when=_mounts,
    breaks=f"{_NO_POD} (the provider says: An IAM role must be associated with service account)",
    mend=(
        "set Access.role_arn in the environment's file, or kubectl annotate serviceaccount/NAME "
        f"{_ROLE}=ARN --namespace NAMESPACE --context CLUSTER"
    ),
)
def roles(needs: Needs, seen: Seen) -> Found:
    """Each ServiceAccount whose pods mount a secret has a role, rendered or put there; or Pod Identity's agent runs."""
    if needs.pod_identity and not needs.roles:
        names = {text(each, "metadata", "name") for each in seen.objects(questions.DAEMON_SETS)}
        if _AGENT not in names:
            return lacking(f"the classes use Pod Identity, and no DaemonSet {_AGENT} runs")
        return unsure("the classes use Pod Identity, whose associations Kubernetes does not show")
    accounts = needs.secret_accounts
    rendered = _annotated(needs.of_kind("ServiceAccount"))
    lost = [each for each in accounts if each not in rendered]
    there = _annotated(seen.objects(questions.OWN_SERVICE_ACCOUNTS)) if lost else {}
    lost = [each for each in lost if each not in there]
    if lost:
        return lacking(f"{', '.join(lost)}: no annotation {_ROLE}, neither rendered nor in {needs.namespace}")
    known = there | rendered
    return good(", ".join(f"{each}: {known[each]}" for each in accounts))


def _annotated(accounts: Sequence[Object]) -> dict[str, str]:
    return {
        text(each, "metadata", "name"): role
        for each in accounts
        if (role := text(each, "metadata", "annotations", _ROLE))
    }
