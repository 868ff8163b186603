"""The nginx files as text: what settings do to them, and what settings cannot do to them."""

from typing import Any

import pytest
from cdk8s import Chart, Yaml
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from examx_constructs.nginx import NginxConfig, render
from examx_constructs.settings import (
    ClientTls,
    ClientTlsOff,
    ClientTlsPassthrough,
    ClientTlsVerify,
    Duration,
    KubernetesSecret,
    NginxSettings,
    Quantity,
    SettingError,
)

MODES = [ClientTlsOff(), ClientTlsPassthrough(), ClientTlsVerify(trust_store="examx")]
CHANGES: dict[str, Any] = {
    "listen_port": 9090,
    "health_port": 9091,
    "upstream_port": 9000,
    "max_body_size": Quantity("100Ki"),
    "small_body_size": Quantity("1Mi"),
    "upload_paths": ("/api/exams/papers",),
    "upload_check": "/api/may-upload/",
    "unbuffered_uploads": True,
    "requests_per_client": 50,
    "body_timeout": Duration("10s"),
    "protected_media": True,
    "compression": "files",
    "viewers": ("192.0.2.0/24",),
    "viewer_key": KubernetesSecret(name="viewers"),
    "request_timeout": Duration("30s"),
    "static_root": "/srv/static",
    "media_root": "/srv/media",
    "scratch_root": "/tmp/nginx",
    "content_security_policy": "default-src 'none'",
    "permissions_policy": "usb=()",
    "write_content_types": ("application/vnd.api+json",),
}


def files(settings: NginxSettings | None = None, client_tls: ClientTls | None = None) -> dict[str, str]:
    return render(settings or NginxSettings(), client_tls or ClientTlsOff())


@pytest.mark.parametrize("client_tls", MODES, ids=lambda mode: mode.mode)
def test_files_are_complete_tidy_and_the_same_each_time(client_tls: ClientTls):
    rendered = files(client_tls=client_tls)
    assert list(rendered) == sorted(rendered)
    assert rendered == files(client_tls=client_tls)
    for text in rendered.values():
        assert "@" not in text.replace("@unannounced_body", "")
        assert text.isascii()
        assert "\t" not in text
        assert text.endswith("\n")
        assert all(line == line.rstrip() and len(line) <= 120 for line in text.splitlines())


@pytest.mark.parametrize("setting", CHANGES)
def test_every_setting_has_an_effect(setting: str):
    assert files(NginxSettings(**{setting: CHANGES[setting]})) != files()


@pytest.mark.parametrize(
    ("size", "text"), [("2048Mi", "2048m"), ("2Gi", "2048m"), ("100Ki", "100k"), ("1M", "1000000"), ("1023", "1023")]
)
def test_sizes_are_exact(size: str, text: str):
    assert f"client_max_body_size {text};" in files(NginxSettings(max_body_size=Quantity(size)))["requests.conf"]


def test_nginx_keeps_idle_clients_longer_than_the_load_balancer_does():
    text = files(NginxSettings(request_timeout=Duration("100s")))["requests.conf"]
    assert "keepalive_timeout 160s;" in text


@pytest.mark.parametrize(
    ("setting", "given"),
    [
        ("listen_port", 80),
        ("listen_port", 8000),
        ("listen_port", 70_000),
        ("upstream_port", 8080),
        ("health_port", 8080),
        ("health_port", 80),
        ("small_body_size", Quantity("0")),
        ("upload_paths", ("/media/x",)),
        ("upload_paths", ("/api", "/api")),
        ("upload_paths", ("/api/",)),
        ("upload_paths", ("/api;",)),
        ("upload_paths", ("/api/$uri",)),
        ("upload_paths", ("api",)),
        ("upload_check", "/api/may upload"),
        ("upload_check", "http://elsewhere/"),
        ("requests_per_client", 0),
        ("body_timeout", Duration("0s")),
        ("compression", "some"),
        ("viewers", ()),
        ("viewers", ("10.0.0.1/8",)),
        ("viewers", ("10.0.0.0/8; server_tokens on",)),
        ("max_body_size", Quantity("0")),
        ("max_body_size", Quantity("1500m")),
        ("max_body_size", Quantity("11Gi")),
        ("scratch_size", Quantity("1Gi")),
        ("request_timeout", Duration("0s")),
        ("request_timeout", Duration("4001s")),
        ("write_content_types", ()),
        ("write_content_types", ("application/json", "application/json")),
        ("write_content_types", ("Application/JSON",)),
        ("write_content_types", ("application/json; charset=utf-8",)),
        ("write_content_types", ("default",)),
        ("write_content_types", ("a/" + "b" * 100,)),
        ("write_content_types", tuple(f"application/x-{number}" for number in range(17))),
        ("static_root", "/app/media"),
        ("media_root", "/var/cache"),
        ("scratch_root", "/app/static/tmp"),
        ("static_root", "static"),
        ("static_root", "/"),
        ("static_root", "/app/static/"),
        ("static_root", "/app/../etc"),
        ("media_root", "/app/./media"),
        ("media_root", "/app/..."[:-1]),
        ("media_root", "/app/media;"),
        ("media_root", "/app/$uri"),
        ("media_root", "/app/a b"),
        ("media_root", "/app/मीडिया"),
        ("scratch_root", "/tmp/{}"),
        ("content_security_policy", ""),
        ("content_security_policy", " default-src 'self'"),
        ("content_security_policy", 'default-src "self"'),
        ("content_security_policy", "default-src 'self'\\"),
        ("content_security_policy", "default-src $host"),
        ("content_security_policy", "default-src 'self';\nserver_tokens on;"),
        ("content_security_policy", "default-src 'self'\n"),
        ("content_security_policy", "default-src é.test"),
        ("content_security_policy", "x" * 2001),
        ("permissions_policy", 'camera=("https://a.test")'),
    ],
)
def test_what_nginx_could_misread_is_no_setting(setting: str, given: Any):
    with pytest.raises(SettingError, match="NginxSettings"):
        files(NginxSettings(**{setting: given}))


