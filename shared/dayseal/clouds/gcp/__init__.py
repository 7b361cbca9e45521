"""Google Cloud: its SDK stays here."""
