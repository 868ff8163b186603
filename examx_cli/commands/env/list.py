"""`examx env list`: the environments at a glance."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from examx_cli import output
from examx_cli.asked import Asked
from examx_cli.commands.arguments import Json, PricesFile, read_prices
from examx_cli.project import Project
from examx_constructs.environments import load, read_images
from examx_constructs.settings import Environment, ExternalRedis, RedisShape, Replicas, ReplicatedRedis


def list_environments(
    *,
    prices: PricesFile = None,
    json: Json = False,
) -> None:
    """List the environments: where each runs, which image, how many pods, and what they request of nodes in all.

    Each pair of figures is at rest, and with every autoscaler at its maximum. The requests are those of dist/.

    At a glance, with what they cost in a month, and the names alone for a script:

        examx env list

        examx env list --prices prices.yaml

        examx env list --json | jq -r '.[].name'
    """
    project = Project.around(Path.cwd())
    environments = load(read_images(project.images))
    paid = read_prices(prices)
    asked = {each.name: Asked.of_file(project.manifests(each.name), paid) for each in environments}
    if json:
        output.say_json([_summary(each, asked[each.name]) for each in environments])
    else:
        output.show_rows([_row(each, asked[each.name]) for each in environments])


def _summary(environment: Environment, asked: Asked | None) -> dict[str, object]:
    """Return what one wants to know of an environment first, for a machine."""
    return {
        "name": environment.name,
        "cluster": environment.cluster,
        "namespace": environment.namespace,
        "host": environment.ingress.host,
        "image": str(environment.image),
        "backend": _limits(environment.backend.replicas),
        "workers": {queue.name: _limits(queue.replicas) for queue in environment.queues},
        "redis": _redis(environment.redis),
        "requests": asked.as_json() if asked else None,
    }


def _limits(replicas: Replicas) -> dict[str, int]:
    return {"minimum": replicas.minimum, "maximum": replicas.maximum}


def _redis(shape: RedisShape) -> dict[str, object]:
    if isinstance(shape, ReplicatedRedis):
        return {"shape": "replicated", "replicas": _limits(shape.replicas)}
    if isinstance(shape, ExternalRedis):
        return {"shape": "external", "host": shape.host}
    return {"shape": "standalone"}


def _row(environment: Environment, asked: Asked | None) -> Mapping[str, str]:
    """Return the same for a person; the workers' pods are those of all queues together."""
    queues: Sequence[Replicas] = [queue.replicas for queue in environment.queues]
    workers = Replicas.between(sum(of.minimum for of in queues), sum(of.maximum for of in queues))
    return {
        "environment": environment.name,
        "cluster": environment.cluster,
        "namespace": environment.namespace,
        "host": environment.ingress.host,
        "image": environment.image.tag,
        "backend": _range(environment.backend.replicas),
        "workers": _range(workers),
        "Redis": _redis_text(environment.redis),
        **(asked.as_texts() if asked else Asked.UNKNOWN),
    }


def _range(replicas: Replicas) -> str:
    return f"{replicas.minimum}..{replicas.maximum}"


def _redis_text(shape: RedisShape) -> str:
    if isinstance(shape, ReplicatedRedis):
        return f"replicated {_range(shape.replicas)}"
    if isinstance(shape, ExternalRedis):
        return f"external {shape.host}"
    return "standalone"
