"""Rules that span the objects of rendered Kubernetes manifests.

Plain manifests go in, findings come out: the same rules run inside synth, over dist/, and over any folder of manifests
(`python -m examx_constructs.checks PATH`). Nothing here starts Node or talks to a cluster.
"""

from examx_constructs.checks import (
    alb,
    alb_groups,
    alb_listeners,
    autoscaling,
    availability,
    celery,
    dns,
    efs,
    ephemeral_storage,
    instance_metadata,
    keda,
    keda_redis,
    literals,
    names,
    network,
    pod_security,
    redis,
    redis_memory,
    references,
    secrets_store,
    shutdown,
    variables,
    workloads,
)
from examx_constructs.checks import (
    collisions as _collisions,
)
from examx_constructs.checks.collisions import Collisions, collisions
from examx_constructs.checks.finding import Finding, ObjectId, Rule
from examx_constructs.checks.loader import LoadError, load
from examx_constructs.checks.manifests import Manifests

__all__ = [
    "RULES",
    "Collisions",
    "Finding",
    "LoadError",
    "Manifests",
    "ObjectId",
    "Rule",
    "check",
    "collisions",
    "load",
]

RULES: tuple[Rule, ...] = (
    autoscaling.one_autoscaler_per_target,
    autoscaling.no_replicas_under_autoscaler,
    autoscaling.utilization_needs_requests,
    autoscaling.replica_range_is_possible,
    autoscaling.idle_replicas_are_zero,
    autoscaling.scaling_windows_are_in_range,
    autoscaling.autoscaler_target_exists,
    keda.scaled_object_has_triggers,
    keda.trigger_names_are_unique,
    keda.trigger_metadata_is_text,
    keda.resource_triggers_cannot_wake,
    keda.metric_type_fits_trigger,
    keda.cached_metrics_fit_trigger,
    keda.fallback_is_usable,
    keda.scaling_modifiers_are_complete,
    keda.scaled_object_name_is_short,
    keda_redis.redis_trigger_has_address,
    keda_redis.redis_address_is_host_and_port,
    keda_redis.redis_host_names_namespace,
    keda_redis.redis_trigger_environment_exists,
    keda_redis.redis_trigger_has_no_password,
    keda_redis.redis_trigger_sets_tls_once,
    keda_redis.redis_trigger_names_list,
    celery.queue_is_drained_by_target,
    celery.queue_has_one_worker,
    celery.queue_has_one_scaler,
    celery.beat_is_single,
    celery.beat_exists_once,
    celery.celery_receives_sigterm,
    celery.idle_queue_is_not_idle_worker,
    shutdown.grace_period_covers_longest_task,
    shutdown.pre_stop_is_shorter_than_grace_period,
    variables.command_means_what_it_says,
    redis.redis_is_not_multiplied,
    redis_memory.redis_memory_fits_request,
    availability.disruption_budget_allows_drain,
    availability.disruption_budget_has_one_bound,
    availability.disruption_budget_selects_pods,
    availability.rollout_can_move,
    network.service_selects_pods,
    network.service_target_port_exists,
    network.ingress_backend_exists,
    network.network_policy_selects_pods,
    network.network_policy_peer_exists,
    dns.egress_allows_dns,
    instance_metadata.egress_spares_instance_metadata,
    references.reference_leads_somewhere,
    references.referenced_key_exists,
    references.volume_mount_has_volume,
    _collisions.object_exists_once,
    _collisions.environments_do_not_collide,
    alb.alb_annotation_is_known,
    alb.alb_value_is_allowed,
    alb.ingress_class_is_set_once,
    alb_listeners.alb_listen_ports_are_valid,
    alb_listeners.alb_redirect_has_listener,
    alb_listeners.alb_mutual_authentication_is_valid,
    alb_listeners.alb_mutual_authentication_has_listener,
    alb_groups.alb_group_agrees,
    secrets_store.provider_parameter_is_known,
    secrets_store.provider_objects_are_valid,
    secrets_store.synced_secret_has_object,
    secrets_store.trigger_secret_outlives_workers,
    secrets_store.secrets_volume_is_read_only,
    secrets_store.secrets_are_not_copied_by_hook,
    efs.claim_and_volume_agree,
    efs.reserved_volume_has_claim,
    efs.efs_volume_is_valid,
    efs.efs_storage_class_is_valid,
    efs.efs_claims_delete_their_own_directory,
    names.name_is_valid,
    names.container_name_is_valid,
    names.label_is_valid,
    names.annotation_is_valid,
    literals.secret_is_not_literal,
    literals.secret_is_not_in_manifests,
    pod_security.namespace_is_restricted,
    pod_security.pod_meets_restricted_standard,
    ephemeral_storage.scratch_space_is_requested,
    workloads.selector_matches_own_pods,
    workloads.selector_matches_no_other_pods,
    workloads.container_names_are_unique,
    workloads.volume_names_are_unique,
    workloads.variables_are_unique,
    workloads.mount_paths_are_unique,
    workloads.container_ports_are_unique,
)
"""Every rule, in the order of its topic."""


def check(manifests: Manifests) -> list[Finding]:
    """All findings of all rules, by file, object and field."""
    findings = (finding for rule in RULES for finding in rule(manifests))
    return sorted(
        findings, key=lambda found: (found.file or "", str(found.object), found.field, found.rule, str(found))
    )
