"""The API's analyses, customer needs and the sentences that show them."""

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.api import CursorPages
from ideation.base.rest import Body, Filters, RoomListView, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.jobs.api import ACCEPTED, LOCATION, accepted
from ideation.needs import querysets, services
from ideation.needs.changes import need_change, need_now, these
from ideation.needs.models import About, Analysis, Evidence, Kano, Need, NeedStatus, Sentence, SentimentModel
from ideation.needs.needlist import needs_standing
from ideation.reviews.words import FLAG_WORDS

QUOTES = 30


class AnalysisSerializer(serializers.ModelSerializer[Analysis]):
    """One reading of one dataset version. A project shows its newest finished one."""

    project = serializers.UUIDField(source="project_id", read_only=True)
    version = serializers.UUIDField(source="version_id", read_only=True, help_text="Dataset version it read.")
    languages = serializers.DictField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = Analysis
        fields = read_only_fields = (
            "id", "project", "version", "reviews_count", "sentences_count", "informative_count", "unassigned_count",
            "languages", "created_at", "finished_at",
        )  # fmt: skip


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A sentence that shows a need; rank 1 is the most telling."""

    text = serializers.CharField(source="sentence.text", read_only=True)
    language = serializers.CharField(source="sentence.language", read_only=True)
    sentiment = serializers.FloatField(source="sentence.sentiment", read_only=True, help_text="From -1 to 1.")
    review = serializers.UUIDField(source="sentence.review_id", read_only=True)
    review_label = serializers.CharField(source="sentence.review.label", read_only=True)

    class Meta:
        model = Evidence
        fields = read_only_fields = ("id", "rank", "score", "text", "language", "sentiment", "review", "review_label")


class NeedSerializer(serializers.ModelSerializer[Need]):
    """A customer need, said as the customer's wish, with how much it matters and how well it is met."""

    analysis = serializers.UUIDField(source="analysis_id", read_only=True)
    standing = serializers.UUIDField(
        source="standing_id", read_only=True, help_text="What lasts of it: the same in every analysis that finds it."
    )
    theme = serializers.UUIDField(source="standing.theme_id", read_only=True, allow_null=True)
    owner = serializers.UUIDField(source="standing.owner_id", read_only=True, allow_null=True)
    status = serializers.ChoiceField(choices=NeedStatus.choices, source="standing.status", read_only=True)
    due_on = serializers.DateField(source="standing.due_on", read_only=True, allow_null=True)
    pinned = serializers.BooleanField(source="standing.is_pinned", read_only=True)
    dismissed = serializers.BooleanField(
        source="standing.is_dismissed", read_only=True, help_text="Marked as no need by a person."
    )
    by_hand = serializers.BooleanField(source="standing.by_hand", read_only=True, help_text="Added by a person.")
    kano = serializers.CharField(
        read_only=True, help_text="`must_be`, `performance`, `attractive`, `indifferent`; empty: not settled."
    )
    opportunity_low = serializers.FloatField(
        read_only=True, allow_null=True, help_text="90 % interval over resampled reviews."
    )
    opportunity_high = serializers.FloatField(read_only=True, allow_null=True)
    rank_low = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Best and worst rank in 90 % of the samples."
    )
    rank_high = serializers.IntegerField(read_only=True, allow_null=True)
    statement_by = serializers.CharField(
        read_only=True,
        help_text="`theme`: from the list of common wishes; `evidence`: from the sentences; `model`: by the model; "
        "`person`: by a person.",
    )
    mentions = serializers.IntegerField(read_only=True, help_text="Reviews that show it.")
    erased_reviews = serializers.IntegerField(
        read_only=True, help_text="Reviews that showed it and were erased since; the scores are from before."
    )
    net_sentiment = serializers.FloatField(read_only=True, help_text="From -1 to 1.")
    importance = serializers.FloatField(read_only=True, help_text="From 0 to 10.")
    satisfaction = serializers.FloatField(read_only=True, help_text="From 0 to 10.")
    opportunity = serializers.FloatField(
        read_only=True, help_text="importance + max(importance - satisfaction, 0): from 0 to 20."
    )

    class Meta:
        model = Need
        fields: tuple[str, ...] = (
            "id", "analysis", "standing", "rank", "rank_low", "rank_high", "statement", "statement_by", "about",
            "label", "language", "mentions", "erased_reviews", "net_sentiment", "importance", "satisfaction",
            "opportunity", "opportunity_low", "opportunity_high", "kano", "theme", "owner", "status", "due_on",
            "pinned", "dismissed", "by_hand",
        )  # fmt: skip
        read_only_fields = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Limescale",
            value={
                "id": "d5a0a9f2-8c35-4f2a-8a1e-0a4a3b6b7c11",
                "analysis": "0c7b7a0e-54c4-4d0e-8f5b-5a1a3d2c9e22",
                "standing": "7f2b1c34-55a1-4a0e-9b1d-2c3d4e5f6a55",
                "rank": 1,
                "rank_low": 1,
                "rank_high": 3,
                "statement": "I want limescale to come off without scrubbing.",
                "statement_by": "model",
                "about": "product",
                "label": "limescale cleaning",
                "language": "en",
                "mentions": 41,
                "erased_reviews": 0,
                "net_sentiment": -0.62,
                "importance": 8.1,
                "satisfaction": 2.4,
                "opportunity": 13.8,
                "opportunity_low": 12.1,
                "opportunity_high": 15.2,
                "kano": "must_be",
                "theme": None,
                "owner": None,
                "status": "open",
                "due_on": None,
                "pinned": False,
                "dismissed": False,
                "by_hand": False,
                "figures": {"derived": {"effective_mentions": 41.0, "volume": 0.91}},
                "evidence": [
                    {
                        "id": "4b6c1e0f-3f83-4cf6-9a05-8a5f7f1f2d33",
                        "rank": 1,
                        "score": 0.91,
                        "text": "After a month the bottom is white and no brush gets it off.",
                        "language": "en",
                        "sentiment": -0.8,
                        "review": "9e8d7c6b-5a49-4837-b625-140302010f44",
                        "review_label": "R-118",
                    }
                ],
            },
            response_only=True,
        )
    ]
)
class NeedDetailSerializer(NeedSerializer):
    """A customer need with the sentences that show it best."""

    figures = serializers.DictField(
        read_only=True, help_text="Every part of the formulas: `derived` from reviews, `kano`, `best` after surveys."
    )
    evidence = serializers.SerializerMethodField()

    class Meta(NeedSerializer.Meta):
        fields = (*NeedSerializer.Meta.fields, "figures", "evidence")
        read_only_fields = fields

    @extend_schema_field(EvidenceSerializer(many=True))
    def get_evidence(self, need: Need) -> Any:
        return EvidenceSerializer(querysets.quotes_of(need, QUOTES), many=True).data


