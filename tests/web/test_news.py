"""News by mail for who asked for it: asked, sent once by a real mail server, stopped, erased."""

from __future__ import annotations

import mailbox
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select, update

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import NewsAddress, NewsMail, Participant, now
from consultation.database.storage import Storage
from consultation.notices.queue import PAUSES
from consultation.participation.participants import erase
from consultation.settings import Settings
from reporting.news_mail import send_due
from reporting.publication import release, withdraw
from tests.servers import free_port, workplace_variables
from tests.web.test_form import code, send
from tests.web_pages import alike, violations
from tests.web_stage import Site, StandIn

pytest_plugins = ["tests.web_fixtures"]

ADDRESS = "An.Peeters@voorbeeld.be"
TITLE = "De lerende samenleving"
SAMENSPRAAK = Path(sys.executable).with_name("samenspraak")


@pytest.fixture
def mail_port() -> int:
    """Where the mail server of a test listens, once it does."""
    return free_port()


@pytest.fixture
def site(tmp_path: Path, stand_in: StandIn, mail_port: int) -> Iterator[Site]:
    """The running website with round 1 open and a mail server set."""
    settings = Settings(
        data_dir=tmp_path,
        secret_key="only for tests",
        rasa_port=stand_in.port,
        actions_port=stand_in.port,
        smtp_from="overleg@voorbeeld.be",
        smtp_host="127.0.0.1",
        smtp_port=mail_port,
        smtp_security="geen",
    )
    storage = Storage(settings.resolved_database_url)
    running = Site(settings, storage, stand_in)
    running.start()
    with storage.writing() as session:
        rounds.open_(session, 1, 1)
    yield running
    running.stop()
    storage.close()


class Server:
    """A mail server on the loopback; ``answer`` gives what it says to each recipient, ``after`` to
    each text.
    """

    def __init__(self, port: int) -> None:
        self.answer = "250 OK"
        self.after: Callable[[], str] = lambda: "250 OK"
        self.taken: list[str] = []
        self._running = Controller(self, hostname="127.0.0.1", port=port)
        self._running.start()

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken += envelope.rcpt_tos
        return self.after()

    def stop(self) -> None:
        self._running.stop()


@pytest.fixture
def server(mail_port: int) -> Iterator[Server]:
    """A mail server that the test directs."""
    running = Server(mail_port)
    yield running
    running.stop()


def asked(http: httpx.Client, address: str = ADDRESS) -> str:
    """Somebody answered and asked for news: the receipt code."""
    receipt = code(send(http).text)
    answer = ask(http, receipt, adres=address)
    assert answer.status_code == 200, answer.text
    return receipt


def ask(http: httpx.Client, receipt: str, **fields: str) -> httpx.Response:
    data = {"code": receipt, "doe": "bewaar", "akkoord": "ja", **fields}
    return http.post("/mijn-antwoorden/bericht", data=data)


def published(site: Site, catalogue: Catalogue) -> None:
    with site.storage.writing() as session:
        rounds.close(session, 1, 1)
    release(site.storage, 1, catalogue, 1, "els")


def work_off(site: Site) -> int:
    return send_due(site.storage, site.settings, TITLE)


def states(storage: Storage) -> list[str]:
    with storage.reading() as session:
        return list(session.scalars(select(NewsMail.state).order_by(NewsMail.id)))


def make_due(storage: Storage) -> None:
    with storage.writing() as session:
        session.execute(update(NewsMail).values(due_at=now()))


