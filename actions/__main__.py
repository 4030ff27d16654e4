"""The action server, on the loopback interface unless set otherwise: ``python -m actions``.

It runs in one process, so that ending the process frees the port; rasa_sdk's own command starts a
manager with workers and listens on every address.
"""

from __future__ import annotations

import threading
import warnings

from actions.reading import choosing, grouping
from actions.server import application
from actions.talk import storage
from consultation import logs
from consultation.private_files import mend_private, start_private
from consultation.settings import settings
from language.foreign import load_languages
from language.informativeness import load_frequencies


def main() -> None:
    """Serves the actions until the process is ended."""
    start_private()
    values = settings()
    mend_private(values.data_dir, values.resolved_database_url)
    warnings.filterwarnings("ignore", message="Your versions of rasa and rasa_sdk")
    logs.set_up(values.log_format)
    storage()
    threading.Thread(target=_prepare, daemon=True).start()
    application(values.inner_secret).run(
        host=values.inner_host,
        port=values.actions_port,
        single_process=True,
        access_log=False,
        motd=False,
    )


def _prepare() -> None:
    load_frequencies()
    load_languages()
    choosing.prepare()
    grouping.prepare()


if __name__ == "__main__":
    main()
