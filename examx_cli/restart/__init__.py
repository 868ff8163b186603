"""Replacing pods without changing what they are: so that processes read their secrets anew.

A restart is another value of the annotation that `kubectl rollout restart` sets, under a field manager of its own
(examx_cli/ownership). Pods are replaced by the strategy of their workload, as a new image would replace them.
"""
