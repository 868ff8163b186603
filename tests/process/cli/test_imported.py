"""What a command imports, in a process that has imported nothing."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[3]
MOST = {"examx_cli": 12, "examx_constructs": 0}
"""Modules of this project that `examx --help` may import. Each more takes time of every command."""
# Each of these takes as long to load as a command needs for its work.
UNASKED = {"jsii", "cdk8s", "pydantic", "kubernetes_validate", "jsonschema", "examx_constructs.checks"}
IMPORTED = """
import sys
from examx_cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def imported(*command: str) -> set[str]:
    """The modules that a command has loaded at its end, in a process of its own."""
    program = [sys.executable, "-c", IMPORTED, *command]
    return set(subprocess.run(program, check=True, capture_output=True, text=True, cwd=ROOT).stderr.split())


def test_help_imports_no_command() -> None:
    modules = imported("--help")
    counted = Counter(each.partition(".")[0] for each in modules)
    assert {name: counted[name] for name in MOST if counted[name] > MOST[name]} == {}
    assert not (UNASKED | {"yaml"}) & modules


def test_a_command_imports_no_other() -> None:
    modules = imported("env", "list")
    commands = {each for each in modules if each.startswith("examx_cli.commands.")}
    assert commands == {f"examx_cli.commands.{each}" for each in ("arguments", "env", "env.list")}
    assert not (UNASKED | {"examx_constructs.scaling"}) & modules


def test_a_difference_that_is_none_imports_no_simulator_and_no_rule() -> None:
    assert not (UNASKED | {"examx_constructs.scaling"}) & imported("diff", "dev")
