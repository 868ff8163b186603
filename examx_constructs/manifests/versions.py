"""The versions of what runs the manifests, by which rules judge."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Versions:
    """The minor versions of Kubernetes and of KEDA, such as `1.34` and `2.17`."""

    kubernetes: str = "1.34"
    keda: str = "2.17"


PINNED = Versions()
"""What this project renders for, and tests on."""
