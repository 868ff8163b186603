"""Settings and environments load without Node."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("module", ["examx_constructs.settings", "examx_constructs.environments"])
def test_loads_neither_jsii_nor_cdk8s(module: str) -> None:
    # Names load on first use, so each is asked for.
    program = f"import sys; from {module} import *; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "attrs" in loaded
    assert not {"jsii", "cdk8s", "cdk8s_plus_27", "constructs", "imports"} & set(loaded)


def test_an_environment_is_made_without_node() -> None:
    program = (
        "import sys\n"
        "from examx_constructs.environments import ENVIRONMENTS, load\n"
        "load(dict.fromkeys(ENVIRONMENTS, 'registry.example.com/app:v1'))\n"
        "print(len([name for name in sys.modules if name.partition('.')[0] in ('jsii', 'cdk8s', 'cdk8s_plus_27')]))"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == "0\n"
