"""What people ask of the model of autoscaling: simulate, compare, replay, tune."""
