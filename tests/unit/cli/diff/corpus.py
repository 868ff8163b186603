"""Single changes to the manifests, with what each does to a running system.

What is REFUSED here, and what is not, was held against an API server of version 1.34 (a dry run of a server-side
apply).
"""
# ruff: noqa: FBT003 - values of fields

from typing import NamedTuple

from examx_cli.comparison import Impact
from tests.unit.cli.diff.support import Edit, Manifest, add, drop, push, put, remove, swap, turn

NONE, LIVE, SCALING, RESTART, STOP, REFUSED, DATA = Impact


class Case(NamedTuple):
    """One change: its name, the environment, what is done, and what is expected of the comparison."""

    name: str
    environment: str
    edit: Edit
    impact: Impact
    phrase: str
    """A piece of the reason that is given."""


_BEAT = "Deployment celery-beat"
_BACKEND = "Deployment examxv2-backend"
_WORKER = "Deployment celery-worker-default"
_BULK = "Deployment celery-bulk-upload-worker"
_REDIS = "StatefulSet redis"
_PRIMARY = "StatefulSet redis-primary"
_REPLICA = "StatefulSet redis-replica"
_POD = "spec.template.spec"
_ALB = "alb.ingress.kubernetes.io"
_NGINX = "ConfigMap examxv2-nginx-*"
_PV = "PersistentVolume dev-examxv2-backend-pv"
_PVC = "PersistentVolumeClaim examxv2-backend-pvc"
_CLASS = "StorageClass examxv2-production-efs"
_SCALER = "ScaledObject celery-worker-default-scaler"
_HPA = "HorizontalPodAutoscaler examxv2-backend-pod-autoscaler"
_INGRESS = "Ingress examxv2-ingress"
_PROVIDER = "SecretProviderClass examxv2-backend-secrets"
_ACCOUNT = "ServiceAccount dev-examxv2-sa"


def _new(api_version: str, kind: str, name: str, **content: object) -> Manifest:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": "dev-examxv2"}, **content}


_SLEEPER = {
    "metadata": {"labels": {"app": "sleeper"}},
    "spec": {"containers": [{"name": "sleeper", "image": "registry.example.com/sleeper:1"}]},
}

