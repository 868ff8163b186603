"""Without a cluster, and without a way to one, a command says in one line what to run."""

import pytest

from examx_cli.processes import ProcessError
from examx_cli.unreached import UnreachedError, explained

LOG = 'E1129 02:10:08.826945   13759 memcache.go:265] "Unhandled Error" err="no current server API group list"\n'


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("error: current-context must exist in order to minify", "kubectl has no kubeconfig with a current context"),
        ("The connection to the server localhost:8080 was refused - did you", "kubectl has no kubeconfig"),
        ("error: cannot locate context zz", 'kubectl knows no context "zz"'),
        ("Error in configuration: context was not found for specified context: zz", 'kubectl knows no context "zz"'),
        ("The connection to the server 10.0.0.1:443 was refused - did you", "at 10.0.0.1:443 does not answer"),
        ("Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout", "does not answer (dial tcp 10.0.0.1"),
        (
            'error: unable to recognize "STDIN": Get "https://a.b/api": net/http: TLS handshake timeout',
            "(net/http: TLS",
        ),
        ("error: You must be logged in to the server (Unauthorized)", "does not know who asks"),
        ("Unable to connect to the server: getting credentials: exec: exit status 255", "log in again"),
    ],
)
def test_what_kubectl_says_becomes_a_line(said: str, message: str) -> None:
    error = explained(["kubectl", "get"], ProcessError(["kubectl", "get"], 1, f"{LOG}{LOG}{said}"))
    assert isinstance(error, UnreachedError)
    assert message in str(error)
    assert "memcache" not in str(error)
    assert "\n" not in str(error)


def test_another_failure_keeps_its_words_and_loses_the_log() -> None:
    error = explained(
        ["kubectl"], ProcessError(["kubectl"], 1, f'{LOG}Error from server (NotFound): pods "a" not found')
    )
    assert not isinstance(error, UnreachedError)
    assert str(error) == '`kubectl` failed with status 1: Error from server (NotFound): pods "a" not found'


def test_a_failure_that_only_logs_keeps_its_log() -> None:
    assert "memcache" in str(explained(["kubectl"], ProcessError(["kubectl"], 1, LOG)))