class AnalysisBody(Body):
    """Which reviews are left out; without it, none."""

    without = serializers.ListField(
        child=serializers.ChoiceField(choices=list(FLAG_WORDS)),
        required=False,
        help_text="Kinds of suspicion: reviews with any of them are left out.",
    )
    afresh = serializers.BooleanField(
        required=False,
        help_text="Group all sentences anew instead of carrying the needs on. What people decided holds.",
    )
    unassigned = serializers.FloatField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=1,
        help_text="Share of the telling sentences that may belong to no need; null: as the sentences are.",
    )


class AnalysesView(ProjectRoom, RoomListView):
    """A project's analyses, newest first."""

    serializer_class = AnalysisSerializer
    capabilities: ClassVar[tuple[str, ...]] = ("run_analysis",)

    def listed(self) -> QuerySet[Analysis]:
        return Analysis.objects.filter(project=self.project)

    @extend_schema(request=AnalysisBody, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Queues an analysis of the project's newest reviews; its needs then take the others' place."""
        asked = self.body(AnalysisBody)
        return accepted(services.analysis_start(project=self.project, created_by=self.acting_user(), **asked))


class ByRank(CursorPages):
    """The greatest opportunity first."""

    ordering = ("rank", "id")


class NeedFilters(Filters):
    """What needs can be narrowed by."""

    language = serializers.CharField(required=False, max_length=10)
    about = serializers.ChoiceField(About.choices, required=False)
    kano = serializers.ChoiceField(Kano.choices, required=False)
    theme = serializers.UUIDField(required=False, source="standing__theme")
    owner = serializers.UUIDField(required=False, source="standing__owner")
    status = serializers.ChoiceField(NeedStatus.choices, required=False, source="standing__status")
    pinned = serializers.BooleanField(required=False, source="standing__is_pinned")
    dismissed = serializers.BooleanField(
        required=False, default=False, source="standing__is_dismissed", help_text="Those marked as no need."
    )


class NeedBody(Body):
    """A need that a person knows of."""

    statement = serializers.CharField(max_length=300, help_text="As the customer's wish.")
    label = serializers.CharField(max_length=120, help_text="A few words, for charts.")  # type: ignore[assignment]
    about = serializers.ChoiceField(About.choices, required=False, default=About.PRODUCT)
    sentences = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=500, help_text="Sentences that show it."
    )


class NeedsView(ProjectRoom, RoomListView):
    """The needs of a project's newest analysis, the greatest opportunity first."""

    serializer_class = NeedSerializer
    pagination_class = ByRank
    filters = NeedFilters
    capabilities: ClassVar[tuple[str, ...]] = ("run_analysis",)

    def listed(self) -> QuerySet[Need]:
        analysis = querysets.current_analysis(self.project)
        return needs_standing(analysis) if analysis else Need.objects.none()

    @extend_schema(request=NeedBody, responses={201: NeedDetailSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Adds a need by hand, with the sentences that show it, if there are any yet."""
        said = self.body(NeedBody)
        sentences = these(Sentence.objects.filter(project=self.project), said.pop("sentences", []), "sentences")
        made = services.need_add(project=self.project, sentences=sentences, by=self.acting_user(), **said)
        return Response(NeedDetailSerializer(made).data, status=201)


class NeedChanges(Body):
    """What may be changed of a need; what isn't named stays."""

    statement = serializers.CharField(max_length=300, required=False)
    label = serializers.CharField(max_length=120, required=False)  # type: ignore[assignment]
    owner = serializers.UUIDField(required=False, allow_null=True, help_text="A member of the brand; null: nobody.")
    status = serializers.ChoiceField(NeedStatus.choices, required=False)
    due_on = serializers.DateField(required=False, allow_null=True)
    theme = serializers.UUIDField(required=False, allow_null=True, help_text="One of the project's; null: none.")
    pinned = serializers.BooleanField(required=False, help_text="Stands first, and stays.")
    dismissed = serializers.BooleanField(required=False, help_text="Marked as no need.")


class NeedView(RoomView):
    """One need."""

    http_method_names = ["get", "head", "patch"]
    capabilities: ClassVar[tuple[str, ...]] = ("run_analysis",)

    @extend_schema(request=NeedChanges, responses=NeedDetailSerializer)
    def patch(self, request: Request, need_id: uuid.UUID) -> Response:
        """Changes a need: each change takes hold at once, outlasts every analysis and stands among the edits."""
        found = need_now(need_id)
        need_change(found, self.body(NeedChanges), self.acting_user())
        return Response(NeedDetailSerializer(querysets.need(need_id)).data)

    @extend_schema(responses=NeedDetailSerializer)
    def get(self, request: Request, need_id: uuid.UUID) -> Response:
        """One need with the sentences that show it best, at most 30."""
        return Response(NeedDetailSerializer(querysets.need(need_id)).data)


class ByTelling(CursorPages):
    """The most telling first."""

    ordering = ("rank", "id")


class EvidenceView(RoomListView):
    """All sentences that show a need, the most telling first."""

    serializer_class = EvidenceSerializer
    pagination_class = ByTelling

    def listed(self) -> QuerySet[Evidence]:
        return querysets.evidence_of(querysets.need(self.kwargs["need_id"]))


class SentimentModelSerializer(serializers.ModelSerializer[SentimentModel]):
    """Sentiment that learnt from the project's own stars, with how it does beside the shipped one."""

    before = serializers.JSONField(read_only=True, help_text="The shipped model on reviews held back.")
    after = serializers.JSONField(read_only=True, help_text="The learnt model on the same.")

    class Meta:
        model = SentimentModel
        fields = read_only_fields = (
            "id",
            "encoder",
            "reviews_count",
            "held_out_count",
            "before",
            "after",
            "created_at",
        )


class SentimentView(ProjectRoom, RoomView):
    """The sentiment that a project uses."""

    capabilities: ClassVar[tuple[str, ...]] = ("run_analysis",)

    @extend_schema(responses=SentimentModelSerializer)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """The project's own sentiment; 404 while it uses the shipped one."""
        model = querysets.sentiment_model(self.project)
        if model is None:
            raise Http404
        return Response(SentimentModelSerializer(model).data)

    @extend_schema(request=None, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Queues learning from the stars; every sentence is then felt anew, and the needs are weighed again."""
        self.body()
        return accepted(services.sentiment_start(project=self.project, created_by=self.acting_user()))


class SentimentResetView(ProjectRoom, RoomView):
    """The way back to the shipped sentiment."""

    capabilities: ClassVar[tuple[str, ...]] = ("run_analysis",)

    @extend_schema(request=None, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Takes the shipped sentiment again; 409 where it is in use already."""
        self.body()
        return accepted(services.sentiment_reset(project=self.project, created_by=self.acting_user()))
