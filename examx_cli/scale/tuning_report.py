"""What `examx scale tune` prints: what to write where, what was tried, and what keeps it from being better."""

from collections.abc import Iterator
from pathlib import PurePath

from examx_cli.provenance import Figure
from examx_cli.scale import words
from examx_cli.scale.figures import JsonObject
from examx_cli.scale.report import table
from examx_cli.scale.tunable import NAMES, Tunable, path, setting
from examx_cli.scale.tuned import Tuned
from examx_cli.scale.tuning import Bound
from examx_cli.scale.tuning_runs import Trial

_LABEL = 11
_HEADINGS = ("pods", "a pod for", "up", "window", "down after", "p95 wait", "pod hours")


def text(found: Tuned) -> str:
    """Return all of it for a person."""
    of, goal = found.subject, found.goal
    said = "; ".join(each.said for each in found.workloads)
    lines = [f"{of.environment}: {of.queue.name}, {said}; p95 wait of at most {words.time(goal.level)}", ""]
    lines += [f"{'tried':<{_LABEL}}{words.counted(found.tried, 'setting')}, up to {words.counted(goal.most, 'pod')}"]
    lines += [f"{'today':<{_LABEL}}{_outcome(goal.now)}{'' if goal.holds(goal.now) else ', which is too long'}"]
    lines += [f"{'proposed' if found.holds else 'nearest':<{_LABEL}}{_outcome(found.best)}"]
    lines += [*_limits(found), "", *_changes(found), "", *_few(found)]
    return "\n".join(lines)


def refusal(found: Tuned) -> str:
    """Return the one line of a search that found nothing."""
    of, best = found.subject, found.best
    changed = best.settings.differs(found.goal.now.settings)
    how = ", ".join(f"{setting(name, of.queue)} {best.settings.value(name)}" for name in changed)
    return (
        f"no setting of {of.environment}'s {of.queue.name} holds a p95 wait of {words.time(found.goal.level)}; "
        f"nearest is {_outcome(best)}{f', with {how}' if how else ', with the settings of today'}; "
        f"{words.counted(found.tried, 'setting')} tried, up to {words.counted(found.goal.most, 'pod')}{_more(found)}"
    )


def _more(found: Tuned) -> str:
    """Return what would let the search go on."""
    if found.kept_to:
        return f"; a quota has no room for more: {found.kept_to}"
    return ", which --most changes" if found.best.most == found.goal.most else ""


def _outcome(trial: Trial) -> str:
    waits = ", ".join(words.time(each) for each in trial.waits)
    lost = f", {words.counted(trial.lost, 'task')} cut or not done" if trial.lost else ""
    return (
        f"p95 wait {waits}, {words.amount(trial.pod_hours)} pod hours, at most {words.counted(trial.most, 'pod')}{lost}"
    )


def _limits(found: Tuned) -> Iterator[str]:
    if found.kept_to:
        yield f"{'no more':<{_LABEL}}a quota has no room for more pods: {found.kept_to}"
    for each in found.refused[:1]:
        more = f" (and {len(found.refused) - 1} more)" if len(found.refused) > 1 else ""
        yield f"{'refused':<{_LABEL}}{_said(each.settings)}{more}: {each.finding}"


