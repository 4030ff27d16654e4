"""All settings of the product.

They are read from environment variables ``SAMENSPRAAK_<NAME>``. ``docs/settings.md`` lists them,
and a test compares the two. Installations differ only in these values, never in code.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from consultation.errors import SamenspraakError
from consultation.private_files import make_private_folder

ROOT = Path(__file__).resolve().parent.parent
RASA_URLS = "rasa_urls"
"""File in the data directory: where ``samenspraak serve`` started several Rasa servers."""
SHORTEST_SECRET = 24
"""Characters that a secret has at least."""

_FEWEST_CHARACTERS = 10
"""Different characters that it has at least: of 24 random ones hardly ever fewer."""

RETAINED = ("uitnodigingen", "gesprekken", "vragen", "zonder_antwoord")
"""The kinds of personal data that are kept for a time (``consultation.privacy.retention``)."""

_BEING_WRITTEN = 2.0


class Settings(BaseSettings):
    """The settings as typed values."""

    model_config = SettingsConfigDict(
        env_prefix="SAMENSPRAAK_", env_ignore_empty=True, extra="ignore"
    )

    data_dir: Path = Field(
        default=ROOT / "var", description="Where the database, the secret key and logs are kept."
    )
    database_url: str = Field(
        default="",
        description="SQLAlchemy URL of the database. Empty: SQLite in the data directory. "
        "PostgreSQL: postgresql+psycopg://user@host/name.",
    )
    redis_url: str = Field(
        default="",
        description="Redis, for the limits that several web processes share, such as "
        "redis://localhost:6379/0. Empty: each web process counts for itself.",
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
        description="Sentence embeddings for the analysis: e5, use, onnx:FOLDER, "
        "sentence-transformers:NAME or model2vec:NAME.",
    )
    llm_model: str = Field(
        default="", description="The name of the language model at SAMENSPRAAK_LLM_URL."
    )
    llm_key: str = Field(
        default="", description="The key for SAMENSPRAAK_LLM_URL, where it asks for one."
    )
    llm_timeout: float = Field(
        default=60.0,
        gt=0,
        le=600,
        description="Seconds after which an answer of the language model is not waited for.",
    )
    llm_remote: str = Field(
        default="",
        description="ja allows SAMENSPRAAK_LLM_URL to be another machine. What people say then "
        "goes there, with personal data masked as far as it is recognised; the privacy page says "
        "so.",
    )
    llm_url: str = Field(
        default="",
        description="A language model that suggests names of themes, at an address that speaks "
        "OpenAI's protocol, such as http://localhost:11434/v1 (Ollama) or "
        "http://localhost:8080/v1 (llama.cpp). Empty: none.",
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
    rasa_urls: str = Field(
        default="",
        description="Where the website finds Rasa on other machines: addresses separated by "
        "commas, such as http://10.0.0.2:5005. Empty: on this machine.",
    )
    actions_url: str = Field(
        default="",
        description="Where the website and Rasa find the action server on another machine, such as "
        "http://10.0.0.3:5055. Empty: on this machine.",
    )
    inner_host: str = Field(
        default="127.0.0.1",
        description="The address on which Rasa and the action server listen. Another one than the "
        "loopback only in a private network, and with SAMENSPRAAK_SHARED_SECRET set.",
    )
    embed_origins: str = Field(
        default="",
        description="Origins that may embed the chat widget, or show the page of the talk in a "
        "frame, separated by commas.",
    )
    public_url: str = Field(
        default="",
        description="The address at which people reach the website, such as "
        "https://overleg.example.be: links in invitations, in pages for search engines and in the "
        "site map begin with it. Empty: http://localhost and the port.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of the reverse proxies in front of the website, "
        "separated by commas, such as 127.0.0.1 or 10.0.0.0/24. Of them, and of nobody else, "
        "X-Forwarded-For and X-Forwarded-Proto are believed. Empty: of nobody.",
    )
    retention: str = Field(
        default="uitnodigingen=180,vragen=365,gesprekken=730,zonder_antwoord=90",
        description="Days that kinds of personal data are kept before samenspraak retention erases "
        "them; docs/operation.md tells what each is. A kind that is left out, or 0, is kept.",
    )
    secret_key: str = Field(
        default="",
        description="Signs sessions and hashes receipt codes. Empty: made once and kept in the "
        "data directory.",
    )
    two_factor: str = Field(
        default="",
        description="ja: whoever logs in to the review with a password also gives a code of an app "
        "on their phone, and sets that up first. Empty: whoever wants.",
    )
    oidc_claim: str = Field(
        default="email",
        description="The claim of the provider that is the name of an account. An email counts "
        "only if the provider says that it verified it.",
    )
    oidc_client_id: str = Field(
        default="", description="What the provider at SAMENSPRAAK_OIDC_ISSUER calls this website."
    )
    oidc_client_secret: str = Field(
        default="", description="The secret that the provider gave this website, if it gave one."
    )
    oidc_issuer: str = Field(
        default="",
        description="An OpenID Connect provider with which reviewers log in, such as "
        "https://login.example.be. Tell it the address SAMENSPRAAK_PUBLIC_URL/beheer/login/terug. "
        "Empty: none.",
    )
    oidc_name: str = Field(
        default="mijn organisatie", description="What the button of that login calls the provider."
    )
    shared_secret: str = Field(
        default="",
        description="What the website, Rasa and the action server show each other, so that no "
        "other user of the machine gets an answer from the two on the loopback. Empty: made anew "
        "by each samenspraak serve and kept in the data directory.",
    )

    metrics_token: str = Field(
        default="",
        description="What a monitor shows to read /metrics, as Authorization: Bearer TOKEN. Empty: "
        "there is no /metrics.",
    )
    log_format: Literal["text", "json"] = Field(
        default="text",
        description="How the website, the worker and the action server write their logs: text, or "
        "json for one JSON object per line.",
    )

    smtp_from: str = Field(
        default="", description="The address that news by mail comes from, as overleg@example.be."
    )
    smtp_user: str = Field(default="", description="The name at the mail server, if it asks one.")
    smtp_password: str = Field(default="", description="The password at the mail server.")
    smtp_port: int = Field(default=587, description="The port of the mail server.")
    smtp_security: Literal["starttls", "tls", "geen"] = Field(
        default="starttls",
        description="How the mail server is spoken to: starttls (port 587), tls (port 465), or "
        "geen, for one on the machine itself.",
    )
    smtp_host: str = Field(
        default="",
        description="The mail server. With it, who takes part may leave an e-mail address for "
        "news about the reply to what they said. Empty: no mail is sent, no address is asked.",
    )

    @field_validator("smtp_host")
    @classmethod
    def _has_a_sender(cls, value: str, earlier: ValidationInfo) -> str:
        sender = earlier.data.get("smtp_from", "")
        if value and ("@" not in sender or not sender.isprintable() or " " in sender):
            raise ValueError("name the address that mail comes from with SAMENSPRAAK_SMTP_FROM")
        return value

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
        if value and not (parts.scheme in ("http", "https") and parts.hostname and bare):
            raise ValueError("write it as https://overleg.example.be, without a path")
        return f"{parts.scheme}://{parts.netloc}" if value else ""

    @field_validator("rasa_urls", "actions_url")
    @classmethod
    def _are_addresses(cls, value: str, about: ValidationInfo) -> str:
        urls = [each.strip().rstrip("/") for each in value.split(",") if each.strip()]
        for each in urls:
            parts = urlsplit(each)
            if parts.scheme != "http" or not parts.hostname or parts.path or parts.query:
                raise ValueError("write it as http://10.0.0.2:5005")
        if about.field_name == "actions_url" and len(urls) > 1:
            raise ValueError("name one address")
        return ",".join(urls)

    @field_validator("llm_remote", "two_factor")
    @classmethod
    def _is_yes_or_no(cls, value: str) -> str:
        if value not in ("", "ja", "nee"):
            raise ValueError("write ja or nee")
        return value

    @field_validator("llm_url")
    @classmethod
    def _is_allowed(cls, value: str, earlier: ValidationInfo) -> str:
        if not value:
            return ""
        parts = urlsplit(value)
        rest = parts.username or parts.password or parts.query or parts.fragment
        if parts.scheme not in ("http", "https") or not parts.hostname or rest:
            raise ValueError("write it as http://localhost:8080/v1")
        if not is_loopback(parts.hostname) and earlier.data.get("llm_remote") != "ja":
            raise ValueError(
                "it is another machine, and what people say would go there; set "
                "SAMENSPRAAK_LLM_REMOTE=ja to allow that"
            )
        if not earlier.data.get("llm_model"):
            raise ValueError("name its model with SAMENSPRAAK_LLM_MODEL")
        return value.rstrip("/")

    @field_validator("retention")
    @classmethod
    def _are_days(cls, value: str) -> str:
        for part in value.split(","):
            name, _, days = part.strip().partition("=")
            if part.strip() and (name not in RETAINED or not days.isdecimal() or len(days) > 5):
                raise ValueError(f"write KIND=DAYS, with a kind of {', '.join(RETAINED)}")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _is_a_provider(cls, value: str, earlier: ValidationInfo) -> str:
        if not value:
            return ""
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise ValueError("write it as the provider does, such as https://login.example.be")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("it begins with https://, or anybody on the way could log in")
        if not earlier.data.get("oidc_client_id"):
            raise ValueError("say what it calls this website with SAMENSPRAAK_OIDC_CLIENT_ID")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        named = (each.strip() for each in value.split(","))
        return ",".join(str(ip_network(each, strict=False)) for each in named if each)

    @property
    def retention_days(self) -> dict[str, int]:
        """The days by kind of personal data."""
        parts = (each.strip().partition("=") for each in self.retention.split(",") if each.strip())
        return {name: int(days) for name, _, days in parts}

    @property
    def llm_host(self) -> str:
        """The host of a language model on another machine; empty without one."""
        host = urlsplit(self.llm_url).hostname or ""
        return "" if is_loopback(host) else host

    @property
    def site_url(self) -> str:
        """The base URL of links to the website, without a slash at the end."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def rasa_addresses(self) -> tuple[str, ...]:
        """The base URLs of the Rasa servers: as set, as ``samenspraak serve`` started, or one."""
        told = self.rasa_urls
        if not told:
            with suppress(OSError):
                told = (self.data_dir / RASA_URLS).read_text(encoding="utf-8").strip()
        return tuple(told.split(",")) if told else (f"http://127.0.0.1:{self.rasa_port}",)

    @property
    def actions_address(self) -> str:
        """The base URL of the action server."""
        return self.actions_url or f"http://127.0.0.1:{self.actions_port}"

    @property
    def resolved_database_url(self) -> str:
        """The effective database URL; SQLite under ``data_dir`` by default."""
        return self.database_url or f"sqlite:///{self.data_dir / 'samenspraak.db'}"

    @property
    def signing_key(self) -> str:
        """The effective secret key; created at first use, readable by its owner only."""
        return self.secret_key or self._kept("secret_key", "SAMENSPRAAK_SECRET_KEY")

    @property
    def inner_secret(self) -> str:
        """The effective shared secret; created at first use, readable by its owner only."""
        return self.shared_secret or self._kept("shared_secret", "SAMENSPRAAK_SHARED_SECRET")

    @property
    def is_public(self) -> bool:
        """Whether others than this machine reach the website."""
        return not is_loopback(self.host) or self.public_url.startswith("https://")

    @property
    def forces_second_factor(self) -> bool:
        """Whether everybody who logs in with a password also gives a code."""
        return self.two_factor == "ja"

    def require_own_secrets(self) -> None:
        """Checks the secrets of a website that others reach.

        Raises:
            SamenspraakError: one is set to something that can be guessed, such as an example.
        """
        for name in ("secret_key", "shared_secret", "metrics_token"):
            given: str = getattr(self, name)
            guessable = len(given) < SHORTEST_SECRET or len(set(given)) < _FEWEST_CHARACTERS
            if given and self.is_public and guessable:
                raise SamenspraakError(
                    f"SAMENSPRAAK_{name.upper()}: can be guessed, and others reach this website; "
                    f"leave it empty, or set at least {SHORTEST_SECRET} random characters, such as "
                    "those of: openssl rand -base64 36"
                )

    def renew_inner_secret(self) -> str:
        """Replaces the shared secret, unless it is set in the environment; returns it."""
        if not self.shared_secret:
            (self.data_dir / "shared_secret").unlink(missing_ok=True)
        return self.inner_secret

    def _kept(self, name: str, variable: str) -> str:
        path = self.data_dir / name
        try:
            make_private_folder(self.data_dir)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _read_secret(path)
        except OSError as error:
            raise SamenspraakError(
                f"{path}: the secret cannot be written ({error.strerror}); make the folder "
                f"writable or set {variable}."
            ) from error
        key = secrets.token_urlsafe(48)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(key + "\n")
        return key


def is_loopback(host: str) -> bool:
    """Whether this is surely the machine itself, or nothing."""
    if host in ("", "localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _read_secret(path: Path) -> str:
    """Reads a secret; waits up to ``_BEING_WRITTEN`` seconds if another process is writing it.

    Raises:
        SamenspraakError: the file is empty or cannot be read.
    """
    until = time.monotonic() + _BEING_WRITTEN
    while True:
        try:
            found = path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SamenspraakError(
                f"{path}: cannot be read ({error.strerror}); run as the user whose file it is."
            ) from error
        if found:
            return found
        if time.monotonic() >= until:
            raise SamenspraakError(f"{path}: is empty; remove it, and another one is made.")
        time.sleep(0.05)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        SamenspraakError: a variable has an invalid value; names the variable and the cause.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "SAMENSPRAAK_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SamenspraakError(
            f"{name}: {first['input']!r} does not fit ({first['msg']}); see docs/settings.md."
        ) from error
