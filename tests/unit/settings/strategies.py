"""Valid settings of every kind, extremes included, for property tests."""

from fractions import Fraction

import attrs
from hypothesis import strategies as st

from examx_constructs.settings import (
    Access,
    AccessLogs,
    Affinity,
    AllOfSecret,
    Application,
    BackendSettings,
    Backlog,
    ClaimVolume,
    ClientTlsOff,
    ClientTlsPassthrough,
    ClientTlsVerify,
    ClusterService,
    CommandProbe,
    ConfigMapVolume,
    Duration,
    EfsClaim,
    EfsStorageClass,
    EfsVolume,
    Environment,
    ExternalFlow,
    ExternalRedis,
    ExtraContainer,
    FromField,
    FromResource,
    FromSecret,
    Frontend,
    Guest,
    HttpProbe,
    ImageReference,
    IngressGroup,
    IngressSettings,
    KubernetesSecret,
    NetworkSettings,
    NginxSettings,
    NodeRule,
    PodExtras,
    PreferredNodes,
    Profiling,
    Quantity,
    Queue,
    RedisPersistence,
    Replicas,
    ReplicatedRedis,
    Resources,
    Rollout,
    ScalingBehavior,
    ScratchVolume,
    SecretFile,
    SecretsManagerSecret,
    SecretVolume,
    SpanBatches,
    StandaloneRedis,
    TcpProbe,
    Telemetry,
    Toleration,
    Utilization,
    VolumeMount,
)
from examx_constructs.settings.ingress import SSL_POLICY
from examx_constructs.settings.redis import MADE_PASSWORDS

UNITS: dict[str, Fraction] = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 10**3),
    "": Fraction(1),
    **{suffix: Fraction(1000**power) for power, suffix in enumerate(("k", "M", "G", "T", "P", "E"), start=1)},
    **{suffix: Fraction(1024**power) for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
}
"""Each suffix of the Kubernetes API reference and what it multiplies by, written down a second time."""

LOWER = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
INT32 = 2**31 - 1
SCALED_OBJECT_ROOM = 47
"""54 characters for a ScaledObject, less those of "-scaler"."""


def quantity_texts() -> st.SearchStrategy[str]:
    """Every form of the grammar."""
    digits = st.text(DIGITS, min_size=1, max_size=21)
    number = digits | st.builds("{}.{}".format, digits, digits) | digits.map("{}.".format) | digits.map(".{}".format)
    exponent = st.builds("{}{}{}".format, st.sampled_from("eE"), st.sampled_from(("", "+", "-")), st.integers(0, 20))
    return st.builds("{}{}".format, number, st.sampled_from(sorted(UNITS)) | exponent)


def dns_labels(longest: int = 63) -> st.SearchStrategy[str]:
    """RFC 1123 labels, the longest included."""
    middle = st.text(LOWER + DIGITS + "-", max_size=longest - 2)
    ends = st.sampled_from(LOWER + DIGITS)
    return ends | st.builds("{}{}{}".format, ends, middle, ends) | st.just("a" * longest)


def host_names() -> st.SearchStrategy[str]:
    return st.lists(dns_labels(20), min_size=2, max_size=4).map(".".join)


def label_values() -> st.SearchStrategy[str]:
    ends = st.sampled_from(LOWER + LOWER.upper() + DIGITS)
    middle = st.text(LOWER + LOWER.upper() + DIGITS + "-_.", max_size=61)
    return st.just("") | ends | st.builds("{}{}{}".format, ends, middle, ends)


def durations(least: int = 0, most: int = 100_000) -> st.SearchStrategy[Duration]:
    return st.integers(least, most).map(Duration.of)


def replicas(least: int = 0, most: int = INT32) -> st.SearchStrategy[Replicas]:
    counts = st.integers(least, min(most, 50)) | st.sampled_from((least, most))
    return st.tuples(counts, counts).map(lambda pair: Replicas.between(min(pair), max(*pair, 1)))


def resources(least_memory: int = 9) -> st.SearchStrategy[Resources]:
    def make(cpu: tuple[int, int], memory: tuple[int, int], unit: str) -> Resources:
        (cpu_request, cpu_limit), (memory_request, memory_limit) = sorted(cpu), sorted(memory)
        return Resources.of(f"{cpu_request}m", f"{memory_request}{unit}", f"{cpu_limit}m", f"{memory_limit}{unit}")

    cpu, memory = st.integers(1, 128_000), st.integers(least_memory, 100_000)
    return st.builds(make, st.tuples(cpu, cpu), st.tuples(memory, memory), st.sampled_from(("M", "Mi", "Gi")))


