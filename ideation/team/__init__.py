"""A brand's people and keys, by API. Pages and rules are accounts' own; the API's conventions stand above accounts."""