def _changes(found: Tuned) -> Iterator[str]:
    """Yield what to write, and where; nothing is written here."""
    of, now, best = found.subject, found.goal.now.settings, found.best.settings
    changed = best.differs(now)
    if not changed:
        yield "nothing to write: the settings of today are the best that were tried"
        return
    yield "to write, setting by setting" if found.holds else "what comes nearest"
    rows = [
        (".".join(path(name, of.queue)), f"{now.value(name)} -> {best.value(name)}", _where(found, name))
        for name in changed
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
    for file in dict.fromkeys(PurePath(_figure(found, name).source.file) for name in changed):
        if file.stem != of.environment:
            yield f"  {file.name} has figures of other environments too: see what becomes of those"


def _figure(found: Tuned, name: str) -> Figure:
    """Return the figure beside which it is written.

    A default belongs to all, so that the queue is given one of its own.
    """
    sources = found.subject.sources
    return sources["per_pod"] if sources[name].source.default else sources[name]


def _where(found: Tuned, name: str) -> str:
    """Return the line that one would edit."""
    place = _figure(found, name).source
    is_new = found.subject.sources[name].source.default
    return f"in Queue(name={found.subject.queue.name!r}), near {place}" if is_new else str(place)


def _few(found: Tuned) -> Iterator[str]:
    """Yield the best few as a table, and what keeps each from being better."""
    rows = [_row(each) for each, _ in found.few]
    heading, *lines = table([_HEADINGS, *rows])
    yield f"the best few of those that were tried{'' if found.holds else ', and none holds the level'}"
    yield f"  {heading}"
    for line, (each, keeps) in zip(lines, found.few, strict=True):
        yield f"  {line}"
        if keeps:
            yield f"    {_bound(found, each, keeps)}"


def _row(trial: Trial) -> tuple[str, ...]:
    of = trial.settings
    hours = words.amount(trial.pod_hours)
    up = f"{of.up_percent} % or {of.up_pods}"
    waits = ", ".join(words.time(each) for each in trial.waits)
    pods = words.between(of.minimum, of.maximum)
    return (pods, str(of.per_pod), up, of.value("up_window"), of.value("down_window"), waits, hours)


def _bound(found: Tuned, trial: Trial, keeps: Bound) -> str:
    name = setting(keeps.name, found.subject.queue)
    value, other = keeps.trial.settings.value(keeps.name), keeps.trial
    if found.goal.holds(trial):
        lost = f" and {words.counted(other.lost, 'task')} cut or not done" if other.lost > found.goal.now.lost else ""
        return (
            f"bound by {name}: at {value} it would be {words.amount(other.pod_hours)} pod hours, "
            f"with a p95 wait of {words.time(other.wait)}{lost}"
        )
    return f"bound by {name}: at {value} the p95 wait would be {words.time(other.wait)}"


def _said(settings: Tunable) -> str:
    pods = words.between(settings.minimum, settings.maximum)
    return f"{pods} pods, one for {settings.per_pod}"


def document(found: Tuned) -> JsonObject:
    """Return all of it for a machine; null is what has no end."""
    of, now, best = found.subject, found.goal.now, found.best
    return {
        "environment": of.environment,
        "queue": of.queue.name,
        "workloads": [each.said for each in found.workloads],
        "p95_seconds": found.goal.level,
        "holds": found.holds,
        "tried": found.tried,
        "most_pods": found.goal.most,
        "today": _trial(found, now),
        "proposed" if found.holds else "nearest": _trial(found, best),
        "changes": [
            {
                "setting": ".".join(path(name, of.queue)),
                "now": now.settings.value(name),
                "proposed": best.settings.value(name),
                "written": str(of.sources[name].source),
                "default": of.sources[name].source.default,
            }
            for name in best.settings.differs(now.settings)
        ],
        "best": [
            {**_trial(found, each), "bound": _bound(found, each, keeps) if keeps else None} for each, keeps in found.few
        ],
        "refused": [
            {"settings": _settings(found, each.settings), "finding": str(each.finding)} for each in found.refused
        ],
        "kept_to": str(found.kept_to) if found.kept_to else None,
    }


def _trial(found: Tuned, trial: Trial) -> JsonObject:
    return {
        "settings": _settings(found, trial.settings),
        "p95_seconds": [words.finite(each) for each in trial.waits],
        "pod_hours": trial.pod_hours,
        "most_pods": trial.most,
        "lost_tasks": trial.lost,
    }


def _settings(found: Tuned, settings: Tunable) -> JsonObject:
    return {setting(name, found.subject.queue): settings.value(name) for name in NAMES}
