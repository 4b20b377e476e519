"""Every table of the office in one place, for migrations and checks."""

from core import accounts, events, files, letters, office, people, registers
from core.db import Base
from core.incoming import tables as incoming

MODULES = (accounts, events, files, incoming, letters, office, people, registers)
METADATA = Base.metadata
