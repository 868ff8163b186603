"""Invented passwords of the users of Redis, as `examx apply` makes them: for every Redis that tests run."""

from collections.abc import Mapping

from examx_constructs.settings.redis import ALL_REDIS_USERS

PASSWORDS: Mapping[str, str] = {user: f"invented-password-of-{user}" for user in ALL_REDIS_USERS}
"""The keys of the Secret and their values."""
