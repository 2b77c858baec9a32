"""Settings as callers write them: what is read, and what is refused."""

from pathlib import Path

from emulator.api.arguments import read_construction
from emulator.app.settings import Settings
from emulator.eventbridge.chaos import Disturbance
from emulator.model.pull_policy import PullPolicy

OWN: dict[str, object] = {
    "files": (),
    "text": None,
    "directory": None,
    "state_dir": None,
    "engine": "docker",
    "clock": "simulated",
    "start": None,
    "script": None,
    "flows": None,
    "seed": None,
    "scratch": None,
}


def settings_of(settings: dict[str, object]) -> dict[str, object]:
    return read_construction(OWN, settings)[1]


def test_values_become_those_of_the_program() -> None:
    assert settings_of(
        {
            "lenient": True,
            "pull": "never",
            "chaos": ["duplicate"],
            "variable_files": ["prd.tfvars"],
            "variables": {"stage": "prd"},
            "environment": "test",
            "local": {"env": {"STAGE": "test"}},
        }
    ) == {
        "lenient": True,
        "pull": PullPolicy.NEVER,
        "chaos": frozenset({Disturbance.DUPLICATE}),
        "variable_files": (Path("prd.tfvars"),),
        "variables": {"stage": "prd"},
        "environment": "test",
        "local": {"env": {"STAGE": "test"}},
    }


def test_their_defaults_may_be_written_out() -> None:
    for name in ("lenient", "strict", "pull", "fake_time", "chaos", "environment", "variables"):
        default = Settings._field_defaults[name]
        assert settings_of({name: default}) == {name: default}
