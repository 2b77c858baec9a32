"""AWS schedule expressions as values that know their due instants: cron(), rate(), at()."""

from emulator.schedules.base import Schedule
from emulator.schedules.invalid import with_caret
from emulator.schedules.parser import Dialect, parse

__all__ = ["Dialect", "Schedule", "parse", "with_caret"]
