"""Workers and senders log in as a user whose password is in a file, and go on while that is changed."""

import copy
import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Any

import pytest
import redis
from celery import Celery
from examx_celery import Login, configure, login
from kombu.exceptions import OperationalError

from tests.ports import free_port
from tests.runtime.celery.system import System
from tests.runtime.conftest import MakeNode
from tests.runtime.redis.programs import binary
from tests.runtime.waiting import eventually
from tests.support import Manifest, of_kind

Rendered = dict[str, list[Manifest]]

FIRST, SECOND, THIRD = ("an-invented-password-" + each for each in ("1", "2", "3"))
ALLOWED = ("+@read", "+@write", "+@connection", "+@transaction", "+@pubsub", "+@blocking", "+eval", "+evalsha")
ALLOWED += ("+script|load", "+script|exists", "+time", "-@admin", "-@dangerous")
CHANNELS = ("resetchannels", "&celery-task-meta-*", "&/0.celery*")
VOLUME = "examxv2-backend-pvc"


@dataclass
class Logins:
    """A Redis that lets in a user only, workers that log in as that, and files with its password."""

    port: int
    system: System
    directory: Path

    @property
    def admin(self) -> Any:
        """Who may do everything, from here."""
        return redis.Redis("127.0.0.1", self.port, client_name="admin", decode_responses=True)

    @property
    def files(self) -> list[Path]:
        """The file of the workers, in a volume of theirs, and that of a sender."""
        return [self.system.node.claim(VOLUME) / "password", self.directory / "password"]

    def let_in(self, password: str) -> None:
        """Have the user take a password, beside those that it takes already."""
        user = ("application", "on", f">{password}", "~*", *CHANNELS, "-@all", *ALLOWED)
        self.admin.execute_command("ACL", "SETUSER", *user)

    def refuse(self, password: str) -> None:
        """Have it take a password no more."""
        self.admin.execute_command("ACL", "SETUSER", "application", f"<{password}")

    def write(self, password: str) -> None:
        """Replace the files by new ones, as the kubelet does."""
        for file in self.files:
            new = file.with_suffix(".new")
            new.write_text(password + "\n", encoding="utf-8")
            new.replace(file)

    def kill_connections(self) -> None:
        """Close each connection of the user, as servers that are replaced do: what comes next must log in."""
        for each in self.admin.client_list():
            if each["user"] == "application":
                self.admin.client_kill_filter(_id=each["id"])

    def send(self, **options: Any) -> Any:
        """Send a task, as a process of its own would."""
        return self.system.send("sleep", 0, **{"ignore_result": True, **options})

    def progress(self, sent: list[str]) -> None:
        """Wait until tasks that are sent from now on are done, of both queues."""
        begun = len(sent)
        self.system.eventually(
            lambda: len(sent) > begun + 4 and set(sent[begun : begun + 4]) <= set(self.system.ids("finished"))
        )


@pytest.fixture
def logins(make_node: MakeNode, rendered: Rendered, tmp_path: Path) -> Iterator[Logins]:
    """As they are when everybody has the first password."""
    port = free_port()
    options = ("--port", str(port), "--save", "", "--dir", str(tmp_path))
    with subprocess.Popen([str(binary()), *options], stdout=subprocess.DEVNULL) as process:
        manifests = as_application(rendered["dev"], port)
        environment = {
            "REDIS_URL": f"redis://application:unused@127.0.0.1:{port}/0",
            "REDIS_PASSWORD_FILE": str(tmp_path / "password"),
        }
        sender = Celery("sender", set_as_current=False)
        configure(sender, environment=environment)
        made = Logins(port, System(manifests, None, make_node(manifests), sender), tmp_path)
        try:
            eventually(made.admin.ping, because=lambda: "no Redis", ignoring=(redis.ConnectionError,))
            made.let_in(FIRST)
            made.write(FIRST)
            yield made
        finally:
            # Results that are dropped say so to Redis.
            gc.collect()
            made.system.close()
            process.kill()


def as_application(manifests: list[Manifest], port: int) -> list[Manifest]:
    """The manifests, whose pods are led to a server and a file."""
    changed = copy.deepcopy(manifests)
    for deployment in of_kind(changed, "Deployment"):
        for container in deployment["spec"]["template"]["spec"]["containers"]:
            others = [each for each in container.get("env", []) if not each["name"].startswith("REDIS_")]
            own = {
                "REDIS_URL": f"redis://application:unused@127.0.0.1:{port}/0",
                "REDIS_PASSWORD_FILE": "/app/media/password",
            }
            container["env"] = [*others, *({"name": name, "value": text} for name, text in own.items())]
    return changed


