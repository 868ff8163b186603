"""Jobs that run once before a rollout, such as a migration: how the cluster is asked about one that is there.

The template of a Job cannot be changed (Kubernetes 1.34, ValidateJobUpdate), so a changed one is deleted and made anew.
A dry run of that is one of the same Job under a name that nobody has.
"""

from examx_constructs.manifests import Object, mapping, text
from examx_constructs.settings.naming import BEFORE_ROLLOUT_ANNOTATION

_LONGEST = 63
_SUFFIX = "-trial"


def is_once(item: Object) -> bool:
    """Return whether it is a Job that runs before the workloads of a release change."""
    return text(item, "kind") == "Job" and text(item, "metadata", "annotations", BEFORE_ROLLOUT_ANNOTATION) == "true"


def as_trial(item: Object) -> Object:
    """Return the same Job under another name, for a dry run."""
    name = text(item, "metadata", "name")[: _LONGEST - len(_SUFFIX)]
    return {**item, "metadata": {**mapping(item, "metadata"), "name": f"{name}{_SUFFIX}"}}


def as_itself(tried: Object, item: Object) -> Object:
    """Return what a dry run made of a Job under another name, as that Job."""
    return {**tried, "metadata": {**mapping(tried, "metadata"), "name": text(item, "metadata", "name")}}