def test_who_asked_gets_one_mail_and_stops_it_by_its_link(
    site: Site, http: httpx.Client, catalogue: Catalogue, mail_port: int, tmp_path: Path
) -> None:
    receipt = asked(http)
    send(http)  # Somebody else, who asks for nothing.
    published(site, catalogue)
    box = tmp_path / "box"
    handler = ("-c", "aiosmtpd.handlers.Mailbox", str(box))
    listens = ("-n", "-l", f"127.0.0.1:{mail_port}")
    running = subprocess.Popen([sys.executable, "-m", "aiosmtpd", *listens, *handler])
    try:
        wait_for(mail_port)
        variables = {
            **workplace_variables(tmp_path),
            "SAMENSPRAAK_SECRET_KEY": "only for tests",
            "SAMENSPRAAK_SMTP_HOST": "127.0.0.1",
            "SAMENSPRAAK_SMTP_PORT": str(mail_port),
            "SAMENSPRAAK_SMTP_FROM": "overleg@voorbeeld.be",
            "SAMENSPRAAK_SMTP_SECURITY": "geen",
            "SAMENSPRAAK_PUBLIC_URL": site.url,
        }
        for _ in range(2):
            done = subprocess.run(
                [SAMENSPRAAK, "mail"], env=variables, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            assert "verstuurd\t1" in done.stdout
            assert "peeters" not in (done.stdout + done.stderr).lower()
        # Published again: who had news of this round gets none.
        with site.storage.writing() as session:
            withdraw(session, 1, 1)
        release(site.storage, 1, catalogue, 1, "els")
        assert work_off(site) == 0
    finally:
        running.terminate()
        running.wait(10)
    (mail,) = mailbox.Maildir(box)
    assert mail["To"] == ADDRESS
    assert mail["Auto-Submitted"] == "auto-generated"
    text = body(mail)
    assert "ronde 1" in text
    assert f"{site.url}/mijn-antwoorden" in text
    assert receipt not in text + str(mail)
    found = re.search(r"http://\S+(/afmelden/\S+)", text)
    assert found
    assert f"<{site.url}{found[1]}>" == "".join(str(mail["List-Unsubscribe"]).split())

    assert http.get(found[1]).status_code == 200
    assert addresses(site) == 1, "reading the page stops nothing: mail programs follow links"
    assert "gewist" in http.post(found[1], data={"List-Unsubscribe": "One-Click"}).text
    assert addresses(site) == 0
    assert http.post(found[1]).status_code == 200, "a second press is no fault"
    assert http.post(found[1] + "x").status_code == 404


def wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the mail server did not start")


def body(mail: Message) -> str:
    found = mail.get_payload(decode=True)
    assert isinstance(found, bytes)
    return found.decode("utf-8")


def addresses(site: Site) -> int:
    with site.storage.reading() as session:
        return session.scalar(select(func.count()).select_from(NewsAddress)) or 0


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"akkoord": ""}, "Vink aan"),
        ({"adres": "an peeters"}, "geen e-mailadres"),
        ({"adres": "an@voorbeeld.be\r\nBcc: bo@voorbeeld.be"}, "geen e-mailadres"),
        ({"adres": "an@voorbeeld.be, bo@voorbeeld.be"}, "geen e-mailadres"),
        ({"adres": f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}"}, "geen e-mailadres"),
    ],
)
def test_no_address_is_kept_without_consent_or_that_no_mail_goes_to(
    site: Site, http: httpx.Client, fields: dict[str, str], told: str
) -> None:
    receipt = code(send(http).text)
    answer = ask(http, receipt, **{"adres": ADDRESS, **fields})
    assert answer.status_code == 422
    assert told in answer.text
    assert addresses(site) == 0


def test_the_address_is_shown_changed_stopped_and_goes_with_its_person(
    site: Site, http: httpx.Client, catalogue: Catalogue
) -> None:
    receipt = asked(http)
    assert ADDRESS in http.post("/mijn-antwoorden", data={"code": receipt}).text
    ask(http, receipt, adres="an@werk.voorbeeld.be")
    assert addresses(site) == 1
    assert "gewist" in ask(http, receipt, doe="stop").text
    assert addresses(site) == 0
    ask(http, receipt, adres=ADDRESS)
    published(site, catalogue)
    assert states(site.storage) == ["wacht"]
    assert ask(http, "AAAA-BBBB-CCCC", adres=ADDRESS).status_code == 404
    with site.storage.writing() as session:
        erase(session, session.scalars(select(Participant.id)).one())
    assert (addresses(site), states(site.storage)) == (0, [])


def test_a_publication_taken_back_sends_nothing(
    site: Site, http: httpx.Client, catalogue: Catalogue, server: Server
) -> None:
    asked(http)
    published(site, catalogue)
    with site.storage.writing() as session:
        withdraw(session, 1, 1)
    assert (work_off(site), server.taken) == (0, [])


def test_what_the_server_refuses_for_now_is_tried_again_until_it_has_failed(
    site: Site, http: httpx.Client, catalogue: Catalogue, server: Server
) -> None:
    asked(http)
    published(site, catalogue)
    server.answer = "451 later"
    assert work_off(site) == 0
    assert states(site.storage) == ["wacht"]
    assert work_off(site) == 0, "not before it is due"
    for _ in PAUSES:
        make_due(site.storage)
        assert work_off(site) == 0
    assert states(site.storage) == ["mislukt"]
    server.answer = "250 OK"
    make_due(site.storage)
    assert (work_off(site), server.taken) == (0, [])


