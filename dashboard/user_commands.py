"""`congvan user`: accounts from the command line, for whoever may run it on the server."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import datetime

from config.command_line import ROLES, asked_password
from core import accounts, administration
from core.db import Database
from core.errors import Permanent
from core.incoming import recovery
from core.people import Role

Clock = Callable[[], datetime]


def run(asked: Namespace, database: Database, clock: Clock) -> Iterator[str]:
    """Do one act of `congvan user` and say what came of it. Raises Permanent and what the acts raise."""
    if asked.act == "list":
        with database.reading() as session:
            rows = administration.listing(session, at=clock())
        yield from ("\t".join(row) for row in rows)
    elif asked.act == "confirmers":
        with database.writing() as session:
            said = recovery.name_by_username(session, asked.usernames, at=clock())
        yield said
    elif asked.act in {"add", "password"}:
        yield _set_password(database, asked, clock)
    else:
        roles = {Role(ROLES[name]) for name in getattr(asked, "roles", ())}
        with database.writing() as session:
            said = administration.change(session, asked.act, asked.username, roles, at=clock())
        yield said


def _set_password(database: Database, asked: Namespace, clock: Clock) -> str:
    """`user add` and `user password`: what can be refused is refused before a password is asked for."""
    account = None
    with database.reading() as session:
        if asked.act == "add":
            roles = frozenset(Role(ROLES[name]) for name in asked.roles)
            account = administration.NewAccount(asked.username, asked.name, roles, asked.title, asked.division)
            administration.check_new(session, account)
        else:
            administration.user(session, asked.username)
    password = asked_password()
    if password is None:
        raise Permanent("Hai lần nhập không giống nhau.")
    accounts.check_new_password(password, asked.username)
    hashed = accounts.hash_password(password)
    with database.writing() as session:
        if account is not None:
            administration.add(session, account, hashed, at=clock())
        else:
            found = administration.user(session, asked.username)
            accounts.reset_password(session, found, hashed, at=clock())
    devices = "" if account else " Các thiết bị đã nhớ không vào được nữa."
    return f"Xong. «{asked.username}» phải đổi mật khẩu ở lần đăng nhập đầu.{devices}"
