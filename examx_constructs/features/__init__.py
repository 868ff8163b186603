"""Environments of branches: a branch is declared as a `Feature`, and its environment is made of dev's.

Imports no cdk8s, so it loads without Node.
"""

from examx_constructs.environments.errors import placed_on_import
from examx_constructs.settings import ConfigurationError

try:
    from examx_constructs.features.environment import feature, features
    from examx_constructs.features.feature import Feature
    from examx_constructs.features.file import read_features
    from examx_constructs.features.slug import Slug
except ConfigurationError as mistake:
    raise placed_on_import(mistake) from mistake

__all__ = ["Feature", "Slug", "feature", "features", "read_features"]
