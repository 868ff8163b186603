"""The scripts of Redis, as a shell reads them."""

import re
import subprocess
from pathlib import Path

from tests.support import Manifest, of_kind
from tests.unit.constructs.test_redis import replicated

__all__ = ["replicated"]


def test_the_scripts_are_sound_shell(replicated: list[Manifest], tmp_path: Path) -> None:
    for config in of_kind(replicated, "ConfigMap"):
        for name, text in config["data"].items():
            if name.endswith(".sh"):
                file = tmp_path / name
                file.write_text(text)
                subprocess.run(["sh", "-n", str(file)], check=True)
                assert not re.search("@[a-z]", text), f"{name} has an unfilled field"
