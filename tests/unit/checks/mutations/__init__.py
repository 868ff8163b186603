"""Mistakes that break production, each seeded alone into the real manifests. A file for each kind of mistake."""

import importlib
import pkgutil
from pathlib import Path

from tests.unit.checks.mutations.edits import Mutation

TOPICS: dict[str, list[Mutation]] = {
    each.name: importlib.import_module(f"{__name__}.{each.name}").MUTATIONS
    for each in pkgutil.iter_modules([str(Path(__file__).parent)])
    if each.name != "edits"
}
"""By the kind of mistake."""
MUTATIONS = [mutation for topic in TOPICS.values() for mutation in topic]