def images() -> st.SearchStrategy[ImageReference]:
    """References of the distribution grammar, the ones with a port or a digest included."""
    part = st.text(LOWER + DIGITS, min_size=1, max_size=8)
    component = st.lists(part, min_size=1, max_size=3).flatmap(
        lambda parts: st.sampled_from((".", "_", "__", "-", "---")).map(lambda separator: separator.join(parts))
    )
    registry = host_names() | st.just("localhost") | host_names().map("{}:5000".format) | part.map("{}:443".format)
    tag = st.builds(
        "{}{}".format,
        st.sampled_from(LOWER + DIGITS + "_"),
        st.text(LOWER + LOWER.upper() + DIGITS + "_.-", max_size=127),
    ).filter(lambda text: text != "latest")
    digest = st.text("0123456789abcdef", min_size=64, max_size=64).map("sha256:{}".format)
    return st.builds(
        ImageReference,
        registry=registry,
        repository=st.lists(component, min_size=1, max_size=3).map("/".join),
        tag=tag,
        digest=st.none() | digest,
    )


def secrets() -> st.SearchStrategy[SecretsManagerSecret]:
    name = st.text(LOWER + DIGITS + "/_+=.@-", min_size=1, max_size=60)
    return name.map("arn:aws:secretsmanager:eu-west-1:111122223333:secret:{}".format).map(
        lambda arn: SecretsManagerSecret(arn=arn)
    )


def secret_files() -> st.SearchStrategy[SecretFile]:
    return st.builds(
        SecretFile,
        # No name of a volume that the pods have.
        name=dns_labels(57).map("file-{}".format),
        secret=secrets(),
        file=st.sampled_from((".env", "credentials.json")),
        path=st.sampled_from(("/app/credentials.json", "/etc/examx/key", "/app/media-key")),
    )


def own_variables() -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(("DJANGO_DEBUG", "ENV_TYPE", "_x")), st.text(max_size=20), max_size=2)


def backlogs() -> st.SearchStrategy[Backlog]:
    authentication = st.sampled_from(((None, ()), ("prometheus", ("basic",)), ("prometheus", ("tls", "bearer"))))
    return st.builds(
        lambda server, threshold, auth: Backlog(
            server=server, threshold=threshold, authentication=auth[0], auth_modes=auth[1]
        ),
        st.sampled_from(("http://prometheus.monitoring:9090", "https://prometheus.example.com/api/prom")),
        st.integers(1, INT32),
        authentication,
    )


def telemetries() -> st.SearchStrategy[Telemetry]:
    service = st.builds(ClusterService, name=dns_labels(), namespace=dns_labels(), port=st.integers(1, 65535))
    names = st.dictionaries(st.sampled_from(("examxv2-backend", "celery-beat")), dns_labels())
    return st.builds(
        Telemetry,
        collector=service,
        protocol=st.sampled_from(("grpc", "http/protobuf")),
        service_names=names,
        resource_attributes=st.dictionaries(st.sampled_from(("service.version", "Tier_1")), dns_labels()),
        batches=st.none() | st.just(SpanBatches()),
        log_correlation=st.booleans(),
        profiling=st.none() | st.builds(Profiling, server=service, application_names=names),
    )


@st.composite
def queues(draw: st.DrawFn) -> Queue:
    """Any queue; one whose worker may stop has a cooldown that outlasts its tasks."""
    longest_task = draw(durations(1, 3599))
    count = draw(replicas())
    return Queue(
        name=draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", fullmatch=True)),
        worker=draw(dns_labels(SCALED_OBJECT_ROOM)),
        pool=draw(st.sampled_from(("gevent", "prefork"))),
        concurrency=draw(st.integers(1, 1000) | st.just(INT32)),
        longest_task=longest_task,
        list_length=draw(st.integers(1, 1000) | st.just(INT32)),
        polling_interval=draw(durations(1)),
        cooldown=draw(durations(longest_task.seconds + 1 if count.minimum == 0 else 0, 200_000)),
        replicas=count,
        backlog=draw(st.none() | backlogs()),
        variables=draw(own_variables()),
    )


