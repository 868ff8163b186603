"""Who may do what, and what a namespace admits."""

from examx_cli.comparison.fields import Field
from examx_cli.comparison.impact import Effect, Impact
from examx_cli.comparison.rules.case import Case, Rules, always, any_field, unnoticed

_READ_WHEN_PODS_START = ("pod-security.kubernetes.io/", "elbv2.k8s.aws/")


def _namespace_annotated(case: Case, field: Field) -> Effect:
    if str(field.path[-1]).startswith(_READ_WHEN_PODS_START):
        return case.effect(
            Impact.LIVE, "counts for pods that start from now on: they are refused, or other than before"
        )
    return unnoticed(case, field)


NAMESPACE = Rules(
    changed=any_field(Impact.NONE, "nothing that runs reads it"),
    removed=always(Impact.DATA, "deletes everything in it, the claims and what they hold included"),
    added=always(Impact.NONE, "is empty at first"),
    annotated=_namespace_annotated,
)
ROLE = Rules(
    changed=any_field(Impact.NONE, "changes at once what its subjects may do; no pod notices"),
    removed=always(Impact.NONE, "its subjects may no longer do what it granted; no pod notices"),
    added=always(Impact.NONE, "says what may be done, by whom a binding names"),
)
ROLE_BINDING = Rules(
    changed=any_field(Impact.NONE, "changes at once who has these rights; no pod notices"),
    removed=always(Impact.NONE, "its subjects lose these rights at once; no pod notices"),
    added=always(Impact.NONE, "its subjects have these rights at once"),
)
ADMISSION_POLICY = Rules(
    changed=any_field(Impact.LIVE, "changes at once which requests the API server takes; no pod notices"),
    removed=always(Impact.LIVE, "the API server takes from now on what it refused; no pod notices"),
    added=always(Impact.LIVE, "the API server refuses from now on what breaks it; what runs goes on"),
)
