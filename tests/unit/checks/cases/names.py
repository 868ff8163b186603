"""Cases of the rules on names, labels and annotations."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, Case, obj, workload

REFUSED = "the API server refuses it"
KEY = "a key of at most 63 characters, letters, digits, -, _ and ., after an optional domain/"
VALUE = "at most 63 characters: letters, digits, -, _ and . between letters or digits"
LONG = "n" * 64

CASES = [
    Case(
        "name-is-valid",
        "every kind's own limit",
        [
            obj("ConfigMap", "Web_Config"),
            obj("Service", "1web"),
            obj("Deployment", LONG),
            obj("StatefulSet", "s" * 53),
            obj("CronJob", "c" * 53),
            obj("Namespace", "a.b"),
            obj("Role", "a/b"),
            obj("ConfigMap", "m" * 254),
            {"apiVersion": "v1", "kind": "Secret", "metadata": {}},
        ],
        [
            (
                'ConfigMap dev/Web_Config: metadata.name is "Web_Config"; allowed: lower case letters, digits, - and ., at most 253 characters;'
                f" {REFUSED}"
            ),
            f'Service dev/1web: metadata.name is "1web"; allowed: a letter, then lower case letters, digits and -, at most 63 characters; {REFUSED}',
            f'Deployment dev/{LONG}: metadata.name is "{LONG}"; allowed: at most 63 characters; it does not fit into a label, where tools put it',
            (
                f'StatefulSet dev/{"s" * 53}: metadata.name is "{"s" * 53}"; allowed: at most 52 characters; its pods carry it, with a revision hash, as a'
                " label of at most 63"
            ),
            f'CronJob dev/{"c" * 53}: metadata.name is "{"c" * 53}"; allowed: at most 52 characters; its jobs add 11 characters and end at 63',
            f'Namespace a.b: metadata.name is "a.b"; allowed: lower case letters, digits and -, at most 63 characters; {REFUSED}',
            f'Role dev/a/b: metadata.name is "a/b"; allowed: a name without / and %; {REFUSED}',
            (
                f'ConfigMap dev/{"m" * 254}: metadata.name is "{"m" * 119}…"; allowed: lower case letters, digits, - and ., at most 253 characters; it has'
                " 254 characters"
            ),
            f"Secret : metadata.name is missing; allowed: lower case letters, digits, - and ., at most 253 characters; {REFUSED}",
        ],
    ),
    Case(
        "name-is-valid",
        "names within them",
        [
            obj("ConfigMap", "web.config"),
            obj("ClusterRole", "system:web"),
            obj("Deployment", "d" * 63),
            {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "migrate-"}},
        ],
    ),
    Case(
        "container-name-is-valid",
        "a capital, a long port name, a port name of digits",
        [workload(container="name: App\nports: [{name: metrics-and-more}, {name: '8080'}]")],
        [
            f'{APP}.name is "App"; allowed: lower case letters, digits and -, at most 63 characters; {REFUSED}',
            f'{APP}.ports[0].name is "metrics-and-more"; allowed: letters, digits and -, at most 15 characters; {REFUSED}',
            f'{APP}.ports[1].name is "8080"; allowed: letters, digits and -, at most 15 characters; {REFUSED}',
        ],
    ),
    Case(
        "container-name-is-valid",
        "small letters",
        [workload(container="name: app-1\nports: [{name: http}, {containerPort: 80}]")],
    ),
    Case(
        "label-is-valid",
        "no string, too long, odd characters, odd key",
        [obj("ConfigMap", "web", labels="{version: 1.0, branch: " + LONG + ", owner: a b, -x: y}")],
        [
            "ConfigMap dev/web: metadata.labels.version is 1.0; allowed: a string: put it in quotes; labels map strings to strings",
            f'ConfigMap dev/web: metadata.labels.branch is "{LONG}"; allowed: {VALUE}; it has 64 characters',
            f'ConfigMap dev/web: metadata.labels.owner is "a b"; allowed: {VALUE}; {REFUSED}',
            f'ConfigMap dev/web: metadata.labels.-x is "y"; allowed: {KEY}; {REFUSED}',
        ],
    ),
    Case(
        "label-is-valid",
        "of the pod template and the selector",
        [workload(spec="selector: {matchLabels: {app: a b}}\ntemplate: {metadata: {labels: {on: true}}}")],
        [
            "Deployment dev/web: spec.template.metadata.labels.True is true; allowed: a string: put it in quotes; labels map strings to strings",
            f'Deployment dev/web: spec.selector.matchLabels.app is "a b"; allowed: {VALUE}; {REFUSED}',
        ],
    ),
    Case(
        "label-is-valid",
        "ordinary ones",
        [obj("ConfigMap", "web", labels="{app.kubernetes.io/name: web_1.0, empty: ''}"), workload(kind="Pod")],
    ),
    Case(
        "annotation-is-valid",
        "no string, odd key",
        [obj("ConfigMap", "web", annotations="{a/b/c: x, enabled: true}")],
        [
            f'ConfigMap dev/web: metadata.annotations[a/b/c] is "x"; allowed: {KEY}; {REFUSED}',
            "ConfigMap dev/web: metadata.annotations.enabled is true; allowed: a string: put it in quotes; annotations map strings to strings",
        ],
    ),
    Case(
        "annotation-is-valid", "any text", [obj("ConfigMap", "web", annotations="{example.com/Note: any text at all}")]
    ),
]
