"""Verbs that run a consultation: round, invite, forget, user."""

from __future__ import annotations

import asyncio
import csv
import enum
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from consultation import accounts, audit, rounds
from consultation.access import second_factor
from consultation.access.provider_accounts import add_provider_account
from consultation.database.models import Round, now
from consultation.errors import SamenspraakError
from consultation.participation import invitations, participants
from consultation.privacy.erasure import erasing
from consultation.settings import Settings
from reporting import publication
from samenspraak.workplace import Workplace, open_workplace

round_app = typer.Typer(no_args_is_help=True, help="List, open, close or publish rounds.")
user_app = typer.Typer(no_args_is_help=True, help="Accounts for the review.")

_SCRUB_SECONDS = 10.0

SHELL = "opdrachtregel"
"""The actor in the audit log for actions from the command line."""


class Kind(enum.StrEnum):
    """The kind of a round."""

    bevraging = "bevraging"
    reactie = "reactie"


class Role(enum.StrEnum):
    """The role of an account, which determines its rights."""

    facilitator = "facilitator"
    analist = "analist"
    beheerder = "beheerder"


def register(app: typer.Typer) -> None:
    """Adds these verbs to the command line."""
    app.add_typer(round_app, name="round")
    app.add_typer(user_app, name="user")
    app.command()(invite)
    app.command()(forget)
    app.command()(retention)


@round_app.command("list")
def round_list() -> None:
    """List the rounds."""
    place = open_workplace()
    with place.storage.reading() as session:
        found = rounds.all_rounds(session, place.consultation_id)
    typer.echo("round\tkind\tstatus\topened")
    for each in found:
        typer.echo(f"{each.number}\t{each.kind}\t{each.status}\t{each.opened_at:%Y-%m-%d}")
    if not found:
        typer.echo("there is no round yet; open one with: samenspraak round open 1", err=True)


@round_app.command("open")
def round_open(number: int, kind: Annotated[Kind, typer.Option()] = Kind.bevraging) -> None:
    """Open a round: from now on answers belong to it."""
    place = open_workplace()
    with place.storage.writing() as session:
        _report(rounds.open_(session, place.consultation_id, number, kind.value))
        audit.record(session, place.consultation_id, SHELL, "geopend", ronde=number)


@round_app.command("close")
def round_close(number: int) -> None:
    """Close a round: it takes no more answers."""
    place = open_workplace()
    with place.storage.writing() as session:
        _report(rounds.close(session, place.consultation_id, number))
        audit.record(session, place.consultation_id, SHELL, "gesloten", ronde=number)


@round_app.command("publish")
def round_publish(number: int) -> None:
    """Publish a closed round: everyone sees its approved themes and actions."""
    place = open_workplace()
    publication.release(place.storage, place.consultation_id, place.catalogue, number, SHELL)
    with place.storage.reading() as session:
        _report(rounds.require_round(session, place.consultation_id, number))


@round_app.command("unpublish")
def round_unpublish(number: int) -> None:
    """Take a publication back: the round is closed again, and nobody sees its results."""
    place = open_workplace()
    with place.storage.writing() as session:
        publication.withdraw(session, place.consultation_id, number, SHELL)
        _report(rounds.require_round(session, place.consultation_id, number))


def invite(
    file: Annotated[Path, typer.Argument(help="csv: name,organisation,group,opdrachten,email")],
) -> None:
    """Make an invitation link per row; writes the same table with a column ``link``."""
    place = open_workplace()
    rows = invitations.read_invitations(file, place.catalogue)
    base = place.settings.site_url
    if not place.settings.public_url:
        typer.echo(
            f"samenspraak: the links begin with {base}; for people elsewhere set "
            "SAMENSPRAAK_PUBLIC_URL and invite again",
            err=True,
        )
    with place.storage.writing() as session:
        current = rounds.require_open_round(session, place.consultation_id)
        tokens = invitations.invite(session, current.id, rows, place.settings.signing_key)
    writer = csv.writer(sys.stdout)
    writer.writerow([*invitations.COLUMNS, "link"])
    for row, token in zip(rows, tokens, strict=True):
        writer.writerow([*row.cells(), f"{base}/gesprek?uitnodiging={token}"])


def forget(receipt: Annotated[str, typer.Argument(help="The participant's receipt code.")]) -> None:
    """Erase one participant everywhere."""
    place = open_workplace()
    erased = erase_participant(place, receipt)
    typer.echo(
        f"erased: {erased.submissions} submissions, {erased.contributions} answers, "
        f"{erased.statements} statements"
    )
    if not place.storage.scrub(_SCRUB_SECONDS):
        raise SamenspraakError(
            f"{place.storage.file}-wal: still holds the erased words, because another program is "
            "reading the database. They leave it by themselves while the website runs; else run "
            "any verb of samenspraak once that program is done."
        )


