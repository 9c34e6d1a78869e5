"""The API's corrections: merging, splitting, moving, undoing, themes, and what comes in from files."""

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.api import CursorPages
from ideation.base.errors import sentence
from ideation.base.rest import Body, RoomListView, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.needs import querysets, services
from ideation.needs.api import NeedDetailSerializer
from ideation.needs.changes import analysis_now, need_now, these, this
from ideation.needs.models import Evidence, NeedEdit, Sentence, Theme
from ideation.needs.needlist import needs_standing
from ideation.needs.services.frames import Frame
from ideation.needs.services.surveys import SCALES, Survey

CORRECT: tuple[str, ...] = ("run_analysis",)
MOST = 500
"""Sentences or needs of one request."""


def ids(what: str) -> serializers.ListField:
    """A list of ids of this."""
    return serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST, help_text=what)


class MergeBody(Body):
    """Which needs go up in this one."""

    others = ids("Needs of the same analysis.")


class SplitBody(Body):
    """Which evidence becomes a need of its own, and how it is called."""

    evidence = ids("Some of this need's evidence, not all of it.")
    statement = serializers.CharField(max_length=300)
    label = serializers.CharField(max_length=120)  # type: ignore[assignment]


class MoveBody(Body):
    """Which evidence shows another need."""

    evidence = ids("Some of this need's evidence.")
    to = serializers.UUIDField(
        required=False, allow_null=True, help_text="A need of the same analysis; null or left out: it shows no need."
    )


class SentencesBody(Body):
    """Which sentences show this need."""

    sentences = ids("Sentences of the project.")


class EditSerializer(serializers.ModelSerializer[NeedEdit]):
    """A step of a person's. `before` and `after` hold what it changed."""

    standing = serializers.UUIDField(source="standing_id", read_only=True, help_text="The need, in every analysis.")
    by = serializers.UUIDField(source="created_by_id", read_only=True, allow_null=True)
    before = serializers.DictField(read_only=True)
    after = serializers.DictField(read_only=True)

    class Meta:
        model = NeedEdit
        fields = read_only_fields = ("id", "standing", "kind", "before", "after", "by", "created_at", "undone_at")


class MergeView(RoomView):
    """Merges needs."""

    capabilities = CORRECT

    @extend_schema(request=MergeBody, responses=NeedDetailSerializer)
    def post(self, request: Request, need_id: uuid.UUID) -> Response:
        """Lets the evidence of other needs speak for this one; they are gone from then on. Itself is passed over."""
        need = need_now(need_id)
        others = these(needs_standing(need.analysis), self.body(MergeBody)["others"], "others")
        if others != [need]:
            services.need_merge(into=need, others=others, by=self.acting_user())
        return Response(NeedDetailSerializer(querysets.need(need_id)).data)


class SplitView(RoomView):
    """Splits a need."""

    capabilities = CORRECT

    @extend_schema(request=SplitBody, responses={201: NeedDetailSerializer})
    def post(self, request: Request, need_id: uuid.UUID) -> Response:
        """Makes a need of its own of some of this one's evidence."""
        need = need_now(need_id)
        said = self.body(SplitBody)
        said["evidence"] = these(Evidence.objects.filter(need=need), said["evidence"], "evidence")
        made = services.need_split(need=need, by=self.acting_user(), **said)
        return Response(NeedDetailSerializer(made).data, status=201)


class MoveView(RoomView):
    """Moves evidence."""

    capabilities = CORRECT

    @extend_schema(request=MoveBody, responses=NeedDetailSerializer)
    def post(self, request: Request, need_id: uuid.UUID) -> Response:
        """Says that sentences show another need, or none; later analyses follow. To itself, nothing changes."""
        need = need_now(need_id)
        said = self.body(MoveBody)
        evidence = these(Evidence.objects.filter(need=need), said["evidence"], "evidence")
        to = this(needs_standing(need.analysis), said.get("to"), "to")
        if to != need:
            services.evidence_move(need=need, evidence=evidence, to=to, by=self.acting_user())
        return Response(NeedDetailSerializer(querysets.need(need_id)).data)


