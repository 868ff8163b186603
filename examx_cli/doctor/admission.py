"""Preconditions of the API server's own rules on what it admits: the rendered ones are there, as they are rendered."""

from collections.abc import Mapping
from typing import cast

from examx_cli.doctor import questions
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.questions import Question
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.verdict import Found, good, lacking
from examx_constructs.manifests import mapping, text

TOPIC = "namespace"
ASKED: Mapping[str, Question] = {
    "ValidatingAdmissionPolicy": questions.ADMISSION_RULES,
    "ValidatingAdmissionPolicyBinding": questions.ADMISSION_POLICIES,
}


@precondition(
    TOPIC,
    "admission policies",
    when=lambda needs: bool(needs.of_kind(*ASKED)),
    breaks=("who may deploy may run any image, and give what it reads there away: RBAC knows no images, and no fields"),
    mend="examx apply ENVIRONMENT --context CLUSTER, by an administrator of the cluster",
)
def policies(needs: Needs, seen: Seen) -> Found:
    """Every ValidatingAdmissionPolicy of the manifests, and its binding, is there and says what is rendered.

    What the API server adds, such as defaults, is no difference.
    """
    if not seen.objects(questions.OWN_NAMESPACE):
        return good(f"{needs.namespace} is not there yet: the first `examx apply`, by an administrator, makes them")
    wrong: list[str] = []
    names: list[str] = []
    for kind, question in ASKED.items():
        rendered = needs.of_kind(kind)
        there = {text(each, "metadata", "name"): each for each in seen.objects(question)} if rendered else {}
        for each in rendered:
            name = text(each, "metadata", "name")
            names.append(f"{kind} {name}")
            if name not in there:
                wrong.append(f"there is no {kind} {name}")
            elif (where := differs(each.get("spec"), there[name].get("spec"))) is not None:
                wrong.append(f"{kind} {name} is not as rendered: spec{where}")
    return lacking("; ".join(wrong)) if wrong else good(", ".join(names))


def differs(rendered: object, live: object, path: str = "") -> str | None:
    """Return the first place where a live value is not what is rendered.

    None where it is, whatever is beside it.
    """
    if isinstance(rendered, Mapping):
        beside = mapping(live)
        written = mapping(cast("object", rendered))
        pairs = [(f"{path}.{name}", each, beside.get(name)) for name, each in written.items()]
    elif isinstance(rendered, list):
        wanted, found = cast("list[object]", rendered), cast("list[object]", live) if isinstance(live, list) else []
        if len(wanted) != len(found):
            return path
        pairs = [(f"{path}[{at}]", one, two) for at, (one, two) in enumerate(zip(wanted, found, strict=True))]
    else:
        return None if rendered == live else path
    return next((where for at, one, two in pairs if (where := differs(one, two, at)) is not None), None)
