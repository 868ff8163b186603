"""A control plane to use by hand.

    python -m tests.cluster [--kubernetes VERSION] [--without-keda]

builds what is not built yet, starts the control plane in a room of its own, says how to reach it, and stays until
Ctrl-C. The commands that it names run inside of that room.
"""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from tests.cluster import control_plane, programs, room


def _outside(version: str, *, with_keda: bool) -> int:
    names = [f"kubernetes-{version}", *([programs.KEDA] if with_keda else [])]
    for name in names:
        if reason := programs.refusal(name):
            sys.stderr.write(f"{name} cannot be built: {reason}\n")
            return 1
    programs.main(names)
    return room.run([sys.executable, "-m", "tests.cluster", *sys.argv[1:], f"--inside={os.getpid()}"])


def _inside(version: str, maker: int, *, with_keda: bool) -> int:
    if reason := control_plane.refusal(version):
        sys.stderr.write(f"there can be no control plane: {reason}\n")
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    start = time.monotonic()
    enter = room.CACHE / f"enter-{maker}"
    with control_plane.running(version, with_keda=with_keda) as plane:
        sys.stderr.write(f"""\
Kubernetes {version} is ready after {time.monotonic() - start:.1f} s.
  {enter} COMMAND ...  runs a command in its room: kubectl, examx, a shell
  KUBECONFIG={plane.kubeconfig} and EXAMX_KUBECTL={plane.kubectl_binary} are set for it
  the logs are in {plane.folder}, inside of the room
Ctrl-C ends it.
""")
        _write_entrance(enter, plane, maker)
        try:
            signal.pause()
        except KeyboardInterrupt:
            sys.stderr.write("ending ...\n")
        finally:
            enter.unlink(missing_ok=True)
    return 0


def _write_entrance(path: Path, plane: control_plane.ControlPlane, maker: int) -> None:
    # The first process of the room is the only child of the one that made it.
    user = "--user --preserve-credentials" if os.geteuid() else ""
    path.write_text(
        f"""#!/bin/sh
first=$(cat /proc/{maker}/task/{maker}/children)
export KUBECONFIG={plane.kubeconfig} EXAMX_KUBECTL={plane.kubectl_binary} PATH="{plane.binaries}:$PATH"
exec nsenter --target $first {user} --mount --net --pid --ipc --wdns="$PWD" "$@"
""",
        encoding="utf-8",
    )
    path.chmod(0o755)


def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description="A control plane to use by hand.")
    parser.add_argument("--kubernetes", choices=control_plane.VERSIONS, default=control_plane.VERSIONS[0])
    parser.add_argument("--without-keda", action="store_true", help="leave KEDA and its kinds out")
    parser.add_argument("--inside", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    with_keda = not given.without_keda
    if given.inside:
        return _inside(given.kubernetes, given.inside, with_keda=with_keda)
    return _outside(given.kubernetes, with_keda=with_keda)


if __name__ == "__main__":
    sys.exit(_main())
