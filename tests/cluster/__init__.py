"""A real control plane for tests: the API server, the controllers and KEDA, as they are released, on one machine."""
