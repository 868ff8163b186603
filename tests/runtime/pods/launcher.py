"""Starts processes in namespaces, as a container runtime does: run by path, it needs nothing but the standard library.

    launcher.py hold SOCKET [--network]            keep a pod's namespaces, and connect to its ports for others
    launcher.py run SPECIFICATION                  start a container, of a JSON file; its exit status is ours
    launcher.py exec PID ENVIRONMENT COMMAND ...   run a command in the container whose first process is PID
    launcher.py near PID COMMAND ...               run a command of this machine in the network that PID holds

It needs no root, only user namespaces: they give a process the rights over what it makes itself. The one who runs it is
the pod's user inside. Each of these processes dies with the one that started it (PR_SET_PDEATHSIG).
"""

import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_NEW_MOUNTS, _NEW_NAMES, _NEW_IPC = 0x00020000, 0x04000000, 0x08000000
_NEW_USER, _NEW_PROCESSES, _NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
_NO_SUID, _NO_DEVICES, _NO_EXECUTION = 2, 4, 8
_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18
_DETACH = 2
_SYS_PIVOT_ROOT, _SYS_MOUNT_SETATTR = {"x86_64": (155, 442), "aarch64": (41, 442)}.get(os.uname().machine, (0, 442))
_AT_RECURSIVE, _ATTRIBUTE_READ_ONLY = 0x8000, 1
_SET_DEATH_SIGNAL, _SET_NO_NEW_PRIVILEGES = 1, 38
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1
_SET_ADDRESS, _SET_MASK = 0x8916, 0x891C
# Clients of a pod with a network of its own come from here: an address of a VPC, as a load balancer has.
_LOAD_BALANCER = "10.255.255.1"

_SYSTEM = ("bin", "lib", "lib32", "lib64", "libx32", "sbin", "usr")
_LOADER = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime")
_DEVICES = ("null", "zero", "full", "random", "urandom")

_libc = ctypes.CDLL(None, use_errno=True)


def hold(path: str, *, network: bool) -> None:
    """Keep the namespaces of a pod alive, and connect to its ports for those who ask on a socket."""
    user, group, identity = os.geteuid(), os.getegid(), int(os.environ["POD_USER"])
    _call("unshare", _NEW_USER)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{identity} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{identity} {group} 1", encoding="ascii")
    if network:
        _call("unshare", _NEW_NETWORK)
        _raise_loopback()
    _die_with_parent()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(path)
        listener.listen(128)
        while True:
            with listener.accept()[0] as request:
                _dial(request, _LOAD_BALANCER if network else None)


def _dial(request: socket.socket, source: str | None) -> None:
    port = int(request.recv(16) or b"0")
    with socket.socket() as connection:
        try:
            if source:
                connection.bind((source, 0))
            connection.connect(("127.0.0.1", port))
        except OSError as error:
            request.sendall(str(error.errno).encode())
        else:
            socket.send_fds(request, [b"0"], [connection.fileno()])


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        name = struct.pack("16sH14s", b"lo", 0, b"")
        flags = struct.unpack("16sH14s", fcntl.ioctl(control, _GET_FLAGS, name))[1]
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sH14s", b"lo", flags | _UP, b""))
        for request, address in ((_SET_ADDRESS, _LOAD_BALANCER), (_SET_MASK, "255.255.255.255")):
            given = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))
            fcntl.ioctl(control, request, struct.pack("16s16s", b"lo:1", given))


