"""The API's projects, and who may see them."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Membership
from ideation.base.rest import Body, RoomListView, RoomView
from ideation.catalog import querysets, services
from ideation.catalog.models import Project

LANGUAGES = ("en", "zh-hans")


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """One question of the brand's: what to make next in this category, for these customers."""

    class Meta:
        model = Project
        fields = read_only_fields = ("id", "name", "category", "language", "created_at")


@extend_schema_serializer(
    examples=[OpenApiExample("Kettles", value={"name": "Kettles 2027", "category": "kettle", "language": "en"})]
)
class ProjectBody(Body):
    """A new project."""

    name = serializers.CharField(max_length=120)
    category = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    language = serializers.ChoiceField(LANGUAGES, required=False, default="en", help_text="Language of its concepts.")


class ProjectRoom(RoomView):
    """What every address below a project shares."""

    @cached_property
    def project(self) -> Project:
        """The project in the address. Raises Http404 outside its brand."""
        return querysets.project(self.kwargs["project_id"])


class ProjectsView(RoomListView):
    """The brand's projects, newest first."""

    serializer_class = ProjectSerializer
    capabilities: ClassVar[tuple[str, ...]] = ("manage_projects",)

    def listed(self) -> QuerySet[Project]:
        return querysets.projects()

    @extend_schema(request=ProjectBody, responses={201: ProjectSerializer})
    def post(self, request: Request) -> Response:
        """Makes a new, empty project."""
        project = services.project_create(**self.body(ProjectBody), created_by=self.acting_user())
        return Response(ProjectSerializer(project).data, status=201)


class ProjectView(ProjectRoom):
    """One project."""

    @extend_schema(responses=ProjectSerializer)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """One project."""
        return Response(ProjectSerializer(self.project).data)


class ProjectMemberSerializer(serializers.ModelSerializer[Membership]):
    """Somebody who is named in a project."""

    name = serializers.CharField(source="user.name", help_text="Empty where they have given none.")
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = Membership
        fields = read_only_fields = ("id", "name", "email", "role")


class AccessSerializer(serializers.Serializer[Any]):
    """Who may see a project: all of the brand, or, where it is restricted, its members and the brand's owners."""

    restricted = serializers.BooleanField()
    members = ProjectMemberSerializer(many=True)


class AccessBody(Body):
    """Who may see a project from now on; the names replace those before."""

    restricted = serializers.BooleanField()
    members = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=1000, help_text="Ids of members."
    )


class AccessView(ProjectRoom):
    """Who may see a project."""

    reads: ClassVar[tuple[str, ...]] = ("manage_projects",)
    capabilities: ClassVar[tuple[str, ...]] = ("manage_projects",)

    @extend_schema(responses=AccessSerializer)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Who may see a project."""
        return self._answer()

    @extend_schema(request=AccessBody, responses=AccessSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Restricts a project to named members, or opens it. Who made the key stays among them."""
        sent, project = self.body(AccessBody), self.project
        members = list(Membership.objects.filter(pk__in=sent["members"]))
        if unknown := set(sent["members"]) - {member.pk for member in members}:
            text = _("No member of this brand has the id %(id)s.") % {"id": min(map(str, unknown))}
            raise serializers.ValidationError({"members": [text]})
        services.project_restrict(
            project=project, restricted=sent["restricted"], members=members, by=self.acting_user()
        )
        return self._answer()

    def _answer(self) -> Response:
        restricted = querysets.project(self.project.pk).restricted
        shown = {"restricted": restricted, "members": querysets.members_of(self.project)}
        return Response(AccessSerializer(shown).data)
