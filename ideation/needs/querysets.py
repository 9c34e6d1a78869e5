"""Reads of analyses, needs and their evidence."""

import re
import uuid
from collections import Counter, defaultdict

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, FloatField, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Cast, NullIf
from django.http import Http404

from ideation.catalog.models import Product, Project
from ideation.needs.models import (
    About,
    Analysis,
    CodingSample,
    Evidence,
    Need,
    NeedAlert,
    NeedEdit,
    NeedWatch,
    Sentence,
    SentimentModel,
    Theme,
)
from ideation.reviews.models import Review
from ideation.reviews.querysets import reviews_in
from mlcore.sentiment import INFORMATIVE

QUOTABLE = 30
"""Pieces of evidence, the most telling first, that are worth quoting."""
LEAST_SAID = 5
"""Pieces of evidence that make a need one of a product's."""
USUAL = 0.8
"""How much of its usual share a product must have in a need's evidence."""


def current_analysis(project: Project) -> Analysis | None:
    """The project's newest finished analysis."""
    finished = Analysis.objects.filter(project=project, finished_at__isnull=False)
    return finished.select_related("version").order_by("-finished_at").first()


def needs_of(analysis: Analysis) -> QuerySet[Need]:
    """An analysis's needs, by opportunity, without those that people merged into others or dismissed."""
    return Need.objects.filter(analysis=analysis, standing__merged_into=None, standing__is_dismissed=False)


def needs_of_product(analysis: Analysis, product: Product, share: float) -> QuerySet[Need]:
    """The needs of which at least this share of the evidence comes from this product's reviews."""
    shown = Q(evidence__is_struck=False)
    own = Count("evidence", filter=shown & Q(evidence__sentence__review__product=product))
    whole = NullIf(Count("evidence", filter=shown), 0)
    return needs_of(analysis).annotate(share=Cast(own, FloatField()) / whole).filter(share__gte=share)


def leading_name(analysis: Analysis, least: int) -> tuple[str, list[uuid.UUID]]:
    """The product name that most needs about products belong to, and those needs, where no catalogue names products.

    A need belongs to a name that is spoken of in its evidence about as often as in all evidence, or more often.
    Numbers are no names. Empty where no name has `least` needs.
    """
    said = Evidence.objects.filter(need__analysis=analysis, need__about=About.PRODUCT)
    counts = said.values_list("need", "sentence__review__product_name").annotate(count=Count("id"))
    of_need: Counter[uuid.UUID] = Counter()
    of_name: Counter[str] = Counter()
    for need, name, count in counts:
        of_need[need] += count
        of_name[name] += count
    belong: dict[str, list[uuid.UUID]] = defaultdict(list)
    for need, name, count in counts:
        usual = of_name[name] / of_need.total()
        if re.search(r"[^\W\d]", name) and count >= LEAST_SAID and count >= USUAL * usual * of_need[need]:
            belong[name].append(need)
    best = max(belong, key=lambda name: (len(belong[name]), of_name[name]), default="")
    return (best, belong[best]) if best and len(belong[best]) >= least else ("", [])


def need(need_id: uuid.UUID) -> Need:
    """One need. Raises Http404 if this brand has none with this id."""
    beside = ("analysis__project", "analysis__version", "standing__theme", "standing__owner", "standing__merged_into")
    found = Need.objects.select_related(*beside).filter(pk=need_id).first()
    if found is None:
        raise Http404
    return found


def evidence_of(need: Need) -> QuerySet[Evidence]:
    """The sentences that show a need, the most telling first."""
    return Evidence.objects.filter(need=need).select_related("sentence__review__product")


def quotes_of(need: Need, count: int, language: str = "", product: str = "") -> list[Evidence]:
    """The best few sentences of a need; if named, those in `language` and about `product` first."""
    spoken = Q(sentence__language=language) if language else Q()
    about = Q(sentence__review__product_name__iexact=product) if product else Q()
    first = [ExpressionWrapper(wish, output_field=BooleanField()).desc() for wish in (spoken, about) if wish]
    return list(evidence_of(need).filter(rank__lte=QUOTABLE).order_by(*first, "rank")[:count])


def sentiment_model(project: Project) -> SentimentModel | None:
    """The sentiment that the project's stars taught, if it is used."""
    return SentimentModel.objects.filter(project=project, is_used=True).first()


def sentences_of(review: Review) -> QuerySet[Sentence]:
    """A review's sentences, each with the needs of the newest finished analysis that it shows."""
    newest = Analysis.objects.filter(project=review.project_id, finished_at__isnull=False).order_by("-finished_at")
    shown = Evidence.objects.filter(need__analysis=newest.first()).select_related("need")
    return Sentence.objects.filter(review=review).prefetch_related(Prefetch("evidence", shown))


def alerts_of(project: Project) -> QuerySet[NeedAlert]:
    """A project's alerts, of the newest month first."""
    return NeedAlert.objects.filter(project=project).select_related("standing")


def watches_of(project: Project) -> QuerySet[NeedWatch]:
    """Who is told of a project's alerts."""
    return NeedWatch.objects.filter(project=project).select_related("member__user", "standing")


def watch(watch_id: uuid.UUID) -> NeedWatch:
    """Who is told of something. Raises Http404 if this brand has none with this id."""
    found = NeedWatch.objects.select_related("member").filter(pk=watch_id).first()
    if found is None:
        raise Http404
    return found


def sentences_read(analysis: Analysis) -> QuerySet[Sentence]:
    """The telling sentences of the reviews that an analysis read."""
    read = reviews_in(analysis.version)
    if without := analysis.spec.get("without"):
        read = read.exclude(flags__has_any_keys=list(without))
    telling = Sentence.objects.filter(project=analysis.project_id, informative__gte=INFORMATIVE)
    return telling.filter(review__in=read.order_by().values("id"))


def unassigned_of(analysis: Analysis) -> QuerySet[Sentence]:
    """The telling sentences that show no need, the most telling first. What was marked as no need has its own."""
    shown = Evidence.objects.filter(need__analysis=analysis, sentence=OuterRef("pk"))
    found = sentences_read(analysis).filter(~Exists(shown)).select_related("review__product")
    return found.order_by("-informative", "id")


def theme(theme_id: uuid.UUID) -> Theme:
    """One theme. Raises Http404 if this brand has none with this id."""
    found = Theme.objects.select_related("project", "parent").filter(pk=theme_id).first()
    if found is None:
        raise Http404
    return found


def edits_of(project: Project) -> QuerySet[NeedEdit]:
    """What people did to a project's needs, the newest first."""
    return NeedEdit.objects.filter(project=project).select_related("created_by", "undone_by", "standing")


def edit(edit_id: uuid.UUID) -> NeedEdit:
    """One step of a person's. Raises Http404 if this brand has none with this id."""
    found = NeedEdit.objects.select_related("project", "created_by").filter(pk=edit_id).first()
    if found is None:
        raise Http404
    return found


def sentences_found(analysis: Analysis, text: str, most: int) -> list[Sentence]:
    """Telling sentences in which a text stands, the most telling first."""
    if not (text := text.strip()):
        return []
    found = sentences_read(analysis).filter(text__icontains=text).select_related("review__product")
    return list(found.order_by("-informative", "id")[:most])


def coding_sample(sample_id: uuid.UUID) -> CodingSample:
    """One sample. Raises Http404 if this brand has none with this id."""
    found = CodingSample.objects.select_related("project", "analysis").filter(pk=sample_id).first()
    if found is None:
        raise Http404
    return found
