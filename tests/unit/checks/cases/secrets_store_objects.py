"""Cases of the rules on what a SecretProviderClass of AWS asks for."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.secrets_store import CLASS, SYNCED, WHOLE, provider
from tests.unit.checks.support import Case, obj

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf"
APART = "allowed: a file name of its own"
LAST = "both go into one file, and the last one is what pods read"
KEYS = (
    "failoverObject, filePermission, jmesPath, objectAlias, objectName, objectType, objectVersion, objectVersionLabel"
)

CASES = [
    Case(
        "provider-objects-are-valid",
        "no text, no list, no YAML",
        [
            obj("SecretProviderClass", "store", "provider: aws\nparameters: {objects: [{objectName: a}]}"),
            provider("objectName: a"),
            provider("- [a"),
        ],
        [
            f"{CLASS}.objects is {given}; allowed: a string (objects: |) with a YAML list; the provider parses the text itself"
            for given in ("a list of 1", '"objectName: a"', '"- [a"')
        ],
    ),
    Case(
        "provider-objects-are-valid",
        "everything wrong with an object",
        [
            provider(
                f'- objectName: "{ARN}"\n  filePermission: "440"\n  alias: .env\n- objectAlias: b\n- objectName: c\n  objectType: secretmanager'
            )
        ],
        [
            f'{CLASS}.objects[0].alias is ".env"; allowed: {KEYS}; the provider does not read it',
            f"{CLASS}.objects[0].objectAlias is missing; allowed: a file name; the file would be named after the whole ARN",
            (
                f'{CLASS}.objects[0].filePermission is "440"; allowed: four octal digits in quotes, such as "0440"; the provider refuses anything'
                " else"
            ),
            f"{CLASS}.objects[1].objectName is missing; allowed: the name or ARN of a secret; there would be nothing to fetch",
            f"{CLASS}.objects[1].objectType is missing; allowed: secretsmanager or ssmparameter; only a full ARN tells the type by itself",
            f'{CLASS}.objects[2].objectType is "secretmanager"; allowed: secretsmanager or ssmparameter; only a full ARN tells the type by itself',
        ],
    ),
    Case(
        "provider-objects-are-valid",
        "by ARN, by name, in parts",
        [
            provider(
                f'- objectName: "{ARN}"\n  objectAlias: .env\n  filePermission: "0440"\n- objectName: b\n  objectType: ssmparameter\n'
                f'- objectName: "{ARN}2"\n  jmesPath: [{{path: a, objectAlias: a, filePermission: "0400"}}]'
            )
        ],
    ),
    Case(
        "synced-secret-has-object",
        "the name instead of the alias",
        [provider("- objectName: app/redis\n  objectType: secretsmanager\n  objectAlias: env", SYNCED)],
        [
            (
                'SecretProviderClass dev/store: spec.secretObjects[0].data[0].objectName is "redis-password"; allowed: a mounted file: env; the driver'
                " finds no such file to copy"
            )
        ],
    ),
    Case(
        "synced-secret-has-object",
        "an alias, a part, a translated name",
        [
            provider("- objectName: a\n  objectAlias: redis-password", SYNCED),
            provider("- objectName: a\n  jmesPath: [{path: p, objectAlias: redis-password}]", SYNCED),
            provider("- objectName: redis/password", SYNCED, parameters="pathTranslation: '-'"),
            provider("- objectName: /redis-password", SYNCED, parameters="pathTranslation: 'False'"),
        ],
    ),
    Case(
        "provider-objects-are-valid",
        "ARNs of another region, service and type, and a part of one",
        [
            provider(
                "- objectName: arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf\n  objectAlias: a\n"
                "- objectName: arn:aws:ssm:eu-west-1:111122223333:parameter/app\n  objectType: secretsmanager\n  objectAlias: b\n"
                "- objectName: arn:aws:s3:::bucket\n  objectAlias: c\n"
                "- objectName: arn:aws:secretsmanager:app\n  objectAlias: d"
            )
        ],
        [
            f'{CLASS}.objects[0].objectName is "arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf"; allowed: an ARN in eu-west-1, the region of the class; {WHOLE}',
            f'{CLASS}.objects[1].objectType is "secretsmanager"; allowed: ssmparameter, or none beside this ARN; {WHOLE}',
            f'{CLASS}.objects[2].objectName is "arn:aws:s3:::bucket"; allowed: an ARN of Secrets Manager; the provider fetches nothing from s3, and refuses the whole class',
            f'{CLASS}.objects[3].objectName is "arn:aws:secretsmanager:app"; allowed: a whole ARN: arn:partition:service:region:account:resource; {WHOLE}',
        ],
    ),
    Case(
        "provider-objects-are-valid",
        "parts without a path or a name, versions of a parameter, a way up",
        [
            provider(
                "- objectName: a\n  objectType: secretsmanager\n  jmesPath: [{objectAlias: p}, {path: q}]\n"
                "- objectName: b\n  objectType: ssmparameter\n  objectVersion: 1\n  objectVersionLabel: old\n"
                "- objectName: c\n  objectType: secretsmanager\n  objectAlias: ../c\n  jmesPath: {path: a}",
                parameters="pathTranslation: 'False'",
            )
        ],
        [
            f"{CLASS}.objects[0].jmesPath[0].path is missing; allowed: a JMESPath into the JSON of the secret; {WHOLE}",
            f"{CLASS}.objects[0].jmesPath[1].objectAlias is missing; allowed: a file name; {WHOLE}",
            f'{CLASS}.objects[1].objectVersionLabel is "old"; allowed: objectVersion or objectVersionLabel of a parameter, not both; {WHOLE}',
            f'{CLASS}.objects[2].objectAlias is "../c"; allowed: a path without ..; {WHOLE}',
            f"{CLASS}.objects[2].jmesPath is a mapping of 1 keys; allowed: a list of a path and an objectAlias each; {WHOLE}",
        ],
    ),
    Case(
        "provider-objects-are-valid",
        "a second region that is not said, and an object of it without an alias, in a third one",
        [
            provider(
                "- objectName: a\n  objectType: secretsmanager\n  failoverObject: {objectName: b}",
            ),
            provider(
                "- objectName: a\n  objectType: secretsmanager\n  objectAlias: a\n  objectVersion: v1\n"
                "  failoverObject: {objectName: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:b-AbCdEf'}",
                parameters="region: eu-west-1\n  failoverRegion: eu-north-1",
            ),
        ],
        [
            f"{CLASS}.failoverRegion is missing; allowed: the region of the failoverObject; {WHOLE}",
            f"{CLASS}.objects[0].objectAlias is missing; allowed: a file name, beside a failoverObject; {WHOLE}",
            f'{CLASS}.objects[0].failoverObject.objectName is "arn:aws:secretsmanager:eu-west-1:111122223333:secret:b-AbCdEf"; allowed: an ARN in eu-north-1, the region of the class; {WHOLE}',
            f"{CLASS}.objects[0].failoverObject.objectVersion is missing; allowed: v1, as in the first region; {WHOLE}",
        ],
    ),
    Case(
        "provider-objects-are-valid",
        "keys in any case, numbers that are texts to the provider, no region, names that are filled in later",
        [
            provider("- ObjectName: a\n  OBJECTTYPE: secretsmanager\n  jmesPath: [{Path: u, ObjectAlias: user}]"),
            provider("- objectName: 12345\n  objectType: ssmparameter\n  objectVersion: 2\n  filePermission: 1440"),
            provider(
                "- objectName: arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf\n  objectAlias: a",
                parameters="pathTranslation: '-'",
            ),
            provider("- objectName: arn:aws:secretsmanager:${REGION}:111122223333:secret:a-AbCdEf\n  objectAlias: a"),
            provider("- objectName: arn:aws:ssm:eu-west-1:111122223333:parameter/app\n  objectAlias: a"),
            provider("${OBJECTS}"),
        ],
    ),
    Case(
        "provider-files-are-apart",
        "one alias twice, also of a part, one name twice, names that become one",
        [
            provider(
                "- objectName: a\n  objectAlias: .env\n- objectName: b\n  objectAlias: .env\n"
                "- objectName: c\n  jmesPath: [{path: p, objectAlias: .env}]\n"
                "- objectName: d\n- objectName: d\n  objectVersionLabel: AWSPREVIOUS\n"
                "- objectName: e/f\n- objectName: g\n  objectAlias: e_f"
            )
        ],
        [
            f'{CLASS}.objects[1].objectAlias is ".env"; {APART}; {WHOLE}',
            f'{CLASS}.objects[2].jmesPath[0].objectAlias is ".env"; {APART}; {WHOLE}',
            f'{CLASS}.objects[4].objectName is "d"; {APART}; {LAST}',
            f'{CLASS}.objects[6].objectAlias is "e_f"; {APART}; {LAST}',
        ],
    ),
    Case(
        "provider-files-are-apart",
        "one secret under two names, slashes that are kept, names that are filled in later",
        [
            provider("- objectName: a\n  objectAlias: one\n- objectName: a\n  objectAlias: two"),
            provider("- objectName: a/b\n- objectName: a_b", parameters="pathTranslation: 'False'"),
            provider("- objectName: a\n  objectAlias: '<file>'\n- objectName: b\n  objectAlias: '<file>'"),
        ],
    ),
    Case(
        "synced-secret-has-object",
        "an alias in another case of its key, and a slash where the file has an underscore",
        [
            provider("- objectName: a\n  ObjectAlias: redis-password", SYNCED),
            provider("- objectName: app/redis", SYNCED.replace("redis-password", "app/redis")),
        ],
        [
            (
                'SecretProviderClass dev/store: spec.secretObjects[0].data[0].objectName is "app/redis"; allowed: a mounted file: app_redis; the driver'
                " finds no such file to copy"
            )
        ],
    ),
]
