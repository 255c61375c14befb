"""What may be typed or pasted: the Big List of Naughty Strings, a Swedish list, odd days and numbers."""

import json
import os
from pathlib import Path

_VENDOR = Path(__file__).resolve().parent.parent / "vendor"
BIG_LIST: list[str] = json.loads((_VENDOR / "blns" / "blns.json").read_text())

SWEDISH = [
    "Åsa Öberg-Åkerlöf",
    "A\u030asa O\u0308berg",  # the letters as macOS writes names of files: å and ö as two characters each
    "e\u0301 \u212b \ufb01",  # an é of two, the unit ångström, the ligature fi
    "ẞß ĲĳŒœ Þþ Đđ",
    "שלום \u202eesrever\u202c مرحبا",
    "\u200f\u2067hemlig\u2069\u200e",
    "noll\u200bbredd\u200d\u2060\ufeff",
    "mjukt\u00adbindestreck och hårt\u00a0mellanslag",
    "👩🏽‍🚒 👨‍👩‍👧‍👦 🇸🇪 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "Z\u0351\u036b\u0343a\u0363l\u035fg\u0489o\u0322",
    "０１２３４５６７８９",
    "１９８５０３１４-９８０１",
    "19850314-9801",
    '=HYPERLINK("http://exempel.se";"Klicka")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+46 8 706 80 00",
    "-1",
    "\t=1+1",
    "'; DROP TABLE participants_participant; --",
    "100 % \\ _ %s %(namn)s {0} {{ namn }} {% now 'Y' %}",
    "</textarea><script>zq()</script>",
    "\"><img src=x onerror='zq()'>",
    "<!-- --> <![CDATA[ ]]> &amp; &lt; &#229; &",
    "javascript:zq()",
    "rad ett\r\nrad två\nrad tre\rrad fyra\u2028rad fem\x0brad sex\x85",
    "noll\0tecken",
    "\x01\x02\x07\x08\x1b[31mrött\x1b[0m\x7f\x9f",
    "\ufffe\uffff\U0001ffff",
    "\ue000\U000f0000",
    " \t\n ",
    "\u2003\u3000\u00a0",
    "\u200b",
    "\ufffd",
    "None",
    "null",
    "0",
    "../../etc/passwd",
    "#include #set $x [länk](http://exempel.se) *a* _b_ `c` @label <ref> // \\u{61}",
    "x" * 61,
    "å" * 256,
    "lång " * 4_001,
    "\U0001f600" * 5_001,
]
STRINGS = list(dict.fromkeys([*SWEDISH, *(text for text in BIG_LIST if text)]))
NAUGHTY = int(os.environ.get("NAUGHTY") or 1)  # how many of them each field is sent

# Nothing that is sent to a page of ours has half a character: a browser writes U+FFFD instead.
assert all(text.encode() for text in STRINGS)

# A little of everything, short enough for nearly every field.
COMPOSED = "A\u030a=1+1 <b>\"'&amp; \u202e\u05d0 👩🏽‍🚒\u200b%s"

NUMBERS = [
    *("-1", "0", "-0", "1e3", "0x1", "1,5", "1.5", "１２", "٣", "²", "½", "NaN", "inf", "-inf"),
    *("32768", "2147483648", "9223372036854775808", "9" * 400, "-" + "9" * 40, "1_000", "1 000"),
    *("+1", "true", "\0", "1\0", " 1 ", "\u22121"),
]
DAYS = [
    *("0001-01-01", "9999-12-31", "0000-00-00", "10000-01-01", "1582-10-10", "2026-02-29"),
    *("2028-02-29", "2026-11-31", "2026-11-28\0", "２０２６-１１-２８", "28/11/2026", "20261128"),
    *("2026-W53-1", "-2026-01-01", "1899-12-31", "2026-11-28T25:61", "idag", "9" * 40),
]
TIMES = [
    "24:00",
    "25:61",
    "00:00",
    "23:59:59.999999",
    "１０:００",
    "10:00\0",
    "02:30",
    "-1:00",
    "x",
]


def odd_values(kind: str) -> list[str]:
    """What is no proper value of such a field; of the others, what is nobody's choice."""
    of_kind = {"number": NUMBERS, "date": DAYS, "time": TIMES, "month": DAYS}
    return of_kind.get(kind, [*SWEDISH, *NUMBERS, *DAYS[:4]])
