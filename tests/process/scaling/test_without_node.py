"""Scaled objects are read without Node."""

import subprocess
import sys


def test_nothing_of_it_starts_node():
    program = (
        "import sys, examx_constructs.scaling as s; print([n for n in sys.modules if n.startswith(('jsii', 'numpy'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
