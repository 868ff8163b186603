"""Pods of rendered manifests, run for real: their commands, files, variables, users and probes as they are rendered."""
