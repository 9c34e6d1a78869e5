"""Takes out of the needs all that was understood of reviews which are to be erased. Called before the reviews go."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet

from ideation.base.quotes import Quotes
from ideation.needs.models import (
    Analysis,
    Citation,
    Claim,
    EditKind,
    Evidence,
    Need,
    NeedEdit,
    Sentence,
    SentenceVector,
    SentimentModel,
    StandingNeed,
)
from ideation.reviews.querysets import reviews_in
from mlcore.sentiment import INFORMATIVE


@dataclass(frozen=True, kw_only=True)
class Touched:
    """What stands on some reviews."""

    sentences: QuerySet[Sentence]
    evidence: QuerySet[Evidence]
    citations: QuerySet[Citation]
    needs: QuerySet[Need]
    claims: QuerySet[Claim]


def touched(reviews: Sequence[uuid.UUID]) -> Touched:
    """What erasing these reviews would take away or change."""
    evidence = Evidence.objects.filter(sentence__review__in=reviews)
    citations = Citation.objects.filter(evidence__sentence__review__in=reviews)
    return Touched(
        sentences=Sentence.objects.filter(review__in=reviews),
        evidence=evidence,
        citations=citations,
        needs=Need.objects.filter(pk__in=evidence.values("need")),
        claims=Claim.objects.filter(pk__in=citations.values("claim")),
    )


@transaction.atomic
def evidence_erase(*, reviews: Sequence[uuid.UUID], quotes: Quotes) -> dict[str, int]:
    """Deletes sentences, evidence and citations, and takes out of statements and claims what repeats them.

    A need counts the reviews that are left. Its scores stay as they were measured; the mark says that reviews are gone.
    """
    found = touched(reviews)
    needs = dict(found.evidence.values_list("need").annotate(count=Count("sentence__review", distinct=True)).order_by())
    claims = Counter(found.citations.values_list("claim", flat=True))
    _discount(reviews)
    SentimentModel.objects.filter(project__in=found.sentences.order_by().values("project")).delete()
    keys = set(found.sentences.order_by().values_list("project", "key"))
    counts = {"citations": found.citations.delete()[0], "evidence": found.evidence.delete()[0]}
    counts |= {"sentences": found.sentences.delete()[0], "needs": len(needs), "claims": len(claims)}
    for need, count in needs.items():
        left = Evidence.objects.filter(need=need).aggregate(n=Count("sentence__review", distinct=True))["n"]
        Need.objects.filter(pk=need).update(mentions=left, erased_reviews=F("erased_reviews") + count)
    for claim, count in claims.items():
        Claim.objects.filter(pk=claim).update(erased_citations=F("erased_citations") + count)
    for project, key in keys:
        if not Sentence.objects.filter(project=project, key=key).exists():
            SentenceVector.objects.filter(project=project, key=key).delete()
    worded = (Need, ("statement", "label")), (StandingNeed, ("statement", "label")), (Claim, ("text",))
    passages = sum(words_clean(model, fields, quotes) for model, fields in worded) + _steps_clean(quotes)
    return counts | {"quotes": passages}


def _steps_clean(quotes: Quotes) -> int:
    """Takes what repeats erased reviews out of what steps of people's keep, so that undoing brings none of it back."""
    total = 0
    for step in NeedEdit.objects.filter(kind__in=[EditKind.RENAME, EditKind.ADD]).iterator(2000):
        kept = {}
        for name in ("before", "after"):
            kept[name], passages = _cleaned(getattr(step, name), quotes)
            total += passages
        if (kept["before"], kept["after"]) != (step.before, step.after):
            NeedEdit.objects.filter(pk=step.pk).update(**kept)
    return total


def _cleaned(value: Any, quotes: Quotes) -> tuple[Any, int]:
    """JSON without the passages in its texts, and how many those were."""
    if isinstance(value, str):
        return quotes.taken_out(value)
    if isinstance(value, dict):
        pairs = {key: _cleaned(part, quotes) for key, part in value.items()}
        return {key: part for key, (part, _) in pairs.items()}, sum(passages for _, passages in pairs.values())
    if isinstance(value, list):
        parts = [_cleaned(part, quotes) for part in value]
        return [part for part, _ in parts], sum(passages for _, passages in parts)
    return value, 0


def _discount(reviews: Sequence[uuid.UUID]) -> None:
    """Takes reviews that are to be erased out of the counts of every analysis that read them."""
    said = Sentence.objects.filter(review__in=reviews)
    for analysis in Analysis.objects.filter(project__in=said.order_by().values("project")).select_related("version"):
        own = said.filter(review__in=reviews_in(analysis.version).order_by().values("id"))
        gone = Counter(own.order_by().values_list("language", flat=True))
        left = Counter(analysis.languages)
        left.subtract(gone)
        analysis.languages = {language: count for language, count in left.items() if count > 0}
        # What a backup brings back was taken out of the counts before.
        erased = own.aggregate(n=Count("review", distinct=True))["n"]
        analysis.reviews_count = max(analysis.reviews_count - erased, 0)
        analysis.sentences_count = max(analysis.sentences_count - gone.total(), 0)
        telling = own.filter(informative__gte=INFORMATIVE).count()
        analysis.informative_count = max(analysis.informative_count - telling, 0)
        analysis.save(update_fields=["languages", "reviews_count", "sentences_count", "informative_count"])


def words_clean(model: type[Any], fields: Sequence[str], quotes: Quotes) -> int:
    """Takes what repeats erased reviews out of these columns of a brand's table; returns how many passages."""
    total = 0
    for row in model.objects.only(*fields).iterator(2000):
        changes = {}
        for name in fields:
            text, passages = quotes.taken_out(getattr(row, name))
            if passages:
                changes[name] = text[: model._meta.get_field(name).max_length or len(text)]
                total += passages
        if changes:
            model.objects.filter(pk=row.pk).update(**changes)
    return total
