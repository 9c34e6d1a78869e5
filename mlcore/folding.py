"""Names as they are compared, in whatever file and by whatever hand they were written."""

import unicodedata

_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD))


def folded(text: str) -> str:
    """A name without what differs from file to file: case, width of characters, spaces."""
    return "".join(levelled(text).split())


def levelled(text: str) -> str:
    """A name without case, width of characters and what can't be seen; its words stay apart."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_INVISIBLE)
