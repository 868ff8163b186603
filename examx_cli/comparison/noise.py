"""What a cluster writes into objects by itself, and what says nothing about a change."""

from examx_constructs.manifests import Object, mapping, text

_BOOKKEEPING = frozenset(
    {
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generation",
        "managedFields",
        "resourceVersion",
        "selfLink",
        "uid",
    }
)
_ANNOTATIONS = frozenset(
    {
        "deployment.kubernetes.io/revision",
        "deprecated.daemonset.template.generation",
        "kubectl.kubernetes.io/last-applied-configuration",
    }
)
# By which a Job knows its pods. They are as many as there were Jobs of that name.
_OF_A_JOB = ("batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name")
# How a volume and its claim were brought together.
_ANNOTATION_PREFIXES = ("pv.kubernetes.io/", "volume.kubernetes.io/", "volume.beta.kubernetes.io/")


def without_noise(item: Object) -> Object:
    """Return the object as somebody could have written it: without its status and a cluster's bookkeeping."""
    clean = {name: value for name, value in item.items() if name != "status"}
    clean["metadata"] = _metadata(mapping(item, "metadata"))
    if text(item, "kind") == "PersistentVolume" and mapping(item, "spec", "claimRef"):
        claim = mapping(item, "spec", "claimRef")
        bookkeeping = {"resourceVersion", "uid"}
        clean["spec"] = {
            **mapping(item, "spec"),
            "claimRef": {name: value for name, value in claim.items() if name not in bookkeeping},
        }
    if text(item, "kind") == "Job":
        clean["spec"] = _job_spec(mapping(item, "spec"))
    return clean


def _job_spec(spec: Object) -> Object:
    """Return what a Job says, without what the API server tells its pods by."""
    # One of more labels than these was written by somebody (manualSelector).
    generated = set(mapping(spec, "selector", "matchLabels")) <= {*_OF_A_JOB}
    kept = {name: value for name, value in spec.items() if name != "selector" or not generated}
    if not mapping(spec, "template"):
        return kept
    metadata = mapping(spec, "template", "metadata")
    labels = {name: value for name, value in mapping(metadata, "labels").items() if name not in _OF_A_JOB}
    known = {name: value for name, value in metadata.items() if name not in ("labels", "creationTimestamp")}
    template = {**mapping(spec, "template"), "metadata": {**known, **({"labels": labels} if labels else {})}}
    return {**kept, "template": template}


def _metadata(metadata: Object) -> Object:
    kept = {name: value for name, value in metadata.items() if name not in {*_BOOKKEEPING, "annotations"}}
    annotations = {name: value for name, value in mapping(metadata, "annotations").items() if not _is_noise(name)}
    return {**kept, "annotations": annotations} if annotations else kept


def _is_noise(annotation: str) -> bool:
    return annotation in _ANNOTATIONS or annotation.startswith(_ANNOTATION_PREFIXES)
