"""Starts what plays kubectl: as a module, whose bytecode Python keeps, for it compiles a program each time anew."""

import os
import sys

# `python -I` looks for nothing beside the program; pathlib would take longer than all that is done here.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120

import kubectl  # pyright: ignore[reportMissingImports]

status = kubectl.main()
sys.stdout.flush()
sys.stderr.flush()
# Python would take everything apart before it ends, which takes a sixth of a call.
os._exit(status)
