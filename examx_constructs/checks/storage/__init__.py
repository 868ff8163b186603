"""Rules on volumes and on who claims them."""

from examx_constructs.checks.finding import Rule
from examx_constructs.checks.storage import claims, efs, exclusive_claims

RULES: tuple[Rule, ...] = (
    claims.claim_and_volume_agree,
    claims.reserved_volume_has_claim,
    claims.volume_outlives_claim,
    exclusive_claims.claim_is_free_when_pod_is_replaced,
    exclusive_claims.claim_is_shared_only_if_it_may_be,
    efs.efs_volume_is_valid,
    efs.efs_storage_class_is_valid,
    efs.efs_claims_delete_their_own_directory,
)
"""In the order of their topic."""
