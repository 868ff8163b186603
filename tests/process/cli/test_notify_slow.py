"""A process that tells Slack, which is slow."""

import os
import subprocess
import sys
import time

from tests.unit.cli.test_notify import KEY, PATIENCE, RUN, SERVER_SECONDS, needs, raw_server, trickle


def test_the_process_does_not_wait_for_it_and_shows_no_address():
    env = {**os.environ, **RUN, "NEEDS": needs(deploy="failure")}
    env |= {"ACTIONS_STEP_DEBUG": "true", "RUNNER_DEBUG": "1", "PYTHONDEVMODE": "1", "PYTHONFAULTHANDLER": "1"}
    command = [sys.executable, "-m", "examx_cli", "notify", "prod", "--results", "NEEDS", "--deadline", "1"]
    with raw_server(lambda connection: trickle(connection, b"")) as (address, _):
        start = time.monotonic()
        env["SLACK_WEBHOOK_URL"] = address
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=SERVER_SECONDS, check=False)
        assert time.monotonic() - start < PATIENCE
    assert (done.returncode, done.stdout) == (0, "")
    assert "::warning::Slack was not told (SLACK_WEBHOOK_URL): no whole answer within 1 s" in done.stderr
    assert KEY not in done.stderr
