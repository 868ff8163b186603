"""The actions of others that the workflows use: the commit that each is pinned to, and what may be given to it."""

from typing import NamedTuple


class Action(NamedTuple):
    """One action: its release, the commit of that release, and the inputs that are used here."""

    version: str
    commit: str
    inputs: frozenset[str]
    required: frozenset[str] = frozenset()


def _action(version: str, commit: str, inputs: str, required: str = "") -> Action:
    return Action(version, commit, frozenset(inputs.split()) | frozenset(required.split()), frozenset(required.split()))


# Each commit was resolved from its tag in the action's own repository. An action that is not here fails the tests.
ACTIONS = {
    "actions/checkout": _action(
        "v7.0.1",
        "3d3c42e5aac5ba805825da76410c181273ba90b1",
        "repository ref token ssh-key path fetch-depth",
        required="persist-credentials",  # the default leaves a token in the checkout
    ),
    "actions/attest": _action(
        "v4.2.2",
        "1e69f48acb82d1966a394da916b4c1698aa569d6",
        "sbom-path subject-name subject-digest subject-path",
    ),
    "actions/cache": _action("v5.0.5", "27d5ce7f107fe9357f9df03efb73ab90386fccae", "", required="path key"),
    "actions/download-artifact": _action(
        "v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "", required="name path"
    ),
    "actions/upload-artifact": _action(
        "v7.0.0",
        "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f",
        "",
        required="name path if-no-files-found",  # the default only warns where there are none
    ),
    "actions/setup-python": _action(
        "v7.0.0", "5fda3b95a4ea91299a34e894583c3862153e4b97", "cache cache-dependency-path", required="python-version"
    ),
    "aws-actions/configure-aws-credentials": _action(
        "v6.2.3",
        "e6de054238d6b7531b4efff3b6587d9aade6a06c",
        "",
        required="aws-region role-to-assume role-session-name allowed-account-ids mask-aws-account-id",
    ),
    "aws-actions/amazon-ecr-login": _action("v2.1.7", "03f1aad4c6c7ffd436567f42f9384779290529bd", ""),
    "docker/setup-buildx-action": _action("v4.3.0", "37fe631027851001ddb9b187196cc803df7f5f0e", ""),
    "docker/build-push-action": _action(
        "v7.3.0",
        "53b7df96c91f9c12dcc8a07bcb9ccacbed38856a",
        "",
        required="context platforms push tags cache-from cache-to provenance sbom",
    ),
    "azure/setup-kubectl": _action("v5.1.0", "829323503d1be3d00ca8346e5391ca0b07a9ab0d", "", required="version"),
    "marocchino/sticky-pull-request-comment": _action(
        "v3.0.5", "5770ad5eb8f42dd2c4f34da00c94c5381e49af88", "", required="header path"
    ),
    "pypa/gh-action-pypi-publish": _action(
        "v1.14.0", "cef221092ed1bacb1cc03d23a2d87d1d172e277b", "", required="attestations"
    ),
}
