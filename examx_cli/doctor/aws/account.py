"""An account of AWS, as far as an environment is concerned: what `aws` answers, beside what the cluster does."""

from dataclasses import dataclass

from examx_cli.doctor import questions
from examx_cli.doctor.asking import Asked
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.seen import Seen, Unseen
from examx_cli.errors import Refusal
from examx_constructs.manifests import Object, items, mapping, text


@dataclass(frozen=True, slots=True)
class Account:
    """What AWS says, and the cluster, which knows the load balancer's name. Every method raises Unseen."""

    aws: Asked
    cluster: Seen

    def check_identity(self, needs: Needs) -> None:
        """Raise Refusal for credentials of another account than the environment's; not to know is no mistake."""
        wanted = needs.registry[0]
        try:
            said = text(self.aws.answer("sts", "get-caller-identity"), "Account")
        except Unseen:
            return
        if wanted and said and said != wanted:
            raise Refusal(
                f"aws is signed in to the account {said}; {needs.environment} is of {wanted}: choose its credentials, "
                "as with the variable AWS_PROFILE"
            )

    def load_balancers(self, needs: Needs) -> list[Object]:
        """Return the load balancers that the environment's Ingresses lead to."""
        names = {
            text(address, "hostname").lower().removeprefix("dualstack.")
            for ingress in self.cluster.objects(questions.OWN_INGRESSES)
            if text(ingress, "metadata", "name") in {text(each, "metadata", "name") for each in needs.ingresses}
            for address in items(ingress, "status", "loadBalancer", "ingress")
        } - {""}
        if not names:
            raise Unseen(f"no Ingress of {needs.namespace} has a load balancer yet")
        there = [
            each
            for each in map(mapping, items(self.aws.answer("elbv2", "describe-load-balancers"), "LoadBalancers"))
            if text(each, "DNSName").lower() in names
        ]
        if len(there) < len(names):
            raise Unseen(f"AWS shows no load balancer {', '.join(sorted(names))} in this region")
        return there

    def attributes(self, load_balancer: Object) -> dict[str, str]:
        """Return the attributes of a load balancer."""
        arn = text(load_balancer, "LoadBalancerArn")
        said = self.aws.answer("elbv2", "describe-load-balancer-attributes", "--load-balancer-arn", arn)
        return {text(each, "Key"): text(each, "Value") for each in items(said, "Attributes")}
