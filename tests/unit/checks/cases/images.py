"""Cases of the rules on images."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, IN_POD, Case, workload

ONE = "a digest, or a tag other than `latest`; two pods of it may run two builds, and none can be rolled back to"
REFERENCE = "name:tag or name@sha256:…, after an optional registry/, names in lower case; no runtime can pull it, and the pod stays in InvalidImageName"
DIGEST = f"sha256:{'0a' * 32}"

CASES = [
    Case(
        "image-names-one-build",
        "no tag",
        [workload(container="image: example/shop")],
        [f'{APP}.image is "example/shop"; allowed: {ONE}'],
    ),
    Case("image-names-one-build", "a tag", [workload(container="image: example/shop:2.4.1")]),
    Case(
        "image-names-one-build",
        "latest, a registry's port that is no tag, an init container, a Job",
        [
            workload(
                container="image: registry.example.com:5000/team/shop",
                pod="initContainers: [{name: first, image: 'busybox:latest'}]",
            ),
            workload("job", "image: localhost/shop:latest", kind="CronJob"),
        ],
        [
            f'{APP}.image is "registry.example.com:5000/team/shop"; allowed: {ONE}',
            f'{IN_POD}.initContainers[0].image is "busybox:latest"; allowed: {ONE}',
            f'CronJob dev/job: spec.jobTemplate.spec.template.spec.containers[0].image is "localhost/shop:latest"; allowed: {ONE}',
        ],
    ),
    Case(
        "image-names-one-build",
        "digests, with a tag too; a tag with latest in it; placeholders; none",
        [
            workload("one", f"image: example/shop@{DIGEST}"),
            workload("two", f"image: registry:5000/shop:latest@{DIGEST}"),
            workload("three", "image: shop:latest-alpine"),
            workload("four", "image: '${IMAGE}'"),
            workload("five", "image: '{{ .Values.image }}'"),
            workload("six", "image: null"),
            workload("seven", "image: shop:LATEST"),
        ],
    ),
    Case(
        "image-is-a-reference",
        "capitals",
        [workload(container="image: Example/Shop:1")],
        [f'{APP}.image is "Example/Shop:1"; allowed: {REFERENCE}'],
    ),
    Case("image-is-a-reference", "small letters", [workload(container="image: example/shop:V1")]),
    Case(
        "image-is-a-reference",
        "a scheme, an empty tag, a space, a short digest, two tags",
        [
            workload("one", "image: https://registry.example.com/shop:1"),
            workload("two", "image: 'shop:'"),
            workload("three", "image: shop :1"),
            workload("four", "image: shop@sha256:abc"),
            workload("five", "image: shop:1:2"),
        ],
        [
            f'Deployment dev/{name}: spec.template.spec.containers[0].image is "{image}"; allowed: {REFERENCE}'
            for name, image in (
                ("one", "https://registry.example.com/shop:1"),
                ("two", "shop:"),
                ("three", "shop :1"),
                ("four", "shop@sha256:abc"),
                ("five", "shop:1:2"),
            )
        ],
    ),
    Case(
        "image-is-a-reference",
        "none",
        [workload(container="image: ''"), workload("api", "image: null", kind="Job")],
        [
            f'{APP}.image is ""; allowed: an image; the API server refuses a container without one',
            "Job dev/api: spec.template.spec.containers[0].image is missing; allowed: an image; the API server refuses a container without one",
        ],
    ),
    Case(
        "image-is-a-reference",
        "registries by name, port and address, long paths, dots and underscores",
        [
            workload(
                container=f"image: 399600302704.dkr.ecr.ap-south-1.amazonaws.com/a/b_c.d-e/f__g:1.0_x@{DIGEST}",
                pod="initContainers: [{name: a, image: '[fd00::1]:5000/shop:1'}, {name: b, image: localhost:5000/x}, {name: c, image: redis}, {name: d, image: Registry.example.com/shop:1}]",
            ),
            workload("later", "image: <registry>/Shop:${TAG}"),
            workload("ko", "image: ko://github.com/shop/Web"),
            workload("sed", "image: IMAGE:TAG"),
        ],
    ),
]
