"""Rules on what is in a pod: its containers, what they ask for, run, and may."""

from examx_constructs.checks.finding import Rule
from examx_constructs.checks.pods import (
    command_variables,
    expansion,
    gated_fields,
    images,
    nginx_memory,
    probes,
    quantities,
    requests,
    scratch_space,
    shutdown,
    standards,
    sub_paths,
    variables,
)

RULES: tuple[Rule, ...] = (
    shutdown.grace_period_covers_longest_task,
    shutdown.pre_stop_is_shorter_than_grace_period,
    variables.command_means_what_it_says,
    expansion.variable_is_defined_before_use,
    command_variables.command_variable_is_filled_in,
    nginx_memory.nginx_buffers_fit_limit,
    probes.probe_port_exists,
    probes.probe_is_possible,
    probes.probe_command_is_expanded,
    probes.served_pod_says_when_ready,
    sub_paths.sub_path_is_in_volume,
    gated_fields.field_is_not_dropped,
    standards.namespace_is_restricted,
    standards.pod_meets_restricted_standard,
    standards.pod_meets_baseline_standard,
    images.image_is_a_reference,
    images.image_names_one_build,
    scratch_space.scratch_space_is_requested,
    quantities.quantity_is_valid,
    quantities.quantity_has_its_unit,
    requests.request_fits_limit,
    requests.resource_name_is_known,
    requests.pod_resources_hold_containers,
    requests.limit_range_admits_containers,
)
"""In the order of their topic."""
