"""Text by what a reader takes for one character: a letter with its accents, a whole emoji.

Unicode Standard Annex 29, "Text Segmentation": Terraform counts, cuts and reverses by it.
"""


def graphemes(text: str) -> list[str]:
    """Return the characters of a text as a reader counts them."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    from wcwidth import iter_graphemes

    return list(iter_graphemes(text))
