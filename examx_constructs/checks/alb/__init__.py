"""Rules on Ingresses of the AWS Load Balancer Controller.

They follow v3.5.0 of the controller (kubernetes-sigs/aws-load-balancer-controller), which builds one model of a whole
IngressGroup: one refusal, and no member of it is changed any more. Ingresses of other controllers are none of theirs.
"""

from examx_constructs.checks.alb import (
    actions,
    attributes,
    auth,
    bindings,
    conditions,
    health,
    known,
    listeners,
    order,
    params,
    paths,
    reaching,
    regions,
    sharing,
    values,
)
from examx_constructs.checks.finding import Rule

RULES: tuple[Rule, ...] = (
    known.alb_annotation_is_known,
    values.alb_value_is_allowed,
    attributes.alb_attribute_is_allowed,
    attributes.alb_target_group_attributes_agree,
    params.ingress_class_is_set_once,
    params.alb_class_names_its_parameters,
    params.alb_class_parameters_are_valid,
    params.alb_class_admits_namespace,
    listeners.alb_listen_ports_are_valid,
    listeners.alb_mutual_authentication_is_valid,
    listeners.alb_mutual_authentication_has_listener,
    listeners.alb_tls_settings_have_listener,
    listeners.alb_listener_attributes_have_listener,
    sharing.alb_redirect_has_listener,
    sharing.alb_https_listener_has_certificate,
    sharing.alb_group_agrees,
    sharing.alb_group_has_one_default_backend,
    sharing.alb_host_has_one_load_balancer,
    sharing.alb_logs_have_a_bucket,
    regions.alb_arns_are_of_one_region,
    order.alb_rule_is_reached,
    paths.alb_path_is_possible,
    paths.alb_rule_fits_its_conditions,
    actions.alb_action_is_valid,
    conditions.alb_condition_is_valid,
    conditions.alb_transform_is_valid,
    auth.alb_identity_provider_is_complete,
    auth.alb_authentication_takes_place,
    auth.alb_token_validation_is_complete,
    reaching.alb_service_has_node_port,
    reaching.alb_service_has_targets,
    reaching.alb_action_has_its_services,
    reaching.alb_grpc_has_https_alone,
    reaching.alb_ip_families_agree,
    reaching.alb_control_port_is_read,
    health.alb_health_check_times_fit,
    health.alb_success_codes_are_possible,
    health.alb_health_check_port_is_found,
    bindings.target_group_binding_finds_targets,
)
"""All of them, in the order of what they look at."""
