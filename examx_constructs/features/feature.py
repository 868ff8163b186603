"""A branch that wants an environment of its own, and what its objects carry to be found again."""

from datetime import UTC, datetime

from examx_constructs.features.branches import branch_name, label_form
from examx_constructs.features.slug import Slug
from examx_constructs.settings import ImageReference, KubernetesSecret
from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import BRANCH_KEY, EXPIRES_ANNOTATION, OWNER_KEY, SLUG_KEY

LABELS = {"environment": "feature", "tier": "feat"}
"""What every object of every feature environment carries."""

_LONGEST_OWNER = 100
_YEARS = range(2000, 9999)
MOMENT = "it must be a moment with a time zone, such as 2030-01-31T18:00:00Z"


def _owner(given: object) -> str | None:
    owner = str(given)
    if owner.isprintable() and owner == owner.strip() and 0 < len(owner) <= _LONGEST_OWNER:
        return None
    return f"it must be a name or an address, at most {_LONGEST_OWNER} characters, all visible"


def _moment(given: object) -> str | None:
    return None if isinstance(given, datetime) and given.tzinfo and given.year in _YEARS else MOMENT


@value
class Feature:
    """A branch that wants an environment: who asked for it, what it runs, until when.

    `env_secret`: a Secret of its own namespace with a `.env`, instead of dev's.
    """

    branch: str = setting(branch_name)
    image: ImageReference
    owner: str = setting(_owner)
    expires: datetime = setting(_moment)
    env_secret: KubernetesSecret | None = None

    @property
    def slug(self) -> Slug:
        """What the environment, its namespace and its host are called by."""
        return Slug.of(self.branch)

    @property
    def labels(self) -> dict[str, str]:
        """What every object carries, for finding the environments of an owner or of a branch."""
        found_by = {SLUG_KEY: str(self.slug), OWNER_KEY: label_form(self.owner), BRANCH_KEY: label_form(self.branch)}
        return {**LABELS, **found_by}

    @property
    def annotations(self) -> dict[str, str]:
        """What the Namespace remembers, in full. When it was made, the API server notes itself."""
        return {OWNER_KEY: self.owner, BRANCH_KEY: self.branch, EXPIRES_ANNOTATION: rfc3339(self.expires)}


def rfc3339(moment: datetime) -> str:
    """Return a moment as the annotations have it: in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
