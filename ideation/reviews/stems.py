"""The stems of words: Postgres knows them, each process asks once for each word."""

from collections.abc import Iterable
from typing import Final

from django.db import connection

MOST_KNOWN: Final = 500_000
_known: dict[str, str] = {}


def stems_of(words: Iterable[str]) -> dict[str, str]:
    """word → its English stem, empty for words that stand in every text (the, and). Others than English stay whole."""
    words = set(words)
    if len(_known) > MOST_KNOWN:
        _known.clear()
    if new := [word for word in words if word not in _known]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word, coalesce((ts_lexize('pg_catalog.english_stem', word))[1], '') "
                "FROM unnest(%s::text[]) AS word",
                [new],
            )
            _known.update(cursor.fetchall())
    return {word: _known[word] for word in words}


def stem_table() -> dict[str, str]:
    """All that is known now, for who has just asked for what they need."""
    return _known
