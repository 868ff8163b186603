"""The environments by name, and the images that they run. Imports no cdk8s, so it loads without Node."""

from collections.abc import Callable, Iterable, Mapping

from examx_constructs.environments.errors import EnvironmentSettingError, placed, placed_on_import, refusal
from examx_constructs.environments.images import IMAGES_FILE, image_of, placed_image, read_images
from examx_constructs.settings import ConfigurationError, Environment, ImageReference

try:
    from examx_constructs.environments.dev import dev
    from examx_constructs.environments.prod import prod
    from examx_constructs.environments.stg import stg
except ConfigurationError as mistake:
    raise placed_on_import(mistake) from mistake

__all__ = [
    "ENVIRONMENTS",
    "IMAGES_FILE",
    "EnvironmentSettingError",
    "load",
    "placed",
    "read_images",
    "select",
]

ENVIRONMENTS: Mapping[str, Callable[[ImageReference], Environment]] = {"dev": dev, "stg": stg, "prod": prod}
"""Each environment as a function of its image. A new environment is one entry here and one line in images.yaml."""


def load(
    images: Mapping[str, str], environments: Mapping[str, Callable[[ImageReference], Environment]] = ENVIRONMENTS
) -> list[Environment]:
    """Return every environment with its image. Raises EnvironmentSettingError for the first that cannot be made.

    `images` are the images by the names of environments. `environments` are the functions that make them, by the same
    names: those of this repository by default.
    """
    unknown = sorted(images.keys() - environments.keys())
    if unknown:
        name = unknown[0]
        said = f"image is of no environment; known are {', '.join(environments)}"
        raise placed_image(name, images[name], said)
    made = [_make(name, images, make) for name, make in environments.items()]
    _refuse_two_versions(made, environments)
    namespaces = [(each.name, (each.cluster, each.namespace)) for each in made]
    _refuse_shared("namespace", namespaces, environments)
    _refuse_shared("ingress.host", [(each.name, (each.ingress.host,)) for each in made], environments)
    hosts = [(each.name, (host,)) for each in made for host in each.ingress.hosts]
    _refuse_shared("ingress.other_hosts", hosts, environments)
    return made


def select(names: Iterable[str], images: Mapping[str, str]) -> list[Environment]:
    """Return the named environments, in the order of the table.

    `names` are those of environments; an unknown one is refused. `images` are the images by the same names.

    Raises EnvironmentSettingError for a name that is none.
    """
    chosen = set(names)
    for name in sorted(chosen - ENVIRONMENTS.keys()):
        raise EnvironmentSettingError(name, f"there is no such environment; known are {', '.join(ENVIRONMENTS)}")
    return load(
        {name: image for name, image in images.items() if name in chosen},
        {name: make for name, make in ENVIRONMENTS.items() if name in chosen},
    )


def _make(name: str, images: Mapping[str, str], make: Callable[[ImageReference], Environment]) -> Environment:
    environment = placed(name, make, image_of(name, images))
    if environment.name != name:
        raise refusal(name, make, "name", environment.name, f'it must be "{name}", as in the table of environments')
    return environment


def _refuse_shared(
    setting: str, places: Iterable[tuple[str, tuple[str, ...]]], environments: Mapping[str, Callable[..., Environment]]
) -> None:
    taken: dict[tuple[str, ...], str] = {}
    for environment, place in places:
        other = taken.setdefault(place, environment)
        if other != environment:
            allowed = f"environment {other} has it already, and each would take the other's place"
            raise refusal(environment, environments[environment], setting, place[-1], allowed)


def _refuse_two_versions(
    made: Iterable[Environment], environments: Mapping[str, Callable[[ImageReference], Environment]]
) -> None:
    """Refuse two versions: a cluster has one Kubernetes and one KEDA, whatever lives in it."""
    first: dict[str, Environment] = {}
    for each in made:
        other = first.setdefault(each.cluster, each)
        for setting in ("kubernetes", "keda"):
            given, known = getattr(each.cluster_versions, setting), getattr(other.cluster_versions, setting)
            if given != known:
                allowed = (
                    f'it must be "{known}", as in environment {other.name}: both live in the cluster {each.cluster}'
                )
                raise refusal(each.name, environments[each.name], f"cluster_versions.{setting}", given, allowed)
