"""Rules on Redis servers inside the cluster."""

from examx_constructs.checks.finding import Rule
from examx_constructs.checks.redis import access, durability, memory, servers

RULES: tuple[Rule, ...] = (
    servers.redis_is_not_multiplied,
    durability.broker_keeps_its_tasks,
    access.redis_asks_for_password,
    memory.redis_memory_fits_request,
)
"""In the order of their topic."""
