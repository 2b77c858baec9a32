"""One browser for all tests of a session: starting it takes longer than they do."""

from collections.abc import Iterator

import pytest

from tests.with_browser.browser import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with Browser() as started:
        yield started
