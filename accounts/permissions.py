"""Who may do what: one table, read by pages, API and tests alike, with the words that explain it to people."""

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VIEWER: Final = frozenset({"see"})
REVIEWER: Final = VIEWER | {"rate"}
DESIGNER: Final = REVIEWER | {"write_concepts"}
ANALYST: Final = DESIGNER | {"import_reviews", "run_analysis", "train_models"}
MANAGER: Final = ANALYST | {"manage_projects", "manage_members", "manage_keys", "see_usage", "erase_reviews"}
OWNER: Final = MANAGER | {
    "manage_brand",
    "manage_login",
    "see_audit",
    "see_personal_data",
    "export_brand",
    "delete_brand",
}

CAPABILITIES: Final[dict[str, frozenset[str]]] = {
    "owner": OWNER,
    "manager": MANAGER,
    "analyst": ANALYST,
    "designer": DESIGNER,
    "reviewer": REVIEWER,
    "viewer": VIEWER,
}
"""role → what it may do."""

_READ: Final = frozenset({"see"})
_WRITE: Final = _READ | {"import_reviews", "manage_projects", "rate"}
_JOBS: Final = _READ | {"run_analysis", "train_models", "write_concepts"}

WHOLE_BRAND: Final = frozenset(
    {"manage_members", "manage_keys", "see_audit", "see_usage", "erase_reviews", "export_brand"}
)
"""What a key that is bound to a project may never do: it is about the brand as a whole."""

SCOPES: Final[dict[str, frozenset[str]]] = {
    "read": _READ,
    "write": _WRITE,
    "jobs": _JOBS,
    "admin": _WRITE | _JOBS | WHOLE_BRAND,
}
"""An API key's scope → what the key may do."""


class Words(NamedTuple):
    """What a person reads about a capability."""

    title: str | Promise
    text: str | Promise


CAPABILITY_WORDS: Final[dict[str, Words]] = {
    "see": Words(_("Look"), _("Sees projects, reviews, needs, models, concepts and work that goes on.")),
    "rate": Words(_("Rate concepts"), _("Says what they think of a concept.")),
    "write_concepts": Words(_("Write concepts"), _("Writes briefs, lets concepts be written, edits them.")),
    "import_reviews": Words(_("Import reviews"), _("Uploads files of reviews.")),
    "run_analysis": Words(_("Find needs"), _("Starts analyses of reviews.")),
    "train_models": Words(_("Tune models"), _("Tunes the brand's language model on its reviews.")),
    "manage_projects": Words(_("Manage projects"), _("Makes projects and products, and says who may see a project.")),
    "manage_members": Words(
        _("Manage members"), _("Invites people, changes roles, removes members. Owners are changed by owners only.")
    ),
    "manage_keys": Words(_("Manage API keys"), _("Makes and revokes keys, for no more than they may do themselves.")),
    "see_usage": Words(_("See usage"), _("Sees how much of each quota is used.")),
    "erase_reviews": Words(_("Erase a customer's data"), _("Removes all that one reviewer wrote, for good.")),
    "manage_brand": Words(_("Change the brand"), _("Changes its name, language and address.")),
    "manage_login": Words(_("Manage the brand's login"), _("Sets up identity providers and email domains.")),
    "see_audit": Words(_("Read the audit"), _("Sees who did what, when and from where.")),
    "see_personal_data": Words(
        _("See personal data"), _("Sees reviews as they were written, without masks. Each look is in the audit.")
    ),
    "export_brand": Words(_("Export the brand"), _("Takes everything out as one archive.")),
    "delete_brand": Words(_("Delete the brand"), _("Deletes the brand and all that belongs to it.")),
}
"""Every capability, the commonest first: title and explanation."""
assert CAPABILITY_WORDS.keys() == OWNER


def role_can(role: str, capability: str) -> bool:
    """Whether a person with this role may. An unknown role may nothing."""
    return capability in CAPABILITIES.get(role, frozenset())


def scopes_can(scopes: list[str], capability: str) -> bool:
    """Whether a key with these scopes may."""
    return any(capability in SCOPES.get(scope, frozenset()) for scope in scopes)


def scopes_within(allowed: frozenset[str]) -> list[str]:
    """The scopes that who may do `allowed` can give a key: no key can do more than who makes it."""
    return [scope for scope, capabilities in SCOPES.items() if capabilities <= allowed]
