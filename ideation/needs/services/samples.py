"""Two analysts code the same sample: drawing it, answering, and settling what they disagree on."""

import random
import secrets
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from accounts.models import User
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.needs.models import CodingAnswer, CodingSample, Evidence, Need, Sentence, StandingNeed
from ideation.needs.querysets import current_analysis, needs_of, sentences_read
from ideation.needs.services.corrections import evidence_move, sentences_place
from mlcore.agreement import Agreement, cohen, krippendorff

LEAST, MOST = 5, 500
"""Sentences of a sample."""
NONE: Final = "none"
"""A code of its own: the sentence shows no need."""
CODERS: Final = 2


@dataclass(frozen=True, kw_only=True)
class Compared:
    """How far the coders of a sample agree."""

    coders: Sequence[User]
    """Those who have coded all of it, in the order in which they did."""
    alpha: Agreement
    kappa: Agreement | None
    """Of two coders."""
    apart: Sequence[tuple[Sentence, Sequence[tuple[User, StandingNeed | None]]]]
    """Sentences on which they disagree, with what each said."""


@transaction.atomic
def sample_draw(*, project: Project, count: int, seed: int | None, by: User | None) -> CodingSample:
    """Draws telling sentences by chance; the same seed draws the same. Raises UserError for too few or too many."""
    analysis = current_analysis(project)
    if analysis is None:
        raise UserError("no_analysis", status=409)
    there = sorted(sentences_read(analysis).order_by().values_list("pk", flat=True))
    if not LEAST <= count <= min(MOST, len(there)):
        raise UserError("sample_size", least=LEAST, most=min(MOST, len(there)))
    chosen = secrets.randbelow(10**6) if seed is None else seed
    drawn = random.Random(chosen).sample(there, count)
    return CodingSample.objects.create(project=project, analysis=analysis, seed=chosen, sentences=drawn, created_by=by)


@transaction.atomic
def answer_give(*, sample: CodingSample, sentence: Sentence, standing: StandingNeed | None, by: User) -> CodingAnswer:
    """What a person says a sentence shows; a second answer takes the first one's place.

    Raises UserError for a sentence of another sample, or when two others have coded all of it: then who codes could
    have seen their answers.
    """
    if sentence.pk not in sample.sentences:
        raise UserError("sample_other_sentence")
    done = [one for one in coders_done(sample) if one.pk != by.pk]
    if len(done) >= CODERS and not CodingAnswer.objects.filter(sample=sample, coder=by).exists():
        raise UserError("sample_coded", status=409)
    found, _made = CodingAnswer.objects.update_or_create(
        sample=sample, sentence=sentence, coder=by, defaults={"standing": standing}
    )
    return found


@transaction.atomic
def sample_settle(*, sample: CodingSample, sentence: Sentence, standing: StandingNeed | None, by: User | None) -> None:
    """Settles what a sentence shows: it is moved there, and later analyses follow."""
    analysis = current_analysis(sample.project)
    assert analysis is not None, "a sample is drawn from an analysis"
    need = needs_of(analysis).filter(standing=standing).first() if standing else None
    if standing is not None and need is None:
        raise UserError("need_earlier", status=409)
    _put(analysis.pk, sentence, need, by)
    sample.settled[str(sentence.pk)] = str(standing.pk) if standing else None
    sample.save(update_fields=["settled"])


def _put(analysis: uuid.UUID, sentence: Sentence, need: Need | None, by: User | None) -> None:
    pieces = Evidence.objects.filter(need__analysis=analysis, sentence=sentence).select_related("need__analysis")
    shown = list(pieces.select_related("need__standing"))
    for piece in shown:
        if piece.need != need:
            evidence_move(need=piece.need, evidence=[piece], to=need, by=by)
    if need is not None and not shown:
        sentences_place(need=need, sentences=[sentence], by=by)


def sentences_of_sample(sample: CodingSample) -> list[Sentence]:
    """Its sentences that are still there, in their order."""
    found = Sentence.objects.select_related("review__product").in_bulk(sample.sentences)
    return [found[key] for key in sample.sentences if key in found]


def coders_done(sample: CodingSample) -> list[User]:
    """Who has coded all sentences that are still there."""
    there = {sentence.pk for sentence in sentences_of_sample(sample)}
    said: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    order = CodingAnswer.objects.filter(sample=sample).exclude(coder=None).order_by("created_at")
    for coder, sentence in order.values_list("coder", "sentence"):
        said[coder].add(sentence)
    done = [coder for coder, sentences in said.items() if there <= sentences]
    people = User.objects.in_bulk(done)
    return [people[coder] for coder in done]


def sample_compare(sample: CodingSample) -> Compared:
    """How far those who have coded all of a sample agree; of three or more, kappa is left out."""
    coders = coders_done(sample)
    answers: dict[tuple[uuid.UUID, uuid.UUID], StandingNeed | None] = {}
    for answer in CodingAnswer.objects.filter(sample=sample, coder__in=coders).select_related("standing"):
        assert answer.coder_id is not None
        answers[answer.sentence_id, answer.coder_id] = answer.standing
    sentences = sentences_of_sample(sample)
    codes = [[_code(answers[one.pk, coder.pk]) for coder in coders] for one in sentences]
    apart = [
        (sentence, [(coder, answers[sentence.pk, coder.pk]) for coder in coders])
        for sentence, said in zip(sentences, codes, strict=True)
        if len(set(said)) > 1
    ]
    pair = cohen([a for a, _ in codes], [b for _, b in codes]) if len(coders) == CODERS else None
    return Compared(coders=coders, alpha=krippendorff(codes), kappa=pair, apart=apart)


def _code(standing: StandingNeed | None) -> str:
    return str(standing.pk) if standing else NONE
