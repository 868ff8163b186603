"""A headless Chromium that a test moves the mouse in, by the pipe of its DevTools protocol.

Source: Chrome DevTools Protocol 1.3, domains Target, Page, Runtime and Input. `--remote-debugging-pipe`: messages are
JSON, each ended by a null byte, in by descriptor 3 and out by descriptor 4. So there is no port, and no other package.
"""

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VARIABLE = "EXAMX_TEST_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome-headless-shell")
_SECONDS = 30.0
_PLACE = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execvp(sys.argv[3], sys.argv[3:])"
)


def found() -> str | None:
    """The program: of the variable EXAMX_TEST_CHROMIUM, or of the PATH."""
    return os.environ.get(VARIABLE) or next(filter(None, map(shutil.which, NAMES)), None)


class BrowserError(AssertionError):
    """What the browser says that it did not do."""


@dataclass
class Page:
    """A page that is open."""

    process: "subprocess.Popen[bytes]"
    to_browser: int
    from_browser: int
    session: str = ""
    _number: int = 0
    _read: bytes = b""

    def ask(self, method: str, **parameters: object) -> Any:
        """The answer to a command. Raises BrowserError."""
        self._number += 1
        session = {"sessionId": self.session} if self.session else {}
        message = {"id": self._number, "method": method, "params": parameters, **session}
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + _SECONDS
        while True:
            found = self._message(deadline)
            if found.get("id") == self._number:
                if "error" in found:
                    raise BrowserError(f"{method}: {found['error']}")
                return found["result"]

    def _message(self, deadline: float) -> Any:
        while b"\0" not in self._read:
            if not select.select([self.from_browser], [], [], max(deadline - time.monotonic(), 0))[0]:
                raise BrowserError("it does not answer")
            piece = os.read(self.from_browser, 1 << 16)
            if not piece:
                raise BrowserError(f"it ended with {self.process.wait(10)}")
            self._read += piece
        message, _, self._read = self._read.partition(b"\0")
        return json.loads(message)

    def value(self, script: str) -> Any:
        """What an expression of the page is. Raises BrowserError, also for what it throws."""
        found = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise BrowserError(str(found["exceptionDetails"]))
        return found["result"].get("value")

    def until(self, script: str) -> Any:
        """The first value that counts as true."""
        deadline = time.monotonic() + _SECONDS
        while not (value := self.value(script)):
            if time.monotonic() > deadline:
                raise BrowserError(f"never true: {script}")
            time.sleep(0.02)
        return value

    def move(self, x: float, y: float) -> None:
        """Move the mouse, from a little beside."""
        for step in (3, 2, 1, 0):
            self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x - step, y=y)

    def roll(self, x: float, y: float, by: float) -> None:
        """Turn the wheel; less than nothing is away from who sits there."""
        self.ask("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=by)

    def drag(self, x: float, y: float, by: float) -> None:
        """Take hold, and move it sideways."""
        button = {"button": "left", "clickCount": 1}
        self.ask("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, **button)
        for part in (0.25, 0.5, 0.75, 1.0):
            self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x + by * part, y=y, button="left", buttons=1)
        self.ask("Input.dispatchMouseEvent", type="mouseReleased", x=x + by, y=y, **button)


@contextmanager
def opened(program: str, file: Path, profile: Path) -> Generator[Page]:
    """A file in a browser that knows no network, and no user."""
    read, to_browser = os.pipe()
    from_browser, write = os.pipe()
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--window-size=1200,900",
    ]
    options += ["--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}", "--remote-debugging-pipe"]
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _PLACE, str(read), str(write), program, *options],
        pass_fds=(read, write),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(read)
    os.close(write)
    page = Page(process, to_browser, from_browser)
    try:
        target = page.ask("Target.createTarget", url=file.as_uri())["targetId"]
        page.session = page.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        yield page
    finally:
        process.terminate()
        process.wait(20)
        os.close(to_browser)
        os.close(from_browser)
