"""Parts of the Secrets that no manifest holds: what is told of a refusal, what a server is asked, what keys say."""

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from examx_cli.credentials.keys import Keys
from examx_cli.credentials.random_secret import RandomSecret, new_value
from examx_cli.credentials.servers import ACCEPTS, LOOK
from examx_cli.credentials.telling import reason, told
from examx_cli.processes import ProcessError

VALUE = new_value()


def _refusal(said: str) -> ProcessError:
    return ProcessError(["kubectl", "create"], 1, said)


@pytest.mark.parametrize(
    "shown",
    [VALUE, VALUE[10:18], base64.b64encode(VALUE.encode()).decode(), base64.b64encode(VALUE.encode()).decode()[4:20]],
    ids=["whole", "a piece", "encoded", "a piece of that"],
)
def test_an_answer_that_shows_a_value_is_cut_to_its_reason(shown: str) -> None:
    values = [VALUE, base64.b64encode(VALUE.encode()).decode()]
    said = told(_refusal(f'Error from server (BadRequest): a webhook says: {{"data": "{shown}"}}'), values)
    assert said == "BadRequest; what else it said is not shown, for it may hold a value"


def test_an_answer_that_shows_none_is_passed_on() -> None:
    plain = 'Error from server (Forbidden): secrets "redis-auth" is forbidden: exceeded quota'
    assert told(_refusal(plain), [VALUE]) == plain
    assert reason(_refusal("error: unable to connect")).startswith("kubectl ended with status 1; what else it said is")
    immutable = "The Secret is invalid: data: Forbidden: field is immutable when `immutable` is set"
    assert reason(_refusal(immutable)) == "it is immutable"


def test_values_are_random_and_no_part_of_what_is_shown() -> None:
    secret = RandomSecret("shop", "redis-auth", ("application",), "about")
    values = {str(secret.manifest()["data"]) for _ in range(100)}
    assert len(values) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", new_value()) for _ in range(100))
    assert "data" not in repr(secret)


SHELLS = [each for each in ("sh", "dash", "bash", "busybox") if shutil.which(each)]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("accepts", "answer"),
    [
        (None, "?"),
        ("exit 0", "="),
        ('if [ "$1" = keda ]; then echo why >&2; exit 1; fi', "!keda"),
        ("echo chatter", "="),
    ],
    ids=["none", "takes all", "not one", "talks"],
)
def test_a_real_shell_tells_files_and_answer(tmp_path: Path, shell: str, accepts: str | None, answer: str) -> None:
    """As a kubelet mounts a Secret: names beside hidden folders."""
    files = tmp_path / "redis"
    (files / "..2026_11_23").mkdir(parents=True)
    (files / "..data").symlink_to("..2026_11_23")
    for name in ("application", "keda", "keda.next"):
        (files / "..2026_11_23" / name).write_text(VALUE, encoding="utf-8")
        (files / name).symlink_to(f"..data/{name}")
    script = tmp_path / "accepts.sh"
    if accepts is not None:
        script.write_text(accepts, encoding="utf-8")
    command = [shell, *(["sh"] if shell == "busybox" else []), "-c", LOOK.replace(ACCEPTS, str(script)), "sh"]
    done = subprocess.run([*command, str(files), "application", "keda"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["application", "keda", "keda.next", answer]
    assert VALUE not in done.stdout


def test_keys_say_how_far_a_rotation_is() -> None:
    template = [
        "version 42",
        "key application",
        "key application.next",
        "key keda",
        "key keda.previous",
        "time 2026-11-23T10:15:00Z",
        "annotated yes",
        "rotating keda,stranger",
    ]
    keys = Keys.read("\n".join(template))
    assert (keys.version, keys.annotated, keys.changed is not None) == ("42", True, True)
    assert keys.rotating == ["application", "keda"], "one was begun by hand, the other by the command"
    assert keys.with_next(["application", "keda"]) == ["application"]
    assert keys.with_previous(["application", "keda"]) == ["keda"]
    assert keys.lacking(["application", "operator"]) == ["operator"]
    assert Keys.read("version 1\ntime <no value>\n").changed is None