CASES = (
    # ---- Pods
    Case(
        "image",
        "dev",
        put(_BEAT, f"{_POD}.containers[celery-beat].image", "registry.example.com/a:1"),
        RESTART,
        "restarts 1 pod, Recreate: it is down until the new one runs",
    ),
    Case(
        "image of one container of two",
        "prod",
        put(_BACKEND, f"{_POD}.containers[nginx].image", "registry.example.com/a:1"),
        RESTART,
        "restarts 2 to 20 pods, rolling: none is missing meanwhile",
    ),
    Case(
        "image of the standalone Redis",
        "dev",
        put(_REDIS, f"{_POD}.containers[redis].image", "registry.example.com/redis:8"),
        RESTART,
        "restarts 1 pod: it is down until it is back",
    ),
    Case(
        "image of the replicas",
        "prod",
        put(_REPLICA, f"{_POD}.containers[redis].image", "registry.example.com/redis:8"),
        RESTART,
        "restarts 1 to 5 pods, one after the other",
    ),
    Case(
        "image of an init container",
        "dev",
        put(_REDIS, f"{_POD}.initContainers[configure].image", "registry.example.com/redis:8"),
        RESTART,
        "restarts 1 pod",
    ),
    Case(
        "memory limit",
        "stg",
        put(_WORKER, f"{_POD}.containers[celery-worker].resources.limits.memory", "9Gi"),
        RESTART,
        "restarts 1 to 10 pods, rolling",
    ),
    Case(
        "CPU request",
        "prod",
        put(_BULK, f"{_POD}.containers[celery-worker].resources.requests.cpu", "1500m"),
        RESTART,
        "restarts 2 to 10 pods",
    ),
    Case(
        "limit taken out",
        "dev",
        drop(_BEAT, f"{_POD}.containers[celery-beat].resources.limits"),
        RESTART,
        "restarts 1 pod",
    ),
    Case(
        "variable",
        "prod",
        put(_BACKEND, f"{_POD}.containers[backend].env[WORKERS].value", "8"),
        RESTART,
        "restarts 2 to 20",
    ),
    Case(
        "new variable",
        "dev",
        push(_BACKEND, f"{_POD}.containers[backend].env", {"name": "A", "value": "b"}),
        RESTART,
        "restarts 1 to 2 pods",
    ),
    Case(
        "order of variables", "dev", turn(_BACKEND, f"{_POD}.containers[backend].env"), RESTART, "restarts 1 to 2 pods"
    ),
    Case("order of volumes", "dev", turn(_BACKEND, f"{_POD}.volumes"), RESTART, "restarts 1 to 2 pods"),
    Case(
        "argument of a command",
        "prod",
        put(_BULK, f"{_POD}.containers[celery-worker].command[10]", "4"),
        RESTART,
        "restarts 2 to 10 pods",
    ),
    Case(
        "grace period",
        "dev",
        put(_WORKER, f"{_POD}.terminationGracePeriodSeconds", 151),
        RESTART,
        "restarts 1 to 3 pods",
    ),
    Case(
        "probe", "dev", put(_BACKEND, f"{_POD}.containers[nginx].readinessProbe.periodSeconds", 6), RESTART, "restarts"
    ),
    Case(
        "topology spread", "prod", put(_BACKEND, f"{_POD}.topologySpreadConstraints[0].maxSkew", 2), RESTART, "restarts"
    ),
    Case("label of pods", "dev", put(_BEAT, "spec.template.metadata.labels.team", "a"), RESTART, "restarts 1 pod"),
    Case(
        "checksum of a configuration",
        "dev",
        put(_REDIS, 'spec.template.metadata.annotations["checksum/config"]', "0"),
        RESTART,
        "restarts 1 pod",
    ),
    Case("identity of pods", "dev", put(_BEAT, f"{_POD}.serviceAccountName", "other"), RESTART, "restarts 1 pod"),
    Case("container taken out", "dev", drop(_BACKEND, f"{_POD}.containers[nginx]"), RESTART, "restarts 1 to 2 pods"),
    Case(
        "ConfigMap that pods mount",
        "dev",
        put(_BACKEND, f"{_POD}.volumes[nginx-config].configMap.name", "other"),
        RESTART,
        "restarts 1 to 2 pods",
    ),
    Case(
        "claim that pods mount",
        "dev",
        put(_BEAT, f"{_POD}.volumes[media].persistentVolumeClaim.claimName", "other"),
        DATA,
        "no longer mount examxv2-backend-pvc: what that holds stays, out of their reach",
    ),
    Case(
        "claim no longer mounted",
        "dev",
        drop(_BEAT, f"{_POD}.containers[celery-beat].volumeMounts[/app/media]"),
        DATA,
        "no longer mount examxv2-backend-pvc",
    ),
    Case(
        "data of Redis no longer mounted",
        "dev",
        drop(_REDIS, f"{_POD}.containers[redis].volumeMounts[/data]"),
        DATA,
        "no longer mount data",
    ),
    Case(
        "ordinals of pods",
        "prod",
        put("StatefulSet redis-sentinel", "spec.ordinals", {"start": 1}),
        RESTART,
        "numbers its pods anew",
    ),
    # ---- Workloads
    Case(
        "label of a Deployment alone",
        "dev",
        put(_BEAT, "metadata.labels.team", "a"),
        NONE,
        "nothing that runs reads them",
    ),
    Case(
        "annotation of a Deployment alone",
        "prod",
        put(_BULK, 'metadata.annotations["examx.ai/longest-task-seconds"]', "901"),
        NONE,
        "nothing that runs reads them",
    ),
    Case(
        "strategy", "dev", put(_BACKEND, "spec.strategy", {"type": "Recreate"}), NONE, "counts from the next rollout on"
    ),
    Case(
        "surge",
        "dev",
        put(_BACKEND, "spec.strategy.rollingUpdate.maxSurge", 1),
        NONE,
        "counts from the next rollout on",
    ),
    Case(
        "pause between pods", "dev", put(_WORKER, "spec.minReadySeconds", 31), NONE, "counts from the next rollout on"
    ),
    Case("history", "dev", put(_BEAT, "spec.revisionHistoryLimit", 3), NONE, "counts from the next rollout on"),
    Case("rollouts paused", "dev", put(_BEAT, "spec.paused", True), LIVE, "whether changes of its pods are rolled out"),
    Case(
        "update strategy of a StatefulSet",
        "dev",
        put(_REDIS, "spec.updateStrategy.type", "OnDelete"),
        NONE,
        "counts from the next rollout on",
    ),
    Case(
        "claims go with a StatefulSet",
        "dev",
        put(_REDIS, "spec.persistentVolumeClaimRetentionPolicy", {"whenDeleted": "Delete", "whenScaled": "Retain"}),
        LIVE,
        "from now on its claims, and what they hold, go with it",
    ),
    Case(
        "replicas",
        "prod",
        put("StatefulSet redis-sentinel", "spec.replicas", 5),
        SCALING,
        "3 pods before, 5 pods from now on",
    ),
    Case("one replica taken out", "dev", drop(_REDIS, "spec.replicas"), NONE, "it has 1 pod with and without it"),
    Case(
        "replicas taken out",
        "prod",
        drop("StatefulSet redis-sentinel", "spec.replicas"),
        SCALING,
        "3 pods before, 1 pod",
    ),
    Case(
        "replicas under an autoscaler",
        "dev",
        put(_WORKER, "spec.replicas", 2),
        SCALING,
        "sets 2 pods at each apply, against ScaledObject celery-worker-default-scaler",
    ),
    Case("no replicas", "dev", put(_BEAT, "spec.replicas", 0), STOP, "stops 1 pod"),
    Case("Deployment removed", "dev", remove(_BULK), STOP, "stops 1 to 2 pods"),
    Case("beat removed", "prod", remove(_BEAT), STOP, "stops 1 pod"),
    Case("StatefulSet removed", "dev", remove(_REDIS), STOP, "stops 1 pod; the claims of its pods stay"),
    Case(
        "Deployment added",
        "dev",
        add(
            _new(
                "apps/v1",
                "Deployment",
                "sleeper",
                spec={"replicas": 3, "selector": {"matchLabels": {"app": "sleeper"}}, "template": _SLEEPER},
            )
        ),
        LIVE,
        "starts 3 pods",
    ),
    Case(
        "selector of a Deployment",
        "dev",
        put(_BEAT, "spec.selector.matchLabels.team", "a"),
        REFUSED,
        "spec.selector cannot be changed: it must be deleted first, which stops its pods",
    ),
    Case(
        "selector of a StatefulSet",
        "dev",
        put(_REDIS, "spec.selector.matchLabels.team", "a"),
        REFUSED,
        "spec.selector of a StatefulSet",
    ),
    Case(
        "Service of a StatefulSet",
        "dev",
        put(_REDIS, "spec.serviceName", "other"),
        REFUSED,
        "delete it with --cascade=orphan, which leaves its pods",
    ),
    Case(
        "pod management",
        "prod",
        put(_PRIMARY, "spec.podManagementPolicy", "OrderedReady"),
        REFUSED,
        "spec.podManagementPolicy",
    ),
    Case(
        "size of a claim template",
        "prod",
        put(_PRIMARY, "spec.volumeClaimTemplates[0].spec.resources.requests.storage", "20Gi"),
        REFUSED,
        "claims that exist are changed by hand",
    ),
    Case(
        "class of a claim template",
        "dev",
        put(_REDIS, "spec.volumeClaimTemplates[0].spec.storageClassName", "gp3"),
        REFUSED,
        "spec.volumeClaimTemplates of a StatefulSet cannot be changed",
    ),
    # ---- Scaling
    Case(
        "most pods of KEDA",
        "prod",
        put(_SCALER, "spec.maxReplicaCount", 30),
        SCALING,
        "2 to 20 pods before, 2 to 30 pods from now on",
    ),
    Case("fewest pods of KEDA", "dev", put(_SCALER, "spec.minReplicaCount", 0), SCALING, "0 to 3 pods from now on"),
    Case(
        "length of a list",
        "stg",
        put(_SCALER, "spec.triggers[0].metadata.listLength", "20"),
        SCALING,
        "scales by other figures at once",
    ),
    Case("trigger taken out", "dev", drop(_SCALER, "spec.triggers[2]"), SCALING, "scales by other figures"),
    Case("order of triggers", "dev", turn(_SCALER, "spec.triggers"), SCALING, "scales by other figures"),
    Case("polling", "dev", put(_SCALER, "spec.pollingInterval", 30), SCALING, "scales by other figures"),
    Case(
        "scaling paused",
        "dev",
        put(_SCALER, 'metadata.annotations["autoscaling.keda.sh/paused"]', "true"),
        SCALING,
        "KEDA pauses",
    ),
    Case(
        "label of a ScaledObject",
        "dev",
        put(_SCALER, "metadata.labels.team", "a"),
        NONE,
        "nothing that runs reads them",
    ),
    Case(
        "target of KEDA",
        "dev",
        put(_SCALER, "spec.scaleTargetRef.name", "celery-beat"),
        SCALING,
        "scales celery-beat instead of celery-worker-default",
    ),
    Case("ScaledObject removed", "dev", remove(_SCALER), SCALING, "nothing scales it any more: it keeps as many pods"),
    Case(
        "ScaledObject added",
        "dev",
        add(
            _new(
                "keda.sh/v1alpha1",
                "ScaledObject",
                "beat",
                spec={"scaleTargetRef": {"name": "celery-beat"}, "maxReplicaCount": 2},
            )
        ),
        SCALING,
        "is scaled from now on, 0 to 2 pods",
    ),
    Case(
        "most pods of an HPA",
        "prod",
        put(_HPA, "spec.maxReplicas", 25),
        SCALING,
        "2 to 20 pods before, 2 to 25 pods from now on",
    ),
    Case(
        "utilisation",
        "dev",
        put(_HPA, "spec.metrics[0].resource.target.averageUtilization", 60),
        SCALING,
        "scales by other figures",
    ),
    Case(
        "behaviour",
        "prod",
        put(
            "HorizontalPodAutoscaler redis-replica-pod-autoscaler",
            "spec.behavior.scaleDown.stabilizationWindowSeconds",
            60,
        ),
        SCALING,
        "scales by other figures",
    ),
    Case("HPA removed", "dev", remove(_HPA), SCALING, "nothing scales it any more"),
    Case(
        "disruption budget",
        "dev",
        put("PodDisruptionBudget examxv2-backend", "spec.maxUnavailable", 2),
        NONE,
        "node is drained",
    ),
    Case(
        "disruption budget removed",
        "prod",
        remove("PodDisruptionBudget redis-server"),
        NONE,
        "a drain may take all its pods",
    ),
    # ---- Traffic
    Case(
        "port of a Service",
        "dev",
        put("Service examxv2-backend-service", "spec.ports[0].port", 8080),
        STOP,
        "no longer listens on 80/TCP",
    ),
    Case(
        "new port of a Service",
        "dev",
        push(
            "Service examxv2-backend-service",
            "spec.ports",
            {"name": "b", "port": 81, "protocol": "TCP", "targetPort": 8080},
        ),
        LIVE,
        "changes at once how its pods are reached",
    ),
    Case(
        "target of a port",
        "dev",
        put("Service redis", "spec.ports[0].targetPort", 6380),
        LIVE,
        "changes at once how its pods",
    ),
    Case(
        "selector of a Service",
        "dev",
        put("Service redis", "spec.selector", {"app": "celery-beat"}),
        LIVE,
        "leads traffic to other pods at once: celery-beat",
    ),
    Case(
        "selector of a Service, same pods",
        "dev",
        drop("Service redis", 'spec.selector["app.kubernetes.io/name"]'),
        LIVE,
        "of the same pods as before: redis",
    ),
    Case(
        "selector of a Service without pods",
        "dev",
        put("Service redis", "spec.selector.team", "a"),
        STOP,
        "selects none of these pods any more: redis cannot be reached by it",
    ),
    Case(
        "type of a Service", "dev", put("Service redis", "spec.type", "NodePort"), LIVE, "changes at once how its pods"
    ),
    Case(
        "address of a Service",
        "dev",
        put("Service redis", "spec.clusterIP", "10.0.200.7"),
        REFUSED,
        "spec.clusterIP cannot be changed",
    ),
    Case(
        "Service made headless",
        "dev",
        put("Service redis", "spec.clusterIP", "None"),
        REFUSED,
        "it must be deleted first",
    ),
    Case(
        "Service no longer headless",
        "prod",
        drop("Service redis-primary", "spec.clusterIP"),
        NONE,
        "keeps the address that it has",
    ),
    Case(
        "not ready pods published",
        "prod",
        drop("Service redis-primary", "spec.publishNotReadyAddresses"),
        LIVE,
        "how its pods are reached",
    ),
    Case("Service removed", "dev", remove("Service redis"), STOP, "nothing answers under the name redis any more"),
    Case(
        "Service added", "dev", add(_new("v1", "Service", "b", spec={"ports": [{"port": 1}]})), LIVE, "is a new address"
    ),
    Case("host", "prod", put(_INGRESS, "spec.rules[0].host", "www.examx.ai"), STOP, "no longer serves examx.ai"),
    Case(
        "path of an Ingress",
        "dev",
        drop(_INGRESS, "spec.rules[0].http.paths[3]"),
        LIVE,
        "changes the rules of the load balancer",
    ),
    Case(
        "order of paths",
        "dev",
        turn(_INGRESS, "spec.rules[0].http.paths"),
        LIVE,
        "changes the rules of the load balancer",
    ),
    Case(
        "class of an Ingress",
        "dev",
        put(_INGRESS, "spec.ingressClassName", "nginx"),
        STOP,
        "another controller takes it over",
    ),
    Case(
        "certificate",
        "stg",
        put(_INGRESS, f'metadata.annotations["{_ALB}/certificate-arn"]', "arn:aws:acm:ap-south-1:1:certificate/a"),
        LIVE,
        "changes the load balancer at once",
    ),
    Case(
        "scheme",
        "dev",
        put(_INGRESS, f'metadata.annotations["{_ALB}/scheme"]', "internal"),
        STOP,
        "replaces the load balancer",
    ),
    Case(
        "mutual TLS taken out",
        "prod",
        drop(_INGRESS, f'metadata.annotations["{_ALB}/mutual-authentication"]'),
        NONE,
        "the load balancer keeps it when it is left out",
    ),
    Case(
        "label of an Ingress", "dev", put(_INGRESS, "metadata.labels.team", "a"), NONE, "nothing that runs reads them"
    ),
    Case(
        "Ingress removed",
        "stg",
        remove(_INGRESS),
        STOP,
        "takes the load balancer away: *.examx.co, examx.co is not served",
    ),
    Case(
        "port of a policy",
        "dev",
        put("NetworkPolicy app-to-external", "spec.egress[2].ports[0].port", 25),
        LIVE,
        "changes at once which traffic is allowed",
    ),
    Case(
        "rule taken out of a policy",
        "dev",
        drop("NetworkPolicy app-to-external", "spec.egress[0]"),
        LIVE,
        "changes at once",
    ),
    Case(
        "policy removed",
        "prod",
        remove("NetworkPolicy app-to-redis-incoming"),
        STOP,
        "cuts off the traffic that it allowed",
    ),
    Case("default-deny removed", "dev", remove("NetworkPolicy default-deny"), LIVE, "opens the pods that it closed"),
    Case(
        "policy added",
        "dev",
        add(_new("networking.k8s.io/v1", "NetworkPolicy", "b", spec={"podSelector": {}, "ingress": [{}]})),
        LIVE,
        "its pods may send or take at once what it names",
    ),
    Case(
        "deny added",
        "dev",
        add(_new("networking.k8s.io/v1", "NetworkPolicy", "b", spec={"podSelector": {}, "policyTypes": ["Egress"]})),
        LIVE,
        "cuts off at once what no other policy allows",
    ),
    # ---- What pods read
    Case(
        "configuration without a checksum",
        "dev",
        swap("ConfigMap redis-config", 'data["redis.conf"]', "409mb", "500mb"),
        LIVE,
        "restarts nothing: running pods of redis keep what they read at their start",
    ),
    Case(
        "append-only file of Redis",
        "dev",
        swap("ConfigMap redis-config", 'data["redis.conf"]', "appendonly yes", "appendonly no"),
        DATA,
        "Redis starts without its append-only file: tasks that are queued then are gone",
    ),
    Case(
        "configuration made immutable",
        "dev",
        put("ConfigMap redis-config", "immutable", True),
        NONE,
        "may not be changed",
    ),
    Case(
        "immutable configuration",
        "dev",
        put(_NGINX, 'data["nginx.conf"]', "events {}"),
        REFUSED,
        "it is immutable: give the new",
    ),
    Case("immutable configuration made mutable", "prod", drop(_NGINX, "immutable"), REFUSED, "it is immutable"),
    Case(
        "label of an immutable ConfigMap",
        "stg",
        put(_NGINX, "metadata.labels.team", "a"),
        NONE,
        "nothing that runs reads them",
    ),
    Case(
        "ConfigMap removed", "dev", remove("ConfigMap redis-config"), STOP, "new pods of redis cannot start without it"
    ),
    Case(
        "ConfigMap added",
        "dev",
        add(_new("v1", "ConfigMap", "b", data={"a": "b"})),
        NONE,
        "configuration; no pod reads it yet",
    ),
    Case(
        "ConfigMap under the name of another content",
        "dev",
        put(_NGINX, "metadata.name", "examxv2-nginx-0123456789"),
        STOP,
        "new pods of examxv2-backend cannot start without it",
    ),
    Case(
        "secret that is mounted",
        "stg",
        swap(_PROVIDER, "spec.parameters.objects", "stage", "other"),
        LIVE,
        "keep their secrets until",
    ),
    Case(
        "region of secrets",
        "prod",
        put(_PROVIDER, "spec.parameters.region", "eu-west-1"),
        LIVE,
        "keep their secrets until the driver",
    ),
    Case("provider of secrets removed", "dev", remove(_PROVIDER), STOP, "cannot start without it"),
    Case(
        "role of pods",
        "dev",
        put(_ACCOUNT, 'metadata.annotations["eks.amazonaws.com/role-arn"]', "arn:aws:iam::1:role/a"),
        LIVE,
        "keep what they have",
    ),
    Case("token of pods", "dev", put(_ACCOUNT, "automountServiceAccountToken", True), LIVE, "keep what they have"),
    Case(
        "ServiceAccount removed",
        "prod",
        remove("ServiceAccount examxv2-production-sa"),
        STOP,
        "cannot start without it",
    ),
    # ---- Who may do what
    Case(
        "verbs",
        "dev",
        put("Role examxv2-deployer", "rules[0].verbs", ["get", "list"]),
        NONE,
        "what its subjects may do; no pod notices",
    ),
    Case("Role removed", "dev", remove("Role examxv2-deployer"), NONE, "its subjects may no longer do what it granted"),
    Case(
        "subject",
        "dev",
        put("RoleBinding examxv2-deployer", "subjects[0].name", "others"),
        NONE,
        "who has these rights",
    ),
    Case(
        "role of a binding",
        "prod",
        put("RoleBinding examxv2-deployer", "roleRef.name", "other"),
        REFUSED,
        "roleRef cannot be changed",
    ),
    Case("RoleBinding removed", "stg", remove("RoleBinding examxv2-deployer"), NONE, "lose these rights"),
    Case(
        "pod security",
        "dev",
        put("Namespace dev-examxv2", 'metadata.labels["pod-security.kubernetes.io/enforce"]', "baseline"),
        LIVE,
        "counts for pods that start from now on",
    ),
    Case(
        "label of a Namespace",
        "dev",
        put("Namespace dev-examxv2", "metadata.labels.team", "a"),
        NONE,
        "nothing that runs reads them",
    ),
    Case("Namespace removed", "prod", remove("Namespace examxv2-production"), DATA, "deletes everything in it"),
    # ---- Data
    Case(
        "size of a claim",
        "dev",
        put(_PVC, "spec.resources.requests.storage", "20Gi"),
        LIVE,
        "its volume grows, where the storage class standard allows it",
    ),
    Case(
        "smaller claim", "prod", put(_PVC, "spec.resources.requests.storage", "5Gi"), REFUSED, "a claim cannot shrink"
    ),
    Case(
        "class of a claim",
        "dev",
        put(_PVC, "spec.storageClassName", "gp3"),
        REFUSED,
        "spec.storageClassName of a claim",
    ),
    Case(
        "volume of a claim",
        "dev",
        put(_PVC, "spec.volumeName", "other"),
        REFUSED,
        "spec.volumeName of a claim cannot be changed",
    ),
    Case("access to a claim", "stg", put(_PVC, "spec.accessModes", ["ReadWriteOnce"]), REFUSED, "and move the data"),
    Case(
        "properties of a claim's volume",
        "dev",
        put(_PVC, "spec.volumeAttributesClassName", "gold"),
        LIVE,
        "its volume gets other properties",
    ),
    Case("claim removed", "dev", remove(_PVC), DATA, "what it holds stays on dev-examxv2-backend-pv"),
    Case(
        "claim added",
        "dev",
        add(_new("v1", "PersistentVolumeClaim", "b", spec={"resources": {"requests": {"storage": "1Gi"}}})),
        NONE,
        "claims 1Gi",
    ),
    Case(
        "file system of a volume",
        "dev",
        put(_PV, "spec.csi.volumeHandle", "fs-0"),
        REFUSED,
        "spec.csi of a volume cannot be changed",
    ),
    Case(
        "attributes of a volume",
        "dev",
        put(_PV, "spec.csi.volumeAttributes.encryptInTransit", "false"),
        REFUSED,
        "give the new version",
    ),
    Case("mode of a volume", "dev", put(_PV, "spec.volumeMode", "Block"), REFUSED, "spec.volumeMode of a volume"),
    Case(
        "reclaim policy of a volume",
        "dev",
        put(_PV, "spec.persistentVolumeReclaimPolicy", "Delete"),
        LIVE,
        "from now on what it holds is deleted when its claim goes",
    ),
    Case(
        "claim of a volume",
        "dev",
        put(_PV, "spec.claimRef.name", "other"),
        DATA,
        "the claim that it is bound to loses it",
    ),
    Case(
        "mount options of a volume", "dev", put(_PV, "spec.mountOptions", ["tls"]), LIVE, "pods that start from now on"
    ),
    Case(
        "capacity of a volume",
        "dev",
        put(_PV, "spec.capacity.storage", "20Gi"),
        NONE,
        "only while a claim looks for a volume",
    ),
    Case(
        "class of a volume",
        "dev",
        put(_PV, "spec.storageClassName", "other"),
        NONE,
        "only while a claim looks for a volume",
    ),
    Case(
        "volume removed",
        "dev",
        remove(_PV),
        DATA,
        "what it holds stays, but no claim leads to it (reclaim policy Retain)",
    ),
    Case(
        "parameters of a storage class",
        "prod",
        put(_CLASS, "parameters.basePath", "/other"),
        REFUSED,
        "parameters cannot be changed",
    ),
    Case(
        "parameter of a storage class taken out",
        "prod",
        drop(_CLASS, "parameters.uid"),
        REFUSED,
        "give the new version another name",
    ),
    Case(
        "driver of a storage class",
        "prod",
        put(_CLASS, "provisioner", "ebs.csi.aws.com"),
        REFUSED,
        "provisioner cannot be changed",
    ),
    Case(
        "reclaim policy of a storage class",
        "prod",
        put(_CLASS, "reclaimPolicy", "Delete"),
        REFUSED,
        "reclaimPolicy cannot be changed",
    ),
    Case(
        "binding of a storage class",
        "prod",
        put(_CLASS, "volumeBindingMode", "WaitForFirstConsumer"),
        REFUSED,
        "volumeBindingMode",
    ),
    Case("growth of a storage class", "prod", put(_CLASS, "allowVolumeExpansion", True), NONE, "made from now on"),
    Case("storage class removed", "prod", remove(_CLASS), NONE, "volumes that exist stay"),
    # ---- Who may do what
    Case(
        "an admission policy weakened",
        "dev",
        put("ValidatingAdmissionPolicy dev-examxv2-deployer", "spec.failurePolicy", "Ignore"),
        LIVE,
        "which requests the API server takes",
    ),
    Case(
        "an admission policy that only audits",
        "dev",
        put("ValidatingAdmissionPolicyBinding dev-examxv2-deployer", "spec.validationActions", ["Audit"]),
        LIVE,
        "which requests the API server takes",
    ),
    Case(
        "an admission policy removed",
        "dev",
        remove("ValidatingAdmissionPolicy dev-examxv2-deployer"),
        LIVE,
        "takes from now on what it refused",
    ),
    Case(
        "KEDA's password of another Secret",
        "dev",
        put("TriggerAuthentication redis-auth", "spec.secretTargetRef[redis-auth].name", "other"),
        SCALING,
        "KEDA logs in by it",
    ),
)
