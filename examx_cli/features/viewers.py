"""Who gets to see a feature environment: all who have its key, or came with it once. It runs with DJANGO_DEBUG.

The key is made with the environment and never changed. It is told to people at a terminal, and never to a workflow,
whose log and summary everybody reads who may read the repository. Who may run commands in the pods may read it.
"""

import re

from examx_cli import output
from examx_cli.credentials.random_secret import Made, RandomSecret
from examx_cli.errors import CommandError
from examx_cli.kubectl import Kubectl
from examx_cli.processes import ProcessError
from examx_constructs.features.environment import KEY_OF_VIEWERS
from examx_constructs.features.slug import Slug
from examx_constructs.settings.nginx import VIEWER_KEY

_BACKEND, _CONTAINER = "deployment.apps/examxv2-backend", "nginx"
_FILE = f"/run/secrets/viewer/{VIEWER_KEY}"
_FORM = re.compile(r"[A-Za-z0-9_-]{32,100}")
"""What nginx takes (templates/nginx/prepare-keys.sh)."""
_ABOUT = "Who opens /_nginx/enter?key=… with it once sees the environment. `examx feature up` made it."


def make(kubectl: Kubectl, namespace: str) -> None:
    """Make the key of an environment, unless it has one. Raises CommandError."""
    secret = RandomSecret(namespace, KEY_OF_VIEWERS, (VIEWER_KEY,), _ABOUT)
    made = secret.make(kubectl)
    if made is Made.FORBIDDEN and secret.number_of_keys(kubectl) is None:
        raise CommandError(
            f"the key to the environment, {secret.key}, could not be made: this identity may not create Secrets in "
            f"{namespace}; an administrator applies the rights of docs/features.md"
        )
    if made is Made.NEW:
        output.note(f"{secret.key}: made, the key that lets people in")


def entrance(kubectl: Kubectl, slug: Slug) -> str:
    """Return the address that lets in who opens it, and remembers them.

    Raises CommandError: nothing may run there yet.
    """
    where = (_BACKEND, f"--namespace={slug.namespace}", f"--container={_CONTAINER}")
    try:
        key = kubectl.run("exec", *where, "--", "cat", _FILE).strip()
    except ProcessError as error:
        # What lies between may answer in HTML, over many lines.
        said = (error.said.splitlines() or ["it said nothing"])[0]
        raise CommandError(f"the key is read where nginx runs, in the backend's pods, and it was not: {said}") from None
    if not _FORM.fullmatch(key):
        raise CommandError(
            f"the key in the Secret {KEY_OF_VIEWERS} is not of 32 to 100 letters, digits, - and _: delete the Secret, "
            "and bring the environment up again"
        )
    return f"https://{slug.host}/_nginx/enter?key={key}"
