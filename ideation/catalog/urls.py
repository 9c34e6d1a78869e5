"""Addresses of projects, and of what is done to products; their list stands with the reviews."""

from django.urls import path

from ideation.catalog.views import products, projects

brand_patterns = [
    path("", projects.projects, name="projects"),
    path("new/", projects.project_new, name="project_new"),
    path("p/<uuid:project_id>/settings/", projects.project_settings, name="project_settings"),
    path("p/<uuid:project_id>/products/new/", products.product_new, name="product_new"),
    path("p/<uuid:project_id>/products/import/", products.products_file, name="products_import"),
    path("p/<uuid:project_id>/products.csv", products.products_as_csv, name="products_csv"),
    path("p/<uuid:project_id>/products.xlsx", products.products_as_xlsx, name="products_xlsx"),
    path("products/<uuid:product_id>/edit/", products.product_edit, name="product_edit"),
    path("products/<uuid:product_id>/delete/", products.product_remove, name="product_delete"),
]
