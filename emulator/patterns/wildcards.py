"""Wildcards of event patterns: text with stars, each for any characters (pure)."""

from emulator.patterns.values import PatternError


def wildcard_pieces(text: str) -> list[str]:
    r"""Return the texts between the stars of a wildcard; `\*` and `\\` are plain characters.

    Raises `PatternError` for two stars in a row and for another escape, as EventBridge does.
    """
    pieces = [""]
    position = 0
    while position < len(text):
        character = text[position]
        if character == "*":
            if text[position + 1 : position + 2] == "*":
                message = f"wildcard {text!r}: two * in a row"
                raise PatternError(message)
            pieces.append("")
        else:
            if character == "\\":
                position += 1
                character = text[position : position + 1]
                if character not in ("*", "\\"):
                    message = f"wildcard {text!r}: a backslash stands before * or \\ only"
                    raise PatternError(message)
            pieces[-1] += character
        position += 1
    return pieces


def fits_wildcard(value: str, pieces: list[str]) -> bool:
    """Return whether a text is made of the pieces with anything between them.

    Each piece is taken as early as possible, which is enough and cannot take long.
    """
    if len(pieces) == 1:
        return value == pieces[0]
    first, *middle, last = pieces
    position, end = len(first), len(value) - len(last)
    if position > end or not value.startswith(first) or not value.endswith(last):
        return False
    for piece in middle:
        found = value.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True
