"""Addresses of needs, and of reviews: lists, which needs narrow, and one review, which shows those it speaks of."""

from django.urls import path

from ideation.needs.views import ask, breakdown, compare, needs, report, review, reviews, trends, watches

brand_patterns = [
    path("p/<uuid:project_id>/needs/", needs.needs, name="needs"),
    path("p/<uuid:project_id>/needs/find/", needs.needs_find, name="needs_find"),
    path("p/<uuid:project_id>/needs/ask/", ask.needs_ask, name="needs_ask"),
    path("p/<uuid:project_id>/needs/trends/", trends.needs_trends, name="needs_trends"),
    path("p/<uuid:project_id>/needs/compare/", compare.needs_compare, name="needs_compare"),
    path("p/<uuid:project_id>/needs/report/", report.needs_report, name="needs_report"),
    path("p/<uuid:project_id>/needs/watch/", watches.need_watch, name="need_watch"),
    path("watches/<uuid:watch_id>/end/", watches.watch_ended, name="watch_end"),
    path("needs/<uuid:need_id>/", needs.need, name="need"),
    path("needs/<uuid:need_id>/breakdown/", breakdown.need_breakdown, name="need_breakdown"),
    path("needs/<uuid:need_id>/trend/", trends.need_trend, name="need_trend"),
    path("p/<uuid:project_id>/reviews/", reviews.reviews, name="reviews"),
    path("p/<uuid:project_id>/reviews/count/", reviews.review_count, name="review_count"),
    path("p/<uuid:project_id>/reviews/charts/", reviews.review_charts, name="review_charts"),
    path("reviews/<uuid:review_id>/", review.review, name="review"),
    path("reviews/<uuid:review_id>/as-written/", review.review_as_written, name="review_as_written"),
]
