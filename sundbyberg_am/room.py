"""Room on the disk: kept for what must always be written, and told of when it is gone.

To read about a person is to write in the access log, and a database without room for what it is about to
write stops. So what users save is refused while there still is room for that. Where the database has a server
of its own, whoever watches over that sees how its disk is.
"""

import errno
import shutil

from django.conf import settings
from psycopg.errors import DiskFull

# Bytes: months of the access log, and more than PostgreSQL writes between two checkpoints.
KEPT_FREE = 300_000_000
NO_ROOM = (
    "Serverns disk är nästan full, så det här sparades inte. Det du skrev står kvar. "
    "Säg till den som sköter servern, och spara igen när det finns plats."
)


def has_room() -> bool:
    """Whether the disk of the embedded database has more left than what is kept free; elsewhere true."""
    if not settings.EMBEDDED_DATABASE:
        return True
    return shutil.disk_usage(settings.DATA_DIR).free > KEPT_FREE


def is_full_disk(error: BaseException | None) -> bool:
    """Whether that is why something failed."""
    while error:
        if isinstance(error, DiskFull):
            return True
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__ or error.__context__
    return False
