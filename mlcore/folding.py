"""Names as they are compared, in whatever file and by whatever hand they were written."""

import unicodedata

_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD))


def folded(text: str) -> str:
    """A name without what differs from file to file: case, width of characters, spaces."""
    visible = unicodedata.normalize("NFKC", text).casefold().translate(_INVISIBLE)
    return "".join(visible.split())
