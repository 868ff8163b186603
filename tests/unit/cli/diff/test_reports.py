"""The reports for people and for machines."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from examx_cli.comparison import ABSENT, Difference, Impact, NotCompared, compare
from examx_cli.diff import document, markdown, text
from examx_cli.diff.report import lines, sections
from examx_cli.diff.sources import Comparison
from tests.examples import examples
from tests.unit.cli.diff.support import Manifest, another_nginx, difference, drop, manifests, put, release, remove, swap


def plain(*found: Difference) -> str:
    return text.report([Comparison("dev", "HEAD (0123456789)", each) for each in found]).plain


def test_a_release_is_one_change_in_many_workloads() -> None:
    shown = plain(difference("dev", *release()))

    assert shown.count("registry.example.com/a:2") == 1
    assert "spec.template.spec.containers[*].image: registry.example.com/a:2" in shown
    assert "celery-beat (6 objects)" in shown


def test_text_reads_from_the_heaviest_to_the_lightest() -> None:
    found = difference(
        "dev",
        remove("PersistentVolumeClaim examxv2-backend-pvc"),
        put("Deployment celery-beat", "spec.selector.matchLabels.team", "a"),
        put("Deployment celery-beat", "spec.template.spec.containers[celery-beat].resources.limits.memory", "7Gi"),
        put("Deployment celery-worker-default", "metadata.labels.team", "a"),
        swap("ConfigMap redis-config", 'data["redis.conf"]', "409mb", "500mb"),
    )

    assert plain(found) == (
        """\
dev, against HEAD (0123456789)
4 objects change, 1 removed: deletes data or cuts pods off from it: PersistentVolumeClaim examxv2-backend-pvc; \
would be refused: Deployment celery-beat; restarts celery-beat; without a restart: ConfigMap redis-config

deletes data, or cuts pods off from it
  PersistentVolumeClaim examxv2-backend-pvc (removed): what it holds stays on dev-examxv2-backend-pv, for \
nobody until that is bound anew by hand; examxv2-backend, celery-worker-default, celery-bulk-upload-worker, \
celery-enrichment-worker, celery-question-generator-ai-worker, celery-beat cannot run without it

would be refused
  Deployment celery-beat: spec.selector cannot be changed: it must be deleted first, which stops its pods
  * Deployment celery-beat
    + spec.selector.matchLabels.team: a

restarts pods
  celery-beat: restarts 1 pod, Recreate: it is down until the new one runs
  * Deployment celery-beat
    - spec.template.spec.containers[celery-beat].resources.limits.memory: 6Gi
    + spec.template.spec.containers[celery-beat].resources.limits.memory: 7Gi

takes effect without a restart
  ConfigMap redis-config: restarts nothing: running pods of redis keep what they read at their start
  * ConfigMap redis-config
      data["redis.conf"]:
        # A broker must refuse a new task rather than evict a queued one. All of it fits into the memory that the \
container
        # requests: the data, once more while a fork writes them anew, and the rest, of which replicas get a \
bounded part.
    -   maxmemory 409mb
    +   maxmemory 500mb
        maxmemory-policy noeviction
        client-output-buffer-limit replica 102mb 102mb 0

