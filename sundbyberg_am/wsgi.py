"""What gunicorn serves."""

import os
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sundbyberg_am.settings")

# Seconds for one statement of a page, waiting for others included; then it is answered with 503.
LONGEST_STATEMENT = 20


def _limit(connection: Any, **kwargs: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, false)", [f"{LONGEST_STATEMENT}s"]
        )


# Of the pages alone: a worker and a command may take their time.
connection_created.connect(_limit)
application = get_wsgi_application()