class PlaceView(RoomView):
    """Puts sentences into a need."""

    capabilities = CORRECT

    @extend_schema(request=SentencesBody, responses=NeedDetailSerializer)
    def post(self, request: Request, need_id: uuid.UUID) -> Response:
        """Says that sentences show this need, whatever else they show."""
        need = need_now(need_id)
        wanted = self.body(SentencesBody)["sentences"]
        sentences = these(Sentence.objects.filter(project=need.analysis.project_id), wanted, "sentences")
        services.sentences_place(need=need, sentences=sentences, by=self.acting_user())
        return Response(NeedDetailSerializer(querysets.need(need_id)).data)


class EditsView(ProjectRoom, RoomListView):
    """What people did to a project's needs, the newest first."""

    serializer_class = EditSerializer

    def listed(self) -> QuerySet[NeedEdit]:
        return querysets.edits_of(self.project)


class EditUndoView(RoomView):
    """Takes a step back."""

    capabilities = CORRECT

    @extend_schema(request=None, responses=EditSerializer)
    def post(self, request: Request, edit_id: uuid.UUID) -> Response:
        """Takes one step back; a later one of the same need must be taken back first."""
        edit = querysets.edit(edit_id)
        self.body()
        return Response(EditSerializer(services.edit_undo(edit=edit, by=self.acting_user())).data)


class SentenceSerializer(serializers.ModelSerializer[Sentence]):
    """A sentence of a review."""

    review = serializers.UUIDField(source="review_id", read_only=True)
    intents = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Sentence
        fields = read_only_fields = ("id", "text", "language", "sentiment", "informative", "intents", "review")


class ByInformation(CursorPages):
    """The most telling first."""

    ordering = ("-informative", "id")


class UnassignedView(ProjectRoom, RoomListView):
    """The telling sentences that belong to no need, the most telling first."""

    serializer_class = SentenceSerializer
    pagination_class = ByInformation

    def listed(self) -> QuerySet[Sentence]:
        analysis = querysets.current_analysis(self.project)
        return querysets.unassigned_of(analysis) if analysis else Sentence.objects.none()


class ThemeSerializer(serializers.ModelSerializer[Theme]):
    """A heading over needs, or over other headings: a tree of up to three levels."""

    parent = serializers.UUIDField(source="parent_id", read_only=True, allow_null=True)  # type: ignore[assignment]

    class Meta:
        model = Theme
        fields = read_only_fields = ("id", "name", "name_zh", "parent", "code", "position")


@extend_schema_serializer(examples=[OpenApiExample("Cleaning", value={"name": "Cleaning", "name_zh": "清洁"})])
class ThemeBody(Body):
    """A theme."""

    name = serializers.CharField(max_length=120)
    name_zh = serializers.CharField(max_length=120, required=False, allow_blank=True)
    parent = serializers.UUIDField(required=False, allow_null=True, help_text="One of the project's; null: at the top.")  # type: ignore[assignment]


class ThemeChanges(Body):
    """What may be changed of a theme; what isn't named stays."""

    name = serializers.CharField(max_length=120, required=False)
    name_zh = serializers.CharField(max_length=120, required=False, allow_blank=True)
    parent = serializers.UUIDField(required=False, allow_null=True)  # type: ignore[assignment]


class ByPlace(CursorPages):
    """In the order in which they are shown, without regard to the tree."""

    ordering = ("position", "name", "id")


