"""Plays kubectl at the boundary of the process: it answers what a file says, and notes what it was asked.

The file that EXAMX_TEST_ANSWERS names holds `cluster`, its name; `live`, what runs; `tried`, what a dry run makes of
it. Also `owned`, what a list of kinds finds; `no_get` and `no_patch`, kinds that are forbidden. `refused`, what is said
to an object by its kind; `no_list` and `broken`, what is said to any question of that sort.
"""
# ruff: noqa: T201 - a command prints

import json
import os
import sys
from pathlib import Path
from typing import Any

answers: dict[str, Any] = json.loads(Path(os.environ["EXAMX_TEST_ANSWERS"]).read_text(encoding="utf-8"))
words = [each for each in sys.argv[1:] if not each.startswith("--context")]
with Path(f"{os.environ['EXAMX_TEST_ANSWERS']}.asked").open("a", encoding="utf-8") as log:
    log.write(f"{' '.join(words)}\n")


def given() -> list[dict[str, Any]]:
    return json.load(sys.stdin)["items"]


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (one["kind"], one["metadata"]["name"]) == (other["kind"], other["metadata"]["name"])


def known(items: list[dict[str, Any]], side: str) -> list[dict[str, Any]]:
    return [each for item in items for each in answers[side] if same(item, each)]


def finish(found: list[dict[str, Any]], errors: list[str]) -> None:
    if errors:
        sys.exit("\n".join(errors))
    print(json.dumps({"apiVersion": "v1", "kind": "List", "items": found}))


def forbidden(items: list[dict[str, Any]], what: str) -> list[str]:
    return [
        f'Error from server (Forbidden): {each["kind"]} "{each["metadata"]["name"]}" is forbidden'
        for each in items
        if each["kind"] in answers.get(what, [])
    ]


if answers.get("broken"):
    sys.exit(answers["broken"])
elif words[:2] == ["config", "view"]:
    print(json.dumps({"current-context": "testing", "clusters": [{"name": answers["cluster"]}]}))
elif words[0] == "get" and "-f" in words:
    items = given()
    finish(known(items, "live"), forbidden(items, "no_get"))
elif words[0] == "get":
    finish(answers["owned"], [answers["no_list"]] if answers.get("no_list") else [])
elif words[0] == "apply" and "--dry-run=server" in words:
    items = given()
    refused = [answers["refused"][each["kind"]] for each in items if each["kind"] in answers.get("refused", {})]
    finish(known(items, "tried"), [*forbidden(items, "no_patch"), *refused])
else:
    sys.exit(f"the stand-in does not know {words}")
