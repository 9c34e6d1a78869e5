"""The only writers of projects and products: one file a subject."""

from ideation.catalog.services.images import product_image_remove as product_image_remove
from ideation.catalog.services.images import product_image_set as product_image_set
from ideation.catalog.services.productfile import products_import as products_import
from ideation.catalog.services.productfile import products_keep as products_keep
from ideation.catalog.services.products import product_delete as product_delete
from ideation.catalog.services.products import product_save as product_save
from ideation.catalog.services.projects import project_change as project_change
from ideation.catalog.services.projects import project_create as project_create
from ideation.catalog.services.projects import project_restrict as project_restrict
