"""An account of AWS as docs/cluster.md sets it up, in the JSON that `aws` prints: as much as an examination reads.

The names of the fields are those of the services' models (botocore 1.43.11). They are eks 2017-11-01, ec2 2016-11-15,
elbv2 2015-12-01, wafv2 2019-07-29, shield 2016-06-02, acm 2015-12-08. Also ecr 2015-09-21, secretsmanager 2017-10-17;
and iam 2010-05-08, whose policies `aws` decodes.
"""

from typing import Any

ACCOUNT, REGION, CLUSTER = "399600302704", "ap-south-1", "testing"
ELB = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/k8s-examx/0123456789abcdef"
DNS = "k8s-examx-0123456789.ap-south-1.elb.amazonaws.com"
ACL = f"arn:aws:wafv2:{REGION}:{ACCOUNT}:regional/webacl/examx/00000000-1111-2222-3333-444444444444"
INSTANCES = "ec2 describe-instances"
TEMPLATE = "ec2 describe-launch-template-versions"
ATTRIBUTES = "elbv2 describe-load-balancer-attributes"
CERTIFICATES = "acm list-certificates"
KEPT = {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 1, "State": "applied"}


def node(number: int, **options: Any) -> dict[str, Any]:
    tags = [{"Key": f"kubernetes.io/cluster/{CLUSTER}", "Value": "owned"}]
    return {"InstanceId": f"i-{number:017x}", "Tags": tags, "MetadataOptions": KEPT | options}


def certificate(*names: str, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/00000000-1111-2222-3333-{abs(hash(names)) % 10**12:012d}"
    return {
        "CertificateArn": arn,
        "DomainName": names[0],
        "SubjectAlternativeNameSummaries": [*names],
        "HasAdditionalSubjectAlternativeNames": False,
        "Status": "ISSUED",
        "NotAfter": "2099-01-01T05:29:59+05:30",
        **more,
    }


def attributes(**changed: str) -> dict[str, Any]:
    """The attributes of a load balancer, by names with `__` for a dot."""
    has = {
        "idle_timeout.timeout_seconds": "600",
        "routing.http2.enabled": "true",
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "deletion_protection.enabled": "false",
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": "logs",
    }
    has |= {key.replace("__", "."): value for key, value in changed.items()}
    return {"Attributes": [{"Key": key, "Value": value} for key, value in has.items()]}


def role(subject: object, *, operator: str = "StringEquals", audience: object = "sts.amazonaws.com") -> dict[str, Any]:
    """The answer to `iam list-roles`: one that workflows take, and one of AWS's own."""
    issuer = "token.actions.githubusercontent.com"
    condition: dict[str, Any] = {"StringEquals": {f"{issuer}:aud": audience} if audience else {}}
    if subject:
        condition.setdefault(operator, {})[f"{issuer}:sub"] = subject
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    service = {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policies = {"deploy-prod": statement, "eks": service}
    return {
        "Roles": [
            {"RoleName": name, "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [each]}}
            for name, each in policies.items()
        ]
    }


def sound() -> dict[str, Any]:
    """An account that lacks nothing, by the words that ask for it."""
    return {
        "sts get-caller-identity": {"UserId": "A", "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/a"},
        "eks describe-cluster": {
            "cluster": {
                "name": CLUSTER,
                "resourcesVpcConfig": {
                    "endpointPublicAccess": True,
                    "endpointPrivateAccess": True,
                    "publicAccessCidrs": ["192.0.2.0/24"],
                },
                "logging": {"clusterLogging": [{"types": ["api", "audit", "authenticator"], "enabled": True}]},
            }
        },
        "eks describe-addon": {
            "addon": {
                "addonName": "vpc-cni",
                "addonVersion": "v1.20.4-eksbuild.1",
                "configurationValues": '{"enableNetworkPolicy":"true"}',
            }
        },
        INSTANCES: {"Reservations": [{"Instances": [node(1), node(2)]}, {"Instances": [node(3)]}]},
        "eks list-nodegroups": {"nodegroups": ["arm"]},
        "eks describe-nodegroup": {
            "nodegroup": {"nodegroupName": "arm", "launchTemplate": {"id": "lt-1", "version": "7"}}
        },
        TEMPLATE: {"LaunchTemplateVersions": [{"VersionNumber": 7, "LaunchTemplateData": {"MetadataOptions": KEPT}}]},
        "elbv2 describe-load-balancers": {
            "LoadBalancers": [
                {"LoadBalancerArn": ELB, "DNSName": DNS, "LoadBalancerName": "k8s-examx"},
                {"LoadBalancerArn": f"{ELB}0", "DNSName": f"other-{DNS}", "LoadBalancerName": "other"},
            ]
        },
        ATTRIBUTES: attributes(),
        "wafv2 get-web-acl-for-resource": {"WebACL": {"Name": "examx", "Id": "0", "ARN": ACL}},
        "shield describe-protection": {"Protection": {"Id": "p", "ResourceArn": ELB}},
        "elbv2 describe-trust-stores": {"TrustStores": []},
        CERTIFICATES: {"CertificateSummaryList": [certificate("examx.cloud", "*.examx.cloud")]},
        "ecr describe-repositories": {
            "repositories": [
                {
                    "repositoryName": "examxv2-backend",
                    "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
                    "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "buildcache-*"}],
                    "imageScanningConfiguration": {"scanOnPush": True},
                }
            ]
        },
        "ecr get-registry-scanning-configuration": {
            "registryId": ACCOUNT,
            "scanningConfiguration": {"scanType": "BASIC", "rules": []},
        },
        "iam list-roles": role("repo:examx/platform:environment:prod"),
        "secretsmanager get-resource-policy": {"ARN": "arn", "Name": "examxv2-secrets"},
    }
