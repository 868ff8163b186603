"""Rules on who reaches whom: Services, Ingresses, NetworkPolicies."""

from examx_constructs.checks.finding import Rule
from examx_constructs.checks.network import (
    balancers,
    dns,
    exposure,
    ingress,
    instance_metadata,
    policy_fields,
    ports,
    services,
    sets,
    targets,
)

RULES: tuple[Rule, ...] = (
    exposure.data_service_stays_inside,
    targets.service_selects_pods,
    ports.service_target_port_exists,
    targets.ingress_backend_exists,
    targets.network_policy_selects_pods,
    targets.network_policy_peer_exists,
    sets.policies_let_keda_in,
    sets.policies_let_workers_through,
    sets.policies_keep_strangers_out,
    sets.policies_let_prometheus_in,
    policy_fields.network_policy_is_valid,
    policy_fields.network_policy_rules_are_of_its_types,
    policy_fields.network_policy_port_is_of_pods,
    dns.egress_allows_dns,
    instance_metadata.egress_spares_instance_metadata,
    ingress.ingress_is_valid,
    balancers.nlb_annotation_is_known,
    balancers.nlb_value_is_allowed,
    balancers.nlb_service_has_node_ports,
    services.service_is_possible,
    ports.container_ports_are_unique,
)
"""In the order of their topic."""
