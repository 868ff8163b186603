"""Rules on what makes pods: how many, where, and in which order they are replaced."""

from examx_constructs.checks.finding import Rule
from examx_constructs.checks.workloads import availability, parts, placement, quorum, quotas, rollouts

RULES: tuple[Rule, ...] = (
    availability.disruption_budget_allows_drain,
    availability.disruption_budget_has_one_bound,
    availability.disruption_budget_selects_pods,
    availability.disruption_budget_is_the_only_one,
    quorum.disruption_budget_keeps_majority,
    availability.rollout_can_move,
    placement.spread_constraint_selects_own_pods,
    placement.affinity_selects_pods,
    rollouts.rollout_is_possible,
    rollouts.share_is_number_or_percentage,
    quotas.quota_holds_workloads,
    quotas.limit_range_is_possible,
    parts.selector_matches_own_pods,
    parts.selector_matches_no_other_pods,
    parts.container_names_are_unique,
    parts.volume_names_are_unique,
    parts.variables_are_unique,
    parts.mount_paths_are_unique,
)
"""In the order of their topic."""
