"""The versions of Kubernetes and KEDA that are known here. Apart from the settings, for rules load it without attrs."""

from examx_constructs._keda.scalers import KEDA
from examx_constructs.settings.refusal import Check

KUBERNETES = tuple(f"1.{minor}" for minor in range(30, 38))
"""The minor versions of Kubernetes that rules know, oldest first."""

USUAL_KUBERNETES = "1.34"
"""What a cluster runs where nothing says otherwise: what this project is tried on."""
USUAL_KEDA = "2.17"
"""The same of KEDA."""


def minor_version(program: str, known: tuple[str, ...]) -> Check:
    """Return one of the minor versions of a program that rules know, such as `1.34`."""

    def check(given: object) -> str | None:
        return None if given in known else f"it must be a minor version of {program}, {known[0]} to {known[-1]}"

    return check


kubernetes_version = minor_version("Kubernetes", KUBERNETES)
keda_version = minor_version("KEDA", KEDA)
