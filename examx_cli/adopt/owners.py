"""Who else keeps the namespace as they want it: Argo CD, Flux, Helm. Two who apply the same objects fight. Pure."""

from collections.abc import Iterator, Sequence

from examx_cli.adopt.findings import Finding, warning
from examx_cli.adopt.inventory import Inventory
from examx_constructs.manifests import Object, ObjectId, items, mapping, text

_TRACKING = "argocd.argoproj.io/tracking-id"
_INSTANCE = "app.kubernetes.io/instance"


def findings(inventory: Inventory, wanted: Sequence[Object]) -> Iterator[Finding]:
    """Yield what to stop before the adoption: each owner once, with how many objects say that they are its own."""
    rendered = {ObjectId.of(each) for each in wanted}
    found: dict[str, int] = {}
    for key, item in inventory.objects.items():
        if key in rendered:
            for stop in filter(None, (_argo(item), _flux(item), _helm(item))):
                found[stop] = found.get(stop, 0) + 1
    for stop, count in found.items():
        objects = "1 object says" if count == 1 else f"{count} objects say"
        yield warning(f"{objects} that somebody else keeps them: {stop}")


def _argo(item: Object) -> str | None:
    tracked = text(item, "metadata", "annotations", _TRACKING).partition(":")[0]
    if not tracked and any(each.startswith("argocd") for each in _managers(item)):
        tracked = text(item, "metadata", "labels", _INSTANCE)
    if not tracked:
        return None
    return f"stop Argo CD first, or it takes back what is applied: `argocd app set {tracked} --sync-policy none`"


def _flux(item: Object) -> str | None:
    for kind, group in (("kustomization", "kustomize"), ("helmrelease", "helm")):
        prefix = f"{group}.toolkit.fluxcd.io"
        labels = mapping(item, "metadata", "labels")
        if name := labels.get(f"{prefix}/name"):
            where = labels.get(f"{prefix}/namespace", "flux-system")
            return f"stop Flux first, or it takes back what is applied: `flux suspend {kind} {name} -n {where}`"
    return None


def _helm(item: Object) -> str | None:
    release = text(item, "metadata", "annotations", "meta.helm.sh/release-name")
    if not release:
        return None
    return (
        f"do not run `helm upgrade {release}` or `helm uninstall {release}` any more: the second would remove what is "
        f"ours; when all is done, delete its Secrets sh.helm.release.v1.{release}.v*"
    )


def _managers(item: Object) -> list[str]:
    return [text(each, "manager") for each in items(item, "metadata", "managedFields")]
