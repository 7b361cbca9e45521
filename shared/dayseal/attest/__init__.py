"""What entries say and who said it: in-toto statements in DSSE envelopes."""
