"""Addresses of needs, and of reviews: lists, which needs narrow, and one review, which shows those it speaks of."""

from django.urls import path

from ideation.needs.views import corrections, files, need, needs, review, reviews, samples, several, themes, unassigned

brand_patterns = [
    path("p/<uuid:project_id>/needs/", needs.needs, name="needs"),
    path("p/<uuid:project_id>/needs/find/", needs.needs_find, name="needs_find"),
    path("p/<uuid:project_id>/needs/group/", needs.needs_group, name="needs_group"),
    path("p/<uuid:project_id>/needs/new/", unassigned.need_new, name="need_new"),
    path("p/<uuid:project_id>/needs/several/", several.needs_several, name="needs_several"),
    path("p/<uuid:project_id>/needs/undo/", several.needs_undo, name="needs_undo"),
    path("p/<uuid:project_id>/needs/unassigned/", unassigned.unassigned, name="unassigned"),
    path("p/<uuid:project_id>/needs/unassigned/assign/", unassigned.sentences_assign, name="sentences_assign"),
    path("p/<uuid:project_id>/needs/frame/", files.frame_import, name="frame_import"),
    path("p/<uuid:project_id>/needs/survey/", files.survey_import, name="survey_import"),
    path("p/<uuid:project_id>/themes/", themes.themes, name="themes"),
    path("p/<uuid:project_id>/samples/", samples.samples, name="samples"),
    path("samples/<uuid:sample_id>/", samples.sample, name="sample"),
    path("samples/<uuid:sample_id>/code/", samples.sample_code, name="sample_code"),
    path("samples/<uuid:sample_id>/settle/", samples.sample_settle_one, name="sample_settle"),
    path("themes/<uuid:theme_id>/", themes.theme_edit, name="theme_edit"),
    path("themes/<uuid:theme_id>/delete/", themes.theme_remove, name="theme_delete"),
    path("needs/<uuid:need_id>/", need.need, name="need"),
    path("needs/<uuid:need_id>/survey/remove/", files.survey_remove, name="survey_remove"),
    path("needs/<uuid:need_id>/words/", corrections.need_words, name="need_words"),
    path("needs/<uuid:need_id>/flag/", corrections.need_flag, name="need_flag"),
    path("needs/<uuid:need_id>/care/", corrections.need_care, name="need_care"),
    path("needs/<uuid:need_id>/theme/", corrections.need_theme, name="need_theme"),
    path("needs/<uuid:need_id>/evidence/", corrections.need_evidence, name="need_evidence"),
    path("p/<uuid:project_id>/reviews/", reviews.reviews, name="reviews"),
    path("p/<uuid:project_id>/reviews/count/", reviews.review_count, name="review_count"),
    path("p/<uuid:project_id>/reviews/charts/", reviews.review_charts, name="review_charts"),
    path("reviews/<uuid:review_id>/", review.review, name="review"),
    path("reviews/<uuid:review_id>/as-written/", review.review_as_written, name="review_as_written"),
]
