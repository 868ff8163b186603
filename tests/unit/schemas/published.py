"""The folder with what other projects publish about their formats: CRDs, and the scalers of KEDA.

It is beside the project and is no part of it, so a plain clone has none and the tests that need it are skipped. In CI a
folder of that name is meant to hold it. If it does not, the tests fail, lest a move switches them off unseen.
"""

import os
from pathlib import Path

import pytest

BUNDLES = {
    "keda-2.17.2.yaml": "keda.sh",
    "keda-2.20.2.yaml": "keda.sh",
    "secrets-store-csi-1.5.6.yaml": "secrets-store.csi.x-k8s.io",
}
"""Each file of definitions, and the API group that it defines."""

_SHARED = Path(__file__).parents[4] / "shared"
_FOLDER = _SHARED / "crds"


def published(name: str) -> Path:
    """A file of the folder; skips the test that asks for it where there is no such folder."""
    if not _FOLDER.is_dir():
        if os.environ.get("CI") == "true" and _SHARED.is_dir():
            pytest.fail("../shared is here, but ../shared/crds with the published schemas is not")
        pytest.skip("needs the published schemas in ../shared/crds, beside the project")
    return _FOLDER / name
