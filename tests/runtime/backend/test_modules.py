"""The configuration asks no more of nginx than what Debian and the project itself build into it."""

import re
from collections.abc import Iterator

import pytest

from tests.support import Manifest, of_kind

# What nginx builds by default, by the module that brings it (nginx.org, Modules reference).
DEFAULT = {
    "core": "daemon error_log events include pid worker_connections worker_processes worker_rlimit_nofile http",
    "http_core": "absolute_redirect alias client_body_buffer_size client_body_temp_path client_body_timeout "
    "client_header_buffer_size client_header_timeout client_max_body_size default_type disable_symlinks error_page "
    "ignore_invalid_headers internal keepalive_timeout large_client_header_buffers lingering_close "
    "lingering_time lingering_timeout listen location recursive_error_pages "
    "reset_timedout_connection send_timeout sendfile sendfile_max_chunk server server_name server_tokens tcp_nopush "
    "try_files types types_hash_bucket_size underscores_in_headers variables_hash_max_size",
    "http_charset": "charset charset_types",
    "http_fastcgi": "fastcgi_temp_path",
    "http_geo": "geo",
    "http_gzip": "gzip gzip_buffers gzip_comp_level gzip_min_length gzip_proxied gzip_types gzip_vary",
    "http_headers": "add_header",
    "http_limit_conn": "limit_conn limit_conn_log_level limit_conn_status limit_conn_zone",
    "http_log": "access_log log_format",
    "http_map": "map map_hash_bucket_size",
    "http_proxy": "proxy_buffer_size proxy_buffering proxy_buffers proxy_busy_buffers_size proxy_connect_timeout "
    "proxy_headers_hash_bucket_size proxy_headers_hash_max_size proxy_hide_header proxy_http_version "
    "proxy_ignore_headers proxy_pass_request_body "
    "proxy_intercept_errors proxy_max_temp_file_size proxy_next_upstream proxy_pass proxy_read_timeout proxy_redirect "
    "proxy_request_buffering proxy_send_timeout proxy_set_header proxy_temp_path",
    "http_rewrite": "if return",
    "http_scgi": "scgi_temp_path",
    "http_upstream": "keepalive upstream",
    "http_uwsgi": "uwsgi_temp_path",
}
# What must be asked for; Debian's packages and the images of nginx.org both do (`nginx -V`).
ASKED_FOR = {"http_realip": "real_ip_header real_ip_recursive set_real_ip_from", "threads": "aio"}

_TOKEN = re.compile(r"""\s*(?:\#[^\n]*|("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s;{}]+)|([;{}]))""")


def directives(text: str) -> Iterator[str]:
    """The names of all directives; what is in a map or among types is none."""
    words: list[str] = []
    tables = 0
    for word, mark in _TOKEN.findall(text):
        if word:
            words.append(word)
        elif mark == ";" or (mark == "{" and words):
            if not tables:
                yield words[0]
            tables += mark == "{" and (tables > 0 or words[0] in {"geo", "map", "types"})
            words = []
        elif mark == "}":
            tables -= tables > 0


@pytest.mark.parametrize("name", ["dev", "stg", "prod"])
def test_every_directive_is_one_that_distributions_have(rendered: dict[str, list[Manifest]], name: str) -> None:
    config = next(each for each in of_kind(rendered[name], "ConfigMap") if "nginx.conf" in each["data"])
    files = [text for file, text in config["data"].items() if file.endswith((".conf", ".types"))]
    used = {each for text in files for each in directives(text)}
    known = {each for names in (DEFAULT | ASKED_FOR).values() for each in names.split()}
    assert used == known
