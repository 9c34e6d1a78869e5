"""Puts sentences under needs, or takes them out, by a person's word.

Nothing is deleted: a piece of evidence that is taken out stays as struck, since a claim may cite it.
"""

import uuid
from collections.abc import Sequence

from django.db.models import Max

from ideation.needs.models import Coding, Evidence, Need, NeedEdit, Sentence

SURE = 1.0
"""How clearly a sentence shows a need that a person put there."""


def evidence_place(edit: NeedEdit, sentences: Sequence[Sentence], *, out_of: Need | None, into: Need | None) -> None:
    """Takes sentences out of one need and puts them into another, either of which may be none; notes what it did."""
    words: list[tuple[Need, Sequence[Sentence], bool]] = []
    if out_of is not None:
        strike(out_of, sentences)
        words.append((out_of, sentences, False))
    if into is not None:
        there = set(Evidence.objects.filter(need=into, sentence__in=sentences).values_list("sentence_id", flat=True))
        new = [sentence for sentence in sentences if sentence.pk not in there]
        show(into, new)
        words.append((into, new, True))
    Coding.objects.bulk_create(
        [
            Coding(edit=edit, standing_id=need.standing_id, sentence=sentence, belongs=belongs)
            for need, placed, belongs in words
            for sentence in placed
        ],
        batch_size=2000,
    )


def evidence_replace(edit: NeedEdit, needs: dict[uuid.UUID, Need]) -> None:
    """Takes an edit's placing back, in the needs (by standing need) of the newest analysis."""
    for belongs, act in ((True, strike), (False, show)):
        for standing, need in needs.items():
            words = Coding.objects.filter(edit=edit, standing_id=standing, belongs=belongs).select_related("sentence")
            if sentences := [word.sentence for word in words]:
                act(need, sentences)


def strike(need: Need, sentences: Sequence[Sentence]) -> None:
    """Takes sentences out of a need."""
    Evidence.objects.filter(need=need, sentence__in=sentences).update(is_struck=True)


def show(need: Need, sentences: Sequence[Sentence]) -> None:
    """Puts sentences that a need doesn't show yet behind those that it has."""
    struck = Evidence.everything.filter(need=need, sentence__in=sentences)
    known = set(struck.values_list("sentence_id", flat=True))
    struck.update(is_struck=False)
    last = Evidence.everything.filter(need=need).aggregate(last=Max("rank"))["last"] or 0
    new = [sentence for sentence in sentences if sentence.pk not in known]
    Evidence.objects.bulk_create(
        [Evidence(need=need, sentence=one, rank=last + place, score=SURE) for place, one in enumerate(new, start=1)],
        batch_size=2000,
    )
