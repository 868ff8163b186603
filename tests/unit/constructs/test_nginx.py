from cdk8s import App, Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import NginxConfig
from examx_constructs.settings import ClientTlsVerify, Duration, NginxSettings, Quantity
from tests.support import one, synth


def test_minimal(chart: Chart, snapshot: SnapshotAssertion) -> None:
    NginxConfig(chart, "nginx")
    assert synth(chart) == snapshot


def test_full(chart: Chart, snapshot: SnapshotAssertion) -> None:
    NginxConfig(
        chart,
        "nginx",
        settings=NginxSettings(
            listen_port=9080,
            upstream_port=9000,
            max_body_size=Quantity("10Mi"),
            request_timeout=Duration("30s"),
            static_root="/srv/static",
            media_root="/srv/media",
            content_security_policy="default-src 'none'",
            permissions_policy="camera=()",
            write_content_types=("application/json",),
        ),
        client_tls=ClientTlsVerify(trust_store="partners"),
        load_balancer_cidrs=["10.0.0.0/16"],
        name="proxy",
    )
    assert synth(chart) == snapshot


def test_another_content_is_another_config_map() -> None:
    def name(settings: NginxSettings) -> str:
        chart = Chart(App(), "chart")
        made = NginxConfig(chart, "nginx", settings=settings)
        assert one(synth(chart), "ConfigMap")["metadata"]["name"] == made.config_map_name
        return made.config_map_name

    assert name(NginxSettings()) == name(NginxSettings())
    assert name(NginxSettings()) != name(NginxSettings(request_timeout=Duration("30s")))
