"""Where the credentials of tasks come from."""

import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from emulator.ecs.task_credentials import CredentialsUnavailableError, TaskCredentials
from emulator.model.environment import CredentialsSource
from emulator.workers import begin_thread
from tests.builders import NOON

PATIENCE = 10.0
ROLE = "arn:aws:iam::123456789012:role/batch"


class _Session:
    """As much of a boto3 session as is asked for."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def get_credentials(self) -> Any:
        frozen = SimpleNamespace(access_key="AKIAPROFILE", secret_key="hunter2", token=None)
        return SimpleNamespace(get_frozen_credentials=lambda: frozen)

    def client(self, service: str) -> Any:
        assert service == "sts"
        return self

    def assume_role(self, **request: Any) -> Any:
        self.asked.append(request)
        return {
            "Credentials": {
                "AccessKeyId": f"ASIA{len(self.asked)}",
                "SecretAccessKey": "hunter2",
                "SessionToken": "token",
                "Expiration": NOON + timedelta(hours=1),
            }
        }


def test_a_profile_hands_out_its_own_credentials() -> None:
    session = _Session()
    profiles: list[str | None] = []

    def opened(profile: str | None) -> _Session:
        profiles.append(profile)
        return session

    found = TaskCredentials(CredentialsSource(profile="dev"), lambda: NOON, opened).of(ROLE)
    assert (found.access_key_id, found.token, profiles) == ("AKIAPROFILE", "", ["dev"])
    assert found.expiration - NOON == timedelta(minutes=15)


def test_the_tasks_role_is_assumed_once_and_again_before_it_expires() -> None:
    session, now = _Session(), NOON
    source = CredentialsSource(assume_role=True)
    credentials = TaskCredentials(source, lambda: now, lambda _: session, true_clock=lambda: NOON)
    assert [credentials.of(ROLE).access_key_id for _ in range(2)] == ["ASIA1", "ASIA1"]
    assert session.asked[0]["RoleArn"] == ROLE
    now += timedelta(minutes=51)
    assert credentials.of(ROLE).access_key_id == "ASIA2"


@pytest.mark.parametrize("years", [-2, 0, 4])
def test_credentials_of_aws_last_as_long_by_whatever_clock_a_container_sees(years: int) -> None:
    seen = NOON + timedelta(days=365 * years)
    source = CredentialsSource(assume_role=True)
    credentials = TaskCredentials(
        source, lambda: seen, lambda _: _Session(), true_clock=lambda: NOON
    )
    assert credentials.of(ROLE).expiration == seen + timedelta(hours=1)


def test_a_role_that_aws_is_slow_to_answer_for_keeps_no_other_waiting() -> None:
    asked, answered = threading.Event(), threading.Event()

    class _Slow(_Session):
        def assume_role(self, **request: Any) -> Any:
            if request["RoleArn"] == ROLE:
                asked.set()
                assert answered.wait(PATIENCE)
            return super().assume_role(**request)

    source, session = CredentialsSource(assume_role=True), _Slow()
    credentials = TaskCredentials(source, lambda: NOON, lambda _: session, true_clock=lambda: NOON)
    slow = begin_thread(lambda: credentials.of(ROLE), "slow")
    assert asked.wait(PATIENCE)
    quick = begin_thread(lambda: credentials.of(f"{ROLE}-other"), "quick")
    quick.join(PATIENCE / 2)
    came_first = not quick.is_alive()
    answered.set()
    slow.join(PATIENCE)
    assert came_first


def test_what_boto3_cannot_do_is_told_without_any_key() -> None:
    def broken(_: str | None) -> Any:
        return SimpleNamespace(get_credentials=lambda: None)

    credentials = TaskCredentials(CredentialsSource(profile="dev"), lambda: NOON, broken)
    with pytest.raises(CredentialsUnavailableError, match="the profile has no credentials"):
        credentials.of(ROLE)


def test_no_representation_shows_a_key() -> None:
    source = CredentialsSource(access_key_id="AKIA1", secret_access_key="hunter2")
    found = TaskCredentials(source, lambda: NOON).of(ROLE)
    assert "hunter2" not in f"{source!r} {found!r}"
