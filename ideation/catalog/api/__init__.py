"""The API's projects and products."""

from ideation.catalog.api.projects import ProjectRoom as ProjectRoom
