"""A schedule in a sentence, exact for AWS's dialect, in English and in Japanese.

Made of the sets a schedule consists of, never of its text: `1` in day-of-week reads Sunday, and
`0/7` in minutes reads as the minutes it means, not as "every seven minutes".
"""

from typing import Literal

from emulator.schedules.base import Schedule

Language = Literal["en", "ja"]


def describe(schedule: Schedule, language: Language = "en") -> str:
    """Return what a schedule means as one sentence without a full stop."""
    if language == "ja":
        from emulator.schedules.words_japanese import sentence
    else:
        from emulator.schedules.words_english import sentence
    return sentence(schedule)
