"""Finds a project's reviews by words, newest first, a page at a time.

The words are looked up in an index that row-level security would keep closed (see reviews_found in accounts.tenancy):
what comes back are ids, and the rows are read again behind the wall, which also hides restricted projects. Common words
are found by walking the newest reviews, rare ones by the index; neither ever reads what it needn't.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from ideation.catalog.models import Project
from ideation.reviews.models import Review, ReviewWords
from ideation.reviews.places import Place, beyond
from ideation.reviews.stems import stems_of
from mlcore.searchwords import Clause, Term, read_query

WALK: Final = 4000
"""Newest reviews that are looked at one by one before the index is asked: a word that is in 1 of 100 fills a page."""
CHUNKS: Final = (200, 2_000, 20_000, 200_000)
"""Matches that are taken up at a time, until a page is full: the more filters leave out, the more at once."""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """A search as Postgres takes it."""

    query: str = ""
    """A tsquery that finds all that is sought, and perhaps more; empty: nothing to look up."""
    check: Q = field(default_factory=Q)
    """What a match must still fulfil."""

    def __bool__(self) -> bool:
        return bool(self.query or self.check)


def sought(text: str, project: Project) -> Sought:
    """What somebody means who types this."""
    clauses = read_query(text)
    if not clauses:
        return Sought()
    stems = stems_of({word for clause in clauses for term in clause.terms for word in term.words})
    parts = [part for clause in clauses if (part := _lookup(clause, stems))]
    check = Q()
    for clause in clauses:
        check &= _check(clause, stems, alone=len(clauses) == 1)
    return Sought(query=" & ".join([_quoted(project_lexeme(project.pk)), *parts]) if parts else "", check=check)


def project_lexeme(project_id: uuid.UUID) -> str:
    """Stands in every row, so that the index meets no other project's. No word has a colon."""
    return f"p:{project_id.hex[:16]}"


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _lexemes(term: Term, stems: dict[str, str]) -> list[str]:
    return sorted(term.lexemes | {stems[word] for word in term.words if stems[word]})


def _lookup(clause: Clause, stems: dict[str, str]) -> str:
    """The clause for the index; empty where the index can't help."""
    terms = [" & ".join(map(_quoted, _lexemes(term, stems))) for term in clause.terms]
    if not all(terms):
        return ""
    if clause.negative:
        return "" if any(term.said for term in clause.terms) else f"!({terms[0]})"
    return "(" + " | ".join(f"({term})" for term in terms) + ")"


def _check(clause: Clause, stems: dict[str, str], alone: bool) -> Q:
    """What the index leaves open about a clause."""
    if not any(term.said for term in clause.terms) and all(_lexemes(term, stems) for term in clause.terms):
        return Q()
    # Where the index has only said that one of several is there, or nothing, each must be looked at whole.
    whole = clause.negative or len(clause.terms) > 1
    found = Q()
    for term in clause.terms:
        one = _says(term, _lexemes(term, stems), stop_words=alone or whole, whole=whole)
        if not one:
            return Q()
        found |= one
    return ~found if clause.negative else found


def _says(term: Term, lexemes: list[str], *, stop_words: bool, whole: bool) -> Q:
    """That a review says the term; nothing for a word of every text, unless nothing else is sought."""
    said = Q()
    for text in term.said or (sorted(term.words) if not lexemes and stop_words else ()):
        how = "contains" if text.lower() == text.upper() else "icontains"
        said &= Q(**{f"text__{how}": text}) | Q(**{f"title__{how}": text})
    if whole and lexemes:
        words = ReviewWords.objects.filter(review=OuterRef("pk")).extra(  # a parameter, no word of SQL
            where=["words @@ %s::tsquery"], params=[" & ".join(map(_quoted, lexemes))]
        )
        said &= Q(Exists(words))
    return said


def matches(
    project: Project, query: str, place: Place, *, upwards: bool = False, most: int, walk: int = 0
) -> list[Place]:
    """The next matches beyond a place in the list; with `walk`, among the next so many reviews only."""
    name = "reviews_newest" if walk else "reviews_found"
    given: list[Any] = [project.pk, query, place.day, place.pk, upwards, most, *([walk] if walk else [])]
    with connection.cursor() as cursor:
        # A plan for any words at all would be a bad one for most.
        cursor.execute("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
        cursor.execute(f"SELECT day, review_id FROM {name}({', '.join(['%s'] * len(given))})", given)
        return [Place(*row) for row in cursor.fetchall()]


def among(rows: QuerySet[Review], ids: Iterable[uuid.UUID]) -> QuerySet[Review]:
    """The rows with these ids, however many."""
    return rows.filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [list(ids)]))  # ids as a parameter


def searched(
    rows: QuerySet[Review], project: Project, search: Sought, place: Place, *, upwards: bool, most: int
) -> tuple[list[Review], Place | None]:
    """The next `most` rows that are found, in the list's order, and where to go on if not all was looked at."""
    found: list[Review] = []
    for walk, chunk in ((WALK, CHUNKS[0]), *((0, chunk) for chunk in CHUNKS)):
        ids = matches(project, search.query, place, upwards=upwards, most=chunk, walk=walk)
        if ids:
            place = ids[-1]
            page = beyond(among(rows.filter(search.check), [one.pk for one in ids]), None, upwards=upwards)
            found += page[: most - len(found)]
        if len(found) >= most or (len(ids) < chunk and not walk):
            return found, None
    return found, place
