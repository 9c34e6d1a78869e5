"""Finds a project's reviews by words, newest first, a page at a time.

The words are looked up in an index that row-level security would keep closed (see reviews_found in accounts.tenancy):
what comes back are ids, and the rows are read again behind the wall, which also hides restricted projects. Common words
are found by walking the newest reviews, rare ones by the index; neither ever reads what it needn't.
"""

import uuid
from collections.abc import Iterable, Iterator
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
FEW: Final = 200
"""Matches whose rows are read first, to see which of them filters and phrases leave."""
GROWTH: Final = 10
MANY: Final = 5_000
"""Matches that are looked up at once …"""
LOOKED_AT: Final = 200_000
"""… and at most for a page: the more filters leave out, the more."""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """A search as Postgres takes it."""

    query: str = ""
    """A tsquery that finds all that is sought, and perhaps more; empty: nothing to look up."""
    check: Q = field(default_factory=Q)
    """What a match must still fulfil."""

    def __bool__(self) -> bool:
        return bool(self.query or self.check)


@dataclass(frozen=True, kw_only=True)
class _Term:
    """A term with its words' stems."""

    lexemes: tuple[str, ...]
    """As a tsquery has them."""
    said: tuple[str, ...]

    @property
    def lookup(self) -> str:
        return " & ".join(self.lexemes)


@dataclass(frozen=True, kw_only=True)
class _Clause:
    terms: tuple[_Term, ...]
    negative: bool


def sought(text: str, project: Project) -> Sought:
    """What somebody means who types this."""
    clauses = _stemmed(read_query(text))
    if not clauses:
        return Sought()
    parts = [part for clause in clauses if (part := _lookup(clause))]
    check = Q()
    for clause in clauses:
        check &= _check(clause)
    return Sought(query=" & ".join([_quoted(project_lexeme(project.pk)), *parts]) if parts else "", check=check)


def project_lexeme(project_id: uuid.UUID) -> str:
    """Stands in every row, so that the index meets no other project's. No word has a colon."""
    return f"p:{project_id.hex[:16]}"


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _stemmed(clauses: list[Clause]) -> list[_Clause]:
    """Without words that stand in every text, unless nothing else is sought: then these are, letter by letter."""
    stems = stems_of({word for clause in clauses for term in clause.terms for word in term.words})
    found = []
    for clause in clauses:
        terms = [_Term(lexemes=_lexemes(term, stems), said=term.said) for term in clause.terms]
        if terms := [term for term in terms if term.lexemes or term.said]:
            found.append(_Clause(terms=tuple(terms), negative=clause.negative))
    if found or not clauses:
        return found
    words = sorted({word for clause in clauses if not clause.negative for term in clause.terms for word in term.words})
    return [_Clause(terms=(_Term(lexemes=(), said=(word,)),), negative=False) for word in words]


def _lexemes(term: Term, stems: dict[str, str]) -> tuple[str, ...]:
    whole = term.lexemes | {stems[word] for word in term.words if stems[word]}
    return (*map(_quoted, sorted(whole)), *(f"{_quoted(start)}:*" for start in sorted(term.starts)))


def _lookup(clause: _Clause) -> str:
    """The clause for the index; empty where the index can't help."""
    if not all(term.lexemes for term in clause.terms):
        return ""
    if clause.negative:
        return "" if clause.terms[0].said else f"!({clause.terms[0].lookup})"
    return "(" + " | ".join(f"({term.lookup})" for term in clause.terms) + ")"


def _check(clause: _Clause) -> Q:
    """What the index leaves open about a clause."""
    if not any(term.said for term in clause.terms):
        return Q()
    # Where the index has only said that one of several is there, or nothing, each must be looked at whole.
    whole = clause.negative or len(clause.terms) > 1
    found = Q()
    for term in clause.terms:
        found |= _says(term, whole=whole)
    return ~found if clause.negative else found


def _says(term: _Term, *, whole: bool) -> Q:
    """That a review says the term."""
    said = Q()
    for text in term.said:
        how = "contains" if text.lower() == text.upper() else "icontains"
        said &= Q(**{f"text__{how}": text}) | Q(**{f"title__{how}": text})
    if whole and term.lexemes:
        words = ReviewWords.objects.filter(review=OuterRef("pk")).extra(  # a parameter, no word of SQL
            where=["words @@ %s::tsquery"], params=[term.lookup]
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
    rows: QuerySet[Review], project: Project, search: Sought, place: Place, *, upwards: bool, most: int, exact: bool
) -> tuple[list[Review], Place | None]:
    """The next `most` rows that are found, in the list's order, and where to go on if not all was looked at.

    `exact` says that all matches are meant, but for those that a correction has replaced.
    """
    found: list[Review] = []
    few = 2 * most
    for walk, take in ((WALK, few if exact else FEW), (0, few if exact else MANY), (0, LOOKED_AT)):
        ids = matches(project, search.query, place, upwards=upwards, most=take, walk=walk)
        for part in _parts(ids, few if exact else FEW):
            place = part[-1]
            page = beyond(among(rows.filter(search.check), [one.pk for one in part]), None, upwards=upwards)
            found += page[: most - len(found)]
            if len(found) >= most:
                return found, None
        if len(ids) < take and not walk:
            return found, None
    return found, place


def _parts(ids: list[Place], size: int) -> Iterator[list[Place]]:
    """The first few, then more and more at once."""
    start = 0
    while start < len(ids):
        yield ids[start : start + size]
        start, size = start + size, size * GROWTH
