"""The backend's pod runs as it is rendered, and within the restrictions that it is rendered with."""

import pytest

from tests.runtime.backend.backend import Backend
from tests.runtime.conftest import MakeNode
from tests.support import Manifest

CONTAINERS = ("nginx", "backend")


@pytest.mark.parametrize("name", ["dev", "stg", "prod"])
def test_it_becomes_ready_in_every_environment(
    make_node: MakeNode, rendered: dict[str, list[Manifest]], name: str
) -> None:
    node = make_node(rendered[name])
    pod = node.pod("examxv2-backend", own_network=True).start()
    node.eventually(pod.is_ready)
    assert all(container.passes("liveness") for container in pod.containers.values())
    verdict = pod.containers["nginx"].exec([*pod.containers["nginx"].manifest["command"], "-t"])
    assert (verdict.returncode, verdict.stdout) == (0, "")
    said = [line.split(": ", 1)[1].rsplit(" ", 2)[-1] for line in verdict.stderr.splitlines()]
    assert said == ["ok", "successful"], verdict.stderr


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("nginx", "nginx: master process nginx -p /etc/nginx/examx/"),
        ("backend", "/bin/python -m gunicorn examx.wsgi:application"),
    ],
)
def test_the_first_process_is_the_server_itself(backend: Backend, name: str, command: str) -> None:
    # A shell in between would not pass signals on.
    assert command in run(backend, name, "tr '\\0' ' ' </proc/1/cmdline")


@pytest.mark.parametrize("name", CONTAINERS)
def test_no_process_has_a_privilege(backend: Backend, name: str) -> None:
    fields = "Uid|Gid|Groups|CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs"
    lines = run(backend, name, f"grep -hE '^({fields}):' /proc/[0-9]*/status").splitlines()
    seen = {(field, *sorted(set(values.split()))) for field, values in (line.split(":") for line in lines)}
    nothing = "0" * 16
    none = {(field, nothing) for field in ("CapInh", "CapPrm", "CapEff", "CapAmb")}
    ids = {each for each in seen if each[0] in {"Uid", "Gid"}}
    assert ids == {("Uid", "10001"), ("Gid", "10001")}
    assert {each for each in seen if each[0].startswith("Cap")} == none
    assert ("NoNewPrivs", "1") in seen
    assert ("NoNewPrivs", "0") not in seen


@pytest.mark.parametrize("name", CONTAINERS)
def test_only_the_mounts_that_say_so_can_be_written(backend: Backend, name: str) -> None:
    manifest = backend.pod.containers[name].manifest
    writable = {each["mountPath"] for each in manifest["volumeMounts"] if not each.get("readOnly")}
    rows = [line.split() for line in run(backend, name, "cat /proc/self/mountinfo").splitlines()]
    mounted = {row[4] for row in rows if "rw" in row[5].split(",")}
    assert {path for path in mounted if not path.startswith(("/dev/", "/proc"))} == writable


@pytest.mark.parametrize("name", CONTAINERS)
def test_to_write_elsewhere_fails(backend: Backend, name: str) -> None:
    where = "/ /app /app/examx /app/static /etc /etc/nginx /opt /usr/bin /run /var /var/cache /var/log /home /mnt"
    assert run(backend, name, f"for each in {where}; do touch $each/x 2>/dev/null && echo $each; done; true") == ""


def test_nginx_reads_no_secret_and_changes_no_upload(backend: Backend) -> None:
    secrets = (
        "cat /app/examx/.env /mnt/secret-store/.env 2>/dev/null; touch /app/media/x 2>/dev/null && echo written; true"
    )
    assert run(backend, "nginx", secrets) == ""
    assert "SECRET_KEY" in run(backend, "backend", "cat /app/examx/.env")


def test_nothing_stays_behind_where_they_write(backend: Backend) -> None:
    # More than nginx and Django hold in memory.
    body = b'--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n%s\r\n--b--\r\n' % bytes(4 << 20)
    backend.ask("POST", "/api/upload/", [("Content-Type", "multipart/form-data; boundary=b")], body)
    assert sorted(run(backend, "nginx", "ls /var/cache/nginx").split()) == [
        "body",
        "fastcgi",
        "health.pid",
        "nginx.pid",
        "proxy",
        "scgi",
        "uwsgi",
    ]
    backend.node.eventually(lambda: sorted(run(backend, "nginx", "find /var/cache/nginx -type f").split()) == PID_FILES)
    assert run(backend, "backend", "find /tmp /run/gunicorn -type f") == ""


PID_FILES = ["/var/cache/nginx/health.pid", "/var/cache/nginx/nginx.pid"]


def run(backend: Backend, container: str, script: str) -> str:
    """What a shell in a container prints."""
    done = backend.pod.containers[container].exec(["sh", "-c", script])
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_secret_file_is_where_the_application_looks_for_it(backend: Backend) -> None:
    path = "/app/google-credentials.json"
    assert run(backend, "backend", f"cat {path}; test -w {path} || echo read-only") == "{}\nread-only\n"
    assert run(backend, "nginx", f"test -s {path} || echo none") == "none\n"
