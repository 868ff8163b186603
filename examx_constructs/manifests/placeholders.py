"""Texts that somebody fills in before a manifest is applied: envsubst, Flux, Helm, kustomize, sed and people."""

import re

_PLACEHOLDER = re.compile(
    r"""
      \$\{[^}]*\}                        # ${NAME}: envsubst, Flux postBuild
    | \$\([A-Za-z_][\w.-]*\)             # $(NAME), $(app-name): kustomize vars, Tekton
    | \$\$\w+\$\$ | \(\([A-Z]\w*\)\)       # $$name$$, ((NAME)): sed, Concourse, BOSH
    | \{[A-Z][\w ]*\}                    # {IMAGE}, {Your name}: sed, people
    | \[[A-Z][\w-]*(?:[ ][\w-]+)+\]      # [Filesystem ID]: people
    | \bREPLACE_?ME\b
    | \A\$[A-Za-z_]\w*\Z                 # $NAME alone
    | \{\{.*?\}\}                        # {{ .Values.name }}: Helm, Jinja
    | <[A-Za-z][^<>\n]*>                 # <your-name>, <path:...>: people, argocd-vault-plugin
    | __[A-Z][A-Z0-9_]*__ | @[A-Z][A-Z0-9_]*@ | %[A-Z][A-Z0-9_]*%      # sed
    | \A[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z  # YOUR_NAME
    """,
    re.VERBOSE | re.DOTALL,
)
# In a name, which has no capitals: SERVICE_NAME-active.
_WORDS_IN_CAPITALS = re.compile(r"(?<![A-Za-z0-9_])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![A-Za-z0-9_])")


def is_placeholder(text: str) -> bool:
    """Return whether a text, or a part of it, is filled in later: what it is then cannot be told."""
    return _PLACEHOLDER.search(text) is not None


def is_name_to_be(text: str) -> bool:
    """Return whether a name, or a part of it, is filled in later.

    `APP_NAME-web`, which is no name that a server takes.
    """
    return is_placeholder(text) or _WORDS_IN_CAPITALS.search(text) is not None
