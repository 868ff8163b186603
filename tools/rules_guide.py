"""The reference of the rules, docs/rules.md: what each asks for and why, what breaks it, what does not, how to waive.

It is made of the rules and of their cases in tests/unit/checks/cases. It takes, of those that break a rule the
shortest, and of the sound ones the one that takes the fewest lines to tell.
"""

import inspect
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from importlib import import_module
from itertools import groupby

import yaml

from examx_constructs.checks import RULES, Finding, Rule
from examx_constructs.checks.waivers import RULES_ON_WAIVERS
from examx_constructs.manifests import at, mapping
from tests.unit.checks.cases import CASES
from tests.unit.checks.support import Case, manifests

_PART = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- /rules -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Example:
    """A case, with its objects as they are shown."""

    case: Case
    lines: list[str]


def filled(text: str) -> str:
    """Return a document with the rules made anew."""
    return _PART.sub(lambda _: "\n".join([*_lines(), ""]), text) if _PART.search(text) else text


def _lines() -> Iterator[str]:
    topics = {name: list(rules) for name, rules in groupby(sorted(RULES, key=_topic), key=_topic)}
    cases: defaultdict[str, list[Case]] = defaultdict(list)
    for case in CASES:
        cases[case.rule].append(case)
    yield from _contents([*(rule for rules in topics.values() for rule in rules), *RULES_ON_WAIVERS], cases)
    for name, rules in topics.items():
        yield from (f"## {_title(name)}", "", _about(name), "")
        for rule in rules:
            yield from _section(rule, cases[rule.id])
    yield from ("## Waivers", "", "Rules on waivers, which nothing waives: [checks.md](checks.md#waive-a-finding).", "")
    for rule in RULES_ON_WAIVERS:
        yield from (f"### {rule.id}", "", f"**error** · {rule.summary}", "")


def _contents(rules: Iterable[Rule], cases: Mapping[str, Sequence[Case]]) -> Iterator[str]:
    yield from ("| rule | severity | what it asks for |", "|---|---|---|")
    for rule in rules:
        summary = rule.summary.replace("|", "\\|")
        yield f"| [{rule.id}](#{rule.id}) | {_severity(rule, cases.get(rule.id, ()))} | {summary} |"
    yield ""


def _section(rule: Rule, cases: Sequence[Case]) -> Iterator[str]:
    told = inspect.cleandoc(rule.look.__doc__ or rule.summary)
    summary, _, why = told.partition("\n\n")
    breaking, sound = _examples(cases)
    found = _found(rule, breaking.case)
    yield from (f"### {rule.id}", "", f"**{_severity(rule, cases)}** · {' '.join(summary.split())}", "")
    if why:
        yield from (why, "")
    yield from (f"Source: {rule.source}.", "", "This breaks it:", "")
    yield from ("<!-- breaking -->", "```yaml", *breaking.lines, "```", "")
    yield from ("<!-- breaking -->", "```text", *(f"{each.severity}: {each.said}" for each in found), "```", "")
    language, lines = _difference(breaking.lines, sound.lines)
    yield from ("This does not:", "", "<!-- sound -->", f"```{language}", *lines, "```", "")
    yield from ("To accept the first finding:", "", "<!-- waiver -->", "```toml", *_waiver(found[0]), "```", "")


def _examples(cases: Sequence[Case]) -> tuple[_Example, _Example]:
    """Return a case that breaks the rule, and one that does not. Every rule has both, as a test holds."""
    own = [_Example(case, _shown(case)) for case in cases]
    breaking = min((each for each in own if each.case.says), key=lambda each: len(each.lines))
    sound = min(
        (each for each in own if not each.case.says),
        key=lambda each: len(_difference(breaking.lines, each.lines)[1]),
    )
    return breaking, sound


def _difference(breaking: list[str], sound: list[str]) -> tuple[str, list[str]]:
    """Return the sound objects, or what makes the others sound, whichever is shorter."""
    changed = [line for line in unified_diff(breaking, sound, lineterm="", n=2) if not line.startswith(("---", "+++"))]
    return ("diff", changed) if len(changed) < len(sound) else ("yaml", sound)


def _found(rule: Rule, case: Case) -> list[Finding]:
    return list(rule(manifests(case.objects, case.versions)))


class _Dumper(yaml.CSafeDumper):
    """Writes each value out, also one that is there twice."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _shown(case: Case) -> list[str]:
    """Return the objects of a case, each file under its name where there are several."""
    if not isinstance(case.objects, Mapping):
        return _yaml(case.objects)
    lines: list[str] = []
    for file, content in case.objects.items():
        lines += [*(["---"] if lines else []), f"# {file}"]
        lines += content.strip().splitlines() if isinstance(content, str) else _yaml(content)
    return lines


def _yaml(objects: Iterable[Mapping[str, object]]) -> list[str]:
    written = [_without_empty_annotations(each) for each in objects]
    return yaml.dump_all(
        written, Dumper=_Dumper, sort_keys=False, width=110, allow_unicode=True, default_flow_style=None
    ).splitlines()


def _without_empty_annotations(item: Mapping[str, object]) -> Mapping[str, object]:
    if at(item, "metadata", "annotations") != {}:
        return item
    return {
        **item,
        "metadata": {key: value for key, value in mapping(item, "metadata").items() if key != "annotations"},
    }


def _waiver(found: Finding) -> Iterator[str]:
    yield "[[waiver]]"
    yield f'rule = "{found.rule}"'
    yield f"object = '{found.object.qualified.strip() or '*'}'"
    yield f"field = '{found.field}'"
    yield 'reason = "…"'


def _severity(rule: Rule, cases: Sequence[Case]) -> str:
    """Return what its findings weigh, as its cases have them."""
    weights = {found.severity for case in cases if case.says for found in _found(rule, case)} or {rule.severity}
    return " or ".join(sorted(weights))


def _topic(rule: Rule) -> str:
    return rule.look.__module__.partition("examx_constructs.checks.")[2].partition(".")[0]


def _title(topic: str) -> str:
    words = {"alb": "ALB", "dns": "DNS", "efs": "EFS", "keda": "KEDA", "redis": "Redis", "nginx": "nginx"}
    first, *others = [words.get(word, word) for word in topic.split("_")]
    return " ".join([first if first in words.values() else first.capitalize(), *others])


def _about(topic: str) -> str:
    """Return what a topic says of itself, in its first paragraph."""
    module = import_module(f"examx_constructs.checks.{topic}")
    return " ".join(inspect.cleandoc(module.__doc__ or "").partition("\n\n")[0].split())
