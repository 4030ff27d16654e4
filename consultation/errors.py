"""The one error family: every message names the thing, the place and the mend."""


class SamenspraakError(Exception):
    """Something a user can mend. The command line prints it as one line, without a traceback."""


class CatalogueError(SamenspraakError):
    """The catalogue is missing, unreadable or does not fit its schema."""


class StorageError(SamenspraakError):
    """The database cannot be reached, opened or migrated."""


class RoundError(SamenspraakError):
    """A round is missing, closed or cannot change as asked."""


class ImportFileError(SamenspraakError):
    """A file to import cannot be read or understood."""


class TalkError(SamenspraakError):
    """A message does not fit the conversation it was sent to."""


class PayloadNotOffered(TalkError):
    """A button's payload was sent that the assistant did not offer in its last turn."""


class ClientIdReused(TalkError):
    """The same client_id came with another text."""


class ReceiptUnknown(SamenspraakError):
    """No participant has this receipt code."""


class InvitationUnknown(SamenspraakError):
    """Nobody was invited with this token."""


class AccountError(SamenspraakError):
    """An account cannot be made or used as asked."""
