"""Machine settings, logging, office profiles and vocabularies to start from. Imports nothing of ours."""
