"""The only writers of datasets and reviews: one file a thing that is done to them."""

from ideation.reviews.services.imports import import_holds as import_holds
from ideation.reviews.services.imports import import_prepare as import_prepare
from ideation.reviews.services.imports import import_start as import_start
from ideation.reviews.services.imports import import_take as import_take
from ideation.reviews.services.intake import import_run as import_run