def test_an_outage_loses_no_mail_and_a_refused_address_is_left(
    site: Site, http: httpx.Client, catalogue: Catalogue, mail_port: int
) -> None:
    asked(http)
    asked(http, "bo@voorbeeld.be")
    published(site, catalogue)
    assert work_off(site) == 0
    assert states(site.storage) == ["wacht", "wacht"]
    server = Server(mail_port)
    try:
        make_due(site.storage)
        assert work_off(site) == 2
        assert sorted(server.taken) == sorted([ADDRESS, "bo@voorbeeld.be"])
    finally:
        server.stop()


def test_an_address_that_does_not_exist_is_not_tried_again(
    site: Site, http: httpx.Client, catalogue: Catalogue, server: Server
) -> None:
    asked(http)
    published(site, catalogue)
    server.answer = "550 no such user"
    assert work_off(site) == 0
    assert states(site.storage) == ["mislukt"]


def test_a_mail_that_the_server_may_have_taken_is_never_sent_again(
    site: Site,
    http: httpx.Client,
    catalogue: Catalogue,
    server: Server,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked(http)
    published(site, catalogue)
    server.after = lambda: "451 later"
    assert work_off(site) == 0
    assert states(site.storage) == ["wacht"], "a refusal is an answer"
    make_due(site.storage)
    with dropping(server):
        assert work_off(site) == 0
    assert states(site.storage) == ["onzeker"]
    server.after = lambda: "250 OK"
    make_due(site.storage)
    assert work_off(site) == 0
    assert "voorbeeld.be" not in caplog.text


class dropping:  # noqa: N801
    """A block in which the mail server closes the connection once it has the text."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def __enter__(self) -> None:
        async def drop(server: Any, _session: Any, _envelope: Any) -> str:
            server.transport.abort()
            return "250 OK"

        self._server.handle_DATA = drop  # type: ignore[method-assign,assignment]

    def __exit__(self, *_: object) -> None:
        del self._server.handle_DATA


def test_two_processes_at_once_send_each_mail_once(
    site: Site, http: httpx.Client, catalogue: Catalogue, server: Server
) -> None:
    all_ = [f"mens{number}@voorbeeld.be" for number in range(8)]
    for address in all_:
        asked(http, address)
    published(site, catalogue)
    threads = [threading.Thread(target=work_off, args=(site,)) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(server.taken) == all_


def test_the_running_website_sends_what_waits(
    site: Site, http: httpx.Client, catalogue: Catalogue, server: Server
) -> None:
    asked(http)
    published(site, catalogue)
    site.stop()
    site.start()
    for _ in range(200):
        if server.taken:
            break
        time.sleep(0.1)
    assert server.taken == [ADDRESS]


def test_news_is_asked_for_by_keyboard_and_the_page_has_no_barrier(
    site: Site, browser: Browser, http: httpx.Client
) -> None:
    receipt = code(send(http).text)
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/mijn-antwoorden")
    page.get_by_label("Uw ontvangstcode").fill(receipt)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Nieuws per e-mail").press("Enter")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    assert alike(page) == []
    page.get_by_label("Uw e-mailadres").fill(ADDRESS)
    page.get_by_label("Ja, u mag mij hierover schrijven").press("Space")
    page.get_by_role("button", name="Schrijf mij als er nieuws is").press("Enter")
    expect(page.get_by_role("status")).to_contain_text(ADDRESS)
    assert violations(page) == []
    context.close()
    assert addresses(site) == 1


def test_without_a_mail_server_nobody_is_asked_for_an_address(
    tmp_path: Path, stand_in: StandIn
) -> None:
    folder = tmp_path / "without"
    folder.mkdir()
    settings = Settings(data_dir=folder, secret_key="only for tests", rasa_port=stand_in.port)
    storage = Storage(settings.resolved_database_url)
    without = Site(settings, storage, stand_in)
    without.start()
    try:
        with storage.writing() as session:
            rounds.open_(session, 1, 1)
        with without.client() as http:
            done = send(http).text
            receipt = code(done)
            own = http.post("/mijn-antwoorden", data={"code": receipt}).text
            assert "e-mailadres" not in done + own
            assert "Nieuws per e-mail" not in own
            assert ask(http, receipt, adres=ADDRESS).status_code == 404
            assert "uw e-mailadres" not in http.get("/privacy").text
    finally:
        without.stop()
        storage.close()
