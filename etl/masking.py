"""Telephone and identity numbers are made unreadable before anything is stored.

Masked are mobile numbers (138****5678), landlines with their area code (0871-6*******) and identity
numbers (530102**********2X) in the ways people write them: full-width digits, spaces, hyphens and
invisible characters between the usual groups, country prefixes, brackets, no border to the Chinese text
around them. Amounts, dates, times and case numbers stay as they are.

Sources: 个人信息保护法 art. 6 and 51; GB 11643-1999 (checksum of identity numbers); 电信网编号计划 (area codes).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

import polars as pl

DIGIT = "[0-9０-９]"
SPACE = r"[ \t\u00a0\u00ad\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]"
HYPHEN = r"[\-_·\u2010-\u2015\u2212\ufe58\ufe63\uff0d]"
GAP = rf"{SPACE}{{0,2}}{HYPHEN}?{SPACE}{{0,2}}"
SPACES = f"{SPACE}{{1,2}}"
HYPHENS = f"{SPACE}?{HYPHEN}{SPACE}?"
COUNTRY = f"(?:[+＋]|[0０]{{2}})?[8８][6６][)）]?{GAP}"


def _groups(sizes: Sequence[int], gap: str) -> str:
    """A mobile number in groups of these sizes, the gap between them."""
    first = f"[1１][3-9３-９]{DIGIT}{{{sizes[0] - 2}}}"
    return gap.join([first, *(f"{DIGIT}{{{size}}}" for size in sizes[1:])])


# A full stop joins groups only where there are two of them: with one, amounts would be taken for numbers.
_MOBILE = "|".join(
    [
        _groups((3, 4, 4), GAP),
        rf"[(（][1１][3-9３-９]{DIGIT}[)）]{GAP}{DIGIT}{{4}}{GAP}{DIGIT}{{4}}",
        _groups((3, 4, 4), r"[.．]"),
        *(
            _groups(sizes, gap)
            for sizes in ((4, 4, 3), (4, 3, 4), (3, 3, 5), (6, 5), (5, 6))
            for gap in (SPACES, HYPHENS)
        ),
        *(f"[1１]{gap}[3-9３-９](?:{gap}{DIGIT}){{9}}" for gap in (SPACES, HYPHENS)),
    ]
)
_AREA = f"(?:[1１][0０]|[2２]{DIGIT}|[3-9３-９]{DIGIT}{{2}})"
_LANDLINE = (
    rf"[(（]?(?:(?:[+＋]|[0０]{{2}})[8８][6６][)）]?{GAP}[0０]?|[8８][6６]{HYPHENS}|[0０])(?P<area>{_AREA})[)）]?{GAP}"
    rf"(?P<local>[2-8２-８]{DIGIT}{{2,3}}{GAP}{DIGIT}{{4}})"
)
_IDENTITY = f"[1-9１-９](?:{SPACE}?{HYPHEN}?{SPACE}?{DIGIT}){{16}}{SPACE}?{HYPHEN}?{SPACE}?[0-9０-９xXｘＸ]"

_NOT_INSIDE = r"(?<![0-9０-９*])"
_NOT_DECIMALS = rf"(?<!0\.)(?<!{DIGIT}{DIGIT}\.)"
_NOT_AN_AMOUNT = rf"(?!\.{DIGIT}{{2}}(?!{DIGIT}))(?!{SPACE}?(?:[百千万亿]*元|年))"
_ENDS = f"(?!{DIGIT})"

MOBILE = (
    f"{_NOT_INSIDE}{_NOT_DECIMALS}(?P<prefix>{COUNTRY}|[0０])?(?P<number>{_MOBILE}){_ENDS}{_NOT_AN_AMOUNT}"
)
LANDLINE = f"{_NOT_INSIDE}{_NOT_DECIMALS}{_LANDLINE}{_ENDS}"
IDENTITY = f"{_NOT_INSIDE}(?=(?P<number>{_IDENTITY}){_ENDS})"
FEWEST_DIGITS = 11
"""Of a mobile number, and of the shortest landline with its area code; an identity number has more."""
CANDIDATE = "|".join(
    f"(?:^|[^0-9０-９])(?:{core})(?:[^0-9０-９]|$)"
    for core in (
        f"(?:{COUNTRY}|[0０])?(?:{_MOBILE})",
        re.sub(r"\?P<\w+>", "", _LANDLINE),
        # Eighteen digits that start with a year of this century are a case number, no province has them.
        f"[13-9１３-９]{_IDENTITY.removeprefix('[1-9１-９]')}",
        f"[2２]{SPACE}?{HYPHEN}?{SPACE}?[1-3１-３](?:{SPACE}?{HYPHEN}?{SPACE}?{DIGIT}){{15}}"
        f"{SPACE}?{HYPHEN}?{SPACE}?[0-9０-９xXｘＸ]",
    )
)
"""What a cell must contain to be looked at closely: the same forms without the look to both sides."""

AREA_CODE = re.compile(
    r"10|2[0-57-9]|3(?:1\d|35|49|[57]\d|9[1-8])|4(?:1\d|2[179]|3\d|40|5\d|6[4-9]|7\d|8[23])"
    r"|5(?:1\d|23|27|3\d|4[36]|5\d|6[1-6]|7\d|80|9\d)|6(?:3[1-5]|6[0-38]|9[12])"
    r"|7(?:01|1\d|2[248]|3\d|4[3-6]|5\d|6\d|7\d|9\d)|8(?:1[2-8]|2[5-7]|3\d|5\d|7\d|8[3-8]|9\d)"
    r"|9(?:0[1-9]|1\d|3\d|4[13]|5[1-5]|7\d|9\d)"
)
CALLED_IDENTITY = re.compile(r"(身份证|身份号码|证件)\D{0,8}$")
"""What stands before an identity number that is called one; such a number is masked with a wrong check digit too."""
PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
_COMPACT_DATE = re.compile(r"20[0-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_EARLIEST_BIRTH_YEAR, _LATEST_BIRTH_YEAR = 1880, 2099


def mask_text(text: str) -> str:
    """The text with every telephone and identity number in it made unreadable."""
    return _mask(text)[0]


def mask_frame(
    frame: pl.DataFrame, text_columns: Sequence[str], *, key_columns: Sequence[str] = (), key: bytes
) -> pl.DataFrame:
    """The frame with the text of these columns masked.

    In ``key_columns`` a masked value ends in ``#`` and six hexadecimal digits of
    HMAC-SHA256(``key``, the number's digits), so that it stays unique and joins to itself in other columns
    and other months. All named columns are String; others are returned as they are.
    """
    names = list(dict.fromkeys([*text_columns, *key_columns]))
    candidates = frame.select(pl.col(names).str.contains(CANDIDATE).fill_null(False))
    masked = [
        _masked_column(frame[name], candidates[name], key if name in key_columns else None)
        for name in names
        if candidates[name].any()
    ]
    return frame.with_columns(masked)


def _masked_column(column: pl.Series, candidates: pl.Series, key: bytes | None) -> pl.Series:
    rows = candidates.arg_true()
    values = [_mask_value(value, key) for value in column.gather(rows)]
    return column.clone().scatter(rows, values)


def _mask_value(value: str, key: bytes | None) -> str:
    masked, numbers = _mask(value)
    if key is None or not numbers:
        return masked
    return f"{masked}#{hmac.new(key, ' '.join(numbers).encode(), hashlib.sha256).hexdigest()[:6]}"


def _mask(text: str) -> tuple[str, tuple[str, ...]]:
    """The masked text, and the numbers found in it as plain digits."""
    if sum(map(str.isdecimal, text)) < FEWEST_DIGITS:
        return text, ()
    numbers: list[str] = []

    def mobile(match: re.Match[str]) -> str:
        digits = _digits(match["number"])
        numbers.append(digits)
        return f"{match['prefix'] or ''}{digits[:3]}****{digits[7:]}"

    def landline(match: re.Match[str]) -> str:
        area, local = _digits(match["area"]), _digits(match["local"])
        if not _is_landline(area, local):
            return match[0]
        numbers.append(f"0{area}{local}")
        return f"0{area}-{local[0]}{'*' * (len(local) - 1)}"

    text = _mask_identities(text, numbers)
    text = _compiled(MOBILE).sub(mobile, text)
    return _compiled(LANDLINE).sub(landline, text), tuple(numbers)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled with the first text that has digits enough: that takes longer than most checks."""
    return re.compile(pattern)


def _mask_identities(text: str, numbers: list[str]) -> str:
    parts, end = [], 0
    for start, stop, number in _identities(text):
        if start < end:
            continue
        numbers.append(number)
        parts += [text[end:start], f"{number[:6]}{'*' * 10}{number[16:]}"]
        end = stop
    return "".join([*parts, text[end:]])


def _identities(text: str) -> Iterator[tuple[int, int, str]]:
    """Identity numbers in the text: where each starts and stops, and the number itself."""
    for match in _compiled(IDENTITY).finditer(text):
        number = _digits(match["number"])
        named = CALLED_IDENTITY.search(text, 0, match.start("number"))
        if _is_identity(number) or (named and _could_be_identity(number)):
            yield match.start("number"), match.end("number"), number


def _digits(written: str) -> str:
    """The digits (and a final X) of a number however written, in ASCII."""
    return "".join(
        "X" if character in "xXｘＸ" else str(int(character))
        for character in written
        if character.isdecimal() or character in "xXｘＸ"
    )


def _is_identity(number: str) -> bool:
    """An identity number has a province, a day of birth that exists, and the right check digit."""
    if not _could_be_identity(number):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECK_DIGITS[total % 11] == number[17]


def _could_be_identity(number: str) -> bool:
    """One with a slip of the pen in it, if the text calls it an identity number."""
    return bool(PROVINCE.match(number)) and _is_birth_date(number[6:14])


def _is_birth_date(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not _EARLIEST_BIRTH_YEAR <= year <= _LATEST_BIRTH_YEAR:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_landline(area: str, local: str) -> bool:
    """A known area code and a local number; eight digits that are a date belong to a case number."""
    if not AREA_CODE.fullmatch(area) or _COMPACT_DATE.fullmatch(local):
        return False
    return len(local) == 8 or (len(local) == 7 and len(area) == 3)
