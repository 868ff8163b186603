"""The passwords of Redis' users: in which Secrets the manifests say that they are, and that `examx apply` makes these.

A user that is new gets its password from `examx rotate`, which knows the keys of the Secret. An apply cannot tell: who
deploys may create Secrets, and not read them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from examx_cli import output
from examx_cli.credentials.random_secret import Made, RandomSecret
from examx_cli.errors import CommandError, Refusal
from examx_cli.kubectl import Kubectl
from examx_constructs.manifests import Object, text
from examx_constructs.settings.naming import MADE_SECRET_ANNOTATION, REDIS_USERS_ANNOTATION
from examx_constructs.settings.redis import ALL_REDIS_USERS, REDIS_USERS

_ABOUT = (
    "The passwords of the users of Redis. `examx apply` made it once and never writes over it; "
    "`examx rotate` changes them."
)


def secrets_of(manifests: Iterable[Object]) -> list[RandomSecret]:
    """Return the Secrets that what mounts them names as made, each once."""
    users: defaultdict[tuple[str, str], set[str]] = defaultdict(lambda: {*REDIS_USERS})
    for each in manifests:
        if name := text(each, "metadata", "annotations", MADE_SECRET_ANNOTATION):
            more = text(each, "metadata", "annotations", REDIS_USERS_ANNOTATION).split(",")
            users[text(each, "metadata", "namespace"), name].update(more)
    return [
        RandomSecret(namespace, name, tuple(each for each in ALL_REDIS_USERS if each in known), _ABOUT)
        for (namespace, name), known in sorted(users.items())
    ]


def why_not(kubectl: Kubectl, secret: RandomSecret) -> str:
    """Return why it cannot be made where this identity may not create it; empty where it is there and can be seen."""
    if secret.number_of_keys(kubectl) is not None:
        return ""
    return (
        f"the pods need it, and this identity may not create it in {secret.namespace}, nor see whether it is there; "
        "an administrator of the namespace makes it with this same command, once, or grants this identity `create` on "
        "secrets (DeployerAccess does)"
    )


def make(kubectl: Kubectl, secrets: Sequence[RandomSecret]) -> list[RandomSecret]:
    """Make those that are not there, before what mounts them. Returns what is new. Raises CommandError, and Refusal."""
    made: list[RandomSecret] = []
    for each in secrets:
        match each.make(kubectl):
            case Made.NEW:
                made.append(each)
                output.note(f"{each.key}: made, with random passwords of {', '.join(each.keys)}")
            case Made.FORBIDDEN:
                if why := why_not(kubectl, each):
                    raise Refusal(f"{each.key}: {why}")
            case Made.NO_NAMESPACE:
                raise CommandError(f"{each.key} could not be made: there is no namespace {each.namespace}")
            case Made.THERE:
                pass
    return made


def foretold(kubectl: Kubectl, manifests: Iterable[Object]) -> list[RandomSecret]:
    """Return those that an apply by this identity would make.

    Who only reads finds out nothing, and that is no mistake.
    """
    found: list[RandomSecret] = []
    for each in secrets_of(manifests):
        try:
            found += [each] if each.try_to_make(kubectl) in (Made.NEW, Made.NO_NAMESPACE) else []
        except CommandError as error:
            output.warning(str(error))
    return found


def warn_of_poor(kubectl: Kubectl, secret: RandomSecret) -> None:
    """Warn of a Secret that is there and has fewer keys than there are users, where this identity may see that."""
    number = secret.number_of_keys(kubectl)
    if number is not None and number < len(secret.keys):
        output.warning(
            f"{secret.key} has {number} keys, and the users are {', '.join(secret.keys)}: `examx rotate` gives "
            "passwords to those that have none"
        )
