"""Tell Prometheus what waits in Celery's queues in Redis, since when, what is being worked on, and by how many workers.

These files run in a pod of the application's image, with its Python and its redis-py, and import nothing else: a
ConfigMap brings them there. Their settings are variables: REDIS_URL, REDIS_SENTINEL_MASTER and REDIS_PASSWORD_FILE as
the application has them, and

    QUEUES      a list as JSON, of {"worker": its Deployment, "lists": [the lists that it drains]}
    NAMESPACE   the label `namespace` of each figure
    SET_ASIDE   the hash that counts, by list, what workers have set aside
    PORT        where it listens; GET /metrics, and GET /healthz while it runs
    INTERVAL    seconds between two looks, beside that of each scrape
"""
