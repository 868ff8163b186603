"""Rules on secrets: where they come from, and where they must not be."""

from examx_constructs.checks.finding import Rule
from examx_constructs.checks.secrets import literals, store, store_objects

RULES: tuple[Rule, ...] = (
    store.provider_parameter_is_known,
    store_objects.provider_objects_are_valid,
    store_objects.provider_files_are_apart,
    store_objects.synced_secret_has_object,
    store.synced_secret_is_complete,
    store.synced_secret_is_mounted,
    store.trigger_secret_outlives_workers,
    store.secrets_volume_is_read_only,
    store.secrets_are_not_copied_by_hook,
    literals.secret_is_not_literal,
    literals.secret_is_not_in_manifests,
)
"""In the order of their topic."""
