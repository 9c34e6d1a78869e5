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
from ideation.reviews import querysets
from ideation.reviews.models import DatasetVersion, ReviewDataset
from ideation.reviews.services.verify import Verified, version_verify

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

    @extend_schema(request=None, responses=VerifiedSerializer)
    def post(self, request: Request, version_id: uuid.UUID) -> Response:
        """Computes a version's hash anew from what is stored, and says what differs. Changes nothing."""
        version = querysets.version(version_id)
        self.body()
        return Response(VerifiedSerializer(version_verify(version=version)).data)
