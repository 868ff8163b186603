"""One valid value of every kind of setting, for the rules that all of them share."""

from examx_constructs.settings import (
    Access,
    AccessLogs,
    Affinity,
    AllOfConfigMap,
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
    ContainerMetric,
    ContainerSize,
    CronTrigger,
    Duration,
    EfsClaim,
    EfsStorageClass,
    EfsVolume,
    Environment,
    ExternalFlow,
    ExternalMetric,
    ExternalRedis,
    ExtraContainer,
    Fallback,
    FromConfigMap,
    FromField,
    FromResource,
    FromSecret,
    Frontend,
    Guest,
    HttpProbe,
    ImageReference,
    IngressGroup,
    IngressSettings,
    KafkaTrigger,
    KubernetesSecret,
    NamespaceLimits,
    NetworkSettings,
    NginxSettings,
    NodeFigure,
    NodeRule,
    ObjectMetric,
    PodExtras,
    PodGroup,
    PodRule,
    PodsMetric,
    PreferredNodes,
    Profiling,
    PrometheusTrigger,
    Quantity,
    Queue,
    QueueList,
    RabbitMqTrigger,
    RedisAddress,
    RedisPersistence,
    Replicas,
    ReplicatedRedis,
    Resources,
    Rollout,
    ScalingBehavior,
    ScratchSizes,
    ScratchVolume,
    SecretFile,
    SecretsManagerSecret,
    SecretVolume,
    SentinelAddress,
    ServiceLevel,
    SpanBatches,
    SqsTrigger,
    StandaloneRedis,
    StandardBurst,
    StandardExamDay,
    TcpProbe,
    Telemetry,
    Toleration,
    Utilization,
    VolumeMount,
)

ACCESS = Access(service_account="sample-sa")
RESOURCES = Resources.of("100m", "128Mi", "1", "1Gi")
IMAGE = ImageReference(registry="registry.example.com", repository="team/app", tag="v1")
REPLICAS = Replicas.between(1, 3)
QUEUE = Queue(
    name="default",
    worker="celery-worker",
    pool="gevent",
    concurrency=10,
    longest_task=Duration("120s"),
    list_length=5,
    polling_interval=Duration("15s"),
    cooldown=Duration("60s"),
    replicas=REPLICAS,
)
SECRET = SecretsManagerSecret(arn="arn:aws:secretsmanager:eu-west-1:111122223333:secret:sample-AbCdEf")
SECRET_FILE = SecretFile(
    name="sample-credentials", secret=SECRET, file="credentials.json", path="/app/credentials.json"
)
REDIS_ADDRESS = RedisAddress(host="redis.team-a.svc.cluster.local")
SENTINEL_ADDRESS = SentinelAddress(hosts=("s0.example.com", "s1.example.com", "s2.example.com"), master_name="examx")
PERSISTENCE = RedisPersistence(size=Quantity("1Gi"), storage_class="gp3")
STANDALONE = StandaloneRedis(resources=RESOURCES, persistence=PERSISTENCE)
REPLICATED = ReplicatedRedis(
    resources=RESOURCES, sentinel_resources=RESOURCES, replicas=REPLICAS, persistence=PERSISTENCE
)
EXTERNAL = ExternalRedis(host="cache.example.com")
INGRESS = IngressSettings(host="exams.example.com")
STORAGE_CLASS = EfsStorageClass(name="sample-efs", file_system="fs-0123456789abcdef0")
VOLUME = EfsVolume(file_system="fs-0123456789abcdef0", capacity=Quantity("10Gi"))
CLAIM = EfsClaim(storage_class="sample-efs", capacity=Quantity("10Gi"))
LIMITS = NamespaceLimits(container=RESOURCES)
PODS = PodGroup(containers=(RESOURCES,), most=3, rolling=True)
FLOW = ExternalFlow(name="postgresql", port=5432)
BACKLOG = Backlog(server="http://prometheus.monitoring.svc.cluster.local:9090", threshold=1)
COLLECTOR = ClusterService(name="collector", namespace="monitoring", port=4317)
TELEMETRY = Telemetry(collector=COLLECTOR)
BACKEND = BackendSettings(workers=2, resources=RESOURCES, nginx_resources=RESOURCES, replicas=REPLICAS)
ENVIRONMENT = Environment(
    name="sample",
    cluster="sample-cluster",
    namespace="sample-examxv2",
    labels={"environment": "sample"},
    access=ACCESS,
    image=IMAGE,
    backend=BACKEND,
    queues=(QUEUE,),
    worker_resources=RESOURCES,
    beat_resources=RESOURCES,
    redis=STANDALONE,
    ingress=INGRESS,
    env_file=SECRET,
    media=VOLUME,
)
CRON = CronTrigger(timezone="Asia/Kolkata", start="0 8 * * 1-6", end="0 20 * * 1-6", replicas=4)