changes nothing that runs
  Deployment celery-worker-default: labels, annotations and version of the object itself: nothing that runs reads them
  * Deployment celery-worker-default
    + metadata.labels.team: a"""
    )


def test_text_of_several_environments_stands_apart() -> None:
    assert plain(Difference(), Difference()) == (
        "dev, against HEAD (0123456789)\nno change\n\ndev, against HEAD (0123456789)\nno change"
    )


def test_text_says_what_was_not_compared() -> None:
    found = compare([], [], not_compared=[NotCompared("StorageClass efs", "this identity may not read it")])

    assert plain(found).endswith("no change\n\nnot compared\n  StorageClass efs: this identity may not read it")


def test_a_configuration_under_a_new_name_is_shown_by_its_lines() -> None:
    shown = plain(difference("dev", another_nginx))

    assert re.search(r"\* ConfigMap examxv2-nginx-0123456789 instead of examxv2-nginx-[0-9a-f]{10}\n", shown)
    assert "-   client_max_body_size 2048m;\n    +   client_max_body_size 1024m;" in shown


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (1, 2, ["- a: 1", "+ a: 2"]),
        (True, ABSENT, ["- a: true"]),
        ("", "x", ['- a: ""', "+ a: x"]),
        (ABSENT, ["x"], ["+ a:", "+   - x"]),
        ({"b": 1}, {"b": 1, "c": 2}, ["  a:", "    b: 1", "+   c: 2"]),
        (["x", "y"], ["x", "z"], ["  a:", "    - x", "-   - y", "+   - z"]),
        ("one\ntwo\n", "one\n", ["  a:", "    one", "-   two"]),
        ("one\ntwo\n", "one", ["  a:", "    one", "-   two", "+   (no end of line)"]),
        ("one\ntwo\n", "one\ntwo", ["  a:", "    one", "    two", "+   (no end of line)"]),
        ("one\ntwo\n", "one\r\ntwo\n", ["  a:", "-   one", "+   one\\u000d", "    two"]),
        (80, "80", ["- a: 80", '+ a: "80"']),
        ({"b": 1}, 80, ["  a:", "-   b: 1", "+   80"]),
        ("\x1b[31mred\u202e", "tab\t", ["- a: \\u001b[31mred\\u202e", "+ a: tab\t"]),
    ],
)
def test_lines_of_a_field(before: object, after: object, expected: list[str]) -> None:
    assert [f"{line.sign} {line.text}" for line in lines("a", before, after)] == expected


def test_lines_far_apart_are_told_apart() -> None:
    before = "\n".join(f"line {number}" for number in range(30))
    after = before.replace("line 3\n", "other\n").replace("line 25\n", "another\n")

    shown = [line.text for line in lines("a", before, after)]
    assert shown.count("  ...") == 1
    assert shown[1] != "  ..."


def test_sections_hold_every_field() -> None:
    found = difference("dev", another_nginx, *release(), drop("StatefulSet redis", "spec.updateStrategy"))

    shown = [
        line.text for each in sections(found) for entry in each.entries for change in entry.changes for line in change
    ]
    for change in found.changes:
        for field in change.fields:
            last = field.path[-1]
            assert any(str(last) in line for line in shown), field.path


def test_names_do_not_steer_a_terminal() -> None:
    before, after = manifests("dev"), manifests("dev")
    for items, value in ((before, "a"), (after, "b")):
        put("Service redis", "metadata.name", "red\x1b[2J")(items)
        put("Service red*", "spec.sessionAffinity", value)(items)

    shown = plain(compare(before, after))
    assert "* Service red\\u001b[2J\n" in shown
    assert "\x1b" not in shown


# ---- Markdown

PARSER = MarkdownIt("commonmark").enable("table")
HOSTILE = (
    "```\n</details>\n# heading\n| a | b |\n<script>alert(1)</script> @org/team #1 [a](https://b.example.com) `x` **b**"
)


def parsed(source: str) -> list[Token]:
    return [each for token in PARSER.parse(source) for each in (token, *(token.children or []))]


def report(*found: Difference, limit: int = markdown.LIMIT) -> str:
    comparisons = [
        Comparison(name, "HEAD (0123456789)", each) for name, each in zip(("dev", "stg", "prod"), found, strict=False)
    ]
    return markdown.report(comparisons, limit=limit)


def test_markdown_is_one_comment_with_a_table_and_folds() -> None:
    shown = report(difference("dev", *release()), Difference())

    assert shown.startswith("<!-- examx diff -->\n### What this would change\n")
    assert (
        "| dev | **restarts pods** | 6 objects change: restarts `examxv2-backend`, `celery-worker-default`, " in shown
    )
    assert "| stg | **nothing** | no change |" in shown
    assert shown.count("<details>") == shown.count("</details>") == 1
    assert "- `celery-beat`: restarts 1 pod, Recreate: it is down until the new one runs\n" in shown
    assert "\n```diff\n# Deployment examxv2-backend, " in shown


def test_markdown_says_what_was_not_compared() -> None:
    shown = report(compare([], [], not_compared=[NotCompared("StorageClass efs", "may not be read")]))

    assert "| dev | **nothing** | no change; 1 not compared |" in shown
    assert "**not compared**\n\n- `StorageClass efs`: may not be read\n" in shown


def _hostile(value: str) -> Difference:
    before, after = manifests("dev"), manifests("dev")
    put("ConfigMap redis-config", 'data["redis.conf"]', f"{value}\n")(after)
    put("Ingress examxv2-ingress", "spec.rules[0].host", value)(before)
    put("Ingress examxv2-ingress", 'metadata.annotations["a.b/c"]', value)(after)
    put("Service redis", "metadata.name", value)(after)
    put("Service examxv2-backend-service", "metadata.labels", {value: "a"})(after)
    return compare(before, after)


def _check_harmless(shown: str) -> None:
    ours = {"<!-- examx diff -->", "</details>"}
    tokens = parsed(shown)
    for token in tokens:
        assert token.type not in ("link_open", "image", "em_open"), token
        if token.type.startswith("html"):
            piece = token.content.strip()
            summary = r"<details><summary>(dev|stg|prod), against <code>HEAD \(0123456789\)</code></summary>"
            assert piece in ours or re.fullmatch(summary, piece), piece
        if token.type == "text":
            assert "@org" not in token.content
    assert sum(token.type == "heading_open" for token in tokens) == 1
    assert sum(token.type == "table_open" for token in tokens) == 1


def test_manifests_can_not_break_out_of_markdown() -> None:
    shown = report(_hostile(HOSTILE))

    _check_harmless(shown)
    assert "````diff" in shown


@settings(max_examples=examples(40), deadline=None)
@given(
    st.text(st.sampled_from("`~|<>!-#*_[]()\\&@\n ab/:."), min_size=1, max_size=30).filter(lambda value: value.strip())
)
def test_no_manifest_breaks_out_of_markdown(value: str) -> None:
    _check_harmless(report(_hostile(value)))


@given(st.text(st.sampled_from("`a |\n"), min_size=1).filter(lambda value: value.strip()))
def test_a_code_span_holds_its_text(value: str) -> None:
    tokens = parsed(f"x {markdown.code(value)} y")

    spans = [token.content for token in tokens if token.type == "code_inline"]
    assert [span.strip() for span in spans] == [" ".join(value.split())]


def many_changes() -> tuple[list[Manifest], list[Manifest]]:
    before, after = manifests("prod"), manifests("prod")
    for number, each in enumerate(after):
        each["metadata"]["annotations"] = {f"a{index}": f"{number} " + "x" * 400 for index in range(20)}
    return before, after


def test_markdown_is_cut_where_a_comment_ends_and_says_so() -> None:
    found = compare(*many_changes())
    shown = report(found, found, found)

    assert len(report(found, limit=10**9)) > markdown.LIMIT
    assert len(shown) <= markdown.LIMIT
    left = re.findall(r"\*\*Cut here: (\d+) of (\d+) parts do not fit\*\*; `examx diff (\w+)` shows all\.", shown)
    assert [name for *_, name in left] == ["dev", "stg", "prod"]
    assert all(0 < int(some) < int(every) for some, every, _ in left)
    assert shown.count("<details>") == shown.count("</details>") == 3
    _check_harmless(shown)


def test_markdown_keeps_a_long_text_short() -> None:
    after = "\n".join(f"line {number}" for number in range(500)) + "\n"
    shown = report(difference("dev", put("ConfigMap redis-config", 'data["redis.conf"]', after)))

    assert re.search(r"\n  \.\.\. \d+ more lines\n```\n", shown)
    assert "line 499" not in shown


# ---- JSON


def test_json_has_its_documented_shape() -> None:
    found = difference("dev", put("Deployment celery-beat", "spec.template.spec.terminationGracePeriodSeconds", 31))

    assert document.report([Comparison("dev", "HEAD (0123456789)", found)]) == {
        "changed": True,
        "impact": "restart",
        "environments": [
            {
                "environment": "dev",
                "against": "HEAD (0123456789)",
                "impact": "restart",
                "summary": "1 object changes: restarts celery-beat",
                "changes": [
                    {
                        "object": {
                            "group": "apps",
                            "kind": "Deployment",
                            "namespace": "dev-examxv2",
                            "name": "celery-beat",
                        },
                        "action": "changed",
                        "impact": "restart",
                        "effects": [
                            {
                                "impact": "restart",
                                "subject": "celery-beat",
                                "reason": "restarts 1 pod, Recreate: it is down until the new one runs",
                            }
                        ],
                        "fields": [
                            {
                                "path": "spec.template.spec.terminationGracePeriodSeconds",
                                "impact": "restart",
                                "before": 30,
                                "after": 31,
                            }
                        ],
                    }
                ],
                "forecast": [],
                "not_foretold": [],
                "requests": None,
                "not_compared": [],
                "not_ours": [],
            }
        ],
    }


def test_json_leaves_absent_values_out() -> None:
    found = difference("dev", put("Deployment celery-beat", "metadata.labels.team", "a"), another_nginx)
    [environment] = json.loads(json.dumps(document.report([Comparison("dev", "HEAD", found)])))["environments"]

    by_kind = {change["object"]["kind"] + change["action"]: change for change in environment["changes"]}
    label = next(each for each in environment["changes"] if each["object"]["name"] == "celery-beat")["fields"][0]
    assert label == {"path": "metadata.labels.team", "impact": "none", "after": "a"}
    assert by_kind["ConfigMapreplaced"]["replaces"]["kind"] == "ConfigMap"


def test_json_of_nothing() -> None:
    assert document.report([]) == {"changed": False, "impact": "none", "environments": []}


@pytest.mark.parametrize("impact", Impact)
def test_every_impact_has_words(impact: Impact) -> None:
    assert impact.title
    assert impact.key == impact.name.lower()
