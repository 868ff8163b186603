"""What those who deploy may ask of the API server beyond their Role: a ValidatingAdmissionPolicy, in CEL.

RBAC says which kinds may be written, and not what is in them. A policy looks at the object (Kubernetes documentation,
Validating Admission Policy; stable since 1.30).
"""

from collections.abc import Mapping, Sequence

from cdk8s import ApiObject, ApiObjectMetadata, JsonPatch
from constructs import Construct

from examx_constructs._objects import cluster_scoped
from examx_constructs._strict import strict
from examx_constructs.settings.naming import ABOUT_ANNOTATION

_API_VERSION = "admissionregistration.k8s.io/v1"
_ABOUT = "holds what those who deploy may ask in this namespace; an administrator applies it"
_WRITTEN = ["CREATE", "UPDATE"]
_RULES = [
    ("", ["pods", "pods/ephemeralcontainers", "replicationcontrollers", "secrets", "services"], _WRITTEN),
    ("apps", ["daemonsets", "deployments", "replicasets", "statefulsets"], _WRITTEN),
    ("batch", ["cronjobs", "jobs"], _WRITTEN),
    ("rbac.authorization.k8s.io", ["rolebindings", "roles"], [*_WRITTEN, "DELETE"]),
]

# A Pod is its own template; a CronJob has one for the Jobs, which have one for the pods. `dyn`: the expressions are
# for several kinds, and the API server would complain of each that lacks a field.
_POD = (
    "{0}.kind == 'Pod' ? {0}.spec : {0}.kind == 'CronJob' ? {0}.spec.jobTemplate.spec.template.spec : "
    "{0}.spec.?template.?spec.orValue({{}})"
)
_CONTAINERS = " + ".join(
    f"variables.{{0}}.?{kind}.orValue([])" for kind in ("containers", "initContainers", "ephemeralContainers")
)
_VARIABLES: Mapping[str, str] = {
    "item": "dyn(object)",
    "before": "dyn(oldObject)",
    "pod": _POD.format("variables.item"),
    "podBefore": f"variables.before == null ? {{}} : {_POD.format('variables.before')}",
    "images": f"({_CONTAINERS.format('pod')}).map(each, each.?image.orValue(''))",
    # What ran before may go on, under other tags too: guests, and what this project takes over. So the repositories,
    # without digest and tag; a colon before the last slash is that of a port.
    "known": (
        f"({_CONTAINERS.format('podBefore')}).map(each, each.?image.orValue('').split('@')[0])"
        ".map(each, each.lastIndexOf(':') > each.lastIndexOf('/') ? each.substring(0, each.lastIndexOf(':')) : each)"
    ),
}
_FOREIGN = (
    "variables.images.filter(each, !(variables.allowed + variables.known).exists(one, one != '' && (each == one || "
    "each.startsWith(one + ':') || each.startsWith(one + '@'))))"
)
_RUNS_PODS = (
    "request.resource.resource in ['pods', 'replicationcontrollers', 'daemonsets', 'deployments', 'replicasets', "
    "'statefulsets', 'cronjobs', 'jobs']"
)
_NO_ROLE = "!(request.resource.resource in ['roles', 'rolebindings'])"


