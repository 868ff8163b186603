"""Starts what plays kubectl: as a module, whose bytecode Python keeps, for it compiles a program each time anew."""

import sys
from pathlib import Path

# `python -I` looks for nothing beside the program.
sys.path.insert(0, str(Path(__file__).parent))

import kubectl  # pyright: ignore[reportMissingImports]

sys.exit(kubectl.main())
