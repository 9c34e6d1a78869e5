"""One frozen dataclass a kind of work, free of torch, so that the web process can build and check them."""
