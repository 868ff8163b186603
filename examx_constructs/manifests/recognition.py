"""What is a manifest, what is a template of one, and what is another program's file."""

import re
from collections.abc import Mapping
from typing import cast

from examx_constructs._regex import regex
from examx_constructs.manifests.fields import Object, at, text
from examx_constructs.manifests.lists import Steps, unpacked
from examx_constructs.manifests.object_id import words

_NOT_APPLIED = words(
    """apiserver.config.k8s.io apiserver.k8s.io audit.k8s.io backstage.io builtin chainsaw.kyverno.io cli.kyverno.io
    client.authentication.k8s.io controller-runtime.sigs.k8s.io credentialprovider.kubelet.k8s.io ctlptl.dev
    eksctl.io fn.kpt.dev garden.io install.openshift.io k0sctl.k0sproject.io k3d.io kind.x-k8s.io kpt.dev
    krew.googlecontainertools.github.com kubeadm.k8s.io kubelet.config.k8s.io kubeproxy.config.k8s.io
    kubescheduler.config.k8s.io kustomize.config.k8s.io kuttl.dev mirror.openshift.io
    pod-security.admission.config.k8s.io score.dev scorecard.operatorframework.io skaffold"""
)
"""Groups of files that look like objects, and that programs read without a cluster.

These are kustomize, kind, skaffold, kubeadm, eksctl, Backstage, k3d, kpt, KUTTL, and what Kubernetes' own programs are
configured with.
"""

_NOT_APPLIED_KINDS = words("Config Kptfile")
_LOCAL = "config.kubernetes.io/local-config"
_CLAIM = regex(
    r"""^(?:[ ]{0,4}-[ ]+|[ ]{2})?["']?apiVersion["']?[ ]*:|[{,\s]"apiVersion"\s*:|\{\s*apiVersion\s*:""", re.MULTILINE
)
# Where a value or a line begins: `"{{ $labels.pod }}"` in an alert is a text, and no template.
_TEMPLATE = regex(
    r"""^[ \t]*(?:-[ ]+)?(?:["']?[\w./-]+["']?:[ ]+)?(?:\{\{|\{%|<%|@\w+@|%\w+%)  # Go, Helm; Jinja; ERB; sed
      | ^[ \t]*(?:%\{|\$\{[^}\n]*\}[ \t]*$)                           # Terraform, envsubst
      | ^[ \t]*<[\w -]+>[ \t]*$                                        # a person fills it in
    """,
    re.MULTILINE | re.VERBOSE,
)
# What Carvel's ytt reads is in comments, so that a template of it is YAML: `image: #@ data.values.image`.
_YTT = regex(
    r"""^[ \t]*(?:\#@[ \t]+(?:load\(|def[ ]|if[ ]|for[ ]|end[ \t]*$|[a-z_]\w*[ ]*=)
      | \#@(?:data|library|overlay|schema|template|yaml)/
      | (?:-[ \t]+)?["']?[\w./-]+["']?:[ \t]+\#@[ \t])
    """,
    re.MULTILINE | re.VERBOSE,
)
# What a test waits for: `$index-assert.yaml` and `$index-errors.yaml` (KUTTL 0.22, docs/testing/asserts-errors.md).
_AWAITED = regex(r"\d+-(?:assert|errors)\.ya?ml")


def is_object(content: object) -> bool:
    """Return whether it is something to apply; Helm values, Compose files and the settings of tools are not."""
    version, kind = text(content, "apiVersion"), text(content, "kind")
    group = version.partition("/")[0]
    if not version or not kind or not isinstance(at(content, "metadata"), Mapping):
        return False
    if group in _NOT_APPLIED or (kind in _NOT_APPLIED_KINDS and "/" not in version):
        return False
    return text(content, "metadata", "annotations", _LOCAL) != "true"


def objects(content: object) -> list[tuple[Steps, Object]]:
    """Return the objects in a document, each with the steps to it if the document is a list."""
    among = [((), content)]
    if isinstance(content, list):
        # As generators print one; kubectl takes none.
        among = [((place,), each) for place, each in enumerate(cast("list[object]", content))]
    return [
        ((*place, *steps), cast("Object", each))
        for place, held in among
        for steps, each in unpacked(held)
        if is_object(each)
    ]


def claims_to_be_a_manifest(written: str) -> bool:
    """Return whether a text that cannot be read was meant to hold an object: it names the version of an API."""
    return _CLAIM.search(written) is not None


def is_template(written: str) -> bool:
    """Return whether a text that cannot be read is one that a program, or a person, fills in first."""
    return _TEMPLATE.search(written) is not None


def is_awaited(name: str) -> bool:
    """Return whether a file of this name says what a test waits for: parts of objects, which nobody applies."""
    return _AWAITED.fullmatch(name) is not None


def ytt_line(written: str) -> int:
    """Return the first line that ytt fills in, from 1; 0 in what is no template of it, and in what holds no objects."""
    if "#@" not in written or not claims_to_be_a_manifest(written):
        return 0
    found = _YTT.search(written)
    return written.count("\n", 0, found.start()) + 1 if found else 0
