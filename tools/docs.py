"""Write what is generated for people and for the application, beside dist/.

The documents: the picture of the system, the YAML that each example makes, the number of objects in dist/, the rules
with their cases. The application: the settings that its Celery app needs for the workers that the environments render.

A generated part is between `<!-- NAME -->` and `<!-- /NAME -->`. `make docs` writes them, a test compares them.
`python -m tools.docs --stale` names those that an environment's change has left behind, for `examx validate`.

An example is Python code behind `<!-- example -->`, which is run as it is; its `chart` is rendered into the part
`output` that follows. `<!-- output KIND ... -->` shows these kinds only. Examples of one document share the names of
the code behind `<!-- setup -->`. `<!-- shown FILE KIND NAME FIELD ... -->` is a part of an object of dist/.
"""

import re
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml
from cdk8s import App

from examx_constructs import checks
from examx_constructs.application import celery_settings_module
from examx_constructs.environments import load, read_images
from tools import (
    alerts_guide,
    application_guide,
    crashes,
    cutover,
    dashboard_picture,
    exam_day,
    keda_guide,
    keda_pictures,
    policy_guide,
    rules_guide,
    scaling_guide,
)
from tools.diagram import diagram

DOCUMENTS = (
    Path("README.md"),
    Path("KEDA_CONFIGURATION.md"),
    Path("docs/alerts.md"),
    Path("docs/application.md"),
    Path("docs/architecture.md"),
    Path("docs/constructs.md"),
    Path("docs/cutover.md"),
    Path("docs/features.md"),
    Path("docs/other-applications.md"),
    Path("docs/reliability.md"),
    Path("docs/rules.md"),
)
OF_ENVIRONMENTS = (
    Path("README.md"),
    Path("KEDA_CONFIGURATION.md"),
    Path("docs/alerts.md"),
    Path("docs/application.md"),
    Path("docs/architecture.md"),
    Path("docs/cutover.md"),
    Path("docs/features.md"),
)
"""Those of them that tell what the environments say."""
CELERY_SETTINGS = Path("application/examx_celery.py")

_CODE = r"\n```python\n(?P<code>.*?)```\n"
_SETUP = re.compile(r"<!-- setup -->" + _CODE, re.DOTALL)
_EXAMPLE = re.compile(
    r"<!-- example -->" + _CODE + r"(?P<between>.*?)<!-- output(?P<kinds>[ \w]*) -->\n.*?(?=<!-- /output -->)",
    re.DOTALL,
)
_DIAGRAM = re.compile(r"(?<=<!-- diagram -->\n).*?(?=<!-- /diagram -->)", re.DOTALL)
_SHOWN = re.compile(
    r"(?P<head><!-- shown (?P<file>\S+) (?P<kind>\w+) (?P<name>\S+) (?P<fields>[\w. ]+) -->\n).*?(?=<!-- /shown -->)",
    re.DOTALL,
)
_CHECKED = re.compile(r"(?<=examx_constructs\.checks dist\n)\d+(?= objects, 0 findings\n)")


def main() -> None:
    for document in DOCUMENTS:
        document.write_text(generated(document.read_text(encoding="utf-8")), encoding="utf-8")
    scaling_guide.main()
    keda_pictures.write()
    dashboard_picture.write()
    CELERY_SETTINGS.write_text(celery_settings(), encoding="utf-8")


def stale() -> list[Path]:
    """Name the files that follow from the environments and are not what `main` would write.

    It leaves out what takes long: rules with their cases, examples, simulations and pictures. Reads dist/ as it is.
    """
    written = {document: generated(document.read_text(encoding="utf-8")) for document in OF_ENVIRONMENTS}
    written[CELERY_SETTINGS] = celery_settings()
    return [file for file, text in written.items() if file.read_text(encoding="utf-8") != text]


def celery_settings() -> str:
    """Return the settings for the queues of all environments."""
    return celery_settings_module(queue for environment in load(read_images()) for queue in environment.queues)


def generated(text: str) -> str:
    """Return a document with its generated parts made anew."""
    setup = _SETUP.search(text)
    text = _EXAMPLE.sub(lambda example: _with_output(example, setup["code"] if setup else ""), text)
    text = policy_guide.filled(alerts_guide.filled(exam_day.filled(text)))
    text = application_guide.filled(crashes.filled(cutover.filled(keda_guide.filled(rules_guide.filled(text)))))
    text = _SHOWN.sub(_part, text)
    text = _CHECKED.sub(lambda _: str(len(checks.load(Path("dist")))), text)
    return _DIAGRAM.sub(lambda _: f"```mermaid\n{_picture()}\n```\n", text)


def _part(shown: re.Match[str]) -> str:
    """Return some fields of one object."""
    objects = yaml.safe_load_all(Path(shown["file"]).read_text(encoding="utf-8"))
    [whole] = [each for each in objects if (each["kind"], each["metadata"]["name"]) == (shown["kind"], shown["name"])]
    part: dict[str, Any] = {"kind": shown["kind"], "metadata": {"name": shown["name"]}}
    for field in shown["fields"].split():
        *path, last = field.split(".")
        there, here = whole, part
        for key in path:
            there, here = there[key], here.setdefault(key, {})
        here[last] = there[last]
    return f"{shown['head']}```yaml\n# {shown['file']}\n{yaml.safe_dump(part, sort_keys=False)}```\n"


def _picture() -> str:
    return diagram(list(yaml.safe_load_all(Path("dist/prod.k8s.yaml").read_text(encoding="utf-8"))))


def _with_output(example: re.Match[str], setup: str) -> str:
    head = example[0][: example.end("kinds") - example.start()]
    return f"{head} -->\n```yaml\n{rendered(setup + example['code'], example['kinds'].split())}```\n"


def examples(text: str) -> list[str]:
    """Return the code of each example of a document, with what all start from."""
    setup = _SETUP.search(text)
    return [(setup["code"] if setup else "") + each["code"] for each in _EXAMPLE.finditer(text)]


def rendered(code: str, kinds: Collection[str] = ()) -> str:
    """Return what an example makes: objects of these kinds, or all."""
    names: dict[str, object] = {}
    # What `app.synth()` would write to dist/ is asked for below.
    code = code.replace("app.synth()\n", "")
    exec(compile(code, "<example>", "exec"), names)  # noqa: S102 - the document's own code
    app = names["app"]
    if not isinstance(app, App):
        raise TypeError("an example must make an App called `app`")
    documents = [each for each in app.synth_yaml().split("---\n") if each]
    return "---\n".join(each for each in documents if not kinds or _kind(each) in kinds)


def _kind(document: str) -> str:
    match = re.search(r"^kind: (\w+)$", document, re.MULTILINE)
    return match[1] if match else ""


if __name__ == "__main__":
    if sys.argv[1:] == ["--stale"]:
        print(*stale(), sep="\n")
    else:
        main()
