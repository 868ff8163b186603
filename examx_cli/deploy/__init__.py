"""A deployment: bring a cluster to what an environment's manifests say, wait for it, and be able to take it back."""
