"""The rollout of the backend under load: every request is answered while pods come and go."""
