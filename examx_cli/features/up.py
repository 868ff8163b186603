"""Bringing a feature environment up, or up to date: what it shall be, its manifests, its Secret, and the deployment.

Each step can be done again without harm. One that is stopped half-way leaves a namespace that `list` shows, and that
`down` and `reap` remove.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import yaml

from examx_cli import output, reading, synth
from examx_cli.cluster import FIELD_MANAGER, Cluster, Target
from examx_cli.deploy.checkout import Version, clean_commit
from examx_cli.deploy.deployment import Done, Options, deploy, rehearse
from examx_cli.errors import CommandError, Refusal
from examx_cli.features import viewers
from examx_cli.features.env_file import EnvFile, is_env_file
from examx_cli.features.existing import Existing
from examx_cli.features.lifetime import later
from examx_cli.features.registry import BACKEND, Changed, Registry, image_of
from examx_cli.images import check_image
from examx_cli.kubectl import is_outdated, is_taken
from examx_cli.processes import ProcessError
from examx_cli.project import Project
from examx_constructs.features import Feature
from examx_constructs.features.feature import rfc3339
from examx_constructs.features.load_balancers import ROOM, load_balancer
from examx_constructs.manifests import Object, ObjectId, items, mapping, text
from examx_constructs.settings import Duration, ImageReference, KubernetesSecret


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of a branch's environment. What is None stays as it is where there is one already."""

    branch: str
    owner: str | None
    lifetime: timedelta
    image: ImageReference | None = None
    env_file: EnvFile | None = None
    default_env: bool = False


def decided(wish: Wish, existing: Existing | None, running: ImageReference | None, now: datetime) -> Feature:
    """Return what the environment shall be.

    Raises CommandError where the wish says too little, SettingError for a bad one.
    """
    image, owner = wish.image or running, (existing.owner if existing else "") or wish.owner
    if image is None:
        raise CommandError(f"which image the environment of {wish.branch} shall run is not known yet: give --image")
    if owner is None:
        raise CommandError("whose environment it shall be is not known: give --owner")
    return Feature(
        branch=wish.branch,
        image=image,
        owner=owner,
        expires=later(existing.expires if existing else None, wish.lifetime, now),
        env_secret=_secret(wish, existing),
    )


def _secret(wish: Wish, existing: Existing | None) -> KubernetesSecret | None:
    if wish.env_file:
        return KubernetesSecret(name=wish.env_file.secret_name)
    if existing and existing.env_secret and not wish.default_env:
        return KubernetesSecret(name=existing.env_secret)
    return None


def check_feature_image(wanted: Feature, of_dev: ImageReference) -> None:
    """Raise SettingError for an image of another repository, or one that was built for neither the branch nor dev."""
    built_for = "dev" if wanted.image.tag.startswith("dev-") else wanted.slug.name
    check_image(built_for, wanted.image, of_dev)


def check_place(wanted: Feature, existing: Existing | None, others: Iterable[Existing]) -> None:
    """Raise Refusal where the environment would take another one's place, or would not fit in."""
    if existing:
        if existing.branch != wanted.branch:
            raise Refusal(
                f'{existing.name} is the environment of the branch "{existing.branch}", of {existing.owner}: '
                f'both branches have the same slug; rename "{wanted.branch}"'
            )
        if existing.ending:
            raise Refusal(f"{existing.name} is being removed; when it is gone, it can be made anew: try again then")
        return
    balancer = load_balancer(wanted.slug)
    taken = sum(load_balancer(each.slug) == balancer for each in others)
    if taken >= ROOM:
        raise Refusal(
            f"the load balancer {balancer} has room for {ROOM} feature environments, and there are {taken}: one more "
            "would stop it for all of them; remove one (`examx feature list`), or add a load balancer "
            "to LOAD_BALANCERS in examx_constructs/features/load_balancers.py"
        )


def manifests(project: Project, wanted: Feature) -> list[Object]:
    """Return what the checkout renders for it, after all checks. Raises SynthError."""
    with tempfile.TemporaryDirectory(prefix="examx-feature-") as scratch:
        declared, rendered = Path(scratch) / "features.yaml", Path(scratch) / "rendered"
        declared.write_text(yaml.safe_dump([_declaration(wanted)], allow_unicode=True), encoding="utf-8")
        synth.synthesize(project.root, rendered, "--features", str(declared))
        return reading.read(rendered / f"{wanted.slug.name}.k8s.yaml")


def _declaration(wanted: Feature) -> dict[str, str]:
    secret = {"env_secret": wanted.env_secret.name} if wanted.env_secret else {}
    return {
        "branch": wanted.branch,
        "image": str(wanted.image),
        "owner": wanted.owner,
        "expires": rfc3339(wanted.expires),
        **secret,
    }


def running_image(registry: Registry, existing: Existing) -> ImageReference | None:
    """Return the image that the environment's backend runs; None where there is none yet."""
    image = image_of(registry.backend(existing))
    return ImageReference.parse(image) if image else None