SYNTAX = st.text(alphabet=st.sampled_from(" \t\n\r\x00\"'\\${};#@/.*~()ab1"), max_size=30)


def with_text(setting: str, text: Any) -> NginxSettings:
    return NginxSettings(**{setting: text})


@bounded(deadline=None)
@given(text=SYNTAX)
@pytest.mark.parametrize("setting", ["content_security_policy", "static_root", "permissions_policy"])
def test_no_text_leaves_its_place(setting: str, text: str):
    try:
        settings = with_text(setting, text)
    except SettingError:
        return
    ours, plain = files(settings), files(with_text(setting, CHANGES[setting]))
    assert {name: content.replace(text, CHANGES[setting]) for name, content in ours.items()} == plain or len(text) < 4
    assert not set(text) & set('"\\$\n\r\x00')


@pytest.mark.parametrize(
    "network", ["10.0.0.0", "10.0.0.1/8", "10.0.0.0/8; server_tokens on", "fe80::1%a; b", "", "all"]
)
def test_only_networks_are_believed(network: str):
    with pytest.raises(SettingError, match=r"NginxConfig\.load_balancer_cidrs"):
        render(NginxSettings(), ClientTlsOff(), (network,))


def test_the_config_map_is_named_by_its_content(chart: Chart):
    first = NginxConfig(chart, "first")
    other = NginxConfig(chart, "other", client_tls=ClientTlsPassthrough())
    same = NginxConfig(chart, "same", settings=NginxSettings(), client_tls=ClientTlsOff())
    assert first.config_map_name == same.config_map_name != other.config_map_name
    assert first.config_map_name.startswith("examxv2-nginx-")
    assert len(first.config_map_name) == len("examxv2-nginx-") + 10


def test_the_config_map_is_immutable_and_readable(chart: Chart):
    config = NginxConfig(chart, "nginx")
    manifest = config.config_map.to_json()
    assert manifest["immutable"] is True
    assert manifest["metadata"]["labels"]["app.kubernetes.io/component"] == "backend"
    assert manifest["data"] == files()
    text = Yaml.stringify(manifest)
    assert all(f"  {name}: |\n" in text for name in files())


def test_the_container_gets_its_files_and_one_place_to_write(chart: Chart):
    config = NginxConfig(chart, "nginx")
    assert config.command == ("sh", "/etc/nginx/examx/start.sh")
    assert {mount.mount.mount_path: bool(mount.mount.read_only) for mount in config.mounts} == {
        "/etc/nginx/examx": True,
        "/var/cache/nginx": False,
    }


@pytest.mark.parametrize("memory", ["72Mi", "128Mi", "256Mi", "512Mi", "1Gi", "4Gi"])
@pytest.mark.parametrize("scratch", ["2100Mi", "3Gi", "10Gi", "16Gi", "100Gi"])
def test_what_clients_may_hold_fits_memory_and_volume(memory: str, scratch: str):
    capacity = NginxSettings(scratch_size=Quantity(scratch)).capacity(Quantity(memory))
    # Counted anew from the sizes that are rendered: headers of each connection, the rest of each request.
    kib = capacity.connections * (4 + 2 * 64) + capacity.requests * (16 + 32 + 4 * 16 + 4 * 16 + 264)
    assert kib * 1024 < Quantity(memory).amount
    files = capacity.requests * capacity.answer_file + sum(tier.most * tier.size.amount for tier in capacity.tiers)
    assert files <= Quantity(scratch).amount
    # All requests of both connections fit one process, with a part left over.
    assert 2 * capacity.requests <= capacity.worker_connections * 15 // 16
    assert all(tier.most >= 1 for tier in capacity.tiers)


def test_too_little_memory_is_one_line():
    with pytest.raises(
        SettingError, match=r"BackendSettings\.nginx_resources\.memory_limit is 64Mi; the least is 72Mi"
    ):
        NginxSettings().capacity(Quantity("64Mi"))


def test_one_client_never_takes_all():
    with pytest.raises(SettingError, match=r"NginxSettings\.requests_per_client is 184; the most is 183"):
        NginxSettings(requests_per_client=184).capacity(Quantity("256Mi"))
