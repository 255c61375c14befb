#!/usr/bin/env python
"""Django's commands. Without a configured server they run on the embedded ones."""

import errno
import os
import sys

from sundbyberg_am import embedded

DISK_FULL = "53100"  # PostgreSQL's own code


def main() -> None:
    """Run the command; what the person can mend is one sentence and exit status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sundbyberg_am.settings")
    try:
        embedded.hold()
        from django.core.management import execute_from_command_line

        from sundbyberg_am.acting import acting

        with acting(lambda: (None, "".join(sys.argv[1:2]))):
            execute_from_command_line(sys.argv)
    except embedded.EmbeddedError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(128 + 2)
    except Exception as error:
        if is_full_disk(error):
            sys.exit("Disken är full. Frigör plats och försök igen.")
        raise


def is_full_disk(error: BaseException | None) -> bool:
    """Whether a full disk, here or at the database, is what the error comes from."""
    while error:
        if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            return True
        if getattr(error, "sqlstate", None) == DISK_FULL:
            return True
        error = error.__cause__ or error.__context__
    return False


if __name__ == "__main__":
    main()
