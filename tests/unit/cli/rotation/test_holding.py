"""Which pods hold an older value: by what the driver and the kubelet write down."""

import copy
from typing import Any

import pytest

from examx_cli.rotation import statuses
from examx_cli.rotation.holding import Look, judged
from examx_cli.rotation.statuses import Statuses
from examx_constructs.manifests import ObjectId
from tests.support import Manifest
from tests.unit.cli.rotation.pods import NEW, OLD, minutes, pod, stamp, status

WEB, BEAT = (ObjectId("apps", "Deployment", "shop", name) for name in ("web", "beat"))
WORKLOADS = {key: {"spec": {"selector": {"matchLabels": {"app.kubernetes.io/name": key.name}}}} for key in (WEB, BEAT)}


def seen(*pairs: tuple[Manifest, Manifest | None]) -> Look:
    read = [statuses.status_of(each) for _, each in pairs if each]
    found = Statuses(tuple(each for each in read if each))
    return judged(WORKLOADS, [each for each, _ in pairs], found, {})


def told(look: Look) -> list[tuple[str, str]]:
    return [(each.pod, stamp(each.since)) for each in look.outdated]


def test_a_mount_that_changed_under_a_container_is_newer_than_what_it_holds():
    look = seen(
        (pod("web-1", "web", minutes(0)), status("web-1", NEW, minutes(0), minutes(30))),
        (pod("web-2", "web", minutes(31)), status("web-2", NEW, minutes(31))),
        # Its container crashed and started anew: it got the file of now.
        (pod("beat-1", "beat", minutes(40)), status("beat-1", NEW, minutes(0), minutes(30))),
    )
    assert told(look) == [("web-1", stamp(minutes(30)))]
    assert not look.unsettled


def test_without_rotation_a_later_pod_tells_that_there_is_a_newer_value():
    look = seen(
        (pod("web-1", "web", minutes(0)), status("web-1", OLD, minutes(0))),
        (pod("web-2", "web", minutes(20)), status("web-2", NEW, minutes(20))),
        (pod("beat-1", "beat", minutes(0)), status("beat-1", OLD, minutes(0))),
    )
    assert told(look) == [("web-1", stamp(minutes(20))), ("beat-1", stamp(minutes(20)))]
    assert look.unsettled == {"backend-secrets"}


def test_a_version_that_came_back_is_the_newest():
    """Versions have no order: Secrets Manager moves its label AWSCURRENT back to an earlier one."""
    look = seen(
        (pod("web-1", "web", minutes(10)), status("web-1", NEW, minutes(10))),
        (pod("web-2", "web", minutes(20)), status("web-2", OLD, minutes(20))),
    )
    assert told(look) == [("web-1", stamp(minutes(20)))]


def test_what_an_init_container_took_is_as_old_as_it():
    """As Redis, whose configuration is written once for the pod, however often its server starts anew."""
    item = pod("web-1", "web", minutes(40))
    item["spec"]["initContainers"] = item["spec"]["containers"]
    item["spec"]["containers"] = [{"name": "server"}]
    item["status"]["containerStatuses"][0]["name"] = "server"
    done = {"terminated": {"startedAt": stamp(minutes(0)), "exitCode": 0}}
    item["status"]["initContainerStatuses"] = [{"name": "web", "state": done}]
    assert told(seen((item, status("web-1", NEW, minutes(0), minutes(30))))) == [("web-1", stamp(minutes(30)))]


def test_a_container_that_takes_nothing_says_nothing():
    item = pod("web-1", "web", minutes(31))
    item["status"]["containerStatuses"].append(
        {"name": "nginx", "state": {"running": {"startedAt": stamp(minutes(0))}}}
    )
    assert told(seen((item, status("web-1", NEW, minutes(0), minutes(30))))) == []


ROTATED = status("web-1", NEW, minutes(0), minutes(30))


def changed(item: Manifest, **metadata: Any) -> Manifest:
    made = copy.deepcopy(item)
    made["metadata"] |= metadata
    return made


@pytest.mark.parametrize(
    ("running", "mounted"),
    [
        (pod("web-1", "web", minutes(0)), status("web-1", NEW, minutes(0))),
        # The clock of its node is behind that of the API server: the mount never changed.
        (pod("web-1", "web", minutes(-1)), status("web-1", NEW, minutes(0))),
        (pod("web-1", "web", minutes(0), state="waiting"), ROTATED),
        (pod("web-1", "web", minutes(0), deletionTimestamp=stamp(minutes(31))), ROTATED),
        # Left of a pod of the same name, as a StatefulSet makes them.
        (pod("web-1", "web", minutes(0), uid="another"), ROTATED),
        (pod("web-1", "other", minutes(0)), ROTATED),
        (pod("web-1", "web", minutes(0)), None),
        (pod("web-1", "web", minutes(0)), changed(ROTATED, managedFields=[])),
        (pod("web-1", "web", minutes(0)), changed(ROTATED, creationTimestamp="yesterday")),
        ({}, {}),
    ],
    ids=[
        "fresh",
        "clock",
        "not started",
        "stopping",
        "other pod",
        "no workload",
        "no status",
        "no record",
        "no time",
        "{}",
    ],
)
def test_no_pod_is_taken_for_older_that_is_not(running: Manifest, mounted: Manifest | None):
    assert told(seen((running, mounted))) == []


def test_what_owns_all_of_the_status_counts_as_what_owns_its_objects():
    entry = {"manager": "driver", "time": stamp(minutes(30)), "fieldsV1": {"f:status": {}}}
    mounted = changed(status("web-1", NEW, minutes(0)), managedFields=[entry])
    assert told(seen((pod("web-1", "web", minutes(0)), mounted))) == [("web-1", stamp(minutes(30)))]
