"""A Secret of random values, which is made once: by creating it, so that one that is there is never written over."""

import base64
import json
import secrets
from dataclasses import dataclass
from enum import StrEnum

from examx_cli.credentials.telling import told
from examx_cli.errors import CommandError
from examx_cli.kubectl import Kubectl, is_forbidden, is_missing, is_taken
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, ObjectId, mapping, text

MANAGER = "examx-credentials"
"""Who owns the values, in the API server's record: another than who applies, which would prune what it owns."""
_BYTES = 32
_DATA_COLUMN = 2
_MAY_NOT = 'cannot create resource "secrets"'


class Made(StrEnum):
    """What came of making a Secret, or would."""

    NEW = "new"
    THERE = "there"
    FORBIDDEN = "forbidden"
    """This identity may not create Secrets, whether there is one or not."""
    NO_NAMESPACE = "no namespace"


@dataclass(frozen=True, slots=True)
class RandomSecret:
    """What a Secret is called, its keys, and what it is for. The values are none of it: each manifest has others."""

    namespace: str
    name: str
    keys: tuple[str, ...]
    about: str

    @property
    def key(self) -> ObjectId:
        """As every object is known."""
        return ObjectId("", "Secret", self.namespace, self.name)

    def manifest(self) -> Object:
        """Return the Secret, with new values."""
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": self.name,
                "namespace": self.namespace,
                "labels": {"app.kubernetes.io/managed-by": "examx"},
                "annotations": {"examx.ai/about": self.about},
            },
            "type": "Opaque",
            "data": {each: encoded(new_value()) for each in self.keys},
        }

    def make(self, kubectl: Kubectl) -> Made:
        """Make it, unless it is there. Of two that do this at once, one makes it.

        Raises CommandError for what the cluster would not take, which shows no value.
        """
        return self._create(kubectl)

    def try_to_make(self, kubectl: Kubectl) -> Made:
        """Return what making it would come to, by a dry run on the server, with values that are thrown away.

        Raises too.
        """
        return self._create(kubectl, "--dry-run=server")

    def _create(self, kubectl: Kubectl, *options: str) -> Made:
        manifest = self.manifest()
        arguments = ("create", "-f", "-", "-o", "name", f"--field-manager={MANAGER}", *options)
        try:
            kubectl.run(*arguments, stdin=json.dumps(manifest))
        except ProcessError as error:
            if is_taken(error):
                return Made.THERE
            if is_forbidden(error) and _MAY_NOT in error.said:
                return Made.FORBIDDEN
            if is_missing(error) and "namespaces" in error.said:
                return Made.NO_NAMESPACE
            said = told(error, [*_plain(manifest), *_encoded(manifest)])
        else:
            return Made.NEW
        # Not from within the handler: no frame of a traceback then holds what was refused.
        raise CommandError(f"the Secret {self.name} of {self.namespace} could not be made: {said}")

    def number_of_keys(self, kubectl: Kubectl) -> int | None:
        """Return how many keys the Secret has that is there. None where there is none, or this identity may not see it.

        It is read from the table that the API server makes of it: NAME, TYPE, DATA and AGE. So no value is sent
        (Kubernetes API concepts, "Receiving resources as Tables").
        """
        place = f"--namespace={self.namespace}"
        try:
            printed = kubectl.run("get", self.key.resource, place, "--ignore-not-found", "--no-headers")
        except ProcessError as error:
            if is_forbidden(error):
                return None
            raise
        columns = printed.split()
        known = len(columns) > _DATA_COLUMN and columns[0] == self.name and columns[_DATA_COLUMN].isdecimal()
        return int(columns[_DATA_COLUMN]) if known else None


def new_value() -> str:
    """Return 43 characters of letters, digits, `-` and `_`.

    They are 256 random bits, which any URL and any shell takes as they are.
    """
    return secrets.token_urlsafe(_BYTES)


def encoded(value: str) -> str:
    """Return a value as a Secret's `data` has it."""
    return base64.b64encode(value.encode()).decode()


def _encoded(manifest: Object) -> list[str]:
    return [text(manifest, "data", each) for each in mapping(manifest, "data")]


def _plain(manifest: Object) -> list[str]:
    return [base64.b64decode(each).decode() for each in _encoded(manifest)]
