"""Which value of a secret a pod holds: what it takes, what was mounted, and whether the store has a newer one.

A process reads a secret when it starts. A file at a path of its own (`subPath`) never changes while its container runs,
a variable does not either. So a value that was rotated reaches a pod only when its containers start anew. Sources:
kubernetes#50345; Secrets Store CSI driver v1.6.0, "Secrets not rotated when using subPath volume mount". Nothing here
reads a secret: the driver writes down which version of it each pod has.
"""
