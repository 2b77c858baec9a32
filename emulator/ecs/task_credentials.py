"""The credentials of task roles, as the credentials endpoint hands them out.

Made up unless `local.credentials` says otherwise. They go to the task that asks and nowhere else.
"""

import importlib
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from emulator.clock import Clock, iso_instant, system_clock
from emulator.values import frozen

if TYPE_CHECKING:
    from emulator.model.environment import CredentialsSource

LIFETIME: Final = timedelta(hours=6)
"""How long ECS's own are valid; clients ask again before they are over."""

_RENEW_BEFORE: Final = timedelta(minutes=10)
_ROLE_SECONDS: Final = 3600


class CredentialsUnavailableError(Exception):
    """No credentials can be handed out; the text says why, and holds no part of any."""


@frozen
class Credentials:
    """A key pair with its session token; `expiration` is aware UTC."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str = field(repr=False)
    expiration: datetime

    def document(self, role_arn: str) -> dict[str, str]:
        """Return what the endpoint answers."""
        return {
            "RoleArn": role_arn,
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret_access_key,
            "Token": self.token,
            # As the agent has it: not every SDK reads fractions of a second.
            "Expiration": iso_instant(self.expiration, timespec="seconds"),
        }


class TaskCredentials:
    """Hands out credentials by role, each kept until shortly before it expires; thread-safe.

    They expire by `clock`, which is to be the one that containers see: an SDK takes none that it
    sees to be expired. Those of AWS itself expire by `true_clock`.
    """

    def __init__(
        self,
        source: "CredentialsSource | None",
        clock: Clock,
        session: Callable[[str | None], Any] | None = None,
        *,
        true_clock: Clock = system_clock,
    ) -> None:
        self._source = source
        self._clock = clock
        self._true_clock = true_clock
        self._session = session or _boto_session
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._kept: dict[str, Credentials] = {}

    def of(self, role_arn: str) -> Credentials:
        """Return credentials for a role. Raises `CredentialsUnavailableError`."""
        # Of this role alone: AWS may take its time to answer for another.
        with self._locks[role_arn]:
            kept = self._kept.get(role_arn)
            now = self._clock()
            if kept is None or kept.expiration - now < _RENEW_BEFORE:
                kept = self._kept[role_arn] = self._made(role_arn, now)
            return kept

    def _made(self, role_arn: str, now: datetime) -> Credentials:
        source, expiration = self._source, now + LIFETIME
        if source is None:
            return Credentials(
                access_key_id="ASIAECSLOCALNOTREAL0",
                secret_access_key="made-up-by-ecs-local",  # noqa: S106 - no secret
                token="made-up-by-ecs-local",  # noqa: S106 - no secret
                expiration=expiration,
            )
        if source.access_key_id is not None:
            return Credentials(
                access_key_id=source.access_key_id,
                secret_access_key=source.secret_access_key or "",
                token=source.session_token or "",
                expiration=expiration,
            )
        session = self._session(source.profile)
        try:
            if source.assume_role:
                assumed = _assumed(session, role_arn)
                lasts = assumed.expiration - self._true_clock()
                return replace(assumed, expiration=now + lasts)
            return _of_session(session, expiration)
        except CredentialsUnavailableError:
            raise
        except Exception as error:
            # Whatever boto3 stumbles over: its words name no key.
            message = f"{type(error).__name__}: {error}"
            raise CredentialsUnavailableError(message) from error


def _boto_session(profile: str | None) -> Any:
    try:
        boto3 = importlib.import_module("boto3")
    except ImportError as error:
        message = "local.credentials needs boto3: pip install boto3"
        raise CredentialsUnavailableError(message) from error
    try:
        return boto3.Session(profile_name=profile)
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        raise CredentialsUnavailableError(message) from error


def _of_session(session: Any, expiration: datetime) -> Credentials:
    found = session.get_credentials()
    if found is None:
        message = "the profile has no credentials"
        raise CredentialsUnavailableError(message)
    frozen = found.get_frozen_credentials()
    return Credentials(
        access_key_id=frozen.access_key,
        secret_access_key=frozen.secret_key,
        token=frozen.token or "",
        # The profile may renew its own sooner: ask it again in time.
        expiration=min(expiration, expiration - LIFETIME + timedelta(minutes=15)),
    )


def _assumed(session: Any, role_arn: str) -> Credentials:
    answer: Mapping[str, Any] = session.client("sts").assume_role(
        RoleArn=role_arn, RoleSessionName="ecs-local", DurationSeconds=_ROLE_SECONDS
    )["Credentials"]
    return Credentials(
        access_key_id=answer["AccessKeyId"],
        secret_access_key=answer["SecretAccessKey"],
        token=answer["SessionToken"],
        expiration=answer["Expiration"],
    )