SCRATCH_VOLUME = ScratchVolume(name="room", size=Quantity("1Gi"))
NODES = NodeRule(key="example.com/disk", values=("ssd",))
PROBE = HttpProbe(port=9000, path="/healthz")
EXTRA_CONTAINER = ExtraContainer(name="sample-sidecar", image=IMAGE, resources=RESOURCES)
EXTRAS = PodExtras(sidecars=(EXTRA_CONTAINER,))

SAMPLES = (
    Affinity(nodes=(NODES,)),
    ClaimVolume(name="models", claim="models"),
    ConfigMapVolume(name="fonts", config_map="fonts"),
    ContainerSize(resources=RESOURCES),
    EXTRAS,
    EXTRA_CONTAINER,
    FromConfigMap(config_map="sample", key="greeting"),
    FromField(path="spec.nodeName"),
    FromResource(resource="limits.memory"),
    FromSecret(secret="sample", key="url"),
    NODES,
    PROBE,
    CommandProbe(command=("true",)),
    TcpProbe(port=9000),
    NodeFigure(key="example.com/generation", operator="Gt", figure=5),
    PodRule(labels={"app": "sample"}),
    PreferredNodes(rules=(NODES,)),
    SCRATCH_VOLUME,
    SecretVolume(name="keys", secret="keys"),
    Toleration(key="dedicated"),
    AllOfConfigMap(config_map="sample"),
    AllOfSecret(secret="sample"),
    VolumeMount(volume="room", path="/room"),
    ACCESS,
    AccessLogs(bucket="sample-logs"),
    Application(),
    BACKEND,
    BACKLOG,
    COLLECTOR,
    CLAIM,
    ContainerMetric(container="web", resource="cpu", utilization=70),
    CRON,
    ClientTlsOff(),
    ClientTlsPassthrough(),
    ClientTlsVerify(trust_store="sample-store"),
    ENVIRONMENT,
    EXTERNAL,
    ExternalMetric(name="orders_waiting", target=Quantity("5")),
    FLOW,
    Fallback(failure_threshold=3, replicas=1),
    Frontend(service="web"),
    Guest(app="sample-guest"),
    IMAGE,
    INGRESS,
    IngressGroup(name="shared"),
    KafkaTrigger(bootstrap_servers=("kafka:9092",), consumer_group="shop", topic="orders", lag=5),
    KubernetesSecret(name="sample-env"),
    LIMITS,
    NetworkSettings(),
    NginxSettings(),
    ObjectMetric(
        name="requests_per_second",
        api_version="networking.k8s.io/v1",
        kind="Ingress",
        object="shop",
        target=Quantity("100"),
    ),
    PERSISTENCE,
    PODS,
    PodsMetric(name="requests_per_second", target=Quantity("10")),
    Profiling(server=COLLECTOR),
    PrometheusTrigger(server="http://prometheus:9090", query="sum(orders)", threshold=0.5),
    QUEUE,
    QueueList(name="low", list_length=5),
    RabbitMqTrigger(queue="orders", target=5, authentication="rabbitmq"),
    REDIS_ADDRESS,
    REPLICAS,
    REPLICATED,
    RESOURCES,
    Rollout(),
    ScalingBehavior(),
    ScratchSizes(),
    SECRET,
    SECRET_FILE,
    SENTINEL_ADDRESS,
    ServiceLevel(wait_p95=Duration("60s"), task=Duration("8s"), workloads=(StandardBurst(tasks=500),)),
    SpanBatches(),
    SqsTrigger(queue_url="https://sqs.eu-west-1.amazonaws.com/111122223333/orders", queue_length=5),
    STANDALONE,
    StandardBurst(tasks=500),
    StandardExamDay(students=2000),
    STORAGE_CLASS,
    TELEMETRY,
    CRON.trigger,
    Utilization(),
    VOLUME,
)
