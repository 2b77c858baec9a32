"""Every sample job is invoked as its README says, on the real engine."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from emulator.cli import main
from tests.with_docker.project import remove_builds

SAMPLES: Final = Path(__file__).parents[2] / "sample_jobs"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a sample comes to: its exit code, and what each of its log streams holds, in any order.

    `shorter` replaces text of its files where it would take too long.
    """

    sample: str
    rules: tuple[str, ...]
    logs: tuple[str, ...]
    exit_code: int = 0
    shorter: tuple[str, str] = ("", "")


DATE: Final = r"\w{3} \w{3} +\d+ \d\d:\d\d:\d\d UTC \d{4}"
EXPECTED: Final = (
    Expected("date", ("example-batch",), (DATE,)),
    *(
        Expected(name, ("example-batch",), (DATE,))
        for name in ("aws-cli", "cdk", "cloudformation", "copilot", "ecschedule", "terraform")
    ),
    Expected("cdk-image", ("daily-sales",), (r"3 sales, 5400 JPY",)),
    Expected("copilot-build", ("sales-report",), (r"売上日報\n合計 55",)),
    Expected(
        "stack-trace",
        ("monthly-invoices",),
        (
            (
                r"writing the invoices of 31 customers\nTraceback \(most recent call last\):\n"
                r"(?:  .+\n){4}KeyError: 'amount'"
            ),
        ),
        exit_code=1,
    ),
    Expected(
        "never-overlap",
        ("reindex",),
        (r"rebuilding for 1 s\ndone",),
        shorter=('"value": "80"', '"value": "1"'),
    ),
    Expected(
        "two-containers", ("daily-report",), (r"fetched 100 sales", r"total of the day: 5050")
    ),
    Expected(
        "japanese",
        ("nightly-summary",),
        (r"集計を開始します。\n(?:店舗「..」の売上を集計しました。\n){3}集計が完了しました。✅",),
    ),
    Expected(
        "nightly-chain",
        ("collect",),
        (
            r"collecting the sales of the day",
            r"帳票を作ります: arn:aws:ecs:ap-northeast-1:000000000000:task/default/[0-9a-f]{32}",
        ),
    ),
    Expected(
        "three-rules",
        ("export-orders", "export-customers", "export-cleanup"),
        (
            r"exporting the table customers as json",
            r"exporting the table orders as csv",
            r"removing the exports of 30 days ago",
        ),
    ),
)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.sample)
def test_a_sample_does_what_it_says(
    expected: Expected, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = _copy(expected, tmp_path / "sample")
    state = tmp_path / "state"

    try:
        code = main(["invoke", *expected.rules, "-f", str(sample), "--state-dir", str(state)])
    finally:
        remove_builds(sample)

    assert code == expected.exit_code
    logs = _logs(state)
    assert len(logs) == len(expected.logs)
    for wanted in expected.logs:
        assert [log for log in logs if re.fullmatch(wanted, log)], (wanted, logs)
    shown = capsys.readouterr().out
    for rule in expected.rules:
        lines = [line for line in shown.splitlines() if line.startswith((f"{rule} ", f"{rule}/"))]
        assert re.match(rf"{rule} task [0-9a-f]{{8}} started \(due ", lines[0])


def test_no_sample_is_left_out() -> None:
    assert sorted(expected.sample for expected in EXPECTED) == sorted(
        path.name for path in SAMPLES.iterdir()
    )


def _copy(expected: Expected, to: Path) -> Path:
    shutil.copytree(SAMPLES / expected.sample, to)
    before, after = expected.shorter
    if before:
        for file in to.glob("*.json"):
            file.write_text(file.read_text(encoding="utf-8").replace(before, after))
    return to


def _logs(state: Path) -> Sequence[str]:
    """Return the messages of every stream, without their instants."""
    files = sorted((state / "logs").rglob("*.log"))
    stamp = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ", re.MULTILINE)
    return [stamp.sub("", file.read_text(encoding="utf-8")).removesuffix("\n") for file in files]
