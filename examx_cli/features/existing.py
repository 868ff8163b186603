"""A feature environment that exists, as its Namespace says: whose it is, its branch, until when.

Nothing is taken for one that does not carry the labels of one under the name of one: dev, stg and prod do not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from examx_cli.errors import CommandError, Refusal
from examx_constructs.features.environment import KEY_OF_VIEWERS
from examx_constructs.features.feature import LABELS
from examx_constructs.features.slug import Slug
from examx_constructs.manifests import Object, text
from examx_constructs.settings import SettingError
from examx_constructs.settings.naming import (
    BRANCH_KEY,
    EXPIRES_ANNOTATION,
    FOREIGN_SECRETS_ANNOTATION,
    OWNER_KEY,
    SLUG_KEY,
)


class NotAFeature(Refusal):
    """A namespace that is no feature environment, or does not look like one any more: nothing is done to it."""


@dataclass(frozen=True, slots=True)
class Existing:
    """A feature environment in the cluster. `expires` is None where the Namespace does not say it legibly.

    `uid` and `version` are the API server's: they tell this state of the Namespace from any later one.
    """

    branch: str
    slug: Slug
    owner: str
    created: datetime
    expires: datetime | None
    ending: bool
    env_secret: str
    uid: str
    version: str

    @classmethod
    def of(cls, namespace: Object) -> Self:
        """Return the environment that a Namespace is. Raises NotAFeature."""
        name, slug = text(namespace, "metadata", "name"), Slug(text=text(namespace, "metadata", "labels", SLUG_KEY))
        branch = text(namespace, "metadata", "annotations", BRANCH_KEY)
        labels = {key: text(namespace, "metadata", "labels", key) for key in LABELS}
        if labels != LABELS or not slug.text or name != slug.namespace:
            raise NotAFeature(f"the namespace {name} does not carry the labels of a feature environment: left alone")
        if _slug(branch) != slug:
            raise NotAFeature(
                f'the namespace {name} says that it is of the branch "{branch}", whose slug is another: left alone; '
                f"set the annotation {BRANCH_KEY} right, or remove it by hand"
            )
        return cls(
            branch=branch,
            slug=slug,
            owner=text(namespace, "metadata", "annotations", OWNER_KEY),
            created=moment(text(namespace, "metadata", "creationTimestamp")) or datetime.min.replace(tzinfo=UTC),
            expires=moment(text(namespace, "metadata", "annotations", EXPIRES_ANNOTATION)),
            ending=bool(text(namespace, "metadata", "deletionTimestamp")),
            env_secret=_env_secret(text(namespace, "metadata", "annotations", FOREIGN_SECRETS_ANNOTATION)),
            uid=text(namespace, "metadata", "uid"),
            version=text(namespace, "metadata", "resourceVersion"),
        )

    @property
    def name(self) -> str:
        """The name of the environment."""
        return self.slug.name

    @property
    def namespace(self) -> str:
        """What the cluster calls it, by its slug."""
        return self.slug.namespace

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return f"https://{self.slug.host}"

    def is_of(self, login: str | None) -> bool:
        """Return whether it belongs to somebody. GitHub takes logins that differ in case for the same."""
        return login is not None and login.casefold() == self.owner.casefold()

    def has_expired(self, now: datetime) -> bool:
        """Return whether its time is over. One that does not say when it expires has not."""
        return self.expires is not None and self.expires <= now

    def __str__(self) -> str:
        """Return it as people say it."""
        return f"{self.name} (branch {self.branch}, of {self.owner or 'nobody'})"


def chosen(name: str, among: Iterable[Existing]) -> Existing:
    """Return the environment of a branch, which may also be given by its slug.

    Raises CommandError where there is none.
    """
    known = list(among)
    for matches in (
        (each for each in known if each.branch == name),
        (each for each in known if str(each.slug) == name),
    ):
        if found := next(matches, None):
            return found
    raise CommandError(f'there is no feature environment of the branch "{name}"; `examx feature list` shows which are')


def _slug(branch: str) -> Slug | None:
    try:
        return Slug.of(branch)
    except SettingError:
        return None


def _env_secret(foreign: str) -> str:
    """Return the Secret with a `.env`, of those that the manifests name and do not hold."""
    return next((each for each in foreign.split(",") if each != KEY_OF_VIEWERS), "")


def moment(written: str) -> datetime | None:
    """Return the moment that a text of an object names; None for one that is not legible or says no zone."""
    try:
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):  # the latter for what is out of range in UTC
        return None
