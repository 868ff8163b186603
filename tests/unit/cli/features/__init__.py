"""The environments of branches: the commands of `examx feature`, against a cluster that is played or real."""