def bring_up(
    registry: Registry,
    project: Project,
    wanted: Feature,
    existing: Existing | None,
    *,
    env_file: EnvFile | None,
    timeout: Duration,
) -> Done:
    """Make the cluster run it, and wait until it does.

    Raises Refusal and Interruption as every deployment does, and Changed where somebody was quicker. An expiry that was
    set in the meantime must not get earlier.
    """
    rendered = manifests(project, wanted)
    if existing:
        rendered = [_only_over(existing, each) for each in rendered]
    else:
        _claim(registry, rendered, wanted)
    cluster = Cluster(registry.kubectl, Target.of(rendered))
    if env_file:
        _tell_overruled(env_file, rendered)
        _keep_secret(cluster, wanted, env_file)
    viewers.make(registry.kubectl, wanted.slug.namespace)
    release = Version(clean_commit(project), str(wanted.image), tuple(rendered)).entry()
    # A branch's own .env is nobody's to read in the log of a workflow; GitHub masks it by whole lines only.
    options = Options(timeout, otherwise="or remove it with `examx feature down`", logs=wanted.env_secret is None)
    try:
        done = deploy(cluster, rendered, release, options)
    except ProcessError as error:
        if is_outdated(error):
            raise Changed("it was changed or removed in the meantime: bring it up again") from error
        raise
    if existing:
        _forget_secrets(cluster, existing.env_secret, kept=wanted.env_secret)
    return done


def _claim(registry: Registry, rendered: Sequence[Object], wanted: Feature) -> None:
    """Make the Namespace, which nobody else has made: the one who does owns the environment.

    Raises Refusal and Changed.
    """
    (namespace,) = (each for each in rendered if ObjectId.of(each).kind == "Namespace")
    if registry.create(namespace):
        return
    quicker = registry.at(wanted.slug.namespace)
    if quicker is None:
        raise Changed("it was made and removed again in the meantime: bring it up again")
    check_place(wanted, quicker, ())
    if not quicker.is_of(wanted.owner):
        raise Refusal(
            f"{quicker.owner or 'somebody else'} was quicker: {quicker} was made while this was prepared, and is not "
            f"{wanted.owner}'s; nothing was applied; to bring yours up in it, run the same again"
        )
    raise Changed("you brought it up in the meantime, somewhere else: nothing was applied, bring it up again")


def _only_over(existing: Existing, item: Object) -> Object:
    """Return the object; a Namespace only over the state that the expiry was decided on."""
    if ObjectId.of(item).kind != "Namespace":
        return item
    return {**item, "metadata": {**mapping(item, "metadata"), "resourceVersion": existing.version}}


def rehearse_up(registry: Registry, project: Project, wanted: Feature) -> Done:
    """Return what bringing it up would change."""
    rendered = manifests(project, wanted)
    return rehearse(Cluster(registry.kubectl, Target.of(rendered)), rendered)


def _keep_secret(cluster: Cluster, wanted: Feature, env_file: EnvFile) -> None:
    """Put the file into its Secret, before the pods that need it. An answer that shows some of it is not passed on.

    It is made and never changed: who deploys branches may not, for the answer to a change shows what is there. The name
    is of the content, so one that is there holds the same.
    """
    made = json.dumps(env_file.secret(wanted.slug.namespace, wanted.labels))
    try:
        cluster.kubectl.run("create", "-f", "-", "-o", "name", f"--field-manager={FIELD_MANAGER}", stdin=made)
    except ProcessError as error:
        if not is_taken(error):
            said = "what the cluster said shows a part of it" if env_file.is_shown_by(error.said) else error.said
            raise CommandError(f"the Secret {env_file.secret_name} could not be made: {said}") from None
    output.note(f"the .env is kept in the Secret {env_file.secret_name}")


def _forget_secrets(cluster: Cluster, before: str, *, kept: KubernetesSecret | None) -> None:
    """Remove the Secrets of earlier `.env` files: no pod mounts them any more.

    Which these are, the ReplicaSets of earlier rollouts tell, also of those that failed: Secrets may not be listed.
    """
    earlier = {before, *_secrets_of_rollouts(cluster)} - {kept.name if kept else ""}
    for secret in sorted(filter(is_env_file, earlier)):
        try:
            cluster.delete(ObjectId("", "Secret", cluster.target.namespace, secret))
        except ProcessError as error:
            output.warning(f"the Secret {secret} of an earlier .env could not be removed: {error.said}")


def _secrets_of_rollouts(cluster: Cluster) -> Iterator[str]:
    found = cluster.kubectl.objects("get", "replicasets.apps", f"--namespace={cluster.target.namespace}")
    for each in found:
        for volume in items(each, "spec", "template", "spec", "volumes"):
            yield text(volume, "secret", "secretName")


def _tell_overruled(env_file: EnvFile, rendered: Sequence[Object]) -> None:
    (backend,) = (each for each in rendered if str(ObjectId.of(each)) == f"Deployment {BACKEND}")
    containers = items(backend, "spec", "template", "spec", "containers")
    given = {text(variable, "name") for variable in items(containers[0], "env")}
    if overruled := [name for name in env_file.names if name in given]:
        output.warning(f"these of the .env have no effect, the environment's own win: {', '.join(overruled)}")
