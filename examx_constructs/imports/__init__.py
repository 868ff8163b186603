"""The custom resources of KEDA and the Secrets Store CSI driver, as cdk8s imports them: what is in `imports/`.

In a checkout the packages here are links to it. In the wheel they are the packages themselves: every cdk8s project has
an `imports/` of its own. `make import` makes both.
"""
