"""`python3 dev.py bench [NAME …] [--size 1k|100k|1m]`: measure, print ratios."""

import argparse
import sys
from importlib import import_module

from .place import SIZES, Place

NAMES = ("pages", "plans", "figures", "files", "jobs", "trace", "hidden")


def main() -> None:
    """Measure what is asked for, or all of it."""
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all of them"
    )
    parser.add_argument(
        "--size", choices=SIZES, default="1k", help="enrolments in the database (1k)"
    )
    asked = parser.parse_args()
    place = Place(asked.size)
    say = sys.stdout.write
    say(f"{asked.size} enrolments (filled in {place.seconds_to_fill:.0f} s)\n")
    for name in asked.names or NAMES:
        say(f"\n{name}\n")
        for label, seconds, words in import_module(f"benchmarks.{name}").measure(place):
            say(f"  {label:<34} {seconds * 1000:8.1f} ms   {words}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
