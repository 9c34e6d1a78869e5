"""The API's briefs, generations and concepts: each feature with its needs, each claim with the sentences it cites."""

import uuid
from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.api import CursorPages
from ideation.base.errors import sentence
from ideation.base.rest import Body, RoomListView, RoomView
from ideation.catalog.api.projects import LANGUAGES, ProjectRoom
from ideation.concepts import querysets, services
from ideation.concepts.models import Brief, Concept, ConceptClaim, Feature, Generation
from ideation.jobs.api import ACCEPTED, LOCATION, ReasonSerializer, accepted
from ideation.needs.models import Citation, Need

WRITE_CONCEPTS: tuple[str, ...] = ("write_concepts",)


class BriefSerializer(serializers.ModelSerializer[Brief]):
    """A design brief: for whom, against which needs, within which limits."""

    project = serializers.UUIDField(source="project_id", read_only=True)
    needs = serializers.SerializerMethodField(help_text="Ids of the needs it asks to answer, in their order.")

    class Meta:
        model = Brief
        fields = read_only_fields = (
            "id", "project", "title", "product", "category", "audience", "must_have", "must_avoid", "language",
            "needs", "created_at",
        )  # fmt: skip

    def get_needs(self, brief: Brief) -> list[uuid.UUID]:
        return [row.need_id for row in brief.brief_needs.all()]


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A kettle for hard water",
            value={
                "title": "A kettle for hard water",
                "product": "electric kettle",
                "audience": "people in cities with hard water",
                "must_have": "boils 1 litre in 4 minutes",
                "must_avoid": "plastic that touches the water",
                "language": "en",
                "needs": ["d5a0a9f2-8c35-4f2a-8a1e-0a4a3b6b7c11"],
            },
        )
    ]
)
class BriefBody(Body):
    """A new brief."""

    title = serializers.CharField(max_length=200)
    product = serializers.CharField(max_length=200, help_text="What is to be designed, in a word or two.")
    category = serializers.CharField(max_length=120, required=False, allow_blank=True)
    audience = serializers.CharField(max_length=300, required=False, allow_blank=True)
    must_have = serializers.CharField(max_length=500, required=False, allow_blank=True)
    must_avoid = serializers.CharField(max_length=500, required=False, allow_blank=True)
    language = serializers.ChoiceField(LANGUAGES, required=False)
    needs = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=20, help_text="Ids of this project's needs."
    )

    def validate_needs(self, ids: list[uuid.UUID]) -> list[Need]:
        found = Need.objects.filter(analysis__project=self.context["project"]).in_bulk(ids)
        if unknown := [name for name in ids if name not in found]:
            raise serializers.ValidationError(_("This project has no need %(id)s.") % {"id": unknown[0]})
        # Twice the same need says nothing more than once.
        return [found[name] for name in dict.fromkeys(ids)]


class GenerationSerializer(serializers.ModelSerializer[Generation]):
    """One answering of a brief by one model."""

    brief = serializers.UUIDField(source="brief_id", read_only=True)
    model = serializers.UUIDField(source="model_version_id", read_only=True, allow_null=True)
    reason = serializers.SerializerMethodField()

    class Meta:
        model = Generation
        fields = read_only_fields = ("id", "brief", "model", "backend", "wanted", "reason", "created_at", "finished_at")

    @extend_schema_field(ReasonSerializer(allow_null=True))
    def get_reason(self, generation: Generation) -> dict[str, str] | None:
        code = generation.reason_code
        return {"code": code, "detail": sentence(code)} if code else None


@extend_schema_serializer(examples=[OpenApiExample("Eight concepts", value={"wanted": 8})])
class GenerationBody(Body):
    """How many concepts to write."""

    wanted = serializers.IntegerField(min_value=1, max_value=40, required=False, default=8)


class FeatureSerializer(serializers.ModelSerializer[Feature]):
    """What the product has or does: a proposal, tied to the needs it answers."""

    needs = serializers.SerializerMethodField()

    class Meta:
        model = Feature
        fields = read_only_fields = ("id", "text", "needs")

    def get_needs(self, feature: Feature) -> list[uuid.UUID]:
        return [row.need_id for row in feature.feature_needs.all()]


