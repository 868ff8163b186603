"""Write what is generated for people and for the application, beside dist/.

The documents: pictures, tables and manifests out of what the code renders, and the YAML that each example makes. The
application: the settings that its Celery app needs for the workers that the environments render.

A generated part stands between `<!-- NAME WORD ... -->` and `<!-- /NAME -->`; `PARTS` says what makes it. `make docs`
writes them, a test compares them.

An example is Python code behind `<!-- example -->`, which is run as it stands; its `chart` is rendered into the part
`output` that follows. `<!-- output KIND ... -->` shows these kinds only. Examples of one document share the names of
the code behind `<!-- setup -->`.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from cdk8s import App

from examx_constructs.application import celery_settings_module
from examx_constructs.environments import load, read_images
from tools import scaling, site
from tools.diagram import diagram

CELERY_SETTINGS = Path("application/examx_celery.py")
SITE = Path("build/docs")
"""What the site is made from: the documents by their paths in the project, and the reference."""

_CODE = r"\n```python\n(?P<code>.*?)```\n"
_SETUP = re.compile(r"<!-- setup -->" + _CODE, re.DOTALL)
_EXAMPLE = re.compile(
    r"<!-- example -->" + _CODE + r"(?P<between>.*?)<!-- output(?P<kinds>[ \w]*) -->\n.*?(?=<!-- /output -->)",
    re.DOTALL,
)
_PART = re.compile(
    r"^(?P<begin><!-- (?P<name>[a-z-]+)(?P<words>(?: [\w-]+)*) -->\n).*?(?P<end>^<!-- /(?P=name) -->$)",
    re.DOTALL | re.MULTILINE,
)


def main() -> None:
    for document in site.guides():
        text = document.read_text(encoding="utf-8")
        if (fresh := generated(text)) != text:
            document.write_text(fresh, encoding="utf-8")
    CELERY_SETTINGS.write_text(celery_settings(), encoding="utf-8")
    site.stage(SITE)


def celery_settings() -> str:
    """The settings for the queues of all environments."""
    return celery_settings_module(queue for environment in load(read_images()) for queue in environment.queues)


def generated(text: str) -> str:
    """A document with its generated parts made anew."""
    setup = _SETUP.search(text)
    text = _EXAMPLE.sub(lambda example: _with_output(example, setup["code"] if setup else ""), text)
    return _PART.sub(_made_anew, text)


def _made_anew(part: re.Match[str]) -> str:
    if part["name"] not in PARTS:
        # Examples are made above, measurements by what measures.
        return part[0]
    return f"{part['begin']}{PARTS[part['name']](*part['words'].split())}\n{part['end']}"


def picture(environment: str) -> str:
    """What calls what, and what scales what."""
    return fenced("mermaid", diagram(manifests(environment)))


def manifest(environment: str, kind: str, name: str, *path: str) -> str:
    """One object as dist/ has it, or what is at a path in it."""
    found: Any = next(
        each for each in manifests(environment) if each["kind"] == kind and each["metadata"]["name"] == name
    )
    for step in path:
        found = {step: found[step]}
    return fenced("yaml", yaml.safe_dump(found, sort_keys=True, width=120).rstrip())


def manifests(environment: str) -> list[dict[str, Any]]:
    """All objects of an environment, as dist/ has them."""
    return list(yaml.safe_load_all(Path(f"dist/{environment}.k8s.yaml").read_text(encoding="utf-8")))


def fenced(language: str, text: str) -> str:
    """A code block of Markdown."""
    return f"```{language}\n{text}\n```"


PARTS: Mapping[str, Callable[..., str]] = {
    "diagram": picture,
    "manifest": manifest,
    "queue-figures": scaling.figures,
    "queue-bounds": scaling.bounds,
    "queue-formula": scaling.formula,
    "queue-examples": scaling.examples,
    "queue-steps": scaling.way_up,
    "queue-tolerance": scaling.quiet,
}
"""What makes each generated part: a function of the words behind its name."""


def _with_output(example: re.Match[str], setup: str) -> str:
    head = example[0][: example.end("kinds") - example.start()]
    return f"{head} -->\n```yaml\n{_rendered(setup + example['code'], example['kinds'].split())}```\n"


def _rendered(code: str, kinds: list[str]) -> str:
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
    main()
