"""Cases of what the Pod Security Standards refuse, by version."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from examx_constructs.manifests import Versions
from tests.unit.checks.support import APP, IN_POD, Case, Object, obj, workload

SOUND = "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}"
POD = "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}"


def space(level: str, version: str = "latest") -> Object:
    labels = f"{{pod-security.kubernetes.io/enforce: {level}, pod-security.kubernetes.io/enforce-version: {version}}}"
    return obj("Namespace", "dev", labels=labels)


def refused(level: str, place: str, value: str, allowed: str) -> str:
    return f"{place} is {value}; allowed: {allowed}; the namespace enforces the {level} standard, and its pods would be refused"


def in_context(more: str) -> str:
    return f"securityContext: {{allowPrivilegeEscalation: false, capabilities: {{drop: [ALL]}}, {more}}}"


def in_pod(more: str) -> str:
    return f"securityContext: {{runAsNonRoot: true, seccompProfile: {{type: RuntimeDefault}}, {more}}}"


HOSTS = (
    f"{SOUND}\nlivenessProbe: {{tcpSocket: {{host: 10.0.0.1, port: 80}}}}\nreadinessProbe: {{httpGet: {{host: '', port: 80}}}}\n"
    "startupProbe: {httpGet: {host: example.com, port: 80}}\nlifecycle: {preStop: {httpGet: {host: 127.0.0.1, port: 80}}}"
)
NO_HOST = "no host: the kubelet asks the pod itself"
SAFE = (
    "one that touches no other pod: kernel.shm_rmid_forced, net.ipv4.ip_local_port_range, net.ipv4.ip_local_reserved_ports,"
    " net.ipv4.ip_unprivileged_port_start, net.ipv4.ping_group_range, net.ipv4.tcp_fin_timeout, net.ipv4.tcp_keepalive_intvl,"
    " net.ipv4.tcp_keepalive_probes, net.ipv4.tcp_keepalive_time, net.ipv4.tcp_rmem, net.ipv4.tcp_syncookies, net.ipv4.tcp_wmem"
)
ODD = in_pod(
    "sysctls: [{name: net.core.somaxconn, value: '1024'}, {name: net.ipv4.tcp_rmem, value: 4096}], seLinuxOptions:"
    " {user: system_u, role: r, type: spc_t}, appArmorProfile: {type: Unconfined}, windowsOptions: {hostProcess: true}"
)
USERS = f"hostUsers: false\n{in_pod('runAsUser: 0')}"
FREE = "hostUsers: false\nsecurityContext: {runAsUser: 0, runAsNonRoot: false, seccompProfile: {type: RuntimeDefault}}"


CASES = [
    Case(
        "pod-meets-restricted-standard",
        "other hosts in probes and hooks, since 1.34",
        [space("restricted"), workload(container=HOSTS, pod=POD)],
        [
            refused("restricted", f"{APP}.livenessProbe.tcpSocket.host", '"10.0.0.1"', NO_HOST),
            refused("restricted", f"{APP}.startupProbe.httpGet.host", '"example.com"', NO_HOST),
            refused("restricted", f"{APP}.lifecycle.preStop.httpGet.host", '"127.0.0.1"', NO_HOST),
        ],
    ),
    Case(
        "pod-meets-restricted-standard",
        "other hosts in probes before 1.34",
        [space("restricted"), workload(container=HOSTS, pod=POD)],
        versions=Versions("1.33"),
    ),
    Case(
        "pod-meets-restricted-standard",
        "other hosts in probes where an older standard is enforced",
        [space("restricted", "v1.33"), workload(container=HOSTS, pod=POD)],
    ),
    Case(
        "pod-meets-restricted-standard",
        "other hosts in probes where a very old standard is enforced",
        [space("restricted", "v1.24"), workload(container=HOSTS, pod=POD)],
    ),
    Case(
        "pod-meets-restricted-standard",
        "sysctls, SELinux, AppArmor, Windows, on the pod",
        [space("restricted"), workload(container=SOUND, pod=ODD)],
        [
            refused(
                "restricted", f"{IN_POD}.securityContext.windowsOptions.hostProcess", "true", "false, or leave it out"
            ),
            refused(
                "restricted",
                f"{IN_POD}.securityContext.seLinuxOptions.type",
                '"spc_t"',
                "container_engine_t, container_init_t, container_kvm_t, container_t",
            ),
            refused(
                "restricted", f"{IN_POD}.securityContext.seLinuxOptions.user", '"system_u"', "nothing, leave it out"
            ),
            refused("restricted", f"{IN_POD}.securityContext.seLinuxOptions.role", '"r"', "nothing, leave it out"),
            refused("restricted", f"{IN_POD}.securityContext.sysctls[0].name", '"net.core.somaxconn"', SAFE),
            refused(
                "restricted",
                f"{IN_POD}.securityContext.appArmorProfile.type",
                '"Unconfined"',
                "RuntimeDefault or Localhost",
            ),
        ],
    ),
    Case(
        "pod-meets-restricted-standard",
        "an unmasked /proc, AppArmor by annotation, an init container",
        [
            space("restricted"),
            workload(
                container=in_context("procMount: Unmasked"),
                pod=f"{POD}\ninitContainers: [{{name: first, image: 'a:1', {SOUND}, ports: [{{containerPort: 1, hostPort: 2}}]}}]",
            ),
            workload(
                "job",
                in_context("appArmorProfile: {type: Unconfined}"),
                kind="Job",
                pod=POD,
            ),
        ],
        [
            refused("restricted", f"{IN_POD}.initContainers[0].ports[0].hostPort", "2", "no port of the host"),
            refused("restricted", f"{APP}.securityContext.procMount", '"Unmasked"', "Default, or leave it out"),
            refused(
                "restricted",
                "Job dev/job: spec.template.spec.containers[0].securityContext.appArmorProfile.type",
                '"Unconfined"',
                "RuntimeDefault or Localhost",
            ),
        ],
    ),
    Case(
        "pod-meets-restricted-standard",
        "what the safe set has, a profile of the node, nulls",
        [
            space("restricted"),
            workload(
                container=in_context(
                    "procMount: Default, appArmorProfile: {type: Localhost, localhostProfile: a}, seLinuxOptions: {type: container_t, level: 's0'}"
                ),
                pod=in_pod("sysctls: [{name: net.ipv4.tcp_rmem, value: '4096'}], windowsOptions: null")
                + "\nvolumes: [{name: none}, {name: tmp, emptyDir: {}, hostPath: null}]\nhostNetwork: false",
            ),
        ],
    ),
    Case(
        "pod-meets-restricted-standard",
        "a pod that refuses what its containers set, and one that says so itself",
        [
            space("restricted"),
            workload(
                container=in_context("runAsNonRoot: true, seccompProfile: {type: Localhost, localhostProfile: a}"),
                pod="securityContext: {runAsNonRoot: false, seccompProfile: {type: Unconfined}}",
            ),
            workload("api", SOUND, pod="securityContext: {runAsNonRoot: true, seccompProfile: {type: Unconfined}}"),
        ],
        [
            refused(
                "restricted", f"{IN_POD}.securityContext.runAsNonRoot", "false", "true, on the pod or on the container"
            ),
            refused(
                "restricted",
                f"{IN_POD}.securityContext.seccompProfile.type",
                '"Unconfined"',
                "RuntimeDefault or Localhost, on the pod or on the container",
            ),
            refused(
                "restricted",
                f"{IN_POD.replace('/web', '/api')}.securityContext.seccompProfile.type",
                '"Unconfined"',
                "RuntimeDefault or Localhost, on the pod or on the container",
            ),
        ],
    ),
    Case(
        "pod-meets-restricted-standard",
        "root among users of the pod's own, since 1.35",
        [space("restricted"), workload(container=SOUND, pod=FREE)],
        versions=Versions("1.35"),
    ),
    Case(
        "pod-meets-restricted-standard",
        "root among users of the pod's own before 1.35",
        [space("restricted"), workload(container=SOUND, pod=USERS)],
        [refused("restricted", f"{IN_POD}.securityContext.runAsUser", "0", "any user but 0")],
    ),
    Case(
        "pod-meets-restricted-standard",
        "a pod for Windows",
        [
            space("restricted"),
            workload(pod="os: {name: windows}\nsecurityContext: {runAsNonRoot: true}"),
        ],
    ),
    Case(
        "pod-meets-baseline-standard",
        "a directory of the host",
        [space("baseline"), workload(pod="volumes: [{name: log, hostPath: {path: /var/log}}]")],
        [
            refused(
                "baseline",
                f"{IN_POD}.volumes[0].hostPath",
                "a hostPath volume",
                "a volume that is no directory of the host",
            )
        ],
    ),
    Case(
        "pod-meets-baseline-standard",
        "AppArmor by annotation, of one container",
        [
            space("baseline"),
            workload(
                kind="Pod",
                annotations="{container.apparmor.security.beta.kubernetes.io/app: unconfined,"
                " container.apparmor.security.beta.kubernetes.io/b: localhost/x, other/app: unconfined}",
            ),
        ],
        [
            refused(
                "baseline",
                "Pod dev/web: metadata.annotations[container.apparmor.security.beta.kubernetes.io/app]",
                '"unconfined"',
                "runtime/default or localhost/PROFILE",
            )
        ],
    ),
    Case(
        "pod-meets-baseline-standard",
        "a directory of its own",
        [
            space("baseline"),
            workload(pod="volumes: [{name: log, emptyDir: {}}, {name: data, nfs: {server: a, path: /}}]"),
        ],
    ),
    Case(
        "pod-meets-baseline-standard",
        "privileged, a capability, a port, no filter, the host's processes",
        [
            space("baseline"),
            workload(
                container="ports: [{containerPort: 1, hostPort: 1}]\nsecurityContext: {privileged: true, capabilities: {add: [CHOWN, NET_ADMIN]}, seccompProfile: {type: Unconfined}}",
                pod="hostPID: true",
                kind="DaemonSet",
            ),
        ],
        [
            refused("baseline", "DaemonSet dev/web: spec.template.spec.hostPID", "true", "false, or leave it out"),
            refused(
                "baseline",
                "DaemonSet dev/web: spec.template.spec.containers[0].securityContext.privileged",
                "true",
                "false, or leave it out",
            ),
            refused(
                "baseline",
                "DaemonSet dev/web: spec.template.spec.containers[0].securityContext.capabilities.add[1]",
                '"NET_ADMIN"',
                "one of AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT",
            ),
            refused(
                "baseline",
                "DaemonSet dev/web: spec.template.spec.containers[0].ports[0].hostPort",
                "1",
                "no port of the host",
            ),
            refused(
                "baseline",
                "DaemonSet dev/web: spec.template.spec.containers[0].securityContext.seccompProfile.type",
                '"Unconfined"',
                "RuntimeDefault or Localhost",
            ),
        ],
    ),
    Case(
        "pod-meets-baseline-standard",
        "root, all capabilities that runtimes give, an unmasked /proc of users of its own, another namespace",
        [
            space("baseline"),
            workload(
                container="securityContext: {runAsUser: 0, procMount: Unmasked, capabilities: {add: [CHOWN]}}",
                pod="hostUsers: false",
            ),
            workload("agent", pod="hostNetwork: true", namespace="kube-system"),
            workload("warned", pod="hostNetwork: true", namespace="stg"),
            obj(
                "Namespace",
                "stg",
                labels="{pod-security.kubernetes.io/warn: restricted, pod-security.kubernetes.io/audit: baseline}",
            ),
        ],
        versions=Versions("1.36"),
    ),
]
