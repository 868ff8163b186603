"""A control plane to use by hand.

    python -m tests.cluster [--kubernetes VERSION]

builds what is not built yet, starts the control plane in a room of its own, says how to reach it, and stays until
Ctrl-C. The commands that it names run inside of that room.
"""

import argparse
import os
import signal
import sys
import time

from tests.cluster import control_plane, programs, room

ENTER = room.CACHE / "enter"


def _outside(version: str) -> int:
    name = f"kubernetes-{version}"
    if reason := programs.refusal(name):
        sys.stderr.write(f"{name} can not be built: {reason}\n")
        return 1
    programs.main([name])
    return room.run([sys.executable, "-m", "tests.cluster", "--kubernetes", version, "--inside", str(os.getpid())])


def _inside(version: str, maker: int) -> int:
    if reason := control_plane.refusal(version):
        sys.stderr.write(f"there can be no control plane: {reason}\n")
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    start = time.monotonic()
    with control_plane.running(version) as plane:
        sys.stderr.write(f"""\
Kubernetes {version} is ready after {time.monotonic() - start:.1f} s.
  {ENTER} COMMAND ...  runs a command in its room: kubectl, examx, a shell
  KUBECONFIG={plane.kubeconfig} and EXAMX_KUBECTL={plane.kubectl_binary} are set for it
  the logs are in {plane.folder}, inside of the room
Ctrl-C ends it.
""")
        _write_entrance(plane, maker)
        try:
            signal.pause()
        except KeyboardInterrupt:
            sys.stderr.write("ending ...\n")
        finally:
            ENTER.unlink(missing_ok=True)
    return 0


def _write_entrance(plane: control_plane.ControlPlane, maker: int) -> None:
    # The first process of the room is the only child of the one that made it.
    user = "--user --preserve-credentials" if os.geteuid() else ""
    ENTER.write_text(
        f"""#!/bin/sh
first=$(cat /proc/{maker}/task/{maker}/children)
export KUBECONFIG={plane.kubeconfig} EXAMX_KUBECTL={plane.kubectl_binary} PATH="{plane.binaries}:$PATH"
exec nsenter --target $first {user} --mount --net --pid --ipc --wdns="$PWD" "$@"
""",
        encoding="utf-8",
    )
    ENTER.chmod(0o755)


def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description="A control plane to use by hand.")
    parser.add_argument("--kubernetes", choices=control_plane.VERSIONS, default=control_plane.VERSIONS[0])
    parser.add_argument("--inside", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    return _inside(given.kubernetes, given.inside) if given.inside else _outside(given.kubernetes)


if __name__ == "__main__":
    sys.exit(_main())