class DeployerPolicy(Construct):
    """Hold those who deploy to what this library renders: images, Services, Secrets; and let them grant nothing.

    `images`: the repositories, with their registry, that their workloads may run, under any tag; what an object ran
    before it may go on with. Image volumes are refused. `secrets`: the names of Secrets that they may create, of the
    type Opaque. None that is there may be changed, for the answer would show it. Services are cluster-internal and have
    no external IPs, Roles and RoleBindings are read-only; what is there already may stay as it is.

    Only requests of `group` in `namespace` are looked at: controllers, guests that others deploy and administrators
    never meet it. It looks at what they write, Deployments and StatefulSets, and so refuses an image at once. The pods
    are made of these by a controller, which is not of the group. Where it cannot be evaluated, the request is refused.

    Kubernetes 1.30 or newer. It belongs to the cluster, so its name is that of the namespace, and the group itself may
    neither apply nor remove it.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        namespace: str,
        group: str,
        images: Sequence[str],
        secrets: Sequence[str] = (),
        name: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        name = name or f"{namespace}-deployer"
        self.policy = _made(
            self,
            "policy",
            "ValidatingAdmissionPolicy",
            name,
            {
                "failurePolicy": "Fail",
                "matchConstraints": {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
                    "resourceRules": [
                        {"apiGroups": [group_], "apiVersions": ["*"], "operations": operations, "resources": resources}
                        for group_, resources, operations in _RULES
                    ],
                },
                "matchConditions": [
                    {"name": "namespace", "expression": f"request.namespace == {text(namespace)}"},
                    {"name": "deployers", "expression": is_of(group)},
                ],
                "variables": [
                    {"name": "allowed", "expression": texts(images)},
                    *({"name": each, "expression": expression} for each, expression in _VARIABLES.items()),
                    {"name": "foreign", "expression": _FOREIGN},
                ],
                "validations": _validations(images, secrets),
            },
        )
        self.binding = _made(
            self,
            "policy-binding",
            "ValidatingAdmissionPolicyBinding",
            name,
            {"policyName": name, "validationActions": ["Deny"]},
        )


def _validations(images: Sequence[str], secrets: Sequence[str]) -> list[dict[str, str]]:
    not_ours = f" is not of {' or '.join(images)}, nor of what ran here before"
    may_create = f"only these Secrets may be created here, of the type Opaque: {', '.join(secrets) or 'none'}"
    return [
        {"expression": _NO_ROLE, "reason": "Forbidden", "message": "an administrator applies Roles and RoleBindings"},
        {
            "expression": f"!({_RUNS_PODS}) || size(variables.foreign) == 0",
            "messageExpression": f"variables.foreign.join(', ') + {text(not_ours)}",
        },
        {
            "expression": f"!({_RUNS_PODS}) || variables.pod.?volumes.orValue([]).all(each, !has(each.image))",
            "message": "a volume is an image, which comes from anywhere",
        },
        {
            "expression": (
                "request.resource.resource != 'services' || "
                "variables.item.spec.?externalIPs.orValue([]).all(each, variables.before != null && "
                "each in variables.before.spec.?externalIPs.orValue([]))"
            ),
            "message": "a Service with externalIPs takes what others send to these addresses",
        },
        {
            "expression": (
                "request.resource.resource != 'services' || "
                "variables.item.spec.?type.orValue('ClusterIP') == 'ClusterIP' || variables.before != null && "
                "variables.item.spec.?type.orValue('') == variables.before.spec.?type.orValue('ClusterIP')"
            ),
            "message": "a Service is of the type ClusterIP: the way in is the Ingress",
        },
        {
            "expression": (
                "request.resource.resource != 'secrets' || request.operation == 'CREATE' && "
                f"variables.item.metadata.?name.orValue('') in {texts(secrets)} && "
                "variables.item.?type.orValue('Opaque') == 'Opaque'"
            ),
            "message": f"{may_create}; none may be changed, for the answer shows it",
        },
    ]


def _made(scope: Construct, id: str, kind: str, name: str, spec: Mapping[str, object]) -> ApiObject:
    metadata = ApiObjectMetadata(name=name, annotations={ABOUT_ANNOTATION: _ABOUT})
    made = ApiObject(scope, id, api_version=_API_VERSION, kind=kind, metadata=metadata)
    made.add_json_patch(JsonPatch.add("/spec", spec))
    cluster_scoped(scope, made)
    return made


def is_of(group: str) -> str:
    """Return whether the one who asks belongs to a group; an identity may be of none."""
    return f"{text(group)} in request.userInfo.?groups.orValue([])"


def texts(values: Sequence[str]) -> str:
    """Write texts as a list of CEL."""
    return f"[{', '.join(map(text, values))}]"


def text(value: str) -> str:
    """Return a text as CEL has it: in single quotation marks, with what ends or changes it escaped."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
