"""Every address of the product."""

from django.urls import URLPattern, URLResolver, include, path

from accounts import urls as accounts
from ideation.catalog import urls as catalog
from ideation.concepts import urls as concepts
from ideation.jobs import urls as jobs
from ideation.needs import urls as needs
from ideation.privacy import urls as privacy
from ideation.reviews import urls as reviews
from ideation.training import urls as training
from ideation.workspace import urls as workspace

# Rooms that stand below a brand's address; each names its own projects' pages with p/<project>/.
BRAND_ROOMS = (accounts, jobs, catalog, reviews, training, needs, concepts, workspace, privacy)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(accounts.urlpatterns)),
    path("account/", include("allauth.urls")),
    path("", include("ideation.base.urls")),
    path("", include(jobs.urlpatterns)),
    path("", include(reviews.urlpatterns)),
    path("", include(workspace.urlpatterns)),
    path("b/<slug:slug>/", include([pattern for room in BRAND_ROOMS for pattern in room.brand_patterns])),
    path("api/", include("ideation.api_urls")),
]

# allauth asks for it by this name; Django doesn't know it.
handler429 = "accounts.views.people.too_many"
