"""Machine settings, logging, office profiles and vocabularies to start from. Imports nothing of ours."""

VERSION = "0.1.0"  # as in pyproject.toml; a held letter remembers which version held it
