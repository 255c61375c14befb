"""From the order of a report to the last of its files, beside counting its figures alone.

    .venv/bin/python -m benchmarks.order_to_download

Real processes: web server, worker, database, broker. PEOPLE (2000) is how many are in the database, TIMES (5)
how often it is measured; the median is kept. Prints the ratio, and the seconds on this machine that it is of.
"""

import os
import re
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from reporting.exporters import FORMS
from tests.faults.city import City, a_city
from tests.setup.conftest import processes

from .cases import a_file

PEOPLE, TIMES = int(os.environ.get("PEOPLE", "2000")), int(os.environ.get("TIMES", "5"))
COUNT = """
import time
import django
django.setup()
from reporting.content import build_content
from reporting.periods import Period
from django.utils import timezone
for _ in range({times} + 1):
    began = time.monotonic()
    build_content(Period.parse("2024"), counted_on=timezone.localdate())
    print(time.monotonic() - began)
"""


def processor_seconds(city: City) -> float:
    """What every process of the city has used so far, those that have ended included."""
    ticks = 0
    for pid in processes(city.data):
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(
                map(int, fields[11:15])
            )  # its own and those of its children that have ended
    return ticks / os.sysconf("SC_CLK_TCK")


def order_and_download(city: City) -> tuple[float, float, float, list[str]]:
    """Seconds in all, of the processors, and the longest that the page stood still; and what it showed."""
    used = processor_seconds(city)
    began = moved = time.monotonic()
    run = city.browser.order("2024")
    shown, longest = [""], 0.0
    while True:
        with city.browser.open(f"/rapporter/{run}/") as answer:
            page = answer.read().decode()
        progress = re.search(r"<p class=\"muted\">\s*(.*?)</p>", page, re.DOTALL)
        now = " ".join(progress[1].split()) if progress and 'hx-trigger="every' in page else "ready"
        if now != shown[-1]:
            longest, moved = max(longest, time.monotonic() - moved), time.monotonic()
            shown.append(now)
        if "building" not in page and f"/rapporter/{run}/excel/" in page:
            break
        time.sleep(0.1)
    for form in FORMS:
        for public in (False, True):
            status, _ = city.browser.download(run, form.address, public=public)
            assert status == 200  # noqa: S101
    return time.monotonic() - began, processor_seconds(city) - used, longest, shown[1:]


def _cases(folder: Path) -> Path:
    """PEOPLE cases of the years that are counted."""
    return a_file(folder, PEOPLE, since=date(2022, 6, 1), days=900)


def main() -> None:
    with TemporaryDirectory() as folder, a_city(_cases(Path(folder))) as city:
        counted = subprocess.run(
            [sys.executable, "-c", COUNT.format(times=TIMES)],
            env=city.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        alone = median(map(float, counted.stdout.split()[1:]))
        measured = [order_and_download(city) for _ in range(TIMES + 1)][1:]
        whole, used = median(one[0] for one in measured), median(one[1] for one in measured)
        still = max(one[2] for one in measured)
    say = sys.stdout.write
    say(f"{PEOPLE} people: order to last download / counting alone = {whole / alone:.1f}\n")
    say(f"  {whole:.2f} s (of the processors {used:.2f} s) / {alone:.2f} s\n")
    say(
        f"  the page stood still for {still:.2f} s at most; it showed: {'; '.join(measured[-1][3])}\n"
    )


if __name__ == "__main__":
    main()
