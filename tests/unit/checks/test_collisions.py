"""Environments that share a cluster, and those that do not."""
# ruff: noqa: E501 - messages and YAML are quoted whole

import pytest

from examx_constructs.checks import Manifests, check, collisions
from examx_constructs.checks.finding import Severity
from examx_constructs.manifests.resources import Document
from tests.unit.checks.support import Object, obj


def environment(name: str, cluster: str, *objects: Object) -> Manifests:
    return Manifests.of([space(name, cluster), *objects])


def files(**contents: list[Object]) -> Manifests:
    return Manifests(Document(each, f"dist/{name}.yaml") for name, objects in contents.items() for each in objects)


def space(name: str, cluster: str) -> Object:
    restricted = "{pod-security.kubernetes.io/enforce: restricted}"
    return obj("Namespace", name, labels=restricted, annotations=f"{{examx.ai/cluster: {cluster}}}")


VOLUME = obj("PersistentVolume", "media", "csi: {driver: ebs.csi.aws.com}")


def test_two_environments_of_one_cluster_collide():
    found = collisions({"dev": environment("dev", "shared", VOLUME), "stg": environment("stg", "shared", VOLUME)})

    assert list(map(str, found)) == [
        (
            'PersistentVolume media: metadata.name is "media"; allowed: a name of its own in cluster shared; dev defines it as well as stg;'
            " each would overwrite the other's, and removing one removes it for both [environments-do-not-collide; Kubernetes documentation,"
            " Not all objects are in a namespace; spec section 1]"
        )
    ]


def test_two_clusters_do_not_collide():
    assert collisions({"dev": environment("dev", "one", VOLUME), "prod": environment("prod", "two", VOLUME)}) == []


def test_one_namespace_of_two_environments_collides_with_all_that_is_in_it():
    both = {name: environment("apps", "shared", obj("ConfigMap", "web", namespace="apps")) for name in ("dev", "stg")}

    assert [finding.object.qualified for finding in collisions(both)] == ["Namespace apps", "ConfigMap apps/web"]


def test_two_files_of_one_cluster_collide():
    manifests = files(dev=[space("dev", "shared"), VOLUME], stg=[space("stg", "shared"), VOLUME])

    assert [(finding.rule, finding.file, finding.object.qualified) for finding in check(manifests)] == [
        ("environments-do-not-collide", "dist/stg.yaml", "PersistentVolume media")
    ]


def test_two_files_of_two_clusters_do_not():
    assert check(files(dev=[space("dev", "one"), VOLUME], prod=[space("prod", "two"), VOLUME])) == []


def test_without_an_annotation_all_belong_to_one_cluster():
    (finding,) = check(files(a=[VOLUME], b=[VOLUME]))

    assert "a name of its own in the cluster; dist/a.yaml defines it as well as dist/b.yaml" in finding.allowed


def test_a_namespace_may_be_repeated_beside_each_part_of_an_application():
    assert check(files(a=[obj("Namespace", "apps")], b=[obj("Namespace", "apps")])) == []


def test_a_namespace_of_a_named_cluster_belongs_to_one_environment():
    (finding,) = check(files(a=[space("apps", "shared")], b=[space("apps", "shared")]))

    assert finding.rule == "environments-do-not-collide"


def test_one_object_in_two_files_names_the_other_file():
    config = obj("ConfigMap", "web")
    (finding,) = check(files(a=[config], b=[config]))

    assert (finding.rule, finding.file) == ("object-exists-once", "dist/b.yaml")
    assert "one is defined in dist/a.yaml already" in finding.allowed


@pytest.mark.parametrize("names", [("dev", "prod"), ("prod", "dev")])
def test_objects_without_a_namespace_meet_within_their_folder_alone(names):
    config = obj("ConfigMap", "web", namespace=None)
    documents = [Document(config, f"{name}/web.yaml") for name in names]

    assert check(Manifests(documents)) == []
    assert len(check(Manifests([*documents, Document(config, "dev/more.yaml")]))) == 1


def test_objects_follow_their_namespace_into_its_cluster_across_files():
    manifests = files(
        a=[space("apps", "one")],
        b=[obj("ConfigMap", "web", namespace="apps")],
        c=[obj("ConfigMap", "web", namespace="unknown")],
    )

    assert [resource.scope.cluster for resource in manifests] == ["one", "one", ""]


def test_files_that_say_the_same_all_in_all_are_told_and_not_refused():
    def weights(common: str, *more: Document) -> set[Severity]:
        objects = [obj("ConfigMap", name) for name in common]
        copies = (Document(each, file) for file in ("v1.yaml", "v2.yaml") for each in objects)
        return {each.severity for each in check(Manifests([*copies, *more])) if each.rule == "object-exists-once"}

    house = Document(obj("Namespace", "dev", annotations="{examx.ai/cluster: one}"), "v1.yaml")
    assert weights("abc") == {Severity.WARNING}
    assert weights("ab") == {Severity.ERROR}
    assert weights("abc", house) == {Severity.ERROR}
    own = [Document(obj("Secret", f"{file}-{number}"), file) for file in ("v1.yaml", "v2.yaml") for number in range(4)]
    assert weights("abc", *own) == {Severity.ERROR}
