"""What holds for all tests: neither a busy machine nor the shell that runs them decides one.

Nor does one pass whose program made a mistake and went on, as it does for its users.
"""

import logging
import os
from collections.abc import Generator

import pytest
from hypothesis import settings

# A machine that is busy elsewhere must not fail a test: speed is measured in benchmarks/.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# The program and botocore read these: a test that is about one of them sets it.
_DECIDING = ("AWS_", "COPILOT_", "ECS_LOCAL_", "GITHUB_")
_ALONE = {"COLUMNS", "FORCE_COLOR", "NO_COLOR", "TF_WORKSPACE"}
for _name in [name for name in os.environ if name in _ALONE or name.startswith(_DECIDING)]:
    del os.environ[_name]


class _Defects(logging.Handler):
    """Keeps what the program reports of itself, where a mistake must not end what it is doing."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info is not None:
            self.found.append(logging.Formatter().format(record))


_defects = _Defects()
logging.getLogger("emulator").addHandler(_defects)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Fail a test whose program caught a mistake of its own, unless the test is about that."""
    _defects.found.clear()
    yield
    if _defects.found and item.get_closest_marker("defect") is None:
        pytest.fail("\n".join(["the program made a mistake:", *_defects.found]), pytrace=False)
