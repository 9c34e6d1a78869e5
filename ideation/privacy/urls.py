"""Addresses of what people and brands may ask of their data."""

from django.urls import path

from ideation.privacy.views import deletion, erasures, exports, files

brand_patterns = [
    path("erasure/", erasures.erasures, name="erasure"),
    path("erasure/<uuid:erasure_id>/", erasures.erasure, name="erasure_one"),
    path("erasure/<uuid:erasure_id>/confirm/", erasures.erasure_do, name="erasure_do"),
    path("export/", exports.exports, name="brand_export"),
    path("deletion/", deletion.deletion, name="brand_delete"),
    path("deletion/back/", deletion.deletion_back, name="brand_keep"),
    path("files/<slug:kind>/<uuid:object_id>/", files.file, name="file"),
]
