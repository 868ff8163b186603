"""Secrets that no manifest holds: whether they are there is told by their number of keys, and no value is read."""

from typing import Any

import pytest

from examx_cli.doctor import State, Verdict, kept, questions
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.seen import Unseen
from examx_constructs.settings.naming import MADE_SECRET_ANNOTATION, REDIS_USERS_ANNOTATION
from tests.unit.cli.doctor.eks import Played, named

REDIS = {"name": "auth", "secret": {"secretName": "redis-auth"}}


def needs(*volumes: dict[str, Any], env: list[dict[str, Any]] | None = None, users: str = "", **more: Any) -> Needs:
    """An environment whose Redis mounts the made Secret, and whose pods have these volumes and variables."""
    pod = {"volumes": [*volumes], "containers": [{"name": "app", "env": env or []}]}
    annotations = {MADE_SECRET_ANNOTATION: "redis-auth", **({REDIS_USERS_ANNOTATION: users} if users else {})}
    server = {
        "kind": "StatefulSet",
        "metadata": {"name": "redis", "annotations": annotations},
        "spec": {"template": {"spec": {"volumes": [REDIS]}}},
    }
    web = {"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": {"spec": pod}}}
    return Needs("dev", "testing", "shop", [server, web, *more.get("beside", [])])


def verdict(wanted: Needs, **secrets: int | Unseen) -> Verdict:
    played = Played({questions.OWN_NAMESPACE: [named("shop")]})
    played.secrets = {name.replace("_", "-"): number for name, number in secrets.items()}
    found = kept.named.verdict(wanted, played)
    assert found is not None
    return found


def test_the_users_of_redis_have_a_key_each() -> None:
    assert (verdict(needs(), redis_auth=4).state, verdict(needs(), redis_auth=4).said) == (
        State.OK,
        "redis-auth, 4 keys",
    )
    assert verdict(needs(), redis_auth=6).state is State.OK, "a password is being rotated"
    poor = verdict(needs(), redis_auth=3)
    assert poor.state is State.MISSING
    assert poor.said == "redis-auth has 3 keys; its users are application, keda, replication, operator"


def test_the_exporter_is_a_user_where_the_servers_say_so() -> None:
    users = "application,keda,replication,operator,exporter"
    poor = verdict(needs(users=users), redis_auth=4)
    assert (poor.state, poor.said) == (
        State.MISSING,
        "redis-auth has 4 keys; its users are application, keda, replication, operator, exporter",
    )
    assert "examx rotate dev a key that is new" in poor.mend
    assert verdict(needs(users=users), redis_auth=5).state is State.OK


def test_a_secret_that_is_not_there() -> None:
    lost = verdict(needs())
    assert (lost.state, lost.said) == (State.MISSING, "there is no Secret redis-auth")
    assert lost.mend.startswith("examx apply dev makes those of Redis")


@pytest.mark.parametrize(
    ("volumes", "env"),
    [
        ([{"secret": {"secretName": "api-key"}}], []),
        ([{"projected": {"sources": [{"secret": {"name": "api-key"}}]}}], []),
        ([], [{"valueFrom": {"secretKeyRef": {"name": "api-key", "key": "k"}}}]),
    ],
    ids=["volume", "projected", "variable"],
)
def test_every_way_to_name_a_secret_counts(volumes: list[dict[str, Any]], env: list[dict[str, Any]]) -> None:
    found = verdict(needs(*volumes, env=env), redis_auth=4)
    assert (found.state, found.said) == (State.MISSING, "there is no Secret api-key")
    assert verdict(needs(*volumes, env=env), redis_auth=4, api_key=1).state is State.OK


def test_what_pods_can_do_without_or_somebody_else_makes_is_not_asked_for() -> None:
    optional = {"secret": {"secretName": "maybe", "optional": True}}
    synced = {
        "kind": "SecretProviderClass",
        "metadata": {"name": "c"},
        "spec": {"provider": "aws", "secretObjects": [{"secretName": "synced"}]},
    }
    own = {"kind": "Secret", "metadata": {"name": "own"}}
    wanted = needs(optional, *({"secret": {"secretName": name}} for name in ("synced", "own")), beside=[synced, own])
    assert verdict(wanted, redis_auth=4).said == "redis-auth, 4 keys"
    assert not kept.named.applies(Needs("dev", "testing", "shop", [own]))


def test_before_the_first_apply_it_is_no_mistake() -> None:
    found = kept.named.verdict(needs(), Played({}))
    assert found is not None
    assert (found.state, found.said) == (State.OK, "shop is not there yet: `examx apply` makes redis-auth")


def test_who_may_not_read_secrets_is_told_so() -> None:
    found = verdict(needs(), redis_auth=Unseen("this identity may not read the Secret redis-auth"))
    assert (found.state, found.said) == (State.UNKNOWN, "this identity may not read the Secret redis-auth")
