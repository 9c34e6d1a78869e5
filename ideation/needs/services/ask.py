"""Answers a question with what customers said, and with nothing else: sentences that fit, by need, with counts.

The question's words become conditions and a topic (mlcore.questions); sentences that fulfil the conditions are compared
with the topic exactly, in meaning and in words. No text is written, so that none can be made up, and what stands in a
review or in the question is never an instruction.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet
from pgvector import HalfVector
from pgvector.django import MaxInnerProduct

from ideation.base.errors import UserError
from ideation.catalog.models import Product, Project
from ideation.needs.models import Evidence, Need, Sentence, SentenceVector
from ideation.needs.querysets import current_analysis
from ideation.reviews.models import Review
from mlcore.answers import CLOSE, in_common, is_answered, likeness, meaning, question_vector, word_pattern
from mlcore.embed import open_encoder
from mlcore.estimates import Estimate, wilson
from mlcore.questions import Question, read_question

LONGEST: Final = 300
"""Characters of a question."""
CANDIDATES: Final = 2000
"""Texts nearest in meaning that are compared exactly, without their languages' means; and as many with its words."""
GROWTH: Final = 8
SHOWN: Final = 120
"""Sentences that are cited at most; those of a question without a topic are counted beyond."""
FIRST: Final = 5
"""Of a need that are shown at once."""
SAYS: Final = {
    "complaint": Q(intents__contains=["complaint"]) | Q(sentiment__lt=-0.15),
    "praise": Q(intents__contains=["praise"]) | Q(sentiment__gt=0.15),
    "wish": Q(intents__contains=["wish"]),
    "comparison": Q(intents__contains=["comparison"]),
}
"""Intent that a question asks for → the sentences that have it."""
RETURNED: Final = r"\y(return(ed|ing)?|refund(ed)?)\y|退[货款换了掉]"
"""Titles of reviews whose writer gave the product back: they are no sentences."""


@dataclass(frozen=True, kw_only=True)
class Cited:
    """A sentence of the answer."""

    sentence: Sentence
    score: float
    """How well it fits, about 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """What the answer's sentences say of one need; of none: what belongs to no need."""

    need: Need | None
    cited: list[Cited]
    """The best first."""
    reviews: int
    """Distinct reviews among them."""
    share: Estimate
    """Of the reviews that were asked, 0 to 1, with a 90 % interval."""

    @property
    def first(self) -> list[Cited]:
        """Those that are shown at once."""
        return self.cited[:FIRST]

    @property
    def rest(self) -> list[Cited]:
        """The others."""
        return self.cited[FIRST:]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the reviews say to a question."""

    question: Question
    products: list[Product]
    """Those that it names."""
    base: int
    """Reviews that fulfil its conditions on customers: those asked."""
    reviews: int = 0
    """Of these, how many have a sentence in the answer."""
    sentences: int = 0
    more: bool = False
    """Whether there are more than could be cited."""
    groups: list[Group] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        """Whether the reviews say anything about it."""
        return bool(self.groups)


def ask(project: Project, text: str) -> Answer:
    """Answers from the newest analysis. Raises UserError without one, and for a question that is empty or too long."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST:
        raise UserError("question_invalid", most=LONGEST)
    analysis = current_analysis(project)
    if analysis is None:
        raise UserError("no_analysis", status=409)
    products = _named(project, text)
    question = read_question(text, tuple(name for product in products for name in _names(product)))
    asked = _asked(project, question, products, analysis.spec.get("without", []))
    base = asked.count()
    if not question.topic and not question.has_conditions and not products:
        return Answer(question=question, products=products, base=base)
    is_narrow = bool(products) or question.has_conditions
    fitting = _fitting(project, question, asked, is_whole=not is_narrow)
    if question.topic:
        cited, more = _of_topic(project, question, fitting, is_narrow=is_narrow)
    else:
        cited, more = _of_any(fitting)
    groups = _grouped(analysis.pk, cited, base)
    reviews = len({one.sentence.review_id for one in cited})
    return Answer(
        question=question, products=products, base=base, groups=groups, reviews=reviews, sentences=len(cited), more=more
    )


def _names(product: Product) -> list[str]:
    return [name for name in (product.name, product.name_zh, product.sku, *product.aliases) if len(name) > 1]


def _named(project: Project, text: str) -> list[Product]:
    said = text.casefold()
    products = Product.objects.filter(project=project)[:2000]
    return [one for one in products if any(name.casefold() in said for name in _names(one))]


def _asked(project: Project, question: Question, products: list[Product], without: Sequence[str]) -> QuerySet[Review]:
    """The reviews whose words count."""
    rows = Review.objects.filter(project_id=project.pk, ended_in=None)
    if without:
        rows = rows.exclude(flags__has_any_keys=list(without))
    if products:
        rows = rows.filter(product__in=products)
    limits: dict[str, Any] = {
        "rating__gte": question.least_stars, "rating__lte": question.most_stars,
        "date__gte": question.since, "date__lte": question.until,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in limits.items() if value is not None})
    if question.returned:
        gave_back = Sentence.objects.filter(review=OuterRef("pk"), intents__contains=["return"])
        rows = rows.filter(Q(Exists(gave_back)) | Q(title__iregex=RETURNED))
    return rows