def retention(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how much it would erase.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Erase personal data that was kept long enough (SAMENSPRAAK_RETENTION); run it every day."""
    from consultation.privacy.retention import KINDS, retain

    place = open_workplace()
    days = place.settings.retention_days
    found = retain(place.storage, place.consultation_id, days, now(), dry_run=dry_run)
    if as_json:
        typer.echo(json.dumps(found))
        return
    for kind in KINDS:
        kept = f"after {days[kind.name]} days" if days.get(kind.name) else "kept"
        typer.echo(f"{kind.name}\t{found[kind.name]}\t{kind.told}\t{kept}")


def erase_participant(
    place: Workplace, receipt: str, by: str | None = SHELL
) -> participants.Erased:
    """Erases the participant with a receipt code from the database and the assistant's memory.

    ``by`` is who does it in the audit log; None keeps it out of the log.

    Raises:
        ReceiptUnknown: no participant has it.
        SamenspraakError: the assistant did not answer, so it may remember the talk.
    """
    key = place.settings.signing_key

    def someone(session: Session) -> str:
        return participants.find_by_receipt(session, place.consultation_id, receipt, key).id

    erased = erasing(
        place.storage,
        lambda session: participants.contributions(session, someone(session)),
        lambda session, planned: participants.erase(session, someone(session), planned, by),
    )
    asyncio.run(_forgotten_by_the_assistant(place.settings, erased.talks))
    return erased


async def _forgotten_by_the_assistant(values: Settings, talks: list[str]) -> None:
    """Makes a running assistant forget conversations; one that is down keeps none in memory.

    Raises:
        SamenspraakError: the assistant did not answer, so it may remember them.
    """
    from dialogue.assistant import Assistant, AssistantDown

    assistant = Assistant(values.rasa_addresses, values.actions_address, values.inner_secret)
    try:
        for talk in talks:
            await assistant.forget(talk)
    except AssistantDown as error:
        raise SamenspraakError(
            "erased from the database, but the assistant did not answer and may remember the talk; "
            "stop and start it."
        ) from error
    finally:
        await assistant.close()


@user_app.command("add")
def user_add(
    name: str,
    role: Annotated[Role, typer.Option()],
    opdracht: Annotated[int | None, typer.Option(help="Limit to one opdracht.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    provider: Annotated[
        bool,
        typer.Option(
            "--provider", help="Without a password: NAME logs in by SAMENSPRAAK_OIDC_ISSUER."
        ),
    ] = False,
) -> None:
    """Make an account, or give an existing one a new password and role."""
    place = open_workplace()
    if opdracht is not None and place.catalogue.opdracht(opdracht) is None:
        raise SamenspraakError(f"--opdracht {opdracht}: the catalogue has no such opdracht.")
    if provider and password_stdin:
        raise typer.BadParameter("goes without a password.", param_hint="--provider")
    hashed = None if provider else accounts.hashed(_password(password_stdin))
    with place.storage.writing() as session:
        if hashed is None:
            saved = add_provider_account(session, name, role.value, opdracht)
        else:
            saved = accounts.add_account(session, name, role.value, hashed, opdracht)
        known_as = saved.account.name
        limit = opdracht or 0
        told: dict[str, str | int] = {"naam": known_as, "rol": role.value, "opdracht": limit}
        audit.record(session, place.consultation_id, SHELL, "account", **told)
    typer.echo(f"{known_as}: {'account made' if saved.created else 'password and role replaced'}")


def _password(stdin: bool) -> str:
    if stdin:
        return sys.stdin.read().rstrip("\r\n")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked


@user_app.command("reset")
def user_reset(name: str) -> None:
    """Take an account's second factor away, for who lost phone and recovery codes."""
    place = open_workplace()
    known = accounts.canonical(name)
    with place.storage.writing() as session:
        if accounts.find(session, known) is None:
            raise SamenspraakError(f"{name!r}: no such account.")
        had = second_factor.remove(session, known)
        audit.record(session, place.consultation_id, SHELL, "tweede_stap_uit", naam=known)
    typer.echo(f"{known}: {'second factor removed' if had else 'had no second factor'}")


def _report(each: Round) -> None:
    typer.echo(f"round {each.number} ({each.kind}): {each.status}")
