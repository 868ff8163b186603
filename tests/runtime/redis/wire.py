"""One command to a Redis server: for the tests, and as the `redis-cli` of the scripts, which no Python package brings.

It starts in 20 ms, for it imports next to nothing: the scripts call it a dozen times for each pod.
"""

import os
import socket
import sys
from contextlib import suppress
from typing import Any, BinaryIO


class RedisError(Exception):
    """An error that the server answered with."""


def call(host: str, port: int, *words: str, password: str | None = None) -> Any:
    """The reply to one command, over a connection of its own."""
    with socket.create_connection((host, port), timeout=5) as connection, connection.makefile("rwb") as stream:
        if password is not None:
            with suppress(RedisError):  # `redis-cli` goes on too, and the command tells what is wrong
                _exchange(stream, "AUTH", password)
        return _exchange(stream, *words)


def _exchange(stream: BinaryIO, *words: str) -> Any:
    command = [b"*%d\r\n" % len(words)]
    for word in words:
        encoded = word.encode()
        command.append(b"$%d\r\n%s\r\n" % (len(encoded), encoded))
    stream.write(b"".join(command))
    stream.flush()
    return _reply(stream)


def _reply(stream: BinaryIO) -> Any:
    line = stream.readline().decode().removesuffix("\r\n")
    rest = line[1:]
    match line[:1]:
        case "+":
            return rest
        case "-":
            raise RedisError(rest)
        case ":":
            return int(rest)
        case "$":
            return None if rest == "-1" else stream.read(int(rest) + 2)[:-2].decode()
        case "*":
            return None if rest == "-1" else [_reply(stream) for _ in range(int(rest))]
        case _:
            raise ConnectionError(f"not a reply: {line!r}")


def _printed(reply: Any) -> str:
    """What `redis-cli --raw` prints."""
    if isinstance(reply, list):
        return "\n".join(map(_printed, reply))
    return "" if reply is None else str(reply)


def _main(arguments: list[str]) -> int:
    options = {"-h": "127.0.0.1", "-p": "6379"}
    while arguments[0].startswith("-"):
        option = arguments.pop(0)
        if option != "--raw":
            options[option] = arguments.pop(0)
    try:
        reply = call(options["-h"], int(options["-p"]), *arguments, password=os.environ.get("REDISCLI_AUTH"))
    except RedisError as error:
        reply = error
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{_printed(reply)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
