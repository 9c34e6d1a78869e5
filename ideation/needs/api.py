"""The API's analyses, customer needs and the sentences that show them."""

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.api import CursorPages
from ideation.base.rest import Body, RoomListView, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.jobs.api import ACCEPTED, LOCATION, accepted
from ideation.needs import querysets, services
from ideation.needs.models import Analysis, Evidence, Need
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
    statement_by = serializers.CharField(
        read_only=True,
        help_text="`theme`: from the list of common wishes; `evidence`: from the sentences; `model`: by the model.",
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
            "id", "analysis", "rank", "statement", "statement_by", "about", "label", "language", "mentions",
            "erased_reviews", "net_sentiment", "importance", "satisfaction", "opportunity",
        )  # fmt: skip
        read_only_fields = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Limescale",
            value={
                "id": "d5a0a9f2-8c35-4f2a-8a1e-0a4a3b6b7c11",
                "analysis": "0c7b7a0e-54c4-4d0e-8f5b-5a1a3d2c9e22",
                "rank": 1,
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

    evidence = serializers.SerializerMethodField()

    class Meta(NeedSerializer.Meta):
        fields = (*NeedSerializer.Meta.fields, "evidence")
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


class AnalysesView(ProjectRoom, RoomListView):
    """A project's analyses, newest first."""

    serializer_class = AnalysisSerializer
    capabilities: ClassVar[tuple[str, ...]] = ("run_analysis",)

    def listed(self) -> QuerySet[Analysis]:
        return Analysis.objects.filter(project=self.project)

    @extend_schema(request=AnalysisBody, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Queues an analysis of the project's newest reviews; its needs then take the others' place."""
        without = self.body(AnalysisBody).get("without", [])
        return accepted(services.analysis_start(project=self.project, without=without, created_by=self.acting_user()))


class ByRank(CursorPages):
    """The greatest opportunity first."""

    ordering = ("rank", "id")


class NeedsView(ProjectRoom, RoomListView):
    """The needs of a project's newest analysis, the greatest opportunity first."""

    serializer_class = NeedSerializer
    pagination_class = ByRank

    def listed(self) -> QuerySet[Need]:
        analysis = querysets.current_analysis(self.project)
        return querysets.needs_of(analysis) if analysis else Need.objects.none()


class NeedView(RoomView):
    """One need."""

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