class ThemesView(ProjectRoom, RoomListView):
    """A project's themes; `parent` makes the tree."""

    serializer_class = ThemeSerializer
    pagination_class = ByPlace
    capabilities: ClassVar[tuple[str, ...]] = CORRECT

    def listed(self) -> QuerySet[Theme]:
        return Theme.objects.filter(project=self.project)

    @extend_schema(request=ThemeBody, responses={201: ThemeSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Makes a theme."""
        said = self.body(ThemeBody)
        said["parent"] = this(Theme.objects.filter(project=self.project), said.get("parent"), "parent")
        return Response(ThemeSerializer(services.theme_create(project=self.project, **said)).data, status=201)


class ThemeView(RoomView):
    """One theme."""

    http_method_names = ["get", "head", "patch"]
    capabilities = CORRECT

    @extend_schema(responses=ThemeSerializer)
    def get(self, request: Request, theme_id: uuid.UUID) -> Response:
        """One theme."""
        return Response(ThemeSerializer(querysets.theme(theme_id)).data)

    @extend_schema(request=ThemeChanges, responses=ThemeSerializer)
    def patch(self, request: Request, theme_id: uuid.UUID) -> Response:
        """Renames a theme, or puts it with all below it under another. Under itself, it stays where it is."""
        theme = querysets.theme(theme_id)
        said = {"name": theme.name, "name_zh": theme.name_zh, "parent": theme.parent_id, **self.body(ThemeChanges)}
        parent = this(Theme.objects.filter(project=theme.project_id), said["parent"], "parent")
        said["parent"] = theme.parent if parent == theme else parent
        return Response(ThemeSerializer(services.theme_change(theme=theme, **said)).data)


class ThemeDeleteView(RoomView):
    """Takes a theme away."""

    capabilities = CORRECT

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, theme_id: uuid.UUID) -> Response:
        """Deletes a theme; needs and themes under it move up."""
        theme = querysets.theme(theme_id)
        self.body()
        services.theme_delete(theme=theme)
        return Response(status=204)


class UnusedRowSerializer(serializers.Serializer[Any]):
    """A row that couldn't be used: where it stands, why, and what to do."""

    line = serializers.IntegerField()
    column = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.SerializerMethodField()
    value = serializers.CharField()

    def get_detail(self, row: Any) -> str:
        return sentence(row.code, getattr(row, "params", None))


class FrameSerializer(serializers.Serializer[Frame]):
    """What came in of a code frame."""

    themes = serializers.SerializerMethodField(help_text="New themes.")
    needs = serializers.SerializerMethodField(help_text="New needs.")
    known = serializers.SerializerMethodField(help_text="Needs that were there already and went under their theme.")
    rejected = UnusedRowSerializer(many=True)

    def get_themes(self, frame: Frame) -> int:
        return len(frame.themes)

    def get_needs(self, frame: Frame) -> int:
        return len(frame.new_needs)

    def get_known(self, frame: Frame) -> int:
        return len(frame.needs) - len(frame.new_needs)


class SurveySerializer(serializers.Serializer[Survey]):
    """What came in of a survey."""

    needs = serializers.SerializerMethodField(help_text="Needs that have the survey's figures now.")
    rejected = UnusedRowSerializer(many=True, source="unused")

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_needs(self, survey: Survey) -> list[uuid.UUID]:
        return [need.pk for _line, need in survey.used]


class FrameBody(Body):
    """A file with columns theme, subtheme, need, need_zh, label, about."""

    file = serializers.FileField(allow_empty_file=True)


class SurveyBody(Body):
    """A file with columns need, importance, satisfaction, n, scale."""

    file = serializers.FileField(allow_empty_file=True)
    source = serializers.CharField(max_length=120, required=False, help_text="What the survey is called.")  # type: ignore[assignment]
    scale = serializers.ChoiceField(SCALES, required=False, default="1-5", help_text="Where the file has no column.")


class FramesView(ProjectRoom):
    """A code frame from a file."""

    parser_classes = [MultiPartParser]
    capabilities = CORRECT

    @extend_schema(request=FrameBody, responses=FrameSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Brings in themes and needs from a file of any kind; reports each row that couldn't be used."""
        analysis_now(self.project)
        table = services.table_read(self.body(FrameBody)["file"])
        return Response(
            FrameSerializer(services.frame_import(project=self.project, table=table, by=self.acting_user())).data
        )


class SurveysView(ProjectRoom):
    """A survey from a file."""

    parser_classes = [MultiPartParser]
    capabilities = CORRECT

    @extend_schema(request=SurveyBody, responses=SurveySerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Keeps a survey's figures, which count before what reviews show; reports each row that couldn't be used."""
        analysis_now(self.project)
        said = self.body(SurveyBody)
        file = said["file"]
        source = said.get("source") or str(file.name)[:120]
        table = services.table_read(file)
        done = services.survey_import(project=self.project, table=table, source=source, scale=said["scale"])
        return Response(SurveySerializer(done).data)
