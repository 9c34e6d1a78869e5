"""The API's review datasets and their versions."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.rest import RoomListView, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.jobs.api import ACCEPTED, LOCATION, accepted
from ideation.reviews import querysets
from ideation.reviews.models import DatasetVersion, ReviewDataset
from ideation.reviews.services.compare import Compared, versions_compare
from ideation.reviews.services.verify import AT_ONCE, Verified, verify_start, version_verify

IMPORT_REVIEWS: tuple[str, ...] = ("import_reviews",)


class DatasetSerializer(serializers.ModelSerializer[ReviewDataset]):
    """Reviews that belong together."""

    project = serializers.UUIDField(source="project_id", read_only=True)
    version = serializers.SerializerMethodField(help_text="Its newest version's number; null before the first import.")
    reviews_count = serializers.SerializerMethodField()

    class Meta:
        model = ReviewDataset
        fields = read_only_fields = ("id", "project", "name", "version", "reviews_count", "created_at")

    def get_version(self, dataset: ReviewDataset) -> int | None:
        newest = next(iter(dataset.versions.all()), None)
        return newest.number if newest else None

    def get_reviews_count(self, dataset: ReviewDataset) -> int:
        newest = next(iter(dataset.versions.all()), None)
        return newest.reviews_count if newest else 0


class DatasetsView(ProjectRoom, RoomListView):
    """A project's review datasets, newest first."""

    serializer_class = DatasetSerializer

    def listed(self) -> QuerySet[ReviewDataset]:
        return querysets.datasets_of(self.project).prefetch_related("versions")


class DatasetView(RoomView):
    """One dataset."""

    @extend_schema(responses=DatasetSerializer)
    def get(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """One review dataset."""
        found = ReviewDataset.objects.prefetch_related("versions").filter(pk=dataset_id).first()
        if found is None:
            raise Http404
        return Response(DatasetSerializer(found).data)


class VersionSerializer(serializers.ModelSerializer[DatasetVersion]):
    """A dataset as it stood after an import, pinned by the hash of all its reviews."""

    dataset = serializers.UUIDField(source="dataset_id", read_only=True)
    name = serializers.CharField(source="dataset.name", read_only=True, help_text="The dataset's.")

    class Meta:
        model = DatasetVersion
        fields = read_only_fields = ("id", "dataset", "name", "number", "reviews_count", "root_sha256", "created_at")


class VerifiedSerializer(serializers.Serializer[Any]):
    """Whether a dataset version is what it was."""

    version = VersionSerializer()
    intact = serializers.BooleanField(help_text="Nothing differs but what was erased on request.")
    reviews = serializers.IntegerField()
    erased = serializers.IntegerField()
    differing = serializers.SerializerMethodField(help_text="Ids of the first reviews that were changed.")
    differing_count = serializers.IntegerField()
    missing = serializers.IntegerField(help_text="Reviews gone without having been erased; negative: come in.")
    root_fits = serializers.BooleanField()

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_differing(self, found: Verified) -> list[uuid.UUID]:
        return [review.pk for review in found.differing]


class VersionsView(ProjectRoom, RoomListView):
    """A project's dataset versions, newest first."""

    serializer_class = VersionSerializer

    def listed(self) -> QuerySet[DatasetVersion]:
        return querysets.versions_of(self.project)


class VersionVerifyView(RoomView):
    """Verifies a dataset version."""

    capabilities = IMPORT_REVIEWS

    @extend_schema(request=None, responses={200: VerifiedSerializer, **ACCEPTED}, parameters=[LOCATION])
    def post(self, request: Request, version_id: uuid.UUID) -> Response:
        """Computes a version's hash anew from what is stored, and says what differs. Changes nothing.

        A version of more than 100,000 reviews becomes a job (202), whose result says the same.
        """
        version = querysets.version(version_id)
        self.body()
        if version.reviews_count > AT_ONCE:
            return accepted(verify_start(version=version, created_by=self.acting_user()))
        return Response(VerifiedSerializer(version_verify(version=version)).data)


class VersionView(RoomView):
    """One dataset version."""

    @extend_schema(responses=VersionSerializer)
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        """One dataset version, with its hash."""
        return Response(VersionSerializer(querysets.version(version_id)).data)


class CountedSerializer(serializers.Serializer[Any]):
    """One language, rating, product or source in both versions."""

    value = serializers.CharField(allow_null=True, help_text="Null or empty where reviews have none.")
    before = serializers.IntegerField()
    after = serializers.IntegerField()
    difference = serializers.IntegerField()


class ComparedSerializer(serializers.Serializer[Compared]):
    """What differs between an earlier and a later version: after = before + added."""

    before = VersionSerializer()
    after = VersionSerializer()
    added = serializers.IntegerField()
    replaced = serializers.IntegerField(help_text="Reviews in whose place a correction put another form.")
    erased_before = serializers.IntegerField(help_text="Reviews of the earlier version that were erased since.")
    erased_after = serializers.IntegerField()
    imports = serializers.SerializerMethodField(help_text="Those that brought the added reviews.")
    newest = serializers.SerializerMethodField(help_text="The first 50 added reviews.")
    languages = CountedSerializer(source="kinds.language", many=True)
    ratings = CountedSerializer(source="kinds.rating", many=True)
    products = CountedSerializer(source="kinds.product", many=True)
    sources = CountedSerializer(source="kinds.source", many=True)

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_imports(self, found: Compared) -> list[uuid.UUID]:
        return [one.pk for one in found.imports]

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_newest(self, found: Compared) -> list[uuid.UUID]:
        return [one.pk for one in found.newest]


class VersionsCompareView(RoomView):
    """Compares two versions of one dataset."""

    @extend_schema(responses=ComparedSerializer)
    def get(self, request: Request, version_id: uuid.UUID, other_id: uuid.UUID) -> Response:
        """What differs between two versions of the same dataset, the earlier first whichever is named first."""
        first, second = querysets.versions_pair(version_id, other_id)
        return Response(ComparedSerializer(versions_compare(before=first, after=second)).data)
