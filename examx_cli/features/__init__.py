"""Feature environments as they are: on the Namespaces of a cluster, not in git. Brought up, looked at, and removed."""
