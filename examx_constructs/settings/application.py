"""The application that is run: what its image brings, and what its objects are called."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label, label_value, labels
from examx_constructs.settings.nginx import HEALTH_PATH
from examx_constructs.settings.paths import overlap
from examx_constructs.settings.refusal import SettingError, at_least, at_most, pattern

_NAME_LIMIT = 40
"""What follows a name must fit into a label of 63 characters: `-backend-pod-autoscaler` is the longest, with 23."""

_MODULE = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_PART = r"(?!\.{1,2}(?:/|$))[\w.-]{1,64}"
_file = pattern(rf"(?:/{_PART}){{2,16}}", "it must be an absolute path of a file in a directory, without '..'")
_directory = pattern(rf"(?:/{_PART}){{2,16}}", "it must be an absolute path below a directory, without '..'")
_answer = pattern(r"(?:/[\w.~-]+)+/?", "it must be an absolute path, such as /api/health/")

_LEVELS = ("critical", "debug", "error", "fatal", "info", "warning")
_level = pattern("|".join(_LEVELS), f"it must be a level of Celery's log: {', '.join(_LEVELS)}")


def _short(given: object) -> str | None:
    too_long = isinstance(given, str) and len(given) > _NAME_LIMIT
    return f"the most are {_NAME_LIMIT} characters: names of objects begin so" if too_long else None


def _not_of_nginx(given: object) -> str | None:
    return "it must be another path: nginx answers this one itself" if given == HEALTH_PATH else None


@value
class Application:
    """A Django project with a Celery app, as its image has it. The default is ExamX.

    `name`: how the names of objects begin, and the label `app.kubernetes.io/name`. `part_of`: what it is a part of, its
    name by default. `title`: what people call it. `module`: where `celery -A` finds the Celery app, such as `shop` or
    `shop.celery`. `wsgi`: what gunicorn serves, `wsgi:application` of the same package by default. `env_file_path`: the
    file that Django reads at start, mounted there. `secrets_path`: the directory in which a rotated value of it shows
    up. `media_path`: where uploads are. `static_path`: where its image has the files that nginx serves. `user`: the uid
    and gid of all its processes, above 10000 so that it is no user of the node. `health_path` and `ready_path`: what it
    answers to probes, with a status below 400. nginx asks gunicorn for them and for nothing else at the port of probes.
    `worker_log_level`, `beat_log_level`: what `celery -l` is told.

    What runs already keeps its name and its user: names of Deployments and claims, and who owns the files of media,
    cannot change in place.
    """

    name: str = setting(dns_label, _short, default="examxv2")
    part_of: str | None = setting(label_value, default=None)
    title: str = setting(
        pattern(r"[^\x00-\x1f\"\\]{1,80}", "it must be a name in one line, without quotes"), default="ExamX"
    )
    module: str = setting(pattern(_MODULE, "it must be a Python module, such as shop or shop.celery"), default="examx")
    wsgi: str | None = setting(
        pattern(rf"{_MODULE}:[A-Za-z_]\w*", "it must be a module and its variable, such as shop.wsgi:application"),
        default=None,
    )
    env_file_path: str = setting(_file, default="/app/examx/.env")
    secrets_path: str = setting(_directory, default="/mnt/secret-store")
    media_path: str = setting(_directory, default="/app/media")
    static_path: str = setting(_directory, default="/app/static")
    user: int = setting(
        at_least(10001, "below are users of the node, and what the process could do there is theirs"),
        at_most(2**31 - 1, "a uid has 31 bits to Kubernetes"),
        default=10001,
    )
    health_path: str = setting(_answer, _not_of_nginx, default="/api/health/")
    ready_path: str = setting(_answer, _not_of_nginx, default="/api/ready/")
    worker_log_level: str = setting(_level, default="debug")
    beat_log_level: str = setting(_level, default="info")

    def __attrs_post_init__(self) -> None:
        paths = {name: getattr(self, name) for name in ("secrets_path", "env_file_path", "media_path")}
        for name, path in paths.items():
            others = [each for other, each in paths.items() if other != name]
            if taken := overlap(path, others):
                raise SettingError(f"Application.{name}", path, f"it must be elsewhere: the pods have {taken} already")

    @property
    def mounted(self) -> tuple[str, ...]:
        """Where its pods have something mounted that is the application's own."""
        return (self.secrets_path, self.env_file_path, self.media_path)

    @property
    def wsgi_application(self) -> str:
        """What gunicorn serves."""
        return self.wsgi or f"{self.package}.wsgi:application"

    @property
    def package(self) -> str:
        """The Django project: `celery -A` finds the app in it, or in its module `celery`."""
        return self.module.removesuffix(".celery")

    def labels(self, *, instance: str, component: str) -> dict[str, str]:
        """Return the labels of one of its workloads."""
        return labels(application=self.name, instance=instance, component=component, part_of=self.part_of)

    @property
    def backend(self) -> str:
        """The name of the Deployment of the API."""
        return f"{self.name}-backend"

    @property
    def migration(self) -> str:
        """The name of the Job that runs before the Deployments of a release roll."""
        return f"{self.name}-migrate"

    @property
    def secrets(self) -> str:
        """The name of the SecretProviderClass of the file that Django reads at start."""
        return f"{self.backend}-secrets"

    @property
    def media_claim(self) -> str:
        """The name of the claim of the media's volume."""
        return f"{self.backend}-pvc"

    @property
    def identifier(self) -> str:
        """The package as one word, for names of its own in what it shares with others, such as keys of Redis."""
        return self.package.replace(".", "_")

    @property
    def celery_settings(self) -> str:
        """The name of the module that `celery_settings_module` writes."""
        return f"{self.identifier}_celery"

    @property
    def nginx_path(self) -> str:
        """The directory of nginx's configuration."""
        return f"/etc/nginx/{self.identifier}"


EXAMX = Application()
"""ExamX: what constructs take where no application is given."""
