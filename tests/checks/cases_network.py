"""Cases of the rules on what reaches what, and on names that must lead somewhere."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.checks.support import Case, alb, obj, scaler, workload

CUSTOM = {"apiVersion": "example.com/v1", "kind": "Database", "metadata": {"name": "db", "namespace": "dev"}}
MONITOR = {
    "apiVersion": "monitoring.coreos.com/v1",
    "kind": "ServiceMonitor",
    "metadata": {"name": "m", "namespace": "dev"},
}
SERVICE = obj("Service", "web", "selector: {app: web}\nports: [{name: http, port: 80, targetPort: 8080}]")
NAMESPACE = obj("Namespace", "dev")


def ingress(backend: str, **meta: str) -> dict:
    return obj(
        "Ingress", "web", f"rules: [{{http: {{paths: [{{path: /, backend: {{service: {backend}}}}}]}}}}]", **meta
    )


def policy(spec: str) -> dict:
    return obj("NetworkPolicy", "web", spec)


NOTHING = "nothing in these manifests has that name"
IN_POD = "Deployment dev/web: spec.template.spec"
INGRESS = "Ingress dev/web: metadata.annotations[alb.ingress.kubernetes.io/"
REFUSED = "the controller refuses it, and the whole IngressGroup with it"
IGNORED = "it ignores this one silently"

POLICY = "NetworkPolicy dev/web: spec"
IN_THEM = "in them, such as 169.254.0.0/16 and fd00:ec2::/32"
LEAKS = "the metadata service of the node gives whoever asks it the credentials of the node"
OTHER = "what Ingress dev/web of the group g says of"
STOPS = "the controller refuses the whole IngressGroup, and its load balancer stays as it is"

PORT_53 = "a rule for port 53, UDP and TCP, in one of the policies of"
NO_NAMES = "it may call others and resolve none of their names"

CASES = [
    Case(
        "service-selects-pods",
        "no pod",
        [workload(), obj("Service", "web", "selector: {app: web, tier: front}")],
        [
            (
                "Service dev/web: spec.selector is app=web,tier=front; allowed: labels that a workload of the namespace gives its pods; no pod"
                " has them, so the Service has no endpoints"
            )
        ],
    ),
    Case(
        "service-selects-pods",
        "a pod, or no selector",
        [workload(), SERVICE, MONITOR, obj("Service", "db", "type: ExternalName")],
    ),
    Case(
        "service-selects-pods",
        "an operator may make the pods",
        [workload(), CUSTOM, obj("Service", "db", "selector: {app: db}")],
    ),
    Case(
        "service-selects-pods",
        "Knative's Service is another kind",
        [workload(), obj("Service", "fn", "selector: {app: fn}") | {"apiVersion": "serving.knative.dev/v1"}],
    ),
    Case(
        "service-target-port-exists",
        "a name of no port",
        [
            workload(container="ports: [{name: http, containerPort: 80}]"),
            obj("Service", "web", "selector: {app: web}\nports: [{port: 80, targetPort: web}]"),
        ],
        [
            'Service dev/web: spec.ports[0].targetPort is "web"; allowed: a port name of the selected pods: http; the name leads to no port'
        ],
    ),
    Case(
        "service-target-port-exists",
        "a name, a number, pods unseen",
        [
            workload(container="ports: [{name: http, containerPort: 80}]"),
            obj(
                "Service",
                "web",
                "selector: {app: web}\nports: [{port: 80, targetPort: http}, {port: 81, targetPort: 9}, {port: 82}]",
            ),
            obj("Service", "other", "selector: {app: other}\nports: [{port: 80, targetPort: any}]"),
        ],
    ),
    Case(
        "ingress-backend-exists",
        "a missing Service, a missing port, a missing action",
        [
            SERVICE,
            ingress("{name: wbe, port: {number: 80}}"),
            ingress("{name: web, port: {number: 8080}}"),
            ingress("{name: redirect, port: {name: use-annotation}}"),
        ],
        [
            f'Ingress dev/web: spec.rules[0].http.paths[0].backend.service.name is "wbe"; allowed: a Service of the namespace; {NOTHING}',
            (
                "Ingress dev/web: spec.rules[0].http.paths[0].backend.service.port.number is 8080; allowed: a port of Service dev/web: 80; the"
                " Service does not have it"
            ),
            (
                'Ingress dev/web: spec.rules[0].http.paths[0].backend.service.name is "redirect"; allowed: a name with an annotation'
                " alb.ingress.kubernetes.io/actions.redirect; use-annotation asks for such an action"
            ),
        ],
    ),
    Case(
        "ingress-backend-exists",
        "by number, by name, an action, a default",
        [
            SERVICE,
            ingress("{name: web, port: {number: 80}}"),
            obj("Ingress", "named", "defaultBackend: {service: {name: web, port: {name: http}}}"),
            alb("actions.go: '{}'", "defaultBackend: {service: {name: go, port: {name: use-annotation}}}"),
        ],
    ),
    Case("ingress-backend-exists", "the Services are elsewhere", [ingress("{name: web, port: {number: 80}}")]),
    Case(
        "ingress-backend-exists",
        "somebody else renders the Service",
        [
            SERVICE,
            ingress("{name: front, port: {number: 80}}", annotations="{examx.ai/foreign-services: 'other,front'}"),
        ],
    ),
    Case(
        "network-policy-selects-pods",
        "no pod",
        [workload(), policy("podSelector: {matchLabels: {app: wbe}}")],
        [
            (
                "NetworkPolicy dev/web: spec.podSelector is app=wbe; allowed: an empty selector, or labels of a workload of the namespace; no"
                " pod has them, so the policy does nothing"
            )
        ],
    ),
    Case(
        "network-policy-selects-pods",
        "all pods, one pod",
        [workload(), policy("podSelector: {}"), policy("podSelector: {matchLabels: {app: web}}")],
    ),
    Case(
        "network-policy-selects-pods",
        "guests of the namespace, and one that is none",
        [
            obj("Namespace", "dev", annotations="{examx.ai/guests: 'celery-flower, old-worker'}"),
            workload(),
            policy("podSelector: {matchExpressions: [{key: app, operator: In, values: [old-worker]}]}"),
            policy("podSelector: {matchLabels: {app: new-worker}}"),
        ],
        [
            (
                "NetworkPolicy dev/web: spec.podSelector is app=new-worker; allowed: an empty selector, or labels of a workload of the"
                " namespace; no pod has them, so the policy does nothing"
            )
        ],
    ),
    Case(
        "network-policy-peer-exists",
        "no pod",
        [
            NAMESPACE,
            workload(),
            policy("podSelector: {}\negress: [{to: [{podSelector: {matchLabels: {app: redsi}}}]}]"),
        ],
        [
            (
                "NetworkPolicy dev/web: spec.egress[0].to[0].podSelector is app=redsi; allowed: labels of a workload of the namespace; no pod has"
                " them, so nobody gets through"
            )
        ],
    ),
    Case(
        "network-policy-peer-exists",
        "a pod, another namespace, everybody",
        [
            NAMESPACE,
            workload(),
            policy(
                "ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8}},"
                " {namespaceSelector: {}, podSelector: {matchLabels: {app: keda-operator}}}]}]"
            ),
        ],
    ),
    Case(
        "network-policy-peer-exists",
        "the namespace is not theirs",
        [workload(), policy("ingress: [{from: [{podSelector: {matchLabels: {a: b}}}]}]")],
    ),
    Case(
        "reference-leads-somewhere",
        "in a namespace that is defined here",
        [
            NAMESPACE,
            workload(
                container="envFrom: [{configMapRef: {name: settings}}]",
                pod="serviceAccountName: web-sa\nvolumes: [{name: media, persistentVolumeClaim: {claimName: media}},"
                " {name: s, csi: {driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: {secretProviderClass: store}}}]",
            ),
            obj(
                "RoleBinding",
                "deploy",
                root="roleRef: {kind: Role, name: deployer}\nsubjects: [{kind: ServiceAccount, name: ci}]",
            ),
            workload("db", kind="StatefulSet", spec="serviceName: db"),
            scaler(triggers="[{type: redis, authenticationRef: {name: redis}}]"),
        ],
        [
            f'{IN_POD}.serviceAccountName is "web-sa"; allowed: a ServiceAccount of the namespace: default; {NOTHING}',
            f'{IN_POD}.volumes[0].persistentVolumeClaim.claimName is "media"; allowed: a PersistentVolumeClaim of the namespace; {NOTHING}',
            f'{IN_POD}.volumes[1].csi.volumeAttributes.secretProviderClass is "store"; allowed: a SecretProviderClass of the namespace; {NOTHING}',
            (
                f'{IN_POD}.containers[0].envFrom[0].configMapRef.name is "settings"; allowed: a ConfigMap of the namespace: kube-root-ca.crt,'
                f" openshift-service-ca.crt; {NOTHING}"
            ),
            f'StatefulSet dev/db: spec.serviceName is "db"; allowed: a Service of the namespace; {NOTHING}',
            f'ScaledObject dev/web: spec.triggers[0].authenticationRef.name is "redis"; allowed: a TriggerAuthentication of the namespace; {NOTHING}',
            f'RoleBinding dev/deploy: roleRef.name is "deployer"; allowed: a Role of the namespace; {NOTHING}',
            f'RoleBinding dev/deploy: subjects[0].name is "ci"; allowed: a ServiceAccount of the namespace: default; {NOTHING}',
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "a Secret where Secrets are made here",
        [
            workload(container="env: [{name: A, valueFrom: {secretKeyRef: {name: reddis, key: password}}}]"),
            obj(
                "SecretProviderClass",
                "store",
                "secretObjects: [{secretName: redis, data: [{key: password, objectName: a}]}]",
            ),
            obj(
                "TriggerAuthentication",
                "redis",
                "secretTargetRef: [{parameter: password, name: rediss, key: password}]",
            ),
        ],
        [
            f'{IN_POD}.containers[0].env[0].valueFrom.secretKeyRef.name is "reddis"; allowed: a Secret of the namespace: redis; {NOTHING}',
            f'TriggerAuthentication dev/redis: spec.secretTargetRef[0].name is "rediss"; allowed: a Secret of the namespace: redis; {NOTHING}',
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "a TriggerAuthentication that the namespace says is made elsewhere, and one that it does not",
        [
            obj("Namespace", "dev", annotations="{examx.ai/foreign-trigger-authentications: prometheus-auth}"),
            scaler("one", triggers="[{type: prometheus, metadata: {}, authenticationRef: {name: prometheus-auth}}]"),
            scaler("two", triggers="[{type: prometheus, metadata: {}, authenticationRef: {name: other}}]"),
        ],
        [
            (
                'ScaledObject dev/two: spec.triggers[0].authenticationRef.name is "other"; allowed: a TriggerAuthentication of the namespace:'
                f" prometheus-auth; {NOTHING}"
            )
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "a Secret that the namespace says is made elsewhere, and one that it does not",
        [
            obj("Namespace", "dev", annotations="{examx.ai/foreign-secrets: 'own-env, other'}"),
            obj("Secret", "db", root="stringData: {password: '<placeholder>'}"),
            workload(
                container="envFrom: [{secretRef: {name: own-env}}, {secretRef: {name: other}}, {secretRef: {name: bd}}]"
            ),
        ],
        [
            f'{IN_POD}.containers[0].envFrom[2].secretRef.name is "bd"; allowed: a Secret of the namespace: db, other, own-env; {NOTHING}'
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "a Secret beside one with values",
        [
            obj("Secret", "db", root="stringData: {password: '<placeholder>'}"),
            workload(container="envFrom: [{secretRef: {name: bd}}]"),
        ],
        [
            f'{IN_POD}.containers[0].envFrom[0].secretRef.name is "bd"; allowed: a Secret of the namespace: db; {NOTHING}'
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "a namesake elsewhere",
        [
            obj("ConfigMap", "other", root="data: {}"),
            obj("ConfigMap", "settings", root="data: {}", namespace="stg"),
            workload(container="envFrom: [{configMapRef: {name: settings}}]"),
        ],
        [
            (
                f'{IN_POD}.containers[0].envFrom[0].configMapRef.name is "settings"; allowed: a ConfigMap of the namespace: kube-root-ca.crt,'
                f" openshift-service-ca.crt, other; {NOTHING}"
            )
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "Secrets made outside, built-ins, optional ones, other namespaces",
        [
            NAMESPACE,
            workload(
                container="envFrom: [{secretRef: {name: made-by-hand}}, {configMapRef: {name: extra, optional: true}}]",
                pod="serviceAccountName: default\nvolumes: [{name: ca, configMap: {name: kube-root-ca.crt}},"
                " {name: p, projected: {sources: [{configMap: {name: kube-root-ca.crt}}, {secret: {name: made-by-hand}}]}}]",
            ),
            obj(
                "RoleBinding",
                "view",
                root="roleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: argo, namespace: argocd}, {kind: Group, name: dev}]",
            ),
            scaler(triggers="[{type: redis, authenticationRef: {name: shared, kind: ClusterTriggerAuthentication}}]"),
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "nothing of the kind is here",
        [workload(container="envFrom: [{configMapRef: {name: settings}}]", pod="serviceAccountName: web")],
    ),
    Case(
        "reference-leads-somewhere",
        "Secrets from every maker",
        [
            obj("ExternalSecret", "a", "target: {name: external}"),
            obj("ExternalSecret", "named"),
            obj("SealedSecret", "sealed"),
            obj("Certificate", "c", "secretName: tls"),
            workload(
                container="envFrom: [{secretRef: {name: external}}, {secretRef: {name: named}}, {secretRef: {name: sealed}}, {secretRef: {name: tls}}]"
            ),
        ],
    ),
    Case(
        "referenced-key-exists",
        "keys that are not there",
        [
            obj("ConfigMap", "settings", root="data: {a: '1'}\nbinaryData: {b: aGk=}"),
            obj(
                "SecretProviderClass",
                "store",
                "secretObjects: [{secretName: redis, data: [{key: password, objectName: a}]}]",
            ),
            workload(
                container="env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: c}}}, {name: B, valueFrom: {secretKeyRef: {name: redis, key: pw}}}]",
                pod="volumes: [{name: v, configMap: {name: settings, items: [{key: d, path: d}]}}]",
            ),
        ],
        [
            f'{IN_POD}.volumes[0].configMap.items[0].key is "d"; allowed: a key of ConfigMap settings: a, b; the object does not have it',
            f'{IN_POD}.containers[0].env[0].valueFrom.configMapKeyRef.key is "c"; allowed: a key of ConfigMap settings: a, b; the object does not have it',
            f'{IN_POD}.containers[0].env[1].valueFrom.secretKeyRef.key is "pw"; allowed: a key of Secret redis: password; the object does not have it',
        ],
    ),
    Case(
        "referenced-key-exists",
        "keys that are there, optional ones, unseen objects",
        [
            obj("ConfigMap", "settings", root="data: {a: '1'}"),
            workload(
                container="env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}, {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}},"
                " {name: C, valueFrom: {configMapKeyRef: {name: settings, key: z, optional: true}}}]"
            ),
        ],
    ),
    Case(
        "volume-mount-has-volume",
        "none of that name",
        [
            workload(
                container="volumeMounts: [{name: tpm, mountPath: /tmp}]", pod="volumes: [{name: tmp, emptyDir: {}}]"
            )
        ],
        [
            f'{IN_POD}.containers[0].volumeMounts[0].name is "tpm"; allowed: a volume of the pod: tmp; the pod has no such volume'
        ],
    ),
    Case(
        "volume-mount-has-volume",
        "a volume, a claim template",
        [
            workload(
                container="volumeMounts: [{name: tmp, mountPath: /tmp}]", pod="volumes: [{name: tmp, emptyDir: {}}]"
            ),
            workload(
                "db",
                "volumeMounts: [{name: data, mountPath: /data}]",
                kind="StatefulSet",
                spec="volumeClaimTemplates: [{metadata: {name: data}}]",
            ),
        ],
    ),
    Case(
        "alb-annotation-is-known",
        "from nginx, from habit, mistyped, made up",
        [
            alb(
                "{enable-cors: 'true', idle-timeout: '60', healthcheck-healthy-threshold-count: '2', target-typ: ip, made-up: x}"
            )
        ],
        [
            (
                f'{INGRESS}enable-cors] is "true"; allowed: an annotation that the controller reads; use CORS in the application; a load balancer'
                f" answers no preflight; {IGNORED}"
            ),
            (
                f'{INGRESS}idle-timeout] is "60"; allowed: an annotation that the controller reads; use load-balancer-attributes:'
                f" idle_timeout.timeout_seconds=…; {IGNORED}"
            ),
            (
                f'{INGRESS}healthcheck-healthy-threshold-count] is "2"; allowed: an annotation that the controller reads; use'
                f" healthy-threshold-count; {IGNORED}"
            ),
            f'{INGRESS}target-typ] is "ip"; allowed: an annotation that the controller reads; did you mean target-type?; {IGNORED}',
            f'{INGRESS}made-up] is "x"; allowed: an annotation that the controller reads; {IGNORED}',
        ],
    ),
    Case(
        "alb-annotation-is-known",
        "its own, families, other controllers'",
        [
            alb(
                "{scheme: internal, actions.go: '{}', conditions.web: '[]', transforms.web: '[]', listener-attributes.HTTPS-443: a=b,"
                " group.name: g, nginx.ingress.kubernetes.io/enable-cors: 'true'}"
            )
        ],
    ),
    Case(
        "alb-value-is-allowed",
        "values that the controller refuses",
        [
            alb(
                "{scheme: public, group.order: '1001', load-balancer-name: "
                + "l" * 33
                + ", group.name: My_Group, idle: 60}"
            ),
            alb("{group.order: first}"),
        ],
        [
            f'{INGRESS}scheme] is "public"; allowed: internal or internet-facing; {REFUSED}',
            f'{INGRESS}group.order] is "1001"; allowed: a whole number from -1000 to 1000; {REFUSED}',
            f'{INGRESS}load-balancer-name] is "{"l" * 33}"; allowed: 1 to 32 characters; {REFUSED}',
            f'{INGRESS}group.name] is "My_Group"; allowed: lower case letters, digits, - and ., at most 63 characters; {REFUSED}',
            f"{INGRESS}idle] is 60; allowed: a string: put it in quotes; {REFUSED}",
            f'{INGRESS}group.order] is "first"; allowed: a whole number from -1000 to 1000; {REFUSED}',
        ],
    ),
    Case(
        "alb-value-is-allowed",
        "values that it accepts",
        [alb("{scheme: internal, group.order: '-1000', load-balancer-name: web, group.name: my-group}")],
    ),
    Case(
        "ingress-class-is-set-once",
        "twice",
        [alb("{kubernetes.io/ingress.class: alb}")],
        [
            (
                'Ingress dev/web: metadata.annotations[kubernetes.io/ingress.class] is "alb"; allowed: spec.ingressClassName alone; the API server'
                " refuses an Ingress with both"
            )
        ],
    ),
    Case(
        "ingress-class-is-set-once",
        "either",
        [alb("{scheme: internal}"), alb("{kubernetes.io/ingress.class: alb}", spec="rules: []")],
    ),
    Case(
        "egress-spares-instance-metadata",
        "open to all, a network with it, a part of it excepted",
        [
            policy("egress: [{}, {ports: [{port: 80}]}]"),
            policy("egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 1, endPort: 1024}]}]"),
            policy("egress: [{to: [{ipBlock: {cidr: 168.0.0.0/6, except: [169.254.170.0/24]}}]}]"),
            policy("egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}, {ipBlock: {cidr: '::/0', except: ['fe80::/10']}}]}]"),
        ],
        [
            f"{POLICY}.egress[0] is open to all; allowed: a rule with peers, or with other ports than 80; {LEAKS}",
            f"{POLICY}.egress[1] is open to all; allowed: a rule with peers, or with other ports than 80; {LEAKS}",
            f"{POLICY}.egress[0].to[0].ipBlock.except is nothing of 0.0.0.0/0; allowed: networks with 169.254.169.254 {IN_THEM}; {LEAKS}",
            f"{POLICY}.egress[0].to[0].ipBlock.except is 169.254.170.0/24 of 168.0.0.0/6; allowed: networks with 169.254.169.254 {IN_THEM}; {LEAKS}",
            f"{POLICY}.egress[0].to[1].ipBlock.except is fe80::/10 of ::/0; allowed: networks with fd00:ec2::254 {IN_THEM}; {LEAKS}",
        ],
    ),
    Case(
        "egress-spares-instance-metadata",
        "excepted, other ports, another protocol, other networks, pods of others",
        [
            NAMESPACE | {"metadata": {"name": "dev", "annotations": {"examx.ai/guests": "old, older"}}},
            policy("egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.0.0/16]}}]}]"),
            policy("egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}, {port: 80, protocol: UDP}]}]"),
            policy("egress: [{to: [{ipBlock: {cidr: 169.254.20.10/32}}, {podSelector: {}}]}]"),
            policy("egress: [{to: [{ipBlock: {cidr: not a network}}]}]"),
            policy("podSelector: {matchExpressions: [{key: app, operator: In, values: [old]}]}\negress: [{}]"),
        ],
    ),
    Case(
        "alb-group-agrees",
        "a firewall, an attribute, client certificates",
        [
            alb("{group.name: g, wafv2-acl-arn: one, shield-advanced-protection: 'true'}"),
            alb("{group.name: g, wafv2-acl-arn: none, load-balancer-attributes: 'a=1,b=2'}"),
            alb("{group.name: g, shield-advanced-protection: 'false', load-balancer-attributes: 'b=2, a=3'}"),
            alb("""{group.name: g, mutual-authentication: '[{"port": 443, "mode": "off"}]'}"""),
            alb("""{group.name: g, mutual-authentication: '[{"port": 443, "mode": "passthrough"}]'}"""),
        ],
        [
            f"{INGRESS}wafv2-acl-arn] is wafv2-acl-arn none; allowed: {OTHER} wafv2-acl-arn: one; {STOPS}",
            f"{INGRESS}shield-advanced-protection] is shield-advanced-protection false; allowed: {OTHER} shield-advanced-protection: true; {STOPS}",
            f"{INGRESS}load-balancer-attributes] is load-balancer-attributes a 3; allowed: {OTHER} load-balancer-attributes a: 1; {STOPS}",
            (
                f'{INGRESS}mutual-authentication] is mutual-authentication of port 443 {{"mode": "passthrough", "port": 443}}; allowed: {OTHER}'
                f' mutual-authentication of port 443: {{"mode": "off", "port": 443}}; {STOPS}'
            ),
        ],
    ),
    Case(
        "alb-group-agrees",
        "the same, or nothing, in one group; others differ",
        [
            alb("{group.name: g, wafv2-acl-arn: one, load-balancer-attributes: 'a=1,b=2'}"),
            alb("{group.name: g, load-balancer-attributes: 'b=2,c=3'}"),
            alb("{group.name: h, wafv2-acl-arn: two}"),
            alb("{wafv2-acl-arn: three}"),
            alb("""{group.name: g, mutual-authentication: '[{"port": 443, "mode": "off"}]'}"""),
            alb("""{group.name: g, mutual-authentication: '[{"mode": "off", "port": 443}, {"port": 8443}]'}"""),
            alb("{group.name: g, mutual-authentication: 'no JSON'}"),
        ],
    ),
    Case(
        "alb-listen-ports-are-valid",
        "no JSON, no such protocol, no such port",
        [
            alb("{listen-ports: '80,443'}"),
            alb("""{listen-ports: '[{"TCP": 80}]'}"""),
            alb("""{listen-ports: '[{"HTTP": 0}]'}"""),
        ],
        [
            f'{INGRESS}listen-ports] is {given}; allowed: JSON such as [{{"HTTP": 80}}, {{"HTTPS": 443}}]; {REFUSED}'
            for given in ('"80,443"', '"[{"TCP": 80}]"', '"[{"HTTP": 0}]"')
        ],
    ),
    Case(
        "alb-listen-ports-are-valid",
        "two listeners",
        [alb("""{listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'}"""), alb("{}")],
    ),
    Case(
        "alb-redirect-has-listener",
        "no HTTPS listener",
        [
            alb("""{ssl-redirect: '443', listen-ports: '[{"HTTP": 80}, {"HTTPS": 8443}]'}"""),
            alb("{ssl-redirect: '443'}"),
        ],
        [
            f'{INGRESS}ssl-redirect] is "443"; allowed: an HTTPS port of listen-ports: {ports}; there is no listener to redirect to'
            for ports in ("8443", "none")
        ],
    ),
    Case(
        "alb-redirect-has-listener",
        "a listener, one by default, one of the group, and listeners that make no sense",
        [
            alb("""{ssl-redirect: '443', listen-ports: '[{"HTTP": 80, "HTTPS": 443}]'}"""),
            alb("{ssl-redirect: '443', certificate-arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/a'}"),
            alb("{ssl-redirect: '443', group.name: shared}"),
            alb("{ssl-redirect: '443', listen-ports: nonsense}"),
        ],
    ),
    Case(
        "alb-mutual-authentication-is-valid",
        "no list, no port, no mode, no trust store, one too many",
        [
            alb("""{mutual-authentication: '{"port": 443}'}"""),
            alb(
                """{mutual-authentication: '[{"port": "443", "mode": "on"}, {"port": 443, "mode": "verify"}, {"port": 444, "mode": "off", "trustStore": "s"}]'}"""
            ),
            alb(
                "{mutual-authentication: '["
                + ", ".join(f'{{"port": {port}, "mode": "verify", "trustStore": "{port}"}}' for port in (1, 2, 3))
                + "]'}"
            ),
        ],
        [
            f'{INGRESS}mutual-authentication] is "{{"port": 443}}"; allowed: a JSON list such as [{{"port": 443, "mode": "passthrough"}}]; {REFUSED}',
            f'{INGRESS}mutual-authentication][0].port is "443"; allowed: a port number; {REFUSED}',
            f'{INGRESS}mutual-authentication][0].mode is "on"; allowed: off, passthrough, verify; {REFUSED}',
            (
                f"{INGRESS}mutual-authentication][1].trustStore is missing; allowed: the ARN or name of a trust store; mode verify has nothing to"
                " verify against"
            ),
            f'{INGRESS}mutual-authentication][2].trustStore is "s"; allowed: nothing in mode off; {REFUSED}',
            (
                f'{INGRESS}mutual-authentication] is "[{{"port": 1, "mode": "verify", "trustStore": "1"}}, {{"port": 2, "mode": "verify", "trustStore": "2"}},'
                ' {"port": 3, "mode"…"; allowed: at most two trust stores; the controller looks up no more'
            ),
        ],
    ),
    Case(
        "alb-mutual-authentication-is-valid",
        "passthrough, verify, none",
        [
            alb(
                """{mutual-authentication: '[{"port": 443, "mode": "passthrough"}, {"port": 444, "mode": "verify", "trustStore": "s"}]'}"""
            ),
            alb("{scheme: internal}"),
        ],
    ),
    Case(
        "alb-mutual-authentication-has-listener",
        "an HTTP port",
        [
            alb(
                """{mutual-authentication: '[{"port": 80, "mode": "passthrough"}]', listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'}"""
            )
        ],
        [
            (
                f"{INGRESS}mutual-authentication][0].port is 80; allowed: an HTTPS port of listen-ports: 443; the controller ignores the entry silently,"
                " and no client is asked for a certificate"
            )
        ],
    ),
    Case(
        "alb-mutual-authentication-has-listener",
        "an HTTPS port, and listeners that make no sense",
        [
            alb("""{mutual-authentication: '[{"port": 443, "mode": "off"}]', listen-ports: '[{"HTTPS": 443}]'}"""),
            alb("""{mutual-authentication: '[{"port": 443, "mode": "off"}]', listen-ports: '443'}"""),
        ],
    ),
    Case(
        "egress-allows-dns",
        "everything denied but a database, one way alone, a range that stops before",
        [
            workload("web"),
            obj("NetworkPolicy", "deny", "podSelector: {}\npolicyTypes: [Ingress, Egress]"),
            obj(
                "NetworkPolicy",
                "db",
                "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress: [{ports: [{port: 5432}]}]",
            ),
            workload("api", namespace="stg"),
            obj(
                "NetworkPolicy", "out", "podSelector: {}\negress: [{ports: [{port: 1, endPort: 52}]}]", namespace="stg"
            ),
        ],
        [
            f"NetworkPolicy dev/deny: spec.egress is without DNS; allowed: {PORT_53} Deployment dev/web; {NO_NAMES}",
            f"NetworkPolicy stg/out: spec.egress is without DNS; allowed: {PORT_53} Deployment stg/api; {NO_NAMES}",
        ],
    ),
    Case(
        "egress-allows-dns",
        "in another policy, in a range, by a name, for every port; nothing may be called; nothing is restricted",
        [
            workload("web"),
            obj("NetworkPolicy", "deny", "podSelector: {}\npolicyTypes: [Ingress, Egress]"),
            obj(
                "NetworkPolicy",
                "db",
                "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress: [{ports: [{port: 5432}]}]",
            ),
            # Whether it is these pods that resolve names, only the cluster knows.
            obj(
                "NetworkPolicy",
                "dns",
                "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{port: 53, protocol: UDP}]}]",
            ),
            *(
                item
                for number, ports in enumerate(
                    ("[{port: 50, endPort: 60}]", "[{port: dns-tcp}]", "[{protocol: UDP}]", "[]")
                )
                for item in (
                    workload("web", namespace=f"ns{number}"),
                    obj(
                        "NetworkPolicy",
                        "out",
                        f"podSelector: {{}}\negress: [{{ports: {ports}}}]",
                        namespace=f"ns{number}",
                    ),
                )
            ),
            workload("store", namespace="closed"),
            obj(
                "NetworkPolicy",
                "in",
                "podSelector: {}\npolicyTypes: [Ingress, Egress]\ningress: [{}]",
                namespace="closed",
            ),
            workload("open", namespace="open"),
            obj("NetworkPolicy", "in", "podSelector: {}\ningress: [{}]", namespace="open"),
        ],
    ),
]
