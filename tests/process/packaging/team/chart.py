"""A chart of another team: every public construct, beside KEDA's resources as that team imports them for itself."""

import sys

import own
from cdk8s import App, Chart

from examx_constructs import (
    AlbIngress,
    Alert,
    AlertRules,
    AwsSecrets,
    Backend,
    CeleryBeat,
    CeleryWorker,
    Dashboard,
    DashboardBound,
    DashboardPanel,
    DashboardQuery,
    DashboardRow,
    DefaultDeny,
    DeployerAccess,
    DeployerPolicy,
    DisruptionBudget,
    DjangoApp,
    DutyAccess,
    EfsDirectory,
    EfsProvisioner,
    EfsStorage,
    ExamxChart,
    ExistingSecret,
    ExternalFlows,
    ExternalServer,
    Flower,
    GuestFlows,
    IncomingFromNamespaces,
    IncomingFromNetworks,
    InternalFlow,
    Migration,
    NamespaceQuota,
    NginxConfig,
    ObserverAccess,
    QueueAutoscaler,
    QueueMetrics,
    RedisTriggerAuthentication,
    ReplicatedServers,
    ResourceAutoscaler,
    RestrictedNamespace,
    Runbook,
    ScaleTarget,
    ScheduledTask,
    ScrapedPods,
    ScrapedPort,
    ScrapedService,
    ServiceFlows,
    StandaloneServer,
    TriggerAutoscaler,
    WorkloadIdentity,
)
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import (
    Alerting,
    BackendSettings,
    ClientTlsPassthrough,
    ClusterService,
    CronTrigger,
    Dashboards,
    Duration,
    EfsClaim,
    EfsStorageClass,
    EfsVolume,
    ExternalFlow,
    ExternalRedis,
    FlowerSettings,
    ImageReference,
    IngressSettings,
    KubernetesSecret,
    MigrationSettings,
    NamespaceLimits,
    PodGroup,
    Quantity,
    Queue,
    RedisAddress,
    RedisPersistence,
    Replicas,
    ReplicatedRedis,
    Resources,
    ScheduledTaskSettings,
    SecretsManagerSecret,
    StandaloneRedis,
    Utilization,
)

app = App()
chart = Chart(app, "team", namespace="team", disable_resource_name_hashes=True)
image = ImageReference.parse("registry.example.com/team/app:2026.11.1")
small = Resources.of("250m", "256Mi", "500m", "512Mi")
pods = {"app": "app"}
queue = Queue(
    name="reports",
    worker="reports-worker",
    pool="prefork",
    concurrency=2,
    longest_task=Duration("5m"),
    list_length=4,
    polling_interval=Duration("15s"),
    cooldown=Duration("60s"),
    replicas=Replicas.between(1, 6),
)

# Access
RestrictedNamespace(chart, "namespace", name="team", cluster="cluster-1", readiness_gates=True)
WorkloadIdentity(chart, "identity", name="app", role_arn="arn:aws:iam::111122223333:role/team-app")
DeployerAccess(chart, "deployer", namespace="team", group="team-deployers", name="deployer")
DeployerPolicy(
    chart,
    "deployer-policy",
    namespace="team",
    group="team-deployers",
    images=["registry.example.com/team/app"],
    secrets=["redis-auth"],
)
ObserverAccess(chart, "observer", namespace="team", group="team-observers", name="observer")
DutyAccess(chart, "duty", namespace="team", group="team-on-duty", name="duty")

# Secrets and storage
secrets = AwsSecrets(
    chart,
    "secrets",
    name="app-secrets",
    files={".env": SecretsManagerSecret(arn="arn:aws:secretsmanager:eu-west-1:111122223333:secret:team-env-AbCdEf")},
)
EfsStorage(
    chart,
    "media",
    volume=EfsVolume(file_system="fs-0123456789abcdef0", capacity=Quantity("10Gi"), name="team-media"),
    claim_name="media",
)
EfsProvisioner(
    chart,
    "class",
    settings=EfsStorageClass(
        name="previews", file_system="fs-0123456789abcdef0", base_path="/previews", temporary=True
    ),
)
EfsDirectory(
    chart,
    "directory",
    claim=EfsClaim(storage_class="previews", capacity=Quantity("1Gi")),
    claim_name="preview-media",
)
NamespaceQuota(
    chart,
    "quota",
    limits=NamespaceLimits(container=small),
    pods=[PodGroup(containers=(small,), most=3, rolling=True)],
    name="team",
)

# Redis: one server, several, and one that others run
kept = RedisPersistence(size=Quantity("2Gi"), storage_class="gp2")
one = Chart(app, "one", namespace="one")
StandaloneServer(one, "redis", settings=StandaloneRedis(resources=small, persistence=kept))
several = Chart(app, "several", namespace="several")
ReplicatedServers(
    several,
    "redis",
    settings=ReplicatedRedis(
        resources=small,
        sentinel_resources=Resources.of("50m", "64Mi", "200m", "128Mi"),
        replicas=Replicas.between(2, 5),
        persistence=kept,
    ),
)
redis = ExternalServer(chart, "redis", settings=ExternalRedis(host="cache.example.com"))

