"""Log lines as JSON say what the others say, and as little of anybody."""

import json
import logging
import sys

from sundbyberg_am.logs import JsonFormatter, logging_settings, numbered_request


def test_a_line_is_json_with_the_number_of_the_request_and_no_message_of_an_error():
    formatter = JsonFormatter(logging_settings(as_json=True)["formatters"]["line"]["format"])
    typed = "19850314-9801"
    try:
        raise ValueError(typed)
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord(
        "sundbyberg_am", logging.ERROR, "x.py", 1, "Fel\n%s", ("två",), error
    )
    with numbered_request() as number:
        line = formatter.format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert (said["level"], said["request"], said["logger"]) == ("ERROR", number, "sundbyberg_am")
    assert said["message"].startswith("Fel\ntvå\n")
    assert said["message"].endswith("ValueError")
    assert "9801" not in line
