"""Microsoft Azure: its SDK stays here."""
