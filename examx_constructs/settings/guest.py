"""What somebody else runs in the namespace."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label


@value
class Guest:
    """A workload of the namespace that is not rendered here, by the label `app` of its pods.

    With a guest the namespace enforces the Pod Security Standard `baseline` only, and the guest's pods may send and
    take anything, as before this project. The pods that are rendered here let it in no more than others: nginx and
    Redis do not.
    """

    app: str = setting(dns_label)
