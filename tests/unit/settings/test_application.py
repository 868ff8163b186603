"""The application as a value: what is allowed, and what follows."""

import attrs
import pytest

from examx_constructs.settings import Application
from examx_constructs.settings.application import EXAMX
from tests.unit.settings.samples import ENVIRONMENT, SECRET_FILE
from tests.unit.settings.support import refusal

SHOP = Application(name="shop", title="The Shop", module="shop.core", env_file_path="/srv/shop/.env", user=20001)


def test_what_is_not_said_follows_from_the_name_and_the_module() -> None:
    assert (SHOP.backend, SHOP.secrets, SHOP.media_claim) == (
        "shop-backend",
        "shop-backend-secrets",
        "shop-backend-pvc",
    )
    assert (SHOP.wsgi_application, SHOP.celery_settings) == ("shop.core.wsgi:application", "shop_core_celery")
    assert SHOP.nginx_path == "/etc/nginx/shop_core"
    assert attrs.evolve(SHOP, wsgi="web:app").wsgi_application == "web:app"
    dotted = attrs.evolve(SHOP, module="shop.celery")
    assert (dotted.wsgi_application, dotted.celery_settings) == ("shop.wsgi:application", "shop_celery")


@pytest.mark.parametrize(("part_of", "label"), [(None, "shop"), ("sales", "sales")])
def test_labels_say_what_it_is_and_what_it_is_part_of(part_of: str | None, label: str) -> None:
    assert attrs.evolve(SHOP, part_of=part_of).labels(instance="shop-backend", component="backend") == {
        "app": "shop-backend",
        "app.kubernetes.io/name": "shop",
        "app.kubernetes.io/instance": "shop-backend",
        "app.kubernetes.io/component": "backend",
        "app.kubernetes.io/part-of": label,
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "The Shop"}, 'Application.name is "The Shop"; it must be a DNS label'),
        ({"name": "s" * 41}, "; the most are 40 characters: names of objects begin so"),
        ({"module": "shop-core"}, 'Application.module is "shop-core"; it must be a Python module, such as shop'),
        ({"module": "shop core"}, "; it must be a Python module"),
        ({"module": "--help"}, "; it must be a Python module"),
        ({"wsgi": "shop.wsgi"}, 'Application.wsgi is "shop.wsgi"; it must be a module and its variable'),
        ({"title": 'The "Shop"'}, "; it must be a name in one line, without quotes"),
        ({"title": "The\nShop"}, "; it must be a name in one line, without quotes"),
        ({"part_of": "a b"}, 'Application.part_of is "a b"; it must be a label value'),
        ({"env_file_path": ".env"}, 'Application.env_file_path is ".env"; it must be an absolute path of a file'),
        ({"env_file_path": "/.env"}, "; it must be an absolute path of a file in a directory"),
        ({"media_path": "/srv/../media"}, "; it must be an absolute path below a directory, without '..'"),
        ({"media_path": "/srv/shop"}, 'Application.env_file_path is "/srv/shop/.env"; it must be elsewhere'),
        ({"secrets_path": "/tmp/secrets"}, "; it must be elsewhere: the pods have /tmp already"),
        ({"user": 0}, "Application.user is 0; the least is 10001: below are users of the node"),
        ({"user": True}, "Application.user is True; it must be int"),
        ({"health_path": "api/health"}, 'Application.health_path is "api/health"; it must be an absolute path'),
        ({"ready_path": "/health"}, "; it must be another path: nginx answers this one itself"),
        ({"ready_path": "/a;b"}, "; it must be an absolute path, such as /api/health/"),
        ({"worker_log_level": "loud"}, "; it must be a level of Celery's log: critical, debug, error"),
        ({"beat_log_level": "INFO"}, "; it must be a level of Celery's log"),
    ],
)
def test_refuses_what_no_image_can_have(changes: dict[str, object], message: str) -> None:
    assert message in refusal(lambda: attrs.evolve(SHOP, **changes))


@pytest.mark.parametrize("path", ["/app/media/b.json", "/app/examx", "/mnt/secret-store/b", "/app/examx/.env"])
def test_a_secret_file_stands_where_the_application_has_nothing(path: str) -> None:
    file = attrs.evolve(SECRET_FILE, path=path)
    message = refusal(lambda: attrs.evolve(ENVIRONMENT, secret_files=(file,)))
    assert message.startswith(f'SecretFile.path is "{path}"; it must be elsewhere: the pods have /')
    moved = attrs.evolve(EXAMX, env_file_path="/srv/shop/.env", media_path="/srv/uploads", secrets_path="/srv/secrets")
    assert attrs.evolve(ENVIRONMENT, application=moved, secret_files=(file,)).secret_files == (file,)
