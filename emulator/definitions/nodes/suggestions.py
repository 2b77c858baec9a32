"""What a word that is not known may have meant, and which ones there are."""

from collections.abc import Sequence
from typing import Final

_MANY: Final = 100
_FEW: Final = 3
_TELLING: Final = 4
"""Letters of a word that say more than how like another word it is."""

NEARLY: Final = 0.8
"""How like a known word another one is that can be taken for a slip, where it need be none."""


def some_of(names: Sequence[str]) -> str:
    """Return names for a hint, the first ten of them."""
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more or "none"


def one_of(kind: str, word: str, names: Sequence[str]) -> str:
    """Return a hint for a name that a person typed: the one that was meant, or some there are."""
    meant = did_you_mean(word, tuple(names), most=len(names))
    return meant or f"{kind} here: {some_of(names)}"


def did_you_mean(
    word: str, known: tuple[str, ...], *, most: int = _MANY, likeness: float = 0.6
) -> str | None:
    """Return a hint at what a word may have meant; of more words than `most` none is guessed.

    A file may hold as many wrong words as it likes, a command line does not. `likeness` is what
    two words have in common at least, from 0 to 1.
    """
    if len(known) > most:
        return None
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1, cutoff=likeness)
    if not close:
        folded = {name.lower().replace("_", ""): name for name in known}
        match = folded.get(word.lower().replace("_", ""))
        close = [match] if match else []
    if not close:
        return None
    # `task` is more like `tags` than like `taskDefinition`, and yet means that.
    begun = [] if _begins(close[0], word) else [name for name in known if _begins(name, word)]
    return f"did you mean {' or '.join(repr(str(name)) for name in begun[:_FEW] or close)}?"


def _begins(name: str, word: str) -> bool:
    return len(word) >= _TELLING and name.lower().startswith(word.lower())
