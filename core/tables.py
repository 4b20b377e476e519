"""Every table of the office in one place, for migrations and checks."""

from core import (
    accounts,
    delegations,
    dkim_checks,
    events,
    exchange,
    files,
    letters,
    office,
    people,
    registers,
)
from core.agencies import tables as agencies
from core.answers import tables as answers
from core.backup import marks
from core.db import Base
from core.deliveries import tables as deliveries
from core.incoming import tables as incoming
from core.learning import tables as learning
from core.passkeys import tables as passkeys
from core.rules import tables as rules
from core.search import tables as search
from core.signing import checks
from core.tasks import notes
from core.tasks import tables as tasks

MODULES = (
    accounts, agencies, answers, checks, delegations, deliveries, dkim_checks, events, exchange, files, incoming,
    learning, letters, marks, notes, office, passkeys, people, registers, rules, search, tasks,
)  # fmt: skip
METADATA = Base.metadata
