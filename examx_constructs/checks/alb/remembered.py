"""Answers that many rules on Ingresses ask for, kept as all are."""

from examx_constructs.manifests.remembered import remembered

__all__ = ["remembered"]
