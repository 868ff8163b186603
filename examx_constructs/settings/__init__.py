"""What an environment is: typed, frozen, validated values. Imports no cdk8s, so it loads without Node.

Names load on first use (PEP 562): rules on manifests need the names of annotations from here, and none of the types.
"""

from examx_constructs._lazy import lazy

__getattr__, __dir__, __all__ = lazy(__name__)
