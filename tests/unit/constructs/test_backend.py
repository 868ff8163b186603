import pytest
from attrs import evolve
from cdk8s import Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import Backend, DjangoApp, NginxConfig
from examx_constructs.settings import Duration, ImageReference, Quantity, Rollout, SettingError
from tests.support import Manifest, one, synth, variables
from tests.unit.constructs.conftest import BACKEND


def test_minimal(chart: Chart, image: ImageReference, nginx: NginxConfig, snapshot: SnapshotAssertion) -> None:
    Backend(chart, "api", app=DjangoApp(image=image), settings=BACKEND, nginx=nginx, host="api.example.com")
    assert _without_nginx_files(chart) == snapshot


def test_full(chart: Chart, full_app: DjangoApp, nginx: NginxConfig, snapshot: SnapshotAssertion) -> None:
    rollout = Rollout(
        deregistration_delay=Duration("30s"),
        pre_stop_pause=Duration("40s"),
        graceful_timeout=Duration("20s"),
        margin=Duration("5s"),
    )
    settings = evolve(BACKEND, threads=8, rollout=rollout, variables={"DJANGO_DEBUG": "True"}, metrics_path="/metrics")
    Backend(chart, "api", app=full_app, settings=settings, nginx=nginx, host="api.example.com", name="api")
    assert _without_nginx_files(chart) == snapshot


def _without_nginx_files(chart: Chart) -> list[Manifest]:
    return [each for each in synth(chart) if each["metadata"]["name"] == "nginx" or each["kind"] != "ConfigMap"]


@pytest.fixture
def deployment(chart: Chart, full_app: DjangoApp, nginx: NginxConfig) -> Manifest:
    Backend(chart, "api", app=full_app, settings=BACKEND, nginx=nginx, host="api.example.com")
    return one(synth(chart), "Deployment", "examxv2-backend")


def test_the_autoscaler_owns_the_replicas(deployment: Manifest) -> None:
    assert "replicas" not in deployment["spec"]


def test_a_rollout_never_takes_a_pod_away_first(deployment: Manifest) -> None:
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": "25%", "maxUnavailable": 0}


def test_gunicorn_serves_until_nginx_is_done_and_all_of_it_fits_into_the_grace_period(deployment: Manifest) -> None:
    pod = deployment["spec"]["template"]["spec"]
    pauses = {each["name"]: each["lifecycle"]["preStop"]["exec"]["command"] for each in pod["containers"]}
    assert pauses["backend"] == ["sleep", str(135 + 30)]
    assert pauses["nginx"][:2] == ["sh", "-c"]
    assert pauses["nginx"][2].startswith("sleep 135; nginx ")
    assert "[ $n -ge 30 ]" in pauses["nginx"][2]
    assert pod["terminationGracePeriodSeconds"] == 135 + 30 + 30 + 15


def test_probes_ask_as_the_public_does(deployment: Manifest) -> None:
    backend = deployment["spec"]["template"]["spec"]["containers"][0]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        headers = {each["name"]: each["value"] for each in backend[probe]["httpGet"]["httpHeaders"]}
        assert headers == {"Host": "api.example.com", "X-Forwarded-Proto": "https"}
    assert backend["readinessProbe"]["httpGet"]["path"] == "/api/ready/"
    assert backend["livenessProbe"]["httpGet"]["path"] == "/api/health/"
    startup = backend["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] == 120


def test_gunicorn_is_reached_through_nginx_only(deployment: Manifest) -> None:
    backend, nginx = deployment["spec"]["template"]["spec"]["containers"]
    assert "127.0.0.1:8000" in backend["command"]
    assert "ports" not in backend
    assert nginx["ports"] == [
        {"containerPort": 8080, "name": "http", "protocol": "TCP"},
        {"containerPort": 8081, "name": "health", "protocol": "TCP"},
    ]


def test_probes_and_the_load_balancer_ask_a_port_that_no_client_reaches(chart: Chart, deployment: Manifest) -> None:
    containers = deployment["spec"]["template"]["spec"]["containers"]
    probes = [probe for each in containers for key, probe in each.items() if key.endswith("Probe")]
    assert {probe["httpGet"]["port"] for probe in probes} == {8081}
    service = one(synth(chart), "Service", "examxv2-backend-service")
    assert service["metadata"]["annotations"]["alb.ingress.kubernetes.io/healthcheck-port"] == "8081"
    assert [each["targetPort"] for each in service["spec"]["ports"]] == ["http"]


def test_nginx_with_more_connections_than_memory_is_refused(chart: Chart, image: ImageReference) -> None:
    large = NginxConfig(chart, "large", memory=Quantity("4Gi"))
    with pytest.raises(SettingError, match=r"BackendSettings\.nginx_resources\.memory_limit is \S+; the least is 4Gi"):
        Backend(chart, "api", app=DjangoApp(image=image), settings=BACKEND, nginx=large, host="api.example.com")


def test_the_number_of_workers_is_a_variable(deployment: Manifest) -> None:
    backend = deployment["spec"]["template"]["spec"]["containers"][0]
    assert backend["command"][backend["command"].index("--workers") + 1] == "$(WORKERS)"
    assert variables(backend)["WORKERS"] == "2"


def test_the_password_stands_before_the_url_that_refers_to_it(deployment: Manifest) -> None:
    backend = deployment["spec"]["template"]["spec"]["containers"][0]
    names = [each["name"] for each in backend["env"]]
    assert names.index("REDIS_PASSWORD") < names.index("REDIS_URL")
    assert (
        variables(backend)["REDIS_URL"] == "redis://application:$(REDIS_PASSWORD)@redis.team-a.svc.cluster.local:6379/0"
    )


def test_metrics_are_announced_at_the_port_of_the_pod(chart: Chart, image: ImageReference, nginx: NginxConfig) -> None:
    settings = evolve(BACKEND, metrics_path="/metrics")
    Backend(chart, "api", app=DjangoApp(image=image), settings=settings, nginx=nginx, host="api.example.com")
    manifests = synth(chart)
    pod = one(manifests, "Deployment")["spec"]["template"]
    port = pod["spec"]["containers"][1]["ports"][0]["containerPort"]
    announced = {"prometheus.io/path": "/metrics", "prometheus.io/port": str(port), "prometheus.io/scrape": "true"}
    assert pod["metadata"]["annotations"] == announced
    assert announced.items() <= one(manifests, "Service")["metadata"]["annotations"].items()


def test_a_variable_of_the_backend_counts_more_than_the_applications(
    chart: Chart, full_app: DjangoApp, nginx: NginxConfig
) -> None:
    settings = evolve(BACKEND, variables={"DJANGO_DEBUG": "True"})
    Backend(chart, "api", app=full_app, settings=settings, nginx=nginx, host="api.example.com")
    backend = one(synth(chart), "Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert variables(backend)["DJANGO_DEBUG"] == "True"
    assert [each["name"] for each in backend["env"]].count("DJANGO_DEBUG") == 1


def test_nginx_gets_no_secrets(deployment: Manifest) -> None:
    nginx = deployment["spec"]["template"]["spec"]["containers"][1]
    assert not {"app-secrets", "app-credentials", "redis-auth"} & {mount["name"] for mount in nginx["volumeMounts"]}
    assert "env" not in nginx


def test_a_name_that_is_no_dns_label_is_refused(chart: Chart, image: ImageReference, nginx: NginxConfig) -> None:
    with pytest.raises(SettingError, match=r'Backend\.name is "My_API"; it must be a DNS label'):
        Backend(chart, "api", app=DjangoApp(image=image), settings=BACKEND, nginx=nginx, host="a.b", name="My_API")
