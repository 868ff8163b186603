"""Rules on any object: its version, its name, its values, and what it names."""

from examx_constructs.checks.finding import Rule
from examx_constructs.checks.objects import (
    api_versions,
    choices,
    cluster_versions,
    collisions,
    data_keys,
    names,
    quoting,
    references,
    whole_numbers,
)

RULES: tuple[Rule, ...] = (
    references.reference_leads_somewhere,
    references.reference_is_in_these_manifests,
    references.referenced_key_exists,
    data_keys.data_key_is_valid,
    data_keys.key_reference_is_complete,
    data_keys.mounted_file_exists,
    references.volume_mount_has_volume,
    collisions.object_exists_once,
    collisions.environments_do_not_collide,
    api_versions.api_version_is_served,
    api_versions.kind_is_known,
    cluster_versions.cluster_versions_are_known,
    choices.choice_is_known,
    whole_numbers.number_is_whole,
    names.name_is_valid,
    names.container_name_is_valid,
    names.label_is_valid,
    names.annotation_is_valid,
    quoting.text_is_quoted,
    quoting.data_is_encoded,
)
"""In the order of their topic."""