def networks() -> st.SearchStrategy[tuple[str, ...]]:
    known = ("0.0.0.0/0", "10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32", "::/0")
    return st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True).map(tuple)


def redis_shapes() -> st.SearchStrategy[StandaloneRedis | ReplicatedRedis | ExternalRedis]:
    """Each of the three shapes, with passwords that are made or given, and one that is elsewhere without any too."""
    passwords = st.just(MADE_PASSWORDS) | dns_labels().map(lambda name: KubernetesSecret(name=name))
    persistence = st.builds(
        RedisPersistence,
        size=st.integers(1, 16_000).map(lambda size: Quantity(f"{size}Gi")),
        storage_class=st.sampled_from(("gp2", "gp3", "io2")),
    )
    standalone = st.builds(
        StandaloneRedis,
        resources=resources(),
        persistence=st.none() | persistence,
        passwords=passwords,
        spot=st.booleans(),
    )
    replicated = replicas(1, 20).flatmap(
        lambda count: st.builds(
            ReplicatedRedis,
            resources=resources(),
            sentinel_resources=resources(),
            replicas=st.just(count),
            replica_cpu_utilization=st.integers(1, 200),
            persistence=persistence,
            master_name=dns_labels(),
            minimum_synced_replicas=st.integers(0, 2),
            passwords=passwords,
        )
    )
    external = st.builds(
        ExternalRedis,
        host=host_names(),
        port=st.integers(1, 65535),
        tls=st.booleans(),
        database=st.integers(0, 15),
        password=st.none() | secrets(),
        cidrs=networks(),
    )
    return standalone | replicated | external


def ingresses() -> st.SearchStrategy[IngressSettings]:
    store = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:truststore/sample/0123456789abcdef"
    verify = st.builds(
        ClientTlsVerify, trust_store=st.sampled_from(("sample-store", store)), ignore_expiry=st.booleans()
    )
    certificate = "arn:aws:acm:eu-west-1:111122223333:certificate/00000000-1111-2222-3333-444444444444"
    return st.builds(
        IngressSettings,
        host=host_names(),
        other_hosts=st.lists(
            host_names().map("www.{}".format) | host_names().map("*.{}".format), max_size=3, unique=True
        ).map(tuple),
        certificate_arn=st.none() | st.just(certificate),
        ssl_policy=st.sampled_from((SSL_POLICY, "ELBSecurityPolicy-TLS13-1-3-2021-06")),
        access_logs=st.none()
        | st.builds(
            AccessLogs, bucket=st.sampled_from(("logs", "examx.logs-1")), prefix=st.sampled_from((None, "ELBLogs/Web"))
        ),
        web_acl_arn=st.none()
        | st.just("arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/examx/00000000-1111-2222-3333-444444444444"),
        shield_advanced=st.sampled_from((None, True, False)),
        client_tls=st.just(ClientTlsOff()) | st.just(ClientTlsPassthrough()) | verify,
        deletion_protection=st.booleans(),
        frontend=st.none() | st.builds(Frontend, service=dns_labels(), port=st.integers(1, 65535)),
        group=st.none() | st.builds(IngressGroup, name=dns_labels(), order=st.none() | st.integers(-1000, 1000)),
    )


def volumes() -> st.SearchStrategy[EfsVolume]:
    file_systems = st.text("0123456789abcdef", min_size=8, max_size=17).map("fs-{}".format)
    return st.builds(
        EfsVolume,
        file_system=file_systems,
        capacity=st.integers(1, 1000).map(lambda size: Quantity(f"{size}Gi")),
        path=st.none() | st.sampled_from(("/", "/media", "/exams/media")),
        access_point=st.none() | st.just("fsap-0123456789abcdef0"),
        name=st.none() | dns_labels(),
        storage_class=st.sampled_from(("", "standard")),
        provisioner=st.none()
        | st.builds(
            EfsStorageClass,
            name=dns_labels(60).map("of-{}".format),
            file_system=file_systems,
            directory_permissions=st.sampled_from(("700", "0755")),
        ),
    )


def rollouts() -> st.SearchStrategy[Rollout]:
    return durations(0, 3600).flatmap(
        lambda delay: st.builds(
            Rollout,
            deregistration_delay=st.just(delay),
            pre_stop_pause=durations(delay.seconds + 1, 7200),
            graceful_timeout=durations(1),
            margin=durations(),
        )
    )


