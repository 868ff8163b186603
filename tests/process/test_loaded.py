"""What can be loaded without Node."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("package", ["settings", "environments", "checks"])
def test_it_loads_without_node(package: str) -> None:
    node = "[name for name in sys.modules if name.startswith(('jsii', 'cdk8s'))]"
    program = f"import sys, examx_constructs.{package}; print({node})"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
