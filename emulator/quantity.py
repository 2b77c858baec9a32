"""How many of what there are, in words that count right."""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return `1 task` or `2 tasks`; thousands are told apart."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {plural or noun + 's'}"
