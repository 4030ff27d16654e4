"""Sends the mails that tell who asked for it that a round was published.

The text holds no answer and no receipt code: who reads a mailbox learns nothing of what was said.
Neither a log nor an error names an address.
"""

from __future__ import annotations

import contextlib
import logging
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr

from consultation.database.storage import Storage
from consultation.notices import queue
from consultation.notices.addresses import stop_link
from consultation.notices.queue import DueMail
from consultation.settings import Settings
from dialogue.messages import say

SECONDS = 30
"""How long the mail server may take for one step."""

_REFUSED, _PERMANENT = 300, 500
_TAKEN = 250

# The link must stand in its header as it is; a folded one would be encoded (RFC 5322: 998).
_POLICY = SMTP.clone(max_line_length=998)

_log = logging.getLogger("samenspraak.reporting.news_mail")


def send_due(storage: Storage, values: Settings, title: str) -> int:
    """Sends the mails that are due, one by one; returns the number sent.

    ``title`` is that of the consultation. Mails that the server does not take stay in the queue
    (``consultation.notices.queue``). After a failed connection the others wait for the next call.
    """
    if not values.smtp_host:
        return 0
    number = 0
    while True:
        with storage.writing() as session:
            mail = queue.take_up(session)
        if mail is None:
            return number
        try:
            number += _send(storage, values, mail, news_message(values, mail, title))
        except (OSError, smtplib.SMTPException) as error:
            # Texts of these errors may hold the address.
            code = getattr(error, "smtp_code", "")
            _log.warning("no mail could be sent: %s %s", type(error).__name__, code)
            return number


def news_message(values: Settings, mail: DueMail, title: str) -> EmailMessage:
    """The mail on a published round, with the link that stops the news."""
    stop = stop_link(values.site_url, mail.participant, values.signing_key)
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = say("nieuws_onderwerp", titel=title)
    message["From"] = formataddr((title, values.smtp_from))
    message["To"] = mail.address
    # The same attempt twice would be one message to a mail server that drops doubles.
    message["Message-ID"] = f"<nieuws-{mail.participant}-{mail.round}@{_domain(values.smtp_from)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    page = f"{values.site_url}/mijn-antwoorden"
    text = say("nieuws_tekst", titel=title, ronde=mail.round, pagina=page, afmelden=stop)
    message.set_content(text + "\n", cte="quoted-printable")
    return message


def _send(storage: Storage, values: Settings, mail: DueMail, message: EmailMessage) -> bool:
    """Hands a mail to the server; returns whether it took it.

    Raises:
        OSError, smtplib.SMTPException: the server could not be reached or refuses us altogether;
            the mail waits, unless its text had gone out by then.
    """
    try:
        server = _connected(values)
    except (OSError, smtplib.SMTPException):
        _settle(storage, mail, for_good=False)
        raise
    try:
        return _hand_over(storage, values, mail, message, server)
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def _hand_over(
    storage: Storage, values: Settings, mail: DueMail, message: EmailMessage, server: smtplib.SMTP
) -> bool:
    """Goes through the steps of one mail with a connected server; returns whether it took it."""
    try:
        code = _addressed(server, values.smtp_from, mail.address)
    except (OSError, smtplib.SMTPException):
        _settle(storage, mail, for_good=False)
        raise
    if code >= _REFUSED:
        _settle(storage, mail, for_good=code >= _PERMANENT)
        return False
    with storage.writing() as session:
        if not queue.hand_over(session, mail):
            return False
    try:
        code, _ = server.data(message.as_bytes())
    except smtplib.SMTPDataError as error:
        # The server refused before the text went out.
        code = error.smtp_code
    if code != _TAKEN:
        _settle(storage, mail, for_good=code >= _PERMANENT)
        return False
    with storage.writing() as session:
        queue.sent(session, mail)
    return True


def _connected(values: Settings) -> smtplib.SMTP:
    host, port = values.smtp_host, values.smtp_port
    if values.smtp_security == "tls":
        secure = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=secure)
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        if values.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if values.smtp_user:
            server.login(values.smtp_user, values.smtp_password)
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


def _addressed(server: smtplib.SMTP, sender: str, address: str) -> int:
    """Tells the server from whom and to whom a mail is; returns its worst answer."""
    code, _ = server.mail(sender)
    if code >= _REFUSED:
        # That is about us, not about the address: no mail would fare better.
        raise smtplib.SMTPSenderRefused(code, b"", "")
    code, _ = server.rcpt(address)
    return code


def _settle(storage: Storage, mail: DueMail, for_good: bool) -> None:
    with storage.writing() as session:
        queue.not_taken(session, mail, for_good)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
