"""How manifests are written. A file that breaks these is its text."""

from tests.unit.checks.support import Case

REFUSES = "allowed: YAML or JSON that kubectl reads; kubectl refuses it, or reads something else"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: dev}\n"

CASES = [
    Case(
        "file-is-readable",
        "a list that does not end",
        {"web.yaml": f"{CONFIG}data: [\n---\n{CONFIG}"},
        [f"line 5 is not valid YAML: did not find expected node content; {REFUSES}"],
    ),
    Case("file-is-readable", "an empty list", {"web.yaml": f"{CONFIG}data: {{}}\n---\n{CONFIG}"}),
    Case(
        "file-is-readable",
        "a number that JSON does not have",
        {"web.yaml": f"{CONFIG}data: {{a: .nan}}\n"},
        [f"line 4 is refused by kubectl: .nan is no number of JSON; {REFUSES}"],
    ),
    Case(
        "file-is-readable",
        "something behind the separator",
        {"web.yaml": f"{CONFIG}--- a\n{CONFIG}"},
        [f"line 4 is refused by kubectl: 'a' is behind ---, where only a comment may; {REFUSES}"],
    ),
    Case("file-is-readable", "a comment behind the separator", {"web.yaml": f"{CONFIG}--- # a\n{CONFIG}"}),
    Case(
        "file-is-readable",
        "a template of Helm",
        {"web.yaml": f"{{{{- if .Values.web }}}}\n{CONFIG}{{{{- end }}}}\n"},
        [
            (
                "line 1 is a template, not a manifest: what it renders can be checked; "
                "allowed: YAML or JSON that kubectl reads; nothing in it is checked"
            )
        ],
    ),
    Case("file-is-readable", "values that cannot be read", {"values.yaml": "replicas: [\n", "web.yaml": CONFIG}),
    Case(
        "keys-are-unique",
        "annotations twice",
        {
            "web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
            "  annotations: {b: c}\n  labels: {d: e}\n  annotations: {f: g}\n"
        },
        [
            (
                "ConfigMap a: metadata.annotations is there more than once, in lines 5 and 7; "
                "allowed: each key once; kubectl takes the last one and says nothing, kustomize refuses the file"
            )
        ],
    ),
    Case(
        "keys-are-unique",
        "twice in one line",
        {"web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {b: c, b: d}\n"},
        [
            (
                "ConfigMap a: data.b is there more than once, in line 4; "
                "allowed: each key once; kubectl takes the last one and says nothing, kustomize refuses the file"
            )
        ],
    ),
    Case(
        "keys-are-unique",
        "annotations once",
        {
            "web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations: {b: c, f: g}\n"
            "  labels: {d: e}\n"
        },
    ),
    Case(
        "keys-are-unique",
        "JSON, in an item of a list",
        {
            "web.json": '{"apiVersion": "v1", "kind": "List", "items": [\n{"apiVersion": "v1", "kind": "ConfigMap",\n'
            '"metadata": {"name": "a"}, "data": {"b": "c",\n"b": "d",\n"b": "e"}}]}\n'
        },
        [
            (
                "ConfigMap a: data.b is there more than once, in lines 3, 4 and 5; "
                "allowed: each key once; kubectl takes the last one and says nothing, kustomize refuses the file"
            )
        ],
    ),
    Case(
        "keys-are-unique",
        "in another place of another list",
        {
            "web.json": '{"apiVersion": "v1", "kind": "List", "items": [\n{"apiVersion": "v1", "kind": "ConfigMap",\n'
            '"metadata": {"name": "a"}, "data": {"b": "c"}}, {"b": 1, "b": 2}]}\n'
        },
    ),
    Case(
        "keys-are-unique",
        "a merge that overrides what stands before it",
        {
            "web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: &b {c: d}}\n"
            "data:\n  c: e\n  <<: *b\n"
        },
        [
            (
                "ConfigMap a: data.c is there more than once; "
                "allowed: each key once; kubectl takes the last one and says nothing, kustomize refuses the file"
            )
        ],
    ),
    Case(
        "keys-are-unique",
        "a merge that is overridden",
        {
            "web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: &b {c: d}}\n"
            "data:\n  <<: *b\n  c: e\n"
        },
    ),
    Case(
        "name-is-quoted",
        "a namespace of one letter",
        {"web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: n}\n"},
        [
            (
                'ConfigMap n/a: metadata.namespace is "n"; allowed: "n" in quotation marks; '
                "kubectl reads a truth value, and refuses it"
            )
        ],
    ),
    Case(
        "name-is-quoted",
        "in quotation marks",
        {"web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: 'n'}\n"},
    ),
    Case(
        "name-is-quoted",
        "a name of one letter, in a list",
        {
            "web.yaml": "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n"
            "  metadata:\n    name: Y\n"
        },
        [
            (
                'Namespace Y: metadata.name is "Y"; allowed: "Y" in quotation marks; '
                "kubectl reads a truth value, and refuses it"
            )
        ],
    ),
]
