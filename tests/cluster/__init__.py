"""A real control plane for tests: the API server, the controllers and KEDA, as they are released, on one machine.

`make e2e` builds them once (Go is needed; minutes), and runs the tests marked `e2e` against them. One of these:

    python -m tests.cluster.programs
    python -m tests.cluster.room python -m pytest -n 0 -m e2e tests/cluster -k webhook
    python -m pytest --rooms 2 -m e2e tests/cluster

`python -m tests.cluster` starts one to use by hand.

What is real: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl, and KEDA's operator, adapter and
webhooks, all scalers of it. What is played: nodes (`nodes`, `pod_status`, `kubelet`), the drivers of EBS and EFS
(`storage`), metrics-server (`metrics`), the kind SecretProviderClass (`custom_resources`). Nobody serves ClusterIPs,
the alb IngressClass or names of Services: `add_host` says where a name leads. Pods run for real where a test asks for
it (`real_pods`). All of it lives in a room of its own (`room`).
"""
