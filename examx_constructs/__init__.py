"""Typed cdk8s constructs for ExamX-V2.

Every public name can be imported from here. Names load on first use (PEP 562), because importing a construct starts
Node: `examx_constructs.settings`, `.environments` and `.checks` load without it.
"""

from examx_constructs._lazy import lazy
from examx_constructs._node import prepare

prepare()
__getattr__, __dir__, __all__ = lazy(__name__)
