"""Configurations of kubectl: who somebody is, and which cluster they mean."""

import base64
import json
from pathlib import Path

from tests.certificates import Authority, Pair
from tests.cluster.servers import ADDRESS

CLUSTER = "arn:aws:eks:ap-south-1:123456789012:cluster/testing"
"""The name of the cluster, as EKS names one."""


def write(path: Path, authority: Authority, user: Pair) -> Path:
    """Write one that needs no other file."""
    cluster = {"server": ADDRESS, "certificate-authority-data": data(authority.certificate)}
    shown = {"client-certificate-data": data(user.certificate), "client-key-data": data(user.key)}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CLUSTER, "cluster": cluster}],
        "users": [{"name": "user", "user": shown}],
        "contexts": [{"name": CLUSTER, "context": {"cluster": CLUSTER, "user": "user"}}],
        "current-context": CLUSTER,
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def data(path: Path) -> str:
    """A file as objects of the API have it."""
    return base64.b64encode(path.read_bytes()).decode("ascii")
