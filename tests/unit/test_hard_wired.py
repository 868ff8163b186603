"""What is ExamX's is a value: `Application`, and the environments. Nothing else of the library says its name."""

import re
from pathlib import Path

LIBRARY = Path(__file__).parents[2] / "examx_constructs"
VALUES = ("settings/application.py", "environments/", "features/", "imports/")
"""Where ExamX is described, and what is generated of others' definitions."""

MAY_STAY = {
    r"examx_constructs\b": "the package",
    r"\bexamx-constructs\b": "the distribution",
    r"\bexamx\.ai/": "the domain of annotations, which checks and the command read in clusters",
    r"\bexamx (?:apply|checks|diff|doctor|drift|env|feature|image|logs|release|restart)\b": "typed",
    r"\bexamx (?:rollback|rotate|scale|shell|status|validate|watch)\b": "typed too",
    r"\bExamxChart\b": "a class",
    r"\bEXAMX\b": "the value of ExamX, as a default",
    r"\bExamX(?: by default|-V2)\b": "prose about the default",
    r"\bexamx:lea(?:der|ving|\b)": "keys by which the servers of a running Redis agree who leads",
    r'master_name: str = setting\(dns_label, default="examx"\)': "a name that Sentinels of a running Redis know",
    r"examx_celery_queue_(?:pending|active)": "metrics of the exporter that ExamX has: a queue names its own",
    r"examx_queue_\w+": "metrics of the exporter that the library ships: dashboards and alerts go by their names",
    r"github\.com/examx/": "the home of the project",
    r"\"examx-synth-\"": "the name of a temporary directory",
    r"(?:dev-)examxv2\b": "an object of ExamX in an example of a docstring",
    r"examx\.cloud": "a host of ExamX in an example of a docstring",
}


def test_nothing_of_examx_is_hard_wired() -> None:
    found: list[str] = []
    for path in sorted(LIBRARY.rglob("*")):
        name = path.relative_to(LIBRARY).as_posix()
        if path.is_dir() or "__pycache__" in name or name.startswith(VALUES):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            rest = line
            for pattern in MAY_STAY:
                rest = re.sub(pattern, "", rest)
            if re.search(r"examx|(?<![a-z])/app/|10001", rest, re.IGNORECASE):
                found.append(f"{name}:{number}: {line.strip()}")
    assert found == []


def test_each_exception_is_still_needed() -> None:
    text = "\n".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in LIBRARY.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and "imports" not in path.parts
    )
    assert [pattern for pattern in MAY_STAY if not re.search(pattern, text)] == []