class CitationSerializer(serializers.ModelSerializer[Citation]):
    """A review's sentence that a claim stands on."""

    evidence = serializers.UUIDField(source="evidence_id", read_only=True)
    need = serializers.UUIDField(source="evidence.need_id", read_only=True)
    review = serializers.UUIDField(source="evidence.sentence.review_id", read_only=True)
    review_label = serializers.CharField(source="evidence.sentence.review.label", read_only=True)
    sentence = serializers.CharField(source="evidence.sentence.text", read_only=True)

    class Meta:
        model = Citation
        fields = read_only_fields = ("evidence", "need", "review", "review_label", "sentence")


class ClaimSerializer(serializers.ModelSerializer[ConceptClaim]):
    """A statement about customers, with what it stands on."""

    id = serializers.UUIDField(source="claim_id", read_only=True)
    text = serializers.CharField(source="claim.text", read_only=True)
    erased_citations = serializers.IntegerField(
        source="claim.erased_citations", read_only=True, help_text="Reviews it cited that were erased since."
    )
    citations = CitationSerializer(source="claim.citations", many=True, read_only=True)

    class Meta:
        model = ConceptClaim
        fields = read_only_fields = ("id", "text", "erased_citations", "citations")


class ConceptSerializer(serializers.ModelSerializer[Concept]):
    """A new product, in words; every claim about customers cites what they wrote."""

    project = serializers.UUIDField(source="generation.brief.project_id", read_only=True)
    brief = serializers.UUIDField(source="generation.brief_id", read_only=True)
    generation = serializers.UUIDField(source="generation_id", read_only=True)
    model = serializers.UUIDField(source="generation.model_version_id", read_only=True, allow_null=True)
    scores = serializers.DictField(read_only=True)
    erased_quotes = serializers.IntegerField(
        read_only=True, help_text="Passages that repeated an erased review and were taken out."
    )
    features = FeatureSerializer(many=True, read_only=True)
    claims = ClaimSerializer(source="concept_claims", many=True, read_only=True)

    class Meta:
        model = Concept
        fields = read_only_fields = (
            "id", "project", "brief", "generation", "model", "number", "name", "pitch", "insight", "target_user",
            "language", "scores", "erased_quotes", "features", "claims", "created_at",
        )  # fmt: skip


class BriefsView(ProjectRoom, RoomListView):
    """A project's briefs, newest first."""

    serializer_class = BriefSerializer
    capabilities: ClassVar[tuple[str, ...]] = WRITE_CONCEPTS

    def listed(self) -> QuerySet[Brief]:
        return querysets.briefs_of(self.project)

    @extend_schema(request=BriefBody, responses={201: BriefSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Makes a brief against needs of the project."""
        sent = self.body(BriefBody, project=self.project)
        brief = services.brief_create(project=self.project, created_by=self.acting_user(), **sent)
        return Response(BriefSerializer(brief).data, status=201)


class BriefView(RoomView):
    """One brief."""

    @extend_schema(responses=BriefSerializer)
    def get(self, request: Request, brief_id: uuid.UUID) -> Response:
        """One brief."""
        return Response(BriefSerializer(querysets.brief(brief_id)).data)


class GenerationsView(RoomListView):
    """The runs that answered a brief, newest first."""

    serializer_class = GenerationSerializer
    capabilities: ClassVar[tuple[str, ...]] = WRITE_CONCEPTS

    def listed(self) -> QuerySet[Generation]:
        return Generation.objects.filter(brief=querysets.brief(self.kwargs["brief_id"]))

    @extend_schema(request=GenerationBody, responses=ACCEPTED, parameters=[LOCATION])
    def post(self, request: Request, brief_id: uuid.UUID) -> Response:
        """Queues the writing of concepts for a brief."""
        brief = querysets.brief(brief_id)
        sent = self.body(GenerationBody)
        return accepted(services.generation_start(brief=brief, created_by=self.acting_user(), **sent))


class NewestGenerationFirst(CursorPages):
    """Generations newest first, each with its concepts from the first to the last."""

    ordering = ("-generated_at", "number", "id")


class ConceptsView(ProjectRoom, RoomListView):
    """A project's concepts, those of the newest generation first."""

    serializer_class = ConceptSerializer
    pagination_class = NewestGenerationFirst

    def listed(self) -> QuerySet[Concept]:
        return querysets.concepts_of(self.project).annotate(generated_at=F("generation__created_at"))


class ConceptView(RoomView):
    """One concept."""

    @extend_schema(responses=ConceptSerializer)
    def get(self, request: Request, concept_id: uuid.UUID) -> Response:
        """One concept with all that it stands on."""
        return Response(ConceptSerializer(querysets.concept(concept_id)).data)