def utilizations() -> st.SearchStrategy[Utilization]:
    share = st.integers(1, 100) | st.just(INT32)
    return st.builds(Utilization, cpu=share, memory=st.none() | share) | st.builds(
        Utilization, cpu=st.none(), memory=share
    )


def behaviors() -> st.SearchStrategy[ScalingBehavior]:
    return st.builds(
        ScalingBehavior,
        period=durations(1, 1800),
        scale_down_window=durations(0, 3600),
        scale_down_percent=st.integers(1, 100),
        scale_up_window=durations(0, 3600),
        scale_up_percent=st.integers(1, INT32),
        scale_up_pods=st.integers(1, INT32),
    )


def backends() -> st.SearchStrategy[BackendSettings]:
    return st.builds(
        BackendSettings,
        workers=st.integers(1, 64),
        threads=st.integers(1, 64),
        resources=resources(),
        nginx_resources=resources(80),
        replicas=replicas(1),
        utilization=utilizations(),
        behavior=behaviors(),
        rollout=rollouts(),
        variables=own_variables(),
        metrics_path=st.sampled_from((None, "/metrics", "/a/b-c")),
    )


def flows() -> st.SearchStrategy[ExternalFlow]:
    return st.builds(
        ExternalFlow,
        name=dns_labels(),
        port=st.integers(1, 65535),
        protocol=st.sampled_from(("TCP", "UDP")),
        cidrs=networks(),
    )


def applications() -> st.SearchStrategy[Application]:
    """ExamX by name, as service names of telemetry are given for its workloads; another one in all else."""
    return st.builds(
        Application,
        part_of=st.none() | label_values().filter(bool),
        title=st.sampled_from(("ExamX", "The Shop")),
        module=st.sampled_from(("examx", "shop.core")),
        wsgi=st.none() | st.just("web:app"),
        env_file_path=st.sampled_from(("/app/examx/.env", "/srv/shop/env")),
        media_path=st.sampled_from(("/app/media", "/srv/uploads")),
        user=st.integers(10001, INT32),
        health_path=st.sampled_from(("/api/health/", "/healthz", "/a-b")),
        ready_path=st.sampled_from(("/api/ready/", "/readyz", "/a-b")),
        worker_log_level=st.sampled_from(("debug", "warning")),
    )


def extra_containers(name: str, *, watched: bool) -> st.SearchStrategy[ExtraContainer]:
    probes = st.none() | st.sampled_from(
        (TcpProbe(port=9101), HttpProbe(port=9101, path="/a"), CommandProbe(command=("true",)))
    )
    never = st.none()
    return st.builds(
        ExtraContainer,
        name=st.just(name),
        image=images(),
        resources=resources(),
        command=st.sampled_from(((), ("run", "--fast"))),
        arguments=st.sampled_from(((), ("-v",))),
        variables=st.sampled_from(({}, {"A": "b", "NODE": FromField(path="spec.nodeName")})),
        variable_sets=st.sampled_from(((), (AllOfSecret(secret="extra-set", prefix="X_"),))),
        mounts=st.sampled_from(((), (VolumeMount(volume="extra-room", path="/srv/room"),))),
        readiness=probes if watched else never,
        liveness=probes if watched else never,
    )


