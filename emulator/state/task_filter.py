"""Which tasks of the history are asked for (pure)."""

from datetime import datetime
from typing import NamedTuple

from emulator.state.records import instant_text


class TaskFilter(NamedTuple):
    """Tasks that are all of this; None says nothing of a field.

    They were created from `since` (inclusive) to `until`; `failed`: they ended without success.
    """

    rule: str | None = None
    family: str | None = None
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    failed: bool = False

    def condition(self) -> tuple[str, tuple[object, ...]]:
        """Return the condition of a query, and its values."""
        wanted = {
            "rule = ?": self.rule,
            "family = ?": self.family,
            "last_status = ?": self.status,
            "created_at >= ?": None if self.since is None else instant_text(self.since),
            "created_at < ?": None if self.until is None else instant_text(self.until),
        }
        chosen = {text: value for text, value in wanted.items() if value is not None}
        # Said as the partial indexes say it, which are not used otherwise.
        plain = ["succeeded = 0"] if self.failed else []
        plain += ["last_status <> 'STOPPED'"] if self.status not in (None, "STOPPED") else []
        return " AND ".join([*chosen, *plain]) or "1", tuple(chosen.values())


EVERY_TASK = TaskFilter()
