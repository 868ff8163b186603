"""The versions of what runs the manifests, by which rules judge.

A manifest is right or wrong for one Kubernetes and one KEDA. A field that a later version reads is dropped in silence
by an earlier one, and what an earlier one ignores a later one refuses.
"""

from dataclasses import dataclass

from examx_constructs._keda.scalers import KEDA
from examx_constructs._regex import regex
from examx_constructs.settings.refusal import SettingError
from examx_constructs.settings.versions import KUBERNETES, USUAL_KEDA, USUAL_KUBERNETES

__all__ = ["KEDA", "KUBERNETES", "PINNED", "UNASKED", "Asked", "Versions", "minor"]

_WRITTEN = regex(r"v?(\d+\.\d+)(?:\.\d+)?(?:[-+].*)?")


@dataclass(frozen=True, slots=True)
class Versions:
    """The minor versions of Kubernetes and of KEDA, such as `1.34` and `2.17`.

    A patch and a `v` may be with them, as `kubectl version` prints them (`v1.34.4-eks-113cf36`). Rules ask for the
    minor version alone. Raises SettingError for what is no version, and for one that rules know nothing of.
    """

    kubernetes: str = USUAL_KUBERNETES
    keda: str = USUAL_KEDA

    def __post_init__(self) -> None:
        object.__setattr__(self, "kubernetes", minor("Kubernetes", self.kubernetes, KUBERNETES))
        object.__setattr__(self, "keda", minor("KEDA", self.keda, KEDA))

    def kubernetes_has(self, since: str) -> bool:
        """Return whether Kubernetes is of this minor version, such as `1.35`, or later."""
        return _order(self.kubernetes) >= _order(since)

    def keda_has(self, since: str) -> bool:
        """Return whether KEDA is of this minor version, such as `2.20`, or later."""
        return _order(self.keda) >= _order(since)


@dataclass(frozen=True, slots=True)
class Asked:
    """The versions that somebody asks for, whatever the manifests say; None where those shall say it themselves.

    Raises SettingError as Versions does.
    """

    kubernetes: str | None = None
    keda: str | None = None

    def __post_init__(self) -> None:
        self.over(PINNED)

    def over(self, said: Versions) -> Versions:
        """Return what is asked for, and what else the manifests say."""
        return Versions(self.kubernetes or said.kubernetes, self.keda or said.keda)

    @classmethod
    def of(cls, given: "Versions | Asked") -> "Asked":
        """Return the same as a wish: of versions both."""
        return given if isinstance(given, Asked) else cls(given.kubernetes, given.keda)


def minor(program: str, given: str, known: tuple[str, ...]) -> str:
    """Return the minor version that a text names. Raises SettingError for one that rules know nothing of."""
    written = _WRITTEN.fullmatch(given.strip())
    if written is None or written[1] not in known:
        allowed = f"{known[0]} to {known[-1]}"
        raise SettingError(f"version of {program}", given, f"it must be {allowed}: rules know no other {program}")
    return written[1]


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


PINNED = Versions()
"""What this project renders for, and tests on: what rules judge by where nobody says anything else."""

UNASKED = Asked()
"""Nothing is asked for: the manifests say it."""
