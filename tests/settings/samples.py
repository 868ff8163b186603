"""One valid value of every kind of setting, for the rules that all of them share."""

from examx_constructs.settings import (
    Access,
    AccessLogs,
    Application,
    BackendSettings,
    Backlog,
    ClientTlsOff,
    ClientTlsPassthrough,
    ClientTlsVerify,
    ClusterService,
    Duration,
    EfsClaim,
    EfsStorageClass,
    EfsVolume,
    Environment,
    ExternalFlow,
    ExternalRedis,
    Fallback,
    Frontend,
    Guest,
    ImageReference,
    IngressGroup,
    IngressSettings,
    KubernetesSecret,
    NamespaceLimits,
    NetworkSettings,
    NginxSettings,
    PodGroup,
    Profiling,
    Quantity,
    Queue,
    RedisAddress,
    RedisPersistence,
    Replicas,
    ReplicatedRedis,
    Resources,
    Rollout,
    ScalingBehavior,
    ScratchSizes,
    SecretFile,
    SecretsManagerSecret,
    SentinelAddress,
    SpanBatches,
    StandaloneRedis,
    Telemetry,
    Utilization,
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

SAMPLES = (
    ACCESS,
    AccessLogs(bucket="sample-logs"),
    Application(),
    BACKEND,
    BACKLOG,
    COLLECTOR,
    CLAIM,
    ClientTlsOff(),
    ClientTlsPassthrough(),
    ClientTlsVerify(trust_store="sample-store"),
    ENVIRONMENT,
    EXTERNAL,
    FLOW,
    Fallback(failure_threshold=3, replicas=1),
    Frontend(service="web"),
    Guest(app="sample-guest"),
    IMAGE,
    INGRESS,
    IngressGroup(name="shared"),
    KubernetesSecret(name="sample-env"),
    LIMITS,
    NetworkSettings(),
    NginxSettings(),
    PERSISTENCE,
    PODS,
    Profiling(server=COLLECTOR),
    QUEUE,
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
    SpanBatches(),
    STANDALONE,
    STORAGE_CLASS,
    TELEMETRY,
    Utilization(),
    VOLUME,
)
