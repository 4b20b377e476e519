"""From the settings of a mailbox to an account to log in with; its secret is read afresh each time."""

from config.settings import MailboxSettings
from ingest.mailbox import Account
from ingest.trouble import Kind, Trouble


def account_of(mailbox: MailboxSettings) -> Account:
    """Where to log in, with the secret as its file holds it now. Raises Trouble when it can't be read."""
    path = mailbox.secret_path()
    try:
        secret = path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(Kind.SECRET, mailbox.host, detail=f"{path}: {type(error).__name__}") from error
    return Account(
        mailbox.host, mailbox.port, mailbox.username, secret, mailbox.tls, mailbox.auth, mailbox.ca_file,
        mailbox.timeout_seconds,
    )  # fmt: skip