def _fitting(project: Project, question: Question, asked: QuerySet[Review], *, is_whole: bool) -> QuerySet[Sentence]:
    """The sentences that fulfil the conditions."""
    rows = Sentence.objects.filter(project=project)
    # With nothing to leave out but what was replaced, the join is cheaper than a list of all reviews.
    rows = rows.filter(review__ended_in=None) if is_whole else rows.filter(review__in=asked.values("pk"))
    wanted = Q()
    for intent in question.intents:
        wanted |= SAYS[intent]
    return rows.filter(wanted).select_related("review__product")


def _of_any(fitting: QuerySet[Sentence]) -> tuple[list[Cited], bool]:
    """Sentences of a question that only has conditions: the most telling first."""
    found = list(fitting.filter(informative__gte=0.25).order_by("-informative", "pk")[: SHOWN + 1])
    return [Cited(sentence=one, score=one.informative) for one in found[:SHOWN]], len(found) > SHOWN


def _of_topic(
    project: Project, question: Question, fitting: QuerySet[Sentence], *, is_narrow: bool
) -> tuple[list[Cited], bool]:
    """Sentences that are about the topic, none if the reviews don't say anything about it."""
    vector = question_vector(question, open_encoder())
    sentences = _near(project, question, vector, fitting, is_narrow=is_narrow)
    meanings = meaning(vector, _vectors(project, sentences), [one.language for one in sentences])
    words = in_common(question, [one.text for one in sentences])
    if not is_answered(meanings, words):
        return [], False
    scores = likeness(meanings, words)
    order = [int(i) for i in np.argsort(-scores, kind="stable") if scores[i] >= CLOSE or words[i] >= 1]
    return [Cited(sentence=sentences[i], score=float(scores[i])) for i in order[:SHOWN]], len(order) > SHOWN


def _near(
    project: Project, question: Question, vector: Any, fitting: QuerySet[Sentence], *, is_narrow: bool
) -> list[Sentence]:
    """All that fulfil the conditions if they are few; else the nearest of them in meaning, and those with its words.

    The nearest are read first and the conditions asked of them, since Postgres may choose a slow plan for both at once.
    """
    if is_narrow:
        few = list(fitting[: 2 * CANDIDATES + 1])
        if len(few) <= 2 * CANDIDATES:
            return few
    rows = SentenceVector.objects.filter(project=project)
    near = rows.order_by(MaxInnerProduct("embedding", HalfVector(vector))).values_list("key", flat=True)
    limit = CANDIDATES
    while True:
        keys = [bytes(key) for key in near[:limit]]
        found = list(fitting.filter(Q(key__in=keys) | _has_words(question))[: 2 * CANDIDATES])
        if len(found) >= SHOWN or len(keys) < limit:
            return found
        limit *= GROWTH


def _has_words(question: Question) -> Q:
    """All of the topic's words, in whatever form."""
    found = Q()
    for word in question.words:
        found &= Q(text__iregex=word_pattern(word, question.language).pattern.replace(r"\b", r"\y"))
    return found if question.words else Q(pk__in=[])


def _vectors(project: Project, sentences: Sequence[Sentence]) -> Any:
    keys = {bytes(one.key) for one in sentences}
    rows = SentenceVector.objects.filter(project=project, key__in=keys).values_list("key", "embedding")
    found = {bytes(key): vector for key, vector in rows}
    return np.array([found[bytes(one.key)] for one in sentences], dtype=np.float32).reshape(len(sentences), -1)


def _grouped(analysis_id: uuid.UUID, cited: Sequence[Cited], base: int) -> list[Group]:
    """By need, the one with most reviews first; a sentence of several needs stands with the one it shows best."""
    shown = Evidence.objects.filter(need__analysis=analysis_id, sentence__in=[one.sentence.pk for one in cited])
    need_of: dict[uuid.UUID, Need] = {}
    for piece in shown.select_related("need").order_by("score"):
        need_of[piece.sentence_id] = piece.need
    parts: dict[Need | None, list[Cited]] = defaultdict(list)
    for one in cited:
        parts[need_of.get(one.sentence.pk)].append(one)
    groups = [_group(need, part, base) for need, part in parts.items()]
    return sorted(groups, key=lambda group: (group.need is None, -group.reviews))


def _group(need: Need | None, cited: list[Cited], base: int) -> Group:
    reviews = len({one.sentence.review_id for one in cited})
    return Group(
        need=need, cited=cited, reviews=reviews, share=wilson(reviews / max(base, reviews), max(base, reviews))
    )
