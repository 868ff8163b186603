"""Who writes the actions of an Ingress at run time: Argo Rollouts, for a canary behind a load balancer."""

from examx_constructs.manifests.resources import Manifests, Resource


def writes_actions(manifests: Manifests, ingress: Resource) -> bool:
    """Return whether a Rollout of the namespace writes the annotations `actions.<name>` of this Ingress.

    Argo Rollouts 1.8, docs/features/traffic-management/alb.md: the Ingress in git has the backend `use-annotation`, and
    no action.
    """
    for rollout in manifests.in_scope("Rollout", ingress.scope):
        routing = rollout.spec.at("strategy", "canary", "trafficRouting", "alb")
        if ingress.name in (routing["ingress"].text, *routing["ingresses"].texts):
            return True
    return False
