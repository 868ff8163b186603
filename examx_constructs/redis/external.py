"""A Redis that is run elsewhere, such as ElastiCache."""

from constructs import Construct

from examx_constructs._strict import strict
from examx_constructs.redis.connection import RedisConnection, password_of
from examx_constructs.settings import ExternalRedis, RedisAddress


class ExternalServer(Construct):
    """A Redis that is run elsewhere: nothing is rendered but, where it is set, the password."""

    @strict
    def __init__(self, scope: Construct, id: str, *, settings: ExternalRedis) -> None:
        super().__init__(scope, id)
        password = password_of(self, settings.password)
        self.connection = RedisConnection(
            address=RedisAddress(
                host=settings.host,
                port=settings.port,
                database=settings.database,
                tls=settings.tls,
                authenticated=password is not None,
                user=settings.username,
                scaler_user=settings.username,
            ),
            password=password,
        )
