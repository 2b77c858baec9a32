"""Settings as callers write them: what is read, and what is refused."""

from pathlib import Path
from typing import Any

import pytest

from emulator import Emulator
from emulator.api.further_settings import settings_of
from emulator.app.settings import Settings
from emulator.errors import UsageError
from emulator.eventbridge.chaos import Disturbance
from emulator.model.pull_policy import PullPolicy


def test_values_become_those_of_the_program() -> None:
    assert settings_of(
        {
            "lenient": True,
            "pull": "never",
            "chaos": ["duplicate"],
            "variable_files": ["prd.tfvars"],
            "variables": {"stage": "prd"},
            "environment": "test",
        }
    ) == {
        "lenient": True,
        "pull": PullPolicy.NEVER,
        "chaos": frozenset({Disturbance.DUPLICATE}),
        "variable_files": (Path("prd.tfvars"),),
        "variables": {"stage": "prd"},
        "environment": "test",
    }


def test_their_defaults_may_be_written_out() -> None:
    for name in ("lenient", "strict", "pull", "fake_time", "chaos", "environment", "variables"):
        default = Settings._field_defaults[name]
        assert settings_of({name: default}) == {name: default}


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"lenient": "no"}, "the setting lenient is True or False, not 'no'"),
        ({"variables": 3}, "the setting variables is a mapping of texts to texts, not 3"),
        ({"variables": {"count": 3}}, "not {'count': 3}"),
        ({"environment": 1}, "the setting environment is a text, not 1"),
        ({"variable_files": "prd.tfvars"}, "a list of paths, not 'prd.tfvars'"),
        ({"variable_files": [3]}, "is a path, not 3"),
        ({"pull": "often"}, "is 'always' or 'missing' or 'never', not 'often'"),
        ({"chaos": "throttle"}, "a set of 'duplicate' or 'throttle', not 'throttle'"),
        ({"chaos": ["flood"]}, "is 'duplicate' or 'throttle', not 'flood'"),
        ({"lenent": True}, "no setting 'lenent'\n  hint: did you mean 'lenient'?"),
        ({"missed": "all"}, "no setting 'missed'"),
    ],
)
def test_a_value_of_another_kind_is_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(UsageError) as error:
        settings_of(settings)
    assert problem in str(error.value)


def test_a_clock_there_is_none_of_is_refused() -> None:
    clock: Any = "fake"
    with pytest.raises(UsageError, match="no clock 'fake'"):
        Emulator(text="", clock=clock)