def test_nobody_waits_and_nothing_is_lost_while_the_password_is_changed(logins: Logins) -> None:
    system = logins.system
    workers = [system.worker(queue) for queue in ("default", "bulk_upload")]
    sent: list[str] = []
    refused: list[Exception] = []
    with sending(logins, sent, refused):
        for before, after in ((FIRST, SECOND), (SECOND, THIRD)):
            logins.progress(sent)
            logins.let_in(after)
            logins.kill_connections()
            logins.progress(sent)
            logins.write(after)
            logins.kill_connections()
            logins.progress(sent)
            logins.refuse(before)
            logins.kill_connections()
            logins.progress(sent)
    system.eventually(lambda: set(sent) <= set(system.ids("finished")))
    sys.stdout.write(f"{len(sent)} tasks sent over two changes of the password, {len(refused)} refused\n")
    assert refused == []
    assert all(each.is_running for each in workers)
    told = "".join(each.log for each in workers) + system.producer.conf.humanize(with_defaults=True, censored=False)
    assert [each for each in (FIRST, SECOND, THIRD) if each in told] == []
    assert "application" in {each["user"] for each in logins.admin.client_list()}


def test_results_are_asked_for_with_it_too(logins: Logins) -> None:
    logins.system.worker("default")
    assert logins.send(ignore_result=False).get(timeout=20) == 0


def test_a_password_that_comes_late_is_waited_for(logins: Logins) -> None:
    for file in logins.files:
        file.unlink()
    with later(lambda: logins.write(FIRST)):
        logins.send()
    # So is a server that does not know it yet.
    logins.write(SECOND)
    logins.kill_connections()
    with later(lambda: logins.let_in(SECOND)):
        logins.send()
    assert logins.admin.llen("default") == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "cannot be read"), ("\n", "is empty"), (SECOND, "with the password in")],
    ids=["no file", "an empty one", "a wrong one"],
)
def test_what_is_wrong_with_the_file_is_said_without_what_is_in_it(
    logins: Logins, content: str | None, told: str
) -> None:
    file = logins.files[-1]
    file.unlink()
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(OperationalError, match=told) as caught:
        logins.send(retry=False)
    assert str(file) in str(caught.value)
    assert SECOND not in str(caught.value)


def test_the_url_counts_where_no_file_is_named() -> None:
    secret = "an-invented%2Fpassword"
    for url, user in (
        (f"rediss://me:{secret}@redis.example.com:6379/3?ssl_cert_reqs=required", "me"),
        ("redis://h/0", None),
    ):
        app = Celery("client", set_as_current=False)
        configure(app, environment={"REDIS_URL": url})
        found = login({"REDIS_URL": url})
        assert (found and found.get_credentials()) == (user and (user, "an-invented/password"))
        assert secret not in app.conf.broker_url + app.conf.result_backend + repr(app.conf.broker_transport_options)
        app.close()


def test_sentinels_are_asked_by_the_same_user(tmp_path: Path) -> None:
    urls = "sentinel://application:old@a.invalid:26379/0;sentinel://application:old@b.invalid:26379/0"
    environment = {
        "REDIS_URL": urls,
        "REDIS_SENTINEL_MASTER": "examx",
        "REDIS_PASSWORD_FILE": str(tmp_path / "password"),
    }
    (tmp_path / "password").write_text(FIRST, encoding="utf-8")
    app = Celery("client", set_as_current=False)
    configure(app, environment=environment)
    assert app.conf.broker_url == "sentinel://a.invalid:26379/0;sentinel://b.invalid:26379/0"
    for options in (app.conf.broker_transport_options, app.conf.result_backend_transport_options):
        provider = options["sentinel_kwargs"]["credential_provider"]
        assert isinstance(provider, Login)
        assert provider.get_credentials() == ("application", FIRST)
    pool = app.backend.client.connection_pool
    assert pool.connection_kwargs["credential_provider"].get_credentials() == ("application", FIRST)
    assert pool.sentinel_manager.sentinels[0].connection_pool.connection_kwargs["credential_provider"]
    assert {"username", "password"}.isdisjoint(pool.connection_kwargs)
    app.close()


def test_the_application_may_do_what_it_does_and_no_more(logins: Logins) -> None:
    system, app = logins.system, logins.system.producer
    worker = system.worker("default")
    logins.admin.lpush("default", "no task")
    sleep = app.signature("examx.tasks.sleep", args=[0], queue="default", immutable=True)
    chained = (sleep | sleep).apply_async()
    chained.get(timeout=20)
    chained.forget()
    logins.send(countdown=1, priority=3, ignore_result=False).get(timeout=20)
    worker.pod.delete()
    system.worker("default").pod.kill()
    app.control.purge()
    assert logins.admin.llen("examx:set-aside:default") == 1
    # redis-py 8 asks for what no server of these has, and goes on.
    refused = {each["object"] for each in logins.admin.acl_log()} - {"client|maint_notifications"}
    assert refused == set()


@contextmanager
def sending(logins: Logins, sent: list[str], refused: list[Exception]) -> Iterator[None]:
    """Send tasks to two queues, one after another, until the end of the block."""
    stop = Event()

    def run() -> None:
        while not stop.wait(0.02):
            try:
                sent.append(logins.send(queue=("default", "bulk_upload")[len(sent) % 2]).id)
            except Exception as error:
                refused.append(error)

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def later(action: Callable[[], None]) -> Iterator[None]:
    """Do something a second after the block has begun."""
    timer = Timer(1, action)
    timer.start()
    yield
    timer.join()