def run(specification: dict[str, Any]) -> int:
    """Start a container as process 1 of its own namespace; tell its process id, wait for its end."""
    _join(specification["pod"], "user", "net")
    _call("unshare", _NEW_MOUNTS | _NEW_NAMES | _NEW_IPC | _NEW_PROCESSES)
    _die_with_parent()
    socket.sethostname(specification["hostname"])
    # Opened now: the child's new root becomes ours too, and has no such path.
    process_file = os.open(specification["process_file"], os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    child = os.fork()
    if child == 0:
        _die_with_parent()
        _make_root(Path(specification["root"]), specification)
        _become(specification["command"], specification["environment"], specification["directory"])
    os.write(process_file, str(child).encode())
    return _status(child)


def execute(process: int, environment: dict[str, str], command: Sequence[str]) -> int:
    """Run a command in a container that runs."""
    _join(process, "user", "mnt", "pid", "net", "uts", "ipc")
    _die_with_parent()
    child = os.fork()
    if child == 0:
        _die_with_parent()
        _become(command, environment, environment["PWD"])
    return _status(child)


def near(process: int, command: Sequence[str]) -> None:
    """Become a command of this machine that has a pod's network."""
    _join(process, "user", "net")
    _die_with_parent()
    os.execvp(command[0], list(command))


def _join(process: int, *kinds: str) -> None:
    # The network of a pod that has none of its own is the one that we are in, and cannot be joined.
    foreign = [kind for kind in kinds if _namespace(process, kind) != _namespace("self", kind)]
    opened = [os.open(f"/proc/{process}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC) for kind in foreign]
    for namespace in opened:
        _call("setns", namespace, 0)


def _namespace(process: int | str, kind: str) -> str:
    return str(Path(f"/proc/{process}/ns/{kind}").readlink())


def _become(command: Sequence[str], environment: dict[str, str], directory: str) -> None:
    os.chdir(directory)
    _call("prctl", _SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    try:
        # The user is not 0, so the rights over the namespaces end here.
        os.execvpe(command[0], list(command), environment)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        os._exit(127)


def _make_root(root: Path, specification: dict[str, Any]) -> None:
    """A root of its own: the system and the image, to read, and what the manifest mounts."""
    _mount("none", "/", "", _RECURSIVE | _PRIVATE)
    _mount("tmpfs", str(root), "tmpfs", _NO_SUID | _NO_DEVICES)
    for name in _SYSTEM:
        source = Path("/", name)
        if source.is_symlink():
            (root / name).symlink_to(source.readlink())
        elif source.exists():
            _bind(source, root / name, read_only=True)
    _make_devices(root)
    _make_configuration(root, specification["files"])
    for source, target in specification["copies"]:
        shutil.copytree(source, root / target[1:], symlinks=True, dirs_exist_ok=True)
    for source, target in specification["shared"]:
        _bind(Path(source), root / target[1:], read_only=True)
    for source, target, read_only in specification["mounts"]:
        _bind(Path(source), root / target[1:], read_only=read_only)
    (root / "proc").mkdir()
    _mount("proc", str(root / "proc"), "proc", _NO_SUID | _NO_DEVICES | _NO_EXECUTION)
    _set_read_only(root, recursive=False)
    _enter(root)


def _make_devices(root: Path) -> None:
    devices = root / "dev"
    devices.mkdir()
    for name in _DEVICES:
        _bind(Path("/dev", name), devices / name, read_only=False)
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        (devices / name).symlink_to(f"/proc/self/fd{target}")
    (devices / "shm").mkdir()
    _mount("tmpfs", str(devices / "shm"), "tmpfs", _NO_SUID | _NO_DEVICES)


def _make_configuration(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        file = root / path[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for name in _LOADER:
        source = Path("/etc", name)
        if source.exists():
            _bind(source, root / "etc" / name, read_only=True)


def _bind(source: Path, target: Path, *, read_only: bool) -> None:
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount(str(source), str(target), "", _BIND | _RECURSIVE)
    if read_only:
        _set_read_only(target, recursive=True)


def _set_read_only(path: Path, *, recursive: bool) -> None:
    attributes = struct.pack("QQQQ", _ATTRIBUTE_READ_ONLY, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    _call("syscall", _SYS_MOUNT_SETATTR, -100, str(path).encode(), flags, attributes, len(attributes))


def _enter(root: Path) -> None:
    os.chdir(root)
    _call("syscall", _SYS_PIVOT_ROOT, b".", b".")
    _call("umount2", b".", _DETACH)
    os.chdir("/")


def _mount(source: str, target: str, kind: str, flags: int) -> None:
    _call("mount", source.encode(), target.encode(), kind.encode(), flags, b"mode=0755" if kind == "tmpfs" else None)


def _die_with_parent() -> None:
    # Only now: to enter a user namespace takes the order back.
    _call("prctl", _SET_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)


def _status(child: int) -> int:
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status if status >= 0 else 128 - status


def _call(name: str, *arguments: Any) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}{arguments}: {os.strerror(error)}")


def _main(arguments: list[str]) -> int:
    match arguments:
        case ["hold", path, *options]:
            hold(path, network="--network" in options)
        case ["run", path]:
            return run(json.loads(Path(path).read_text(encoding="utf-8")))
        case ["exec", process, environment, *command]:
            return execute(int(process), json.loads(environment), command)
        case ["near", process, *command]:
            near(int(process), command)
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
