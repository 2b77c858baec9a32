"""Counts in words, with the noun in the right number: `1 task`, `2 tasks`."""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return `1 task` or `2 tasks`; thousands are told apart."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {plural or noun + 's'}"
