"""Texts that somebody fills in before a manifest is applied: envsubst, Flux, Helm, kustomize, sed and people."""

import re

_PLACEHOLDER = re.compile(
    r"""
      \$\{[^}]*\}                        # ${NAME}: envsubst, Flux postBuild
    | \$\([A-Za-z_][\w.]*\)              # $(NAME): kustomize vars, Tekton
    | \A\$[A-Za-z_]\w*\Z                 # $NAME alone
    | \{\{.*?\}\}                        # {{ .Values.name }}: Helm, Jinja
    | <[A-Za-z][^<>\n]*>                 # <your-name>, <path:...>: people, argocd-vault-plugin
    | __[A-Z][A-Z0-9_]*__ | @[A-Z][A-Z0-9_]*@ | %[A-Z][A-Z0-9_]*%      # sed
    | \A[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z  # YOUR_NAME
    """,
    re.VERBOSE | re.DOTALL,
)


def is_placeholder(text: str) -> bool:
    """Whether a text, or a part of it, is filled in later: what it is then cannot be told."""
    return _PLACEHOLDER.search(text) is not None
