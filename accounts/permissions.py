"""Who may do what: one table, read by pages, API and tests alike."""

from typing import Final

CAPABILITIES: Final[dict[str, frozenset[str]]] = {
    "owner": frozenset(
        {
            "see",
            "import_reviews",
            "run_analysis",
            "train_models",
            "write_concepts",
            "manage_projects",
            "manage_keys",
        }
    ),
    "manager": frozenset(
        {"see", "import_reviews", "run_analysis", "train_models", "write_concepts", "manage_projects"}
    ),
    "analyst": frozenset({"see", "import_reviews", "run_analysis", "train_models", "write_concepts"}),
    "designer": frozenset({"see", "write_concepts"}),
    "reviewer": frozenset({"see"}),
    "viewer": frozenset({"see"}),
}
"""role → what it may do."""

SCOPES: Final[dict[str, frozenset[str]]] = {
    "read": frozenset({"see"}),
    "write": frozenset({"see", "import_reviews", "manage_projects"}),
    "jobs": frozenset({"see", "run_analysis", "train_models", "write_concepts"}),
}
"""An API key's scope → what the key may do."""


def role_can(role: str, capability: str) -> bool:
    """Whether a person with this role may. An unknown role may nothing."""
    return capability in CAPABILITIES.get(role, frozenset())


def scopes_can(scopes: list[str], capability: str) -> bool:
    """Whether a key with these scopes may."""
    return any(capability in SCOPES.get(scope, frozenset()) for scope in scopes)
