"""A cluster for tests: kubectl and what it talks to, played by one small program, or a real one where it is given."""
