"""How instants are written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from emulator.clock import iso_instant

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("microsecond", "written"),
    [(0, "12:00:00Z"), (45_000, "12:00:00.045Z"), (45_001, "12:00:00.045001Z")],
)
def test_an_instant_has_no_more_digits_than_it_says_something_with(
    microsecond: int, written: str
) -> None:
    instant = NOON.replace(microsecond=microsecond)
    assert iso_instant(instant) == f"2026-11-24T{written}"
    assert datetime.fromisoformat(iso_instant(instant)) == instant


def test_another_zone_and_another_precision_are_as_asked() -> None:
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    assert iso_instant(tokyo) == "2026-11-24T12:00:00Z"
    assert iso_instant(tokyo, timespec="milliseconds") == "2026-11-24T12:00:00.000Z"
