"""Which language model writes: one on this machine, or a server that speaks the OpenAI protocol."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from mlcore.errors import InputError


@dataclass(frozen=True, kw_only=True)
class BackendSpec:
    """Everything needed to open a backend; plain data, since it crosses process borders."""

    kind: Literal["local", "endpoint"] = "local"
    """local: base with adapter in this process; endpoint: model at url."""

    base: str = "smollm2-135m"
    """Name, folder or .gguf file of the base model (local)."""

    models: Path = Path("var/models")
    """Folder for converted and fetched models (local)."""

    adapter: Path | None = None
    """LoRA adapter's or whole tuned model's folder (local)."""

    batch: int = 32
    """Texts written side by side (local), or requests in flight (endpoint, at most 8 of them)."""

    url: str = ""
    """The server's API root, e.g. http://gpu:8000/v1 (endpoint)."""

    key: str = ""
    """The server's key; empty if it wants none (endpoint)."""

    model: str = ""
    """The model's name on the server (endpoint)."""

    languages: tuple[str, ...] = ("en", "zh")
    """What the server's model writes well (endpoint); a local model knows its own."""

    timeout: float = 60.0
    """Seconds to wait for one answer (endpoint)."""

    def __post_init__(self) -> None:
        if self.kind not in ("local", "endpoint"):
            raise InputError("backend_unknown", kind=self.kind)
        if self.kind == "endpoint" and not _is_address(self.url):
            raise InputError("endpoint_address", url=self.url or "(empty)")
        if self.batch < 1:
            raise InputError("generation_setting", field="batch", rule="at least 1", value=self.batch)
        if self.timeout <= 0:
            raise InputError("generation_setting", field="timeout", rule="more than 0", value=self.timeout)

    def __repr__(self) -> str:
        """Without the key: specs end up in logs."""
        return f"BackendSpec(kind={self.kind!r}, base={self.base!r}, url={self.url!r}, model={self.model!r})"


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.netloc)
