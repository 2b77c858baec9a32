"""Text by what a reader takes for one character: a letter with its accents, a whole emoji.

Unicode Standard Annex 29, "Text Segmentation": Terraform counts, cuts and reverses by it.
"""

from typing import Final

from emulator.definitions.terraform.budget import Budget

_AT_A_STEP: Final = 4


def graphemes(text: str, budget: Budget) -> list[str]:
    """Return the characters of a text as a reader counts them. Spends for other than ASCII."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    budget.scan(len(text), _AT_A_STEP)
    from wcwidth import iter_graphemes

    return list(iter_graphemes(text))
