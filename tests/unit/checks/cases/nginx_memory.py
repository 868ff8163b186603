"""Cases of the rules on nginx's buffers."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, obj, workload

NGINX = "command: [nginx]\nresources: {limits: {memory: 256Mi}}\nvolumeMounts: [{name: config, mountPath: /etc/nginx/}]"
NGINX_FILES = "volumes: [{name: config, configMap: {name: nginx}}]"

CASES = [
    Case(
        "nginx-buffers-fit-limit",
        "a body's buffer of 1 MiB for each of 8192 connections, as it was; headers in an included file",
        [
            obj(
                "ConfigMap",
                "nginx",
                root="data: {nginx.conf: \"worker_processes 2;\\nevents {\\n  worker_connections 4096;\\n}\\ninclude more.conf;\", more.conf: 'client_body_buffer_size 1m;'}",
            ),
            workload("web", NGINX, pod=NGINX_FILES),
        ],
        [
            "ConfigMap dev/nginx: data[nginx.conf] is worker_connections 4096; allowed: connections whose buffers fit the limit of 256Mi: 8192 of them may fill 8448Mi; slow clients that hold them all would end nginx"
        ],
    ),
    Case(
        "nginx-buffers-fit-limit",
        "few connections; a limit of requests; a file that nothing includes; no limit",
        [
            obj(
                "ConfigMap",
                "nginx",
                root='data: {nginx.conf: "events {\\n worker_connections 200;\\n}\\nclient_body_buffer_size 1m;"}',
            ),
            workload("few", NGINX, pod=NGINX_FILES),
            workload("none", NGINX.replace("{limits: {memory: 256Mi}}", "{}"), pod=NGINX_FILES),
            obj(
                "ConfigMap",
                "limited",
                root='data: {nginx.conf: "events {\\n worker_connections 2000;\\n}\\nclient_body_buffer_size 1m;\\nlimit_conn all 100;", other.conf: "client_body_buffer_size 9m;"}',
            ),
            workload("limited", NGINX, pod=NGINX_FILES.replace("name: nginx}", "name: limited}")),
        ],
    ),
]
