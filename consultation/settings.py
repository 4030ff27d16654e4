"""Every setting of the product, in one place.

Each is read from the environment as ``SAMENSPRAAK_<NAME>``; ``docs/settings.md`` lists them and a
test holds the two together. Set-ups differ only in these values, never in code.
"""

from __future__ import annotations

import os
import secrets
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from consultation.errors import SamenspraakError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """The settings as typed values."""

    model_config = SettingsConfigDict(env_prefix="SAMENSPRAAK_", extra="ignore")

    data_dir: Path = Field(
        default=ROOT / "var", description="Where the database, the secret key and logs are kept."
    )
    database_url: str = Field(
        default="",
        description="SQLAlchemy URL of the database. Empty: SQLite in the data directory. "
        "PostgreSQL: postgresql+psycopg://user@host/name.",
    )
    redis_url: str = Field(
        default="", description="Redis for locks between several Rasa workers. Empty: one worker."
    )
    catalogue: Path = Field(
        default=ROOT / "data" / "opdrachten.yml", description="The consultation's catalogue."
    )
    spacy_model: str = Field(
        default="nl_core_news_sm",
        description="Name or path of the Dutch spaCy pipeline. Where it is not installed, a "
        "pipeline made from spacy-lookups-data serves.",
    )
    embedding: str = Field(
        default="e5",
        description="Sentence embeddings for the analysis: e5, use, sentence-transformers:NAME or "
        "model2vec:NAME.",
    )
    port: int = Field(default=8000, description="The public port of the website.")
    host: str = Field(
        default="127.0.0.1",
        description="The address the website listens on; 0.0.0.0 opens it to the network.",
    )
    rasa_port: int = Field(default=5005, description="Port of Rasa, on the loopback only.")
    actions_port: int = Field(
        default=5055, description="Port of the action server, on the loopback only."
    )
    embed_origins: str = Field(
        default="",
        description="Origins that may embed the chat widget, separated by commas.",
    )
    secret_key: str = Field(
        default="",
        description="Signs sessions and hashes receipt codes. Empty: made once and kept in the "
        "data directory.",
    )

    @property
    def resolved_database_url(self) -> str:
        """The database URL in force; SQLite under ``data_dir`` by default."""
        return self.database_url or f"sqlite:///{self.data_dir / 'samenspraak.db'}"

    @property
    def signing_key(self) -> str:
        """The secret key in force; made at first use, readable by its owner only."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret_key"
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SamenspraakError(
                f"{path}: the secret key cannot be written ({error.strerror}); make the folder "
                "writable or set SAMENSPRAAK_SECRET_KEY."
            ) from error
        key = secrets.token_urlsafe(48)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(key + "\n")
        return key


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        SamenspraakError: a variable has a value that does not fit, with its name and the mend.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "SAMENSPRAAK_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SamenspraakError(
            f"{name}: {first['input']!r} does not fit ({first['msg']}); see docs/settings.md."
        ) from error
