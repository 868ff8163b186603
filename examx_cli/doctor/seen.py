"""What a cluster answers, each question asked once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from examx_cli.doctor.questions import Question
from examx_cli.errors import CommandError
from examx_cli.kubectl import Kubectl, is_forbidden, is_missing, stream
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, items, mapping, text

_UNKNOWN_KIND = "the server doesn't have a resource type"
# What the API server also says of a path, where there is no such API.
_NO_SUCH_PATH = "the server could not find the requested resource"
_COLUMNS = 4

Right = tuple[str, str, str]
"""A group, a resource of it (`pods/log` is a subresource), and a verb."""


class Unseen(Exception):  # noqa: N818 - an answer, not an error
    """Something cannot be told: the message says why."""


class Seen(Protocol):
    """A cluster that can be asked. Every method raises Unseen for what may not, or cannot, be looked at."""

    def objects(self, question: Question) -> Sequence[Object]:
        """Return the objects that are there; none where the cluster does not know the kind."""
        ...

    def version(self) -> Object:
        """Return what the API server says of itself: `gitVersion` and more."""
        ...

    def kinds(self, version: str) -> frozenset[str]:
        """Return the kinds that the cluster knows of an API version, such as `keda.sh/v1alpha1`.

        None of an unknown one.
        """
        ...

    def allowed(self, wanted: Collection[Right]) -> frozenset[Right]:
        """Return those of these rights that this identity has in the environment's namespace."""
        ...

    def secret_keys(self, name: str) -> int | None:
        """Return how many keys a Secret of the environment's namespace has; None where there is none.

        No value is read.
        """
        ...


@dataclass(slots=True)
class Cluster:
    """A live cluster, by kubectl."""

    kubectl: Kubectl
    namespace: str
    _known: dict[Question, Sequence[Object] | Unseen] = field(
        default_factory=dict[Question, "Sequence[Object] | Unseen"]
    )

    def objects(self, question: Question) -> Sequence[Object]:
        """Return the objects that are there."""
        if question not in self._known:
            self._known[question] = self._asked(question)
        answer = self._known[question]
        if isinstance(answer, Unseen):
            raise answer
        return answer

    def _asked(self, question: Question) -> Sequence[Object] | Unseen:
        try:
            return self.kubectl.objects(*question.arguments(self.namespace))
        except ProcessError as error:
            if _UNKNOWN_KIND in error.said:
                return []
            if is_forbidden(error):
                return Unseen(f"this identity may not read the {question}")
            return Unseen(f"the {question} could not be read: {_last_line(error)}")
        except CommandError as error:
            return Unseen(f"the {question} could not be read: {error}")

    def version(self) -> Object:
        """Return what the API server says of itself. Raises ProcessError where it does not answer at all."""
        return mapping(self.kubectl.json("version"), "serverVersion")

    def kinds(self, version: str) -> frozenset[str]:
        """Return the kinds of an API version, by discovery, which everybody may ask for."""
        try:
            answer = self.kubectl.raw(f"/apis/{version}")
        except ProcessError as error:
            if is_missing(error) or _NO_SUCH_PATH in error.said:
                return frozenset()
            raise Unseen(f"the kinds of {version} could not be read: {_last_line(error)}") from error
        return frozenset(text(each, "kind") for each in items(answer, "resources"))

    def allowed(self, wanted: Collection[Right]) -> frozenset[Right]:
        """Return those of these rights that this identity has.

        Each is asked for by itself, in one call of kubectl. A review of all rules leaves out what the authorizer of EKS
        gives by access entries, which does not list its rules.
        """
        reviews = stream([_review(each, self.namespace) for each in sorted(wanted)])
        try:
            answers = self.kubectl.objects("create", "-f", "-", stdin=reviews)
        except ProcessError as error:
            raise Unseen(f"the rights of this identity could not be read: {_last_line(error)}") from error
        return frozenset(_asked_for(each) for each in answers if mapping(each, "status").get("allowed") is True)

    def secret_keys(self, name: str) -> int | None:
        """Return how many keys a Secret has, by the table that the API server makes of it: NAME, TYPE, DATA and AGE."""
        asked = ("get", f"secret/{name}", f"--namespace={self.namespace}", "--ignore-not-found", "--no-headers")
        try:
            printed = self.kubectl.run(*asked)
        except ProcessError as error:
            if is_forbidden(error):
                raise Unseen(f"this identity may not read the Secret {name}") from error
            raise Unseen(f"the Secret {name} could not be read: {_last_line(error)}") from error
        columns = printed.split()
        if not columns:
            return None
        if len(columns) < _COLUMNS or columns[0] != name or not columns[2].isdecimal():
            raise Unseen(f"kubectl says of the Secret {name} what is no line of its table")
        return int(columns[2])


def _review(right: Right, namespace: str) -> Object:
    group, resource, verb = right
    name, _, subresource = resource.partition("/")
    attributes = {"namespace": namespace, "group": group, "resource": name, "subresource": subresource, "verb": verb}
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {name: value for name, value in attributes.items() if value}},
    }


def _asked_for(review: Object) -> Right:
    group, name, subresource, verb = (
        text(review, "spec", "resourceAttributes", each) for each in ("group", "resource", "subresource", "verb")
    )
    return group, f"{name}/{subresource}" if subresource else name, verb


def _last_line(error: ProcessError) -> str:
    lines = error.said.splitlines()
    return lines[-1] if lines else f"kubectl ended with status {error.status_of_program}"