def pod_extras(kind: str) -> st.SearchStrategy[PodExtras]:
    """Extras of one kind, application's or workload's, whose names are its own: both meet in one pod."""
    room = f"extra-room-{kind}"
    return st.builds(
        PodExtras,
        variables=st.sampled_from(
            (
                {},
                {
                    f"PLAIN_{kind}": "x",
                    f"URL_{kind}": FromSecret(secret="extra", key="url"),
                    "CORES": FromResource(resource="limits.cpu"),
                },
            )
        ),
        variable_sets=st.sampled_from(((), (AllOfSecret(secret="extra-set"),))),
        volumes=st.builds(
            lambda size, in_memory: (
                ScratchVolume(name=room, size=size, in_memory=in_memory),
                SecretVolume(name=f"extra-keys-{kind}", secret="extra-keys"),
                ConfigMapVolume(name=f"extra-fonts-{kind}", config_map="fonts"),
                ClaimVolume(name=f"extra-models-{kind}", claim="models"),
            ),
            st.sampled_from((Quantity("16Mi"), Quantity("3Gi"))),
            st.booleans(),
        ),
        mounts=st.just(
            (
                VolumeMount(volume=room, path=f"/srv/{kind}/room"),
                VolumeMount(volume=f"extra-keys-{kind}", path=f"/etc/{kind}"),
                VolumeMount(volume=f"extra-fonts-{kind}", path=f"/fonts/{kind}"),
                VolumeMount(volume=f"extra-models-{kind}", path=f"/models/{kind}"),
            )
        ),
        init_containers=st.lists(_mounting(extra_containers(f"init-{kind}", watched=False), room), max_size=1).map(
            tuple
        ),
        native_sidecars=st.lists(_mounting(extra_containers(f"native-{kind}", watched=True), room), max_size=1).map(
            tuple
        ),
        sidecars=st.lists(_mounting(extra_containers(f"sidecar-{kind}", watched=True), room), max_size=1).map(tuple),
        tolerations=st.sampled_from(((), (Toleration(key="dedicated", value=kind, effect="NoExecute", seconds=30),))),
        affinity=st.sampled_from(
            (
                Affinity(),
                Affinity(
                    nodes=(NodeRule(key="a/b", values=(kind,)),),
                    preferred=(PreferredNodes(rules=(NodeRule(key="c"),)),),
                ),
            )
        ),
        priority_class=st.none() | st.just("high"),
        runtime_class=st.none() | st.just("gvisor"),
        image_pull_secrets=st.sampled_from(((), ("registry",))),
        labels=st.sampled_from(({}, {f"example.com/{kind}": kind})),
        annotations=st.sampled_from(({}, {f"example.com/{kind}": kind})),
    )


def _mounting(containers: st.SearchStrategy[ExtraContainer], room: str) -> st.SearchStrategy[ExtraContainer]:
    return containers.map(
        lambda each: attrs.evolve(each, mounts=tuple(attrs.evolve(mount, volume=room) for mount in each.mounts))
    )


def environments() -> st.SearchStrategy[Environment]:
    """Whole environments: every shape of Redis, every client TLS, one to five queues, extreme figures."""
    return st.builds(
        Environment,
        application=applications(),
        name=dns_labels(),
        cluster=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", fullmatch=True),
        namespace=dns_labels(),
        labels=st.fixed_dictionaries({"environment": label_values(), "example.com/Team_1": label_values()}),
        access=st.builds(
            Access,
            service_account=dns_labels(),
            role_arn=st.none() | st.just("arn:aws:iam::111122223333:role/exams/sample"),
            deployer_group=st.none() | st.just("deployers"),
        ),
        image=images(),
        backend=backends(),
        nginx=st.builds(NginxSettings, request_timeout=durations(1, 4000), listen_port=st.integers(8082, 65535)),
        queues=st.lists(queues(), min_size=1, max_size=5, unique_by=(lambda q: q.name, lambda q: q.worker)).map(tuple),
        worker_resources=resources(),
        beat_resources=resources(),
        redis=redis_shapes(),
        ingress=ingresses(),
        env_file=secrets() | dns_labels().map(lambda name: KubernetesSecret(name=name)),
        secret_files=st.lists(secret_files(), max_size=2, unique_by=(lambda f: f.name, lambda f: f.path)).map(tuple),
        media=volumes() | st.builds(EfsClaim, storage_class=dns_labels(), capacity=st.just(Quantity("1Gi"))),
        network=st.builds(
            NetworkSettings,
            load_balancer_cidrs=networks(),
            external_flows=st.lists(flows(), max_size=3).map(tuple),
            keda_namespace=dns_labels(),
            metrics_namespaces=st.lists(dns_labels(), max_size=2).map(tuple),
            dns_cidrs=st.just(()) | networks(),
        ),
        variables=own_variables(),
        telemetry=st.none() | telemetries(),
        # No name of a worker.
        guests=st.lists(dns_labels(57).map("guest-{}".format), max_size=2, unique=True).map(
            lambda names: tuple(Guest(app=name) for name in names)
        ),
        annotations=st.dictionaries(st.sampled_from(("example.com/owner", "note")), st.text(max_size=20)),
        spot=st.booleans(),
        extras=st.just(PodExtras()) | pod_extras("all"),
        workload_extras=st.dictionaries(st.just("celery-beat"), pod_extras("own")),
    )
