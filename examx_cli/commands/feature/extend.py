"""`examx feature extend`."""

from examx_cli import output
from examx_cli.commands.arguments import Json
from examx_cli.commands.feature.arguments import BranchOrSlug, Context, Lifetime
from examx_cli.errors import Refusal
from examx_cli.features.clock import Clock
from examx_cli.features.existing import chosen
from examx_cli.features.lifetime import DEFAULT, later, left, lifetime
from examx_cli.features.registry import Registry
from examx_constructs.features.feature import rfc3339


def extend(branch: BranchOrSlug, *, life: Lifetime = DEFAULT, context: Context = None, json: Json = False) -> None:
    """Let an environment live for so long from now; never shorter than it would without. No pod is restarted.

    For two weeks, counted from now:

        examx feature extend feature/login --for 14d
    """
    length, registry = lifetime(life), Registry.of(context)
    clock = Clock.of(registry.kubectl)
    environment = chosen(branch, registry.all())
    if environment.ending:
        raise Refusal(f"{environment} is being removed: that cannot be stopped; when it is gone, `up` makes it anew")
    expires = later(environment.expires, length, clock.now())
    if expires != environment.expires:
        registry.set_expiry(environment, expires)
    values = {"name": environment.name, "branch": environment.branch, "expires": rfc3339(expires)}
    output.publish(values)
    if json:
        output.say_json(values)
    else:
        output.say(f"{environment}: until {values['expires']} ({left(expires, clock.now())})")
