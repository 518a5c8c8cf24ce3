"""Go's durations, read and written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moorage.config import format_duration, parse_duration

LONGEST = timedelta(microseconds=(2**63 - 1) // 1000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("168h", timedelta(days=7)),
        ("1h30m", timedelta(minutes=90)),
        ("300ms", timedelta(milliseconds=300)),
        ("1.5h", timedelta(minutes=90)),
        ("24h0m0s", timedelta(days=1)),
        ("0", timedelta()),
        ("0s", timedelta()),
        ("+5s", timedelta(seconds=5)),
        (".5s", timedelta(milliseconds=500)),
        ("5.s", timedelta(seconds=5)),
        ("7us", timedelta(microseconds=7)),
        ("7\N{MICRO SIGN}s", timedelta(microseconds=7)),
        ("7\N{GREEK SMALL LETTER MU}s", timedelta(microseconds=7)),
        ("1999ns", timedelta(microseconds=1)),
        ("1m1m", timedelta(minutes=2)),
        ("0.1s", timedelta(milliseconds=100)),
        ("9223372036854775807ns", LONGEST),
    ],
)
def test_go_spellings(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "+", "h", ".h", "1d", "1w", "1H", "1h 30m", " 1h", "1h\n", "1_0h", "1e3s", "one hour"),
        *("1.2.3s", "++1s", "1h-30m", "1h30", "\N{ARABIC-INDIC DIGIT FIVE}h", "1" * 200 + "h"),
        *("168", "1.5", "-1h", "-0s", "9223372036854775808ns", "3000000h"),
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


def test_plain_number_is_told_to_take_a_unit() -> None:
    with pytest.raises(ValueError, match="unit"):
        parse_duration("168")


def test_negative_is_told_apart() -> None:
    with pytest.raises(ValueError, match="negative"):
        parse_duration("-1h")
    with pytest.raises(ValueError, match="negative"):
        format_duration(timedelta(microseconds=-1))


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(), "0s"),
        (timedelta(days=7), "168h"),
        (timedelta(minutes=90), "1h30m"),
        (timedelta(seconds=1, milliseconds=500), "1s500ms"),
        (timedelta(microseconds=1), "1us"),
    ],
)
def test_format(duration: timedelta, text: str) -> None:
    assert format_duration(duration) == text


@given(st.timedeltas(min_value=timedelta(), max_value=LONGEST))
def test_round_trip(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration


@given(st.lists(st.tuples(st.integers(0, 9999), st.sampled_from(["h", "m", "s", "ms", "us"])), min_size=1))
def test_terms_add_up(terms: list[tuple[int, str]]) -> None:
    units = {"h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1000, "us": 1}
    text = "".join(f"{count}{unit}" for count, unit in terms[:10])
    expected = timedelta(microseconds=sum(count * units[unit] for count, unit in terms[:10]))
    assert parse_duration(text) == expected


@given(st.text() | st.text("0123456789.+-hmsunµ"))
def test_any_text_is_a_duration_or_a_value_error_that_does_not_repeat_it(text: str) -> None:
    try:
        duration = parse_duration(text)
    except ValueError as error:
        assert len(text) < 8 or text not in str(error)  # noqa: PT017  # both outcomes are right
    else:
        assert timedelta() <= duration <= LONGEST
