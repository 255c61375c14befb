"""The machine form of a report, for other programs."""

import json
from collections.abc import Mapping
from typing import Any

SCHEMA = 1


def render(content: Mapping[str, Any]) -> bytes:
    """The figures of the period as JSON in UTF-8, then the forecasts of the year and the goals.

    In the public version a hidden value is null and has `hidden`, what is shown in its place.
    """
    period = content["period"]
    form = {
        "schema": SCHEMA,
        "period": {key: period[key] for key in ("code", "first_day", "last_day")},
        **({"public": content["public"]} if "public" in content else {}),
        "figures": [
            {key: figure[key] for key in _KEYS if key in figure} for figure in content["figures"]
        ],
        **({"forecasts": content["forecasts"]} if content.get("forecasts") else {}),
        **({"goals": content["goals"]} if content.get("goals", {}).get("goals") else {}),
    }
    return json.dumps(form, ensure_ascii=False, indent=1).encode() + b"\n"


# The database keeps no order of keys; a reader wants one.
_KEYS = ("figure", "by", "sex", "value", "numerator", "denominator", "hidden")