# The application
django = DjangoApp(image=image, redis=redis.connection, env_file=ExistingSecret(name="app-env"))
backend = Backend(
    chart,
    "backend",
    app=django,
    settings=BackendSettings(workers=2, resources=small, nginx_resources=small, replicas=Replicas.between(2, 6)),
    nginx=NginxConfig(chart, "nginx", client_tls=ClientTlsPassthrough()),
    host="api.example.com",
)
AlbIngress(
    chart,
    "ingress",
    settings=IngressSettings(host="api.example.com", client_tls=ClientTlsPassthrough()),
    service=backend.service,
)
worker = CeleryWorker(chart, "reports", app=django, queue=queue, resources=small)
Migration(chart, "migration", app=django, settings=MigrationSettings(resources=small))
ScheduledTask(
    chart,
    "sessions",
    app=django,
    settings=ScheduledTaskSettings(
        name="clear-sessions", schedule="0 3 * * *", command=("python", "manage.py", "clearsessions"), resources=small
    ),
)
beat = CeleryBeat(chart, "beat", app=django, resources=small)
ResourceAutoscaler(
    chart,
    "resources",
    target=ScaleTarget(workload=beat.deployment, labels=beat.labels),
    replicas=Replicas.between(2, 9),
    utilization=Utilization(cpu=60, memory=None),
)
RedisTriggerAuthentication(chart, "keda-auth", name="redis-auth", secret="redis-auth", key="password")
QueueAutoscaler(
    Chart(app, "scaled", namespace="scaled"),
    "autoscaler",
    target=ScaleTarget(workload=worker.deployment, labels=worker.labels),
    queue=queue,
    redis=RedisAddress(host="cache.example.com"),
)
TriggerAutoscaler(
    Chart(app, "hours", namespace="hours"),
    "autoscaler",
    target=ScaleTarget(workload=beat.deployment, labels=beat.labels),
    triggers=[CronTrigger(timezone="Asia/Kolkata", start="0 8 * * *", end="0 20 * * *", replicas=3)],
    replicas=Replicas.between(1, 3),
)
DisruptionBudget(chart, "budget", name="app", selector=pods, labels=pods)

# Monitoring
metrics = QueueMetrics(chart, "queue-metrics", app=django, queues=[queue])
ScrapedService(
    chart,
    "metrics-monitor",
    name="queues",
    service=metrics.labels,
    ports=[ScrapedPort(port="metrics")],
    own_labels=True,
)
ScrapedPods(chart, "pods-monitor", name="app", pods=pods, ports=[ScrapedPort(port="http", path="/stats")])
Flower(chart, "flower", app=django, settings=FlowerSettings(login=KubernetesSecret(name="flower-login")))

team_runbook = Runbook(
    name="TeamAppDown", means="It is away.", look=("kubectl get pods",), mend="Start it.", needs="it"
)
down = Alert(runbook=team_runbook, expr="up == 0", lasts=Duration("60s"), severity="page", summary="away")
AlertRules(chart, "alerts", name="team-app", alerts=[down], alerting=Alerting())
panel = DashboardPanel(
    title="Up",
    means="1: it answers.",
    unit="short",
    queries=(DashboardQuery(expr='up{namespace="team"}', legend="{{pod}}"),),
    bound=DashboardBound(at=1, bad="below"),
)
Dashboard(
    chart,
    "dashboard",
    name="team-dashboard",
    title="Team",
    rows=[DashboardRow(title="Now", panels=(panel,))],
    settings=Dashboards(folder="Team"),
)

# Network
DefaultDeny(chart, "deny")
IncomingFromNetworks(chart, "in", name="from-load-balancer", pods=pods, port=8080, cidrs=["10.0.0.0/16"])
IncomingFromNamespaces(chart, "scraped", name="from-prometheus", pods=pods, ports=[8080], namespaces=["monitoring"])
ExternalFlows(chart, "out", name="to-external", pods=pods, flows=[ExternalFlow(name="https", port=443)])
InternalFlow(chart, "cache", name="app-to-cache", clients=pods, servers={"app": "cache"}, ports=[6379])
collector = ClusterService(name="collector", namespace="monitoring", port=4317)
ServiceFlows(chart, "telemetry", name="app-to-telemetry", pods=pods, services=[collector])
GuestFlows(chart, "guests", guests=["another-teams-app"])

ExamxChart(app, ENVIRONMENTS["dev"](image))

# This team's own import of KEDA, after ours and with what ours does not know
own.add(chart)
secrets.secret_provider_class.add_dependency(backend.service)

app.synth()
made = {type(each).__name__ for root in app.charts for each in root.node.find_all()}
sys.stdout.write(" ".join(sorted(made)))
